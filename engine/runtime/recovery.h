/* SPDX-License-Identifier: MIT
 *
 * After a start: every execution that has not ended is folded from its snapshot and journal, and
 * what it has outstanding is asked about or taken up again. Runs on the main thread before the
 * others start, then once on the coordinator's.
 */
#ifndef HLP_RUNTIME_RECOVERY_H
#define HLP_RUNTIME_RECOVERY_H

#include "runtime/engine.h"

/* Folds what has not ended. An execution that cannot be folded, or during whose recovery the engine
 * died three times of its own doing, is left out with a warning and goes on being readable. */
int recovery_load(struct engine *engine, struct journal *journal, struct err *err);
/* Takes up what is outstanding; attempts are asked about first. */
void recovery_resume(struct engine *engine);
/* Notes which attempts of an execution are to be asked about before they may be started: intended
 * or dispatched ones. Nothing of it is admitted until they are answered. */
void recovery_mark_queries(struct live *live);

#endif
