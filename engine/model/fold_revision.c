/* SPDX-License-Identifier: MIT
 *
 * The revisions of a node's files, and which of them stand. What a run left stands for nothing once
 * the run is known to have failed: by its exit, by what was wanted of its files and outputs, by a
 * verdict, or because it is made again while nobody knows how it ended. It stands again when
 * somebody vouches for it. Only here is that said: whoever shows or keeps revisions asks them.
 */
#include "model/fold_revision.h"

#include <string.h>

#include "base/mem.h"

static bool went_wrong(const struct node_run *node)
{
	return node->exit_kind != EXIT_NONE && (node->exit_kind != EXIT_STATUS || node->code != 0);
}

static bool is_of_failure(const struct node_run *node, const struct event *event)
{
	return event->kind == EVENT_CAPTURED && event->moment == MOMENT_AFTER && went_wrong(node);
}

void fold_revision_add(struct execution *execution, const struct event *event)
{
	struct node_run *node = &execution->nodes[event->node];

	execution->revisions = mem_grow(execution->revisions, &execution->revisions_capacity,
					execution->revisions_count + event->items_count,
					sizeof(*execution->revisions));
	for (uint32_t i = 0; i < event->items_count; i++) {
		const struct event_item *item = &event->items[i];
		struct revision *revision = &execution->revisions[execution->revisions_count++];

		*revision = (struct revision){.node = event->node,
					      .artifact = item->number,
					      .attempt_kind = event->attempt_kind,
					      .attempt = event->attempt,
					      .moment = event->moment,
					      .seq = event->seq,
					      .time_us = event->time_us,
					      .absent = item->absent,
					      .size = item->size,
					      .mode = item->mode,
					      .uid = item->uid,
					      .gid = item->gid,
					      .mtime_ns = item->mtime_ns,
					      .inode = item->inode,
					      .device = item->device,
					      .folder = item->folder,
					      .failed = is_of_failure(node, event),
					      .judged = event->seq,
					      .previous = node->last_revision};
		memcpy(revision->blob, item->blob, sizeof(revision->blob));
		node->last_revision = (uint32_t)execution->revisions_count;
	}
}

#define EVERY UINT32_MAX

/* What the newest run left, in one file or in every. An older run was judged in its time. */
static void judge(struct execution *execution, const struct event *event, uint32_t artifact,
		  bool failed)
{
	const struct node_run *node = &execution->nodes[event->node];
	uint32_t at = node->last_revision;

	while (at && execution->revisions[at - 1].attempt >= node->attempt) {
		struct revision *revision = &execution->revisions[at - 1];

		if (revision->attempt == node->attempt && revision->moment == MOMENT_AFTER &&
		    (artifact == EVERY || revision->artifact == artifact) &&
		    revision->failed != failed) {
			revision->failed = failed;
			revision->judged = event->seq;
		}
		at = revision->previous;
	}
}

/* Of a file's check that did not pass; one that got lost is made again, once. */
static void judge_checked(struct execution *execution, const struct event *event)
{
	const struct node_run *node = &execution->nodes[event->node];

	if (event->kind == EVENT_LOST ? node->check_lost
				      : event->exit_kind != EXIT_STATUS || event->code != 0)
		judge(execution, event, node->check, true);
}

void fold_revision_judge(struct execution *execution, const struct event *event)
{
	if (!execution->nodes[event->node].start_order)
		return; /* what its last run left was taken back */
	switch (event->kind) {
	case EVENT_EXITED:
	case EVENT_LOST:
		if (event->attempt_kind == ATTEMPT_CHECK)
			judge_checked(execution, event);
		break;
	case EVENT_FAILED:
	case EVENT_BACKOFF:
	case EVENT_RESET:
		judge(execution, event, EVERY, true);
		break;
	case EVENT_COMPLETED:
		if (event->reason != REASON_TOLERATED) /* which was said before, of what it was */
			judge(execution, event, EVERY, false);
		break;
	default:
		break;
	}
}
