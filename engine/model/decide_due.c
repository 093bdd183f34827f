/* SPDX-License-Identifier: MIT
 *
 * What time brings: the ends of waits, of holds, and of questions. The end of a question can fail a
 * node and with it close the whole execution, so it is a decision of its own; whoever lets time
 * pass asks again while something is due.
 */
#include "model/decide.h"
#include "model/ready.h"

static bool waits(const struct node_run *node)
{
	return node->reason == REASON_BACKOFF || node->reason == REASON_UNDO_BACKOFF;
}

/* A hold's end comes alone, too: its node may wait for another time as well. */
static void end_hold(struct decision *decision, uint32_t node)
{
	struct event *event = decide_emit(decision, EVENT_RELEASED, node);

	event->text = "its time has come";
	event->until_us = decision->execution->nodes[node].held_until_us;
}

static void end_waits(struct decision *decision)
{
	const struct ready_heap *heap = &decision->execution->ready->heaps[READY_DUE];

	for (uint32_t i = 0; i < heap->count; i++) {
		const struct node_run *node = &decision->execution->nodes[heap->nodes[i]];

		if (waits(node) && node->due_us <= decision->input->time_us)
			decide_emit(decision, EVENT_DUE, heap->nodes[i]);
	}
}

void decide_due(struct decision *decision)
{
	uint32_t first = ready_first(decision->execution, READY_DUE);
	const struct node_run *node;

	if (first == EVENT_NO_NODE)
		return;
	node = &decision->execution->nodes[first];
	if (ready_due_us(node) > decision->input->time_us)
		return;
	if (node->held && node->held_until_us == ready_due_us(node))
		end_hold(decision, first);
	else if (waits(node))
		end_waits(decision);
	else
		decide_expired(decision, first);
}
