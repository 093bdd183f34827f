/* SPDX-License-Identifier: MIT
 *
 * The one table of verbs: each rpc of the contract and what begins it.
 */
#ifndef HLP_SERVICE_VERBS_H
#define HLP_SERVICE_VERBS_H

#include "service/asking.h"

/* Begins a call. The asking answers itself from here on. */
void verbs_begin(struct asking *asking, const char *method);

#endif
