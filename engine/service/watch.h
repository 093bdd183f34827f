/* SPDX-License-Identifier: MIT
 *
 * Watching: a snapshot at S, then every change after S. A call is registered with the coordinator
 * first and reads its snapshot then, so nothing falls between; updates up to S are dropped. A slow
 * client is not queued for: it is told to resync and gets a new snapshot when it has caught up.
 */
#ifndef HLP_SERVICE_WATCH_H
#define HLP_SERVICE_WATCH_H

#include "service/asking.h"

/* Watches asking->execution (or, with watch_all, the headers of all). */
void watch_begin(struct asking *asking);
/* Streams the events of asking->execution after asking->seq; with `follow` it goes on. */
void watch_events(struct asking *asking, bool follow);
/* Tells all watchers concerned; frees the update. */
void watch_take_update(struct service *service, struct runtime_update *update);
/* A call's stream has drained: time for what was missed. */
void watch_drained(struct asking *asking);

#endif
