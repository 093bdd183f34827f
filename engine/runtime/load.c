/* SPDX-License-Identifier: MIT
 *
 * Reading a pin back. What was valid when it was pinned is valid now: a failure here means that the
 * store is damaged or that a newer version wrote it.
 */
#include "runtime/load.h"

#include <stdlib.h>

#include "model/limits.h"

int load_workflow(struct content *content, const char *blob, struct workflow **out_workflow,
		  struct graph **out_graph, struct err *err)
{
	struct workflow *workflow = NULL;
	struct buf problems;
	char *text;
	size_t length;
	int rc = content_read(content, blob, LIMIT_WORKFLOW_BYTES, &text, &length, err);

	if (rc)
		return rc;
	buf_init(&problems, 4096);
	rc = workflow_read("pinned workflow", text, length, &workflow, &problems);
	if (rc)
		rc = err_set(err, ERR_CORRUPT, "the pinned workflow %s cannot be read: %s", blob,
			     buf_text(&problems));
	else
		rc = graph_compile(workflow, out_graph, err);
	buf_release(&problems);
	free(text);
	if (rc) {
		workflow_free(workflow);
		return rc;
	}
	*out_workflow = workflow;
	return 0;
}

static int create(struct load_fold *fold, const struct event *created, struct err *err)
{
	struct workflow *workflow;
	struct graph *graph;
	int rc = load_workflow(fold->content, created->blob, &workflow, &graph, err);

	if (!rc)
		fold->execution = execution_new(workflow, graph, created);
	return rc;
}

int load_event(void *ctx, const struct event *event, struct err *err)
{
	struct load_fold *fold = ctx;

	if (event->kind == EVENT_CREATED)
		return create(fold, event, err);
	if (!fold->execution)
		return err_set(err, ERR_CORRUPT, "an execution does not begin with its creation");
	return execution_fold(fold->execution, event, err);
}
