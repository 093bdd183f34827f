/* SPDX-License-Identifier: MIT
 *
 * Rollbacks as clients ask for them: a plan is made, its files are looked at by the content thread,
 * and then it is shown or carried out. Coordinator thread.
 */
#ifndef HLP_RUNTIME_ROLLBACK_H
#define HLP_RUNTIME_ROLLBACK_H

#include "runtime/engine.h"

#define ROLLBACK_OFF "rollbacks are turned off for this engine (PARTIAL_ROLLBACK_ENABLED=false)"

/* REQUEST_PLAN, REQUEST_ROLLBACK: first, and again when the files have been looked at. */
void rollback_take(struct engine *engine, struct request *request);
/* The files of a plan have been looked at. */
void rollback_compared(struct engine *engine, struct content_job *job);

#endif
