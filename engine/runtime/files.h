/* SPDX-License-Identifier: MIT
 *
 * A node's files, as the content thread is told of them. Pure reading of an execution.
 */
#ifndef HLP_RUNTIME_FILES_H
#define HLP_RUNTIME_FILES_H

#include "model/execution.h"

/* The node's working folder, absolute, in `arena`. */
const char *files_folder(const struct execution *execution, const struct node_spec *spec,
			 struct arena *arena);
/* A recorded revision as the item that describes it; its texts are the workflow's. */
void files_item(const struct execution *execution, const struct revision *revision,
		struct event_item *out);

#endif
