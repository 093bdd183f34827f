/* SPDX-License-Identifier: MIT
 *
 * Waiting for room on a full disk: nothing new starts, files that cannot be recorded are recorded
 * later, and all of it goes on by itself. A full disk is nobody's failure. Belongs to the
 * coordinator thread.
 */
#ifndef HLP_RUNTIME_ROOM_H
#define HLP_RUNTIME_ROOM_H

#include "runtime/engine.h"

/* The journal's word on the disk of the instance. Takes the message. */
void room_take_space(struct engine *engine, struct space_message *message);
/* What a node asks for found no room; it is asked for again soon. */
void room_want(struct engine *engine, const struct live *live, const char *why);
/* An executor had no room to start an attempt: none is sent for a while. */
void room_refused(struct engine *engine);
/* Whether committed intents may be sent. */
bool room_may_start(const struct engine *engine);
/* For people: what is waited for; NULL when there is room. */
const char *room_warning(const struct engine *engine);

/* Whether it is time to ask again for what found no room; true once. */
bool room_is_due(struct engine *engine);
/* Until when (engine_now_us) nothing is due. */
int64_t room_deadline_us(const struct engine *engine);

#endif
