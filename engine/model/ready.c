/* SPDX-License-Identifier: MIT
 *
 * Three binary heaps that know where each node is.
 */
#include "model/ready.h"

#include <assert.h>
#include <stdlib.h>

struct ready *ready_new(uint32_t nodes_count)
{
	struct ready *ready = mem_zalloc(sizeof(*ready));

	ready->position = mem_calloc(nodes_count, sizeof(*ready->position));
	ready->queue = mem_alloc(nodes_count ? nodes_count : 1);
	for (uint32_t i = 0; i < nodes_count; i++)
		ready->queue[i] = READY_NONE;
	return ready;
}

void ready_free(struct ready *ready)
{
	if (!ready)
		return;
	for (int i = 0; i < READY_NONE; i++)
		free(ready->heaps[i].nodes);
	free(ready->position);
	free(ready->queue);
	free(ready);
}

bool ready_is_before(const struct execution *execution, uint32_t a, uint32_t b)
{
	const struct node_run *first = &execution->nodes[a], *second = &execution->nodes[b];

	if (execution->priority[a] > execution->priority[b])
		return true;
	if (execution->priority[a] < execution->priority[b])
		return false;
	if (first->ready_seq != second->ready_seq)
		return first->ready_seq < second->ready_seq;
	return a < b;
}

int64_t ready_due_us(const struct node_run *node)
{
	int64_t due_us = node->due_us ? node->due_us : INT64_MAX;

	return node->held && node->held_until_us && node->held_until_us < due_us
		       ? node->held_until_us
		       : due_us;
}

static bool due_before(const struct execution *execution, uint32_t a, uint32_t b)
{
	int64_t first_us = ready_due_us(&execution->nodes[a]);
	int64_t second_us = ready_due_us(&execution->nodes[b]);

	return first_us != second_us ? first_us < second_us : a < b;
}

static bool is_before(const struct execution *execution, enum ready_queue queue, uint32_t a,
		      uint32_t b)
{
	const struct node_run *first = &execution->nodes[a], *second = &execution->nodes[b];

	switch (queue) {
	case READY_RUN:
		return ready_is_before(execution, a, b);
	case READY_UNDO:
		if (first->start_order != second->start_order)
			return first->start_order > second->start_order;
		return a > b;
	case READY_DUE:
		return due_before(execution, a, b);
	case READY_NONE:
		break;
	}
	return false;
}

static void put(struct ready *ready, struct ready_heap *heap, uint32_t at, uint32_t node)
{
	heap->nodes[at] = node;
	ready->position[node] = at + 1;
}

static void rise(const struct execution *execution, enum ready_queue queue, uint32_t at)
{
	struct ready_heap *heap = &execution->ready->heaps[queue];
	uint32_t node = heap->nodes[at];

	while (at > 0) {
		uint32_t parent = (at - 1) / 2;

		if (!is_before(execution, queue, node, heap->nodes[parent]))
			break;
		put(execution->ready, heap, at, heap->nodes[parent]);
		at = parent;
	}
	put(execution->ready, heap, at, node);
}

static void sink(const struct execution *execution, enum ready_queue queue, uint32_t at)
{
	struct ready_heap *heap = &execution->ready->heaps[queue];
	uint32_t node = heap->nodes[at];

	for (;;) { /* ends where no child comes before the node */
		uint32_t child = 2 * at + 1;

		if (child >= heap->count)
			break;
		if (child + 1 < heap->count &&
		    is_before(execution, queue, heap->nodes[child + 1], heap->nodes[child]))
			child++;
		if (!is_before(execution, queue, heap->nodes[child], node))
			break;
		put(execution->ready, heap, at, heap->nodes[child]);
		at = child;
	}
	put(execution->ready, heap, at, node);
}

static void take_out(struct execution *execution, uint32_t node)
{
	struct ready *ready = execution->ready;
	enum ready_queue queue = ready->queue[node];
	struct ready_heap *heap = &ready->heaps[queue];
	uint32_t at = ready->position[node] - 1;
	uint32_t last = heap->nodes[--heap->count];

	ready->queue[node] = READY_NONE;
	ready->position[node] = 0;
	if (last == node)
		return;
	put(ready, heap, at, last);
	rise(execution, queue, at);
	sink(execution, queue, ready->position[last] - 1);
}

void ready_place(struct execution *execution, uint32_t node, enum ready_queue queue)
{
	struct ready *ready = execution->ready;
	struct ready_heap *heap;

	if (ready->queue[node] != READY_NONE)
		take_out(execution, node);
	if (queue == READY_NONE)
		return;
	heap = &ready->heaps[queue];
	heap->nodes = mem_grow(heap->nodes, &heap->capacity, (size_t)heap->count + 1,
			       sizeof(*heap->nodes));
	ready->queue[node] = (uint8_t)queue;
	put(ready, heap, heap->count++, node);
	rise(execution, queue, heap->count - 1);
}

uint32_t ready_first(const struct execution *execution, enum ready_queue queue)
{
	const struct ready_heap *heap = &execution->ready->heaps[queue];

	return heap->count ? heap->nodes[0] : EVENT_NO_NODE;
}
