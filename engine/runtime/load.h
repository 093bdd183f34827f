/* SPDX-License-Identifier: MIT
 *
 * From stored bytes to an execution: the pinned workflow is read again and compiled, and events are
 * folded. Any thread; the content is the caller's.
 */
#ifndef HLP_RUNTIME_LOAD_H
#define HLP_RUNTIME_LOAD_H

#include "base/err.h"
#include "model/execution.h"
#include "store/content.h"

/* The pinned workflow of an execution, read and compiled; both are the caller's. */
int load_workflow(struct content *content, const char *blob, struct workflow **out_workflow,
		  struct graph **out_graph, struct err *err);

/* Folding an execution from its events, one after the other; the first makes it, unless `execution`
 * is there already. `execution` is the caller's, also after a failure; NULL when no event
 * came. load_event is a callback for journal_each_event and catalog_events. */
struct load_fold {
	struct content *content;
	struct execution *execution;
};
int load_event(void *fold, const struct event *event, struct err *err);

#endif
