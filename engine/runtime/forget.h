/* SPDX-License-Identifier: MIT
 *
 * Letting go of secrets: those of an execution that does not come to be, and those that an operator
 * wants to be gone, after his word is durable. Coordinator thread.
 */
#ifndef HLP_RUNTIME_FORGET_H
#define HLP_RUNTIME_FORGET_H

#include "runtime/engine.h"

/* All secrets of an execution; nobody waits for it. */
void forget_all(struct engine *engine, const char *execution);
/* Answers a request whose commit is durable; one that forgets is answered when that is done. */
void forget_or_answer(struct engine *engine, struct request *request);
/* The content thread has let go. */
void forget_done(struct content_job *job);

#endif
