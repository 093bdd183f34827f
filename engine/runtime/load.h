/* SPDX-License-Identifier: MIT
 *
 * From stored bytes to an execution: the pinned workflow is read again and compiled. Any thread; the
 * content is the caller's.
 */
#ifndef HLP_RUNTIME_LOAD_H
#define HLP_RUNTIME_LOAD_H

#include "base/err.h"
#include "model/execution.h"
#include "store/content.h"

/* The pinned workflow of an execution, read and compiled; both are the caller's. */
int load_workflow(struct content *content, const char *blob, struct workflow **out_workflow,
		  struct graph **out_graph, struct err *err);
/* An execution from its first event. */
int load_created(struct content *content, const struct event *created, struct execution **out,
		 struct err *err);

#endif
