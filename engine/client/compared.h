/* SPDX-License-Identifier: MIT
 *
 * What the engine answered to a comparison, as the model has it. Pure.
 */
#ifndef HLP_CLIENT_COMPARED_H
#define HLP_CLIENT_COMPARED_H

#include "model/tree_diff.h"
#include "wire/hlp.pb-c.h"

bool compared_by_structure(const Hlp__V1__DiffReply *reply);
/* The changes by structure, n_changes of them; the caller frees the array, its texts are the
 * reply's. */
struct tree_change *compared_changes(const Hlp__V1__DiffReply *reply);

#endif
