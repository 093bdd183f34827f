/* SPDX-License-Identifier: MIT
 *
 * What an operator asks for when starting a workflow: only from here, only up to there, only these
 * nodes, step by step. Names are looked up and what would be missing is said before anything is
 * recorded. Pure.
 */
#ifndef HLP_MODEL_BEGINNING_H
#define HLP_MODEL_BEGINNING_H

#include "model/execution.h"

enum fate { FATE_RUNS, FATE_SKIPPED, FATE_HELD };

/* Whether it says anything at all. */
bool beginning_is_plain(const struct beginning *beginning);
/* ERR_NOT_FOUND names the nearest node, ERR_REFUSED says which output would be missing. */
int beginning_check(const struct workflow *workflow, const struct graph *graph,
		    const struct beginning *beginning, struct err *err);
/* The fate of each node; of a beginning that was checked. */
void beginning_fates(const struct workflow *workflow, const struct graph *graph,
		     const struct beginning *beginning, enum fate *fates);

#endif
