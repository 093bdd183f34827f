/* SPDX-License-Identifier: MIT
 *
 * The revisions of a node's files, newest first. Asked by derive.c as well as by all that stands
 * above it, and so in need of nothing that is derived.
 */
#include "model/execution.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

bool execution_is_first_try(const struct execution *execution, uint32_t node, uint32_t attempt)
{
	return attempt == execution->nodes[node].fresh_attempt + 1;
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
		    execution_is_first_try(execution, node, revision->attempt))
			return revision;
		at = revision->previous;
	}
	return NULL;
}

const struct revision *execution_find_revision(const struct execution *execution, uint32_t node,
					       uint32_t artifact, uint64_t seq)
{
	uint32_t at = execution->nodes[node].last_revision;

	while (at) {
		const struct revision *revision = &execution->revisions[at - 1];

		if (revision->artifact == artifact && revision->seq == seq)
			return revision;
		at = revision->previous;
	}
	return NULL;
}

bool execution_same_file(const struct revision *a, const struct revision *b)
{
	return a->absent == b->absent && strcmp(a->blob, b->blob) == 0 && a->mode == b->mode &&
	       a->uid == b->uid && a->gid == b->gid;
}

/* A capture for an attempt that never began says nothing about the node. */
static bool is_idle(const struct node_run *run, const struct revision *revision)
{
	bool intended = run->intended && run->live_kind == ATTEMPT_RUN;

	return revision->moment == MOMENT_BEFORE &&
	       revision->attempt > run->attempt - (intended ? 1 : 0);
}

const struct revision *execution_last_seen(const struct execution *execution, uint32_t node,
					   uint32_t artifact, uint64_t before)
{
	const struct node_run *run = &execution->nodes[node];
	uint32_t at = run->last_revision;

	while (at) {
		const struct revision *revision = &execution->revisions[at - 1];

		if (revision->artifact == artifact && revision->seq < before &&
		    !is_idle(run, revision))
			return revision;
		at = revision->previous;
	}
	return NULL;
}

/* Whether a node that takes part left the file as it had found it: then it is nothing of its own,
 * and whoever changed it since did so for reasons of theirs. */
static bool is_untouched(const struct execution *execution, const struct revision *found)
{
	const struct revision *last = execution_last_seen(execution, found->node, found->artifact,
							  execution->rollback_seq);

	return last && last->moment == MOMENT_AFTER && execution_same_file(last, found);
}

static int by_place(const void *a, const void *b)
{
	const struct file_target *first = a, *second = b;

	if (first->node != second->node)
		return first->node < second->node ? -1 : 1;
	return (first->artifact > second->artifact) - (first->artifact < second->artifact);
}

void execution_sort_targets(struct execution *execution)
{
	if (execution->targets_count)
		qsort(execution->targets, execution->targets_count, sizeof(*execution->targets),
		      by_place);
}

const struct revision *execution_target(const struct execution *execution, uint32_t node,
					uint32_t artifact)
{
	const struct file_target wanted = {.node = node, .artifact = artifact}, *target = NULL;
	const struct revision *found;

	if (execution->targets_count)
		target = bsearch(&wanted, execution->targets, execution->targets_count,
				 sizeof(*target), by_place);
	if (target)
		return target->revision ? execution_find_revision(execution, node, artifact,
								  target->revision)
					: NULL;
	if (execution->nodes[node].keeps)
		return NULL;
	found = execution_pre_image(execution, node, artifact);
	return found && !is_untouched(execution, found) ? found : NULL;
}

bool execution_has_target(const struct execution *execution, uint32_t node)
{
	for (uint32_t i = 0; i < execution->workflow->nodes[node].artifacts_count; i++)
		if (execution_target(execution, node, i))
			return true;
	return false;
}
