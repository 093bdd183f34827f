/* SPDX-License-Identifier: MIT
 *
 * One node and what is bound to it by edges of length one, in the direction in which it would go,
 * move as one: by one layer that lengthens the edges behind them and shortens those ahead. What is
 * found so is not always the best there is (for which sets with several first nodes would have to
 * be weighed), but nearly, and without a solver.
 */
#include "draw/layout_lengths.h"

#include <stdlib.h>
#include <string.h>

struct mover {
	const struct lengths *lengths;
	bool down;
	uint32_t *set; /* what would move */
	uint32_t count;
	uint32_t *seen, round; /* per node: the last set that it was in */
	uint64_t work;	       /* edges that may still be looked at */
};

struct ends {
	const uint32_t *at;
	uint32_t count;
};

/* Neighbours on the side to which the set goes, or on the other. */
static struct ends ends_of(const struct mover *m, uint32_t v, bool ahead)
{
	const struct lengths *l = m->lengths;
	const uint32_t *needs_start = l->graph->needs_start;

	if (ahead == m->down)
		return (struct ends){l->next + l->start[v], l->start[v + 1] - l->start[v]};
	return (struct ends){l->graph->needs + needs_start[v], needs_start[v + 1] - needs_start[v]};
}

/* Layers between two nodes of a band in the direction of the move; 0 for what does not bind. */
static uint32_t distance(const struct mover *m, uint32_t from, uint32_t to)
{
	const struct lengths *l = m->lengths;
	uint32_t upper = m->down ? from : to, lower = m->down ? to : from;

	if (l->band[upper] != l->band[lower] || l->local[upper] >= l->local[lower])
		return 0;
	return l->local[lower] - l->local[upper];
}

/* How far a node could go if nothing were in its way. */
static uint32_t room_of(const struct mover *m, uint32_t v)
{
	const struct lengths *l = m->lengths;

	return m->down ? l->depth[l->band[v]] - 1 - l->local[v] : l->local[v];
}

static void add(struct mover *m, uint32_t v)
{
	if (m->seen[v] == m->round)
		return;
	m->seen[v] = m->round;
	m->set[m->count++] = v;
}

/* The set of a node. Returns by how much the edges get shorter a layer; 0 or less: of no use. */
static int64_t gather(struct mover *m, uint32_t first)
{
	int64_t gain = 0;

	m->count = 0;
	m->round++;
	add(m, first);
	for (uint32_t i = 0; i < m->count; i++) {
		uint32_t v = m->set[i];
		struct ends ahead = ends_of(m, v, true), behind = ends_of(m, v, false);

		if (room_of(m, v) == 0)
			return 0;
		gain += (int64_t)ahead.count - behind.count;
		for (uint32_t k = 0; k < ahead.count; k++)
			if (distance(m, v, ahead.at[k]) == 1)
				add(m, ahead.at[k]);
		if (m->work < ahead.count + 1)
			return 0;
		m->work -= ahead.count + 1;
	}
	return gain;
}

static void shift(struct mover *m)
{
	uint32_t by = UINT32_MAX;

	for (uint32_t i = 0; i < m->count; i++) {
		uint32_t v = m->set[i], room = room_of(m, v);
		struct ends ahead = ends_of(m, v, true);

		by = room < by ? room : by;
		for (uint32_t k = 0; k < ahead.count; k++) {
			uint32_t d = distance(m, v, ahead.at[k]);

			if (d > 0 && m->seen[ahead.at[k]] != m->round && d - 1 < by)
				by = d - 1;
		}
	}
	for (uint32_t i = 0; i < m->count; i++)
		m->lengths->local[m->set[i]] += m->down ? by : -by;
}

static bool move_all(struct mover *m)
{
	uint32_t nodes = m->lengths->graph->nodes_count;
	bool moved = false;

	for (uint32_t i = 0; i < nodes; i++) {
		uint32_t v = m->down ? nodes - 1 - i : i;

		if (ends_of(m, v, true).count <= ends_of(m, v, false).count || gather(m, v) <= 0)
			continue;
		shift(m);
		moved = true;
	}
	return moved;
}

void layout_shorten(const struct lengths *lengths, uint32_t rounds)
{
	uint32_t nodes = lengths->graph->nodes_count;
	struct mover m = {.lengths = lengths};
	bool moved = true;

	m.set = mem_calloc((size_t)nodes + 1, sizeof(*m.set));
	m.seen = mem_calloc((size_t)nodes + 1, sizeof(*m.seen));
	m.work = (uint64_t)rounds * (nodes + lengths->graph->needs_start[nodes]);
	while (moved && m.work > 0) {
		m.down = true;
		moved = move_all(&m);
		m.down = false;
		moved |= move_all(&m);
	}
	free(m.set);
	free(m.seen);
}
