/* SPDX-License-Identifier: MIT
 *
 * Bringing an instance to life from a client: the launcher is asked for the engine, or started
 * first when none answers. Blocks briefly; any thread.
 */
#ifndef HLP_CLIENT_START_H
#define HLP_CLIENT_START_H

#include "base/err.h"
#include "base/home.h"

/* Has the engine started; returns before it answers. */
int start_instance(const struct home *home, struct err *err);
/* 0 when a launcher or an ending engine is there, so that an engine may be on its way;
 * ERR_UNAVAILABLE when not. */
int start_is_under_way(const struct home *home, struct err *err);
/* ERR_UNAVAILABLE when no engine will come until asked for again: the launcher has given up, or
 * ended itself. 0 while there is hope. `waited_us`: since it was started or woken. */
int start_hope(const struct home *home, int64_t waited_us, struct err *err);
/* Adds to *err what launcher or log say about why no engine runs, and where the log is. */
void start_explain(const struct home *home, struct err *err);

#endif
