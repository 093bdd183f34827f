/* SPDX-License-Identifier: MIT
 *
 * What is known of checkpoints, and what their events change. The states of all nodes are copied
 * when one is asked for: nothing else remembers them, and recording it may come after a restart.
 */
#include "model/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/limits.h"

/* ---- finding ------------------------------------------------------------------------------ */

static struct checkpoint *find(const struct execution *execution, const char *name)
{
	for (size_t i = execution->checkpoints_count; i-- > 0;)
		if (strcmp(execution->checkpoints[i].name, name) == 0)
			return &execution->checkpoints[i];
	return NULL;
}

const struct checkpoint *checkpoint_find(const struct execution *execution, const char *name)
{
	return find(execution, name);
}

/* They are recorded in their order, so those that still are wanted stand at the end. */
const struct checkpoint *checkpoint_wanted(const struct execution *execution)
{
	const struct checkpoint *wanted = NULL;

	for (size_t i = execution->checkpoints_count;
	     i > 0 && execution->checkpoints[i - 1].state == CHECKPOINT_WANTED; i--)
		wanted = &execution->checkpoints[i - 1];
	return wanted;
}

const struct checkpoint *checkpoint_before(const struct execution *execution,
					   const struct checkpoint *checkpoint)
{
	for (size_t i = execution->checkpoints_count; i-- > 0;) {
		const struct checkpoint *other = &execution->checkpoints[i];

		if (other->seq < checkpoint->seq && other->state == CHECKPOINT_KEPT)
			return other;
	}
	return NULL;
}

/* ---- what it says ------------------------------------------------------------------------- */

const struct revision *checkpoint_revision(const struct execution *execution,
					   const struct checkpoint *checkpoint, uint32_t node,
					   uint32_t artifact)
{
	uint32_t at = execution->nodes[node].last_revision;

	/* Also one of an attempt that never began: it says what stood there. */
	while (at) {
		const struct revision *revision = &execution->revisions[at - 1];

		if (revision->artifact == artifact && revision->seq <= checkpoint->seq)
			return revision;
		at = revision->previous;
	}
	return NULL;
}

bool checkpoint_misses(const struct execution *execution, const struct checkpoint *checkpoint,
		       uint32_t index)
{
	const struct node_run *node = &execution->nodes[index];
	const enum state then = (enum state)checkpoint->nodes[index].state;

	return node->last_start > checkpoint->seq ||
	       (then != STATE_COMPLETED && then != STATE_FAILED);
}

bool checkpoint_is_past(const struct execution *execution, const struct checkpoint *checkpoint,
			uint32_t index)
{
	return checkpoint->nodes[index].state == STATE_COMPLETED &&
	       execution->nodes[index].taken_back > checkpoint->seq;
}

/* ---- names -------------------------------------------------------------------------------- */

const char *checkpoint_name_wrong(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	if (!name[0])
		return "it is empty";
	if (name[length])
		return "it may have small letters, digits, '_' and '-' only";
	if (name[0] < 'a' || name[0] > 'z')
		return "it must begin with a small letter";
	return length > LIMIT_NAME ? "it is longer than 63 bytes" : NULL;
}

const char *checkpoint_free_name(const struct execution *execution, const char *name,
				 struct arena *arena)
{
	size_t room = strlen(name) + 12;
	char *text = arena_alloc(arena, room);

	(void)snprintf(text, room, "%s", name); /* fits, as do ten digits below */
	for (unsigned i = 2; find(execution, text); i++)
		(void)snprintf(text, room, "%s-%u", name, i);
	return text;
}

/* ---- folding ------------------------------------------------------------------------------ */

struct checkpoint *checkpoint_add(struct execution *execution)
{
	struct checkpoint *checkpoint;

	execution->checkpoints =
		mem_grow(execution->checkpoints, &execution->checkpoints_capacity,
			 execution->checkpoints_count + 1, sizeof(*execution->checkpoints));
	checkpoint = &execution->checkpoints[execution->checkpoints_count++];
	*checkpoint = (struct checkpoint){
		.name = "",
		.nodes = mem_calloc(execution->graph->nodes_count, sizeof(*checkpoint->nodes))};
	return checkpoint;
}

void checkpoint_forget_nodes(struct checkpoint *checkpoint)
{
	free(checkpoint->nodes);
	checkpoint->nodes = NULL;
}

static const char *begin(struct execution *execution, const struct event *event)
{
	struct checkpoint *checkpoint;

	if (find(execution, event->text))
		return "there is one of this name";
	checkpoint = checkpoint_add(execution);
	checkpoint->name = arena_strdup(&execution->arena, event->text);
	checkpoint->seq = event->seq;
	checkpoint->time_us = event->time_us;
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		const struct node_run *node = &execution->nodes[i];

		checkpoint->nodes[i] = (struct checkpoint_node){.state = (uint8_t)node->state,
								.reason = (uint8_t)node->reason,
								.fresh = !node->start_order,
								.attempt = node->attempt};
	}
	return NULL;
}

/* What became of one that is being recorded, or was. */
static void settle(struct execution *execution, struct checkpoint *checkpoint,
		   const struct event *event)
{
	if (event->kind == EVENT_CHECKPOINTED) {
		checkpoint->state = CHECKPOINT_KEPT;
		memcpy(checkpoint->commit, event->blob, sizeof(checkpoint->commit));
		checkpoint->digest =
			arena_strdup(&execution->arena, event->digest ? event->digest : "");
		return;
	}
	checkpoint->state =
		event->kind == EVENT_CHECKPOINT_FAILED ? CHECKPOINT_FAILED : CHECKPOINT_DROPPED;
	checkpoint->commit[0] = '\0';
	checkpoint->digest = NULL;
	if (event->kind == EVENT_CHECKPOINT_FAILED)
		checkpoint->message =
			arena_strdup(&execution->arena, event->note ? event->note : "");
	checkpoint_forget_nodes(checkpoint);
}

const char *checkpoint_fold(struct execution *execution, const struct event *event)
{
	const bool drops = event->kind == EVENT_CHECKPOINT_DROPPED;
	struct checkpoint *checkpoint;

	if (!event->text)
		return "it names no checkpoint";
	if (event->kind == EVENT_CHECKPOINTING)
		return begin(execution, event);
	checkpoint = find(execution, event->text);
	if (!checkpoint)
		return "there is no such checkpoint";
	if (checkpoint->state != (drops ? CHECKPOINT_KEPT : CHECKPOINT_WANTED))
		return drops ? "the checkpoint is not kept"
			     : "the checkpoint is not being recorded";
	settle(execution, checkpoint, event);
	return NULL;
}
