/* SPDX-License-Identifier: MIT
 *
 * Executions that are set aside because taking them up killed the engine or is impossible: they can
 * be read, everything else runs on. They are never folded here until an operator releases one.
 * Belongs to the coordinator thread; before threads start, to the main thread.
 */
#ifndef HLP_RUNTIME_QUARANTINE_H
#define HLP_RUNTIME_QUARANTINE_H

#include "runtime/engine.h"

/* Judges how the engine before this one died, and learns who is quarantined. Before loading. */
int quarantine_judge(struct engine *engine, struct journal *journal, struct err *err);
/* Sets one aside that cannot be taken up. Before threads start. */
int quarantine_add(struct engine *engine, struct journal *journal, const char *execution,
		   const char *cause, struct err *err);
bool quarantine_holds(const struct engine *engine, const char *execution);
/* Whether the request may go on: all but the operator's word that lifts it are refused, with an
 * error in the request. */
bool quarantine_admits(const struct engine *engine, struct request *request);
/* The operator's word was taken: it is an execution like any other. */
void quarantine_lift(struct engine *engine, const char *execution);

#endif
