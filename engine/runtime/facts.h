/* SPDX-License-Identifier: MIT
 *
 * What other threads report becomes inputs: exits of attempts, recorded files, read outputs.
 */
#ifndef HLP_RUNTIME_FACTS_H
#define HLP_RUNTIME_FACTS_H

#include "runtime/engine.h"

void facts_take_report(struct engine *engine, struct report_message *message);
void facts_take_content(struct engine *engine, struct content_job *job);
/* Asks the executor about every attempt of an execution that may live. */
void facts_query(struct engine *engine, struct live *live);

#endif
