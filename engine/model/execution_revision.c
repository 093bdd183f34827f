/* SPDX-License-Identifier: MIT
 *
 * The revisions of a node's files, newest first. Asked by derive.c as well as by all that stands
 * above it, and so in need of nothing that is derived.
 */
#include "model/execution.h"

#include <stddef.h>

const struct revision *execution_newest_revision(const struct execution *execution, uint32_t node,
						 uint32_t artifact)
{
	uint32_t at = execution->nodes[node].last_revision;

	while (at) {
		const struct revision *revision = &execution->revisions[at - 1];

		if (revision->artifact == artifact)
			return revision;
		at = revision->previous;
	}
	return NULL;
}

const struct revision *execution_pre_image(const struct execution *execution, uint32_t node,
					   uint32_t artifact)
{
	const struct node_run *run = &execution->nodes[node];
	uint32_t at = run->last_revision;

	/* Newest first: a capture that a revoked intent left is older than the one that counts. */
	while (at) {
		const struct revision *revision = &execution->revisions[at - 1];

		if (revision->artifact == artifact && revision->moment == MOMENT_BEFORE &&
		    revision->attempt == run->fresh_attempt + 1)
			return revision;
		at = revision->previous;
	}
	return NULL;
}
