/* SPDX-License-Identifier: MIT
 *
 * What an act has led to, in one line for whoever did it: what starts now, what is missing, what
 * stays open. Pure.
 */
#ifndef HLP_MODEL_CONSEQUENCE_H
#define HLP_MODEL_CONSEQUENCE_H

#include "model/execution.h"

/* Appends the line; nothing when there is nothing to say. `before`: the execution's seq before the
 * act was folded. */
void consequence_say(const struct execution *execution, const struct act *act, uint64_t before,
		     struct buf *out);

#endif
