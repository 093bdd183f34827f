/* SPDX-License-Identifier: MIT
 *
 * What could be started, best first: three heaps over the nodes of one execution. A node is in at
 * most one of them; which one, derive.c says. Derived from the state, never stored.
 */
#ifndef HLP_MODEL_READY_H
#define HLP_MODEL_READY_H

#include <stdint.h>

#include "model/execution.h"

enum ready_queue {
	READY_RUN,  /* by priority, then age: may be intended */
	READY_UNDO, /* last started first: its turn in the rollback has come */
	READY_DUE,  /* earliest first: waits for a time */
	READY_NONE
};

struct ready_heap {
	uint32_t *nodes;
	uint32_t count;
	size_t capacity;
};

struct ready {
	struct ready_heap heaps[READY_NONE];
	uint32_t *position; /* per node: its place in its heap, plus one */
	uint8_t *queue;	    /* per node: enum ready_queue */
};

struct ready *ready_new(uint32_t nodes_count);
void ready_free(struct ready *ready); /* accepts NULL */

/* Puts a node into a queue (or none), taking it out of the one it is in. If it is there already
 * its place is found anew. */
void ready_place(struct execution *execution, uint32_t node, enum ready_queue queue);
/* When something comes to this node by time alone: a wait or a question's end, or the end of a
 * hold. INT64_MAX when nothing does. */
int64_t ready_due_us(const struct node_run *node);
/* Of two nodes that could start, which one would first. */
bool ready_is_before(const struct execution *execution, uint32_t a, uint32_t b);
/* The first of a queue, or EVENT_NO_NODE. */
uint32_t ready_first(const struct execution *execution, enum ready_queue queue);
static inline uint32_t ready_count(const struct execution *execution, enum ready_queue queue)
{
	return execution->ready->heaps[queue].count;
}

#endif
