/* SPDX-License-Identifier: MIT
 *
 * An execution's checkpoints from their events alone, without folding the rest. The nodes of each
 * are not known then. One thread.
 */
#ifndef HLP_STORE_CHECKPOINT_LIST_H
#define HLP_STORE_CHECKPOINT_LIST_H

#include "model/execution.h"

/* Zeroed when empty. In order of their events. */
struct checkpoint_list {
	struct arena arena; /* owns the texts */
	struct checkpoint *items;
	size_t count, capacity;
};

/* Takes one event, in order: for catalog_checkpoints and journal_each_checkpoint. ERR_CORRUPT when
 * it cannot follow. */
int checkpoint_list_take(void *ctx, const struct event *event, struct err *err);
void checkpoint_list_release(struct checkpoint_list *list);

#endif
