/* SPDX-License-Identifier: MIT
 *
 * A workflow that has been read. How it is read is told in workflow_read.c.
 */
#include "model/workflow.h"

#include <stdlib.h>
#include <string.h>

void workflow_free(struct workflow *workflow)
{
	if (!workflow)
		return;
	free(workflow->ids);
	free((void *)workflow->nodes);
	free(workflow->texts);
	arena_release(&workflow->arena);
	free(workflow);
}

int32_t workflow_find_phase(const struct workflow *workflow, const char *name)
{
	for (uint32_t i = 0; i < workflow->phases_count; i++)
		if (!strcmp(workflow->phases[i], name))
			return (int32_t)i;
	return -1;
}
