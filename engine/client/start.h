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
/* 0 when a launcher is there, so that an engine may be on its way; ERR_UNAVAILABLE when not. */
int start_is_under_way(const struct home *home, struct err *err);
/* Whether the launcher will not start an engine any more until asked again: ERR_UNAVAILABLE with
 * its reason; 0 while there is hope. */
int start_hope(const struct home *home, struct err *err);
/* Adds to *err what the launcher says about why no engine runs, and where the log is; nothing
 * without a launcher. */
void start_explain(const struct home *home, struct err *err);

#endif
