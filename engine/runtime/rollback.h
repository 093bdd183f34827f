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

/* ---- for policy.c, which makes plans of its own ------------------------------------------- */

/* True when the request is on its way to the content thread, and the plan with it; it comes back as
 * a CONTENT_COMPARE job, of which rollback_looked makes the request again. */
bool rollback_compare(struct engine *engine, struct live *live, struct request *request,
		      struct plan *plan);
struct live *rollback_looked(struct engine *engine, struct content_job *job);
/* What was found on disk is said of the rows, and whether the plan may be carried out. */
void rollback_mark(const struct engine *engine, const struct live *live,
		   const struct request *request, struct plan *plan);
/* A rollback that began keeps the files that were taken for it; one that was refused does not. */
void rollback_settle_files(struct engine *engine, struct live *live);

#endif
