/* SPDX-License-Identifier: MIT
 *
 * The projection of one execution made anew from its events, in tables of their own: an attached
 * database in memory, called "fresh". Check compares it with what is stored, rebuild puts it in
 * place. Private to engine/store.
 */
#ifndef HLP_STORE_REFOLD_H
#define HLP_STORE_REFOLD_H

#include "store/journal_own.h"

struct refold {
	struct journal *journal;
	const struct journal_loader *loader;
	struct writer writer; /* into "fresh" */
};

int refold_open(struct refold *refold, struct journal *journal, const struct journal_loader *loader,
		struct err *err);
void refold_close(struct refold *refold);

/* Fills the fresh tables with one execution and nothing else. ERR_CORRUPT and the like when its
 * events cannot be folded. */
int refold_execution(struct refold *refold, const char *execution, struct err *err);

/* The tables that can be compared: all of the projection, or only the rows of executions and nodes
 * when the loader cannot begin at the first event. Ends with NULL. */
const char *const *refold_tables(const struct refold *refold);

#endif
