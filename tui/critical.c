/* SPDX-License-Identifier: MIT
 *
 * Walked backwards from the node that ended last: what it waited for longest is the need, or the
 * node of an earlier phase, with the latest end.
 */
#include "tui/critical.h"

#include <stdlib.h>

int64_t critical_end_us(const struct mirror_node *node, int64_t now_us)
{
	if (node->started_us == 0)
		return 0;
	if (node->ended_us >= node->started_us)
		return node->ended_us;
	return now_us > node->started_us ? now_us : node->started_us;
}

static int64_t latest(const struct mirror *mirror, int64_t now_us, int64_t best, uint32_t node)
{
	int64_t end_us = critical_end_us(&mirror->nodes[node], now_us);

	if (end_us == 0)
		return best;
	if (best < 0 || end_us > critical_end_us(&mirror->nodes[best], now_us))
		return node;
	return best;
}

/* Per phase, the node of it or of an earlier one that ended last; -1 without. */
static int64_t *last_of_phases(const struct mirror *mirror, int64_t now_us)
{
	int64_t *last = mem_calloc((size_t)mirror->phases_count + 1, sizeof(*last));

	for (uint32_t phase = 0; phase < mirror->phases_count; phase++)
		last[phase] = -1;
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		int32_t phase = mirror->nodes[i].phase_index;
		if (phase >= 0)
			last[phase] = latest(mirror, now_us, last[phase], i);
	}
	for (uint32_t phase = 1; phase < mirror->phases_count; phase++) {
		if (last[phase - 1] >= 0)
			last[phase] =
				latest(mirror, now_us, last[phase], (uint32_t)last[phase - 1]);
	}
	return last;
}

static int64_t before(const struct mirror *mirror, int64_t now_us, const int64_t *last,
		      uint32_t index)
{
	const struct mirror_node *node = &mirror->nodes[index];
	int64_t found = -1;

	for (uint32_t i = 0; i < node->needs_count; i++)
		found = latest(mirror, now_us, found, node->needs[i]);
	if (node->phase_index > 0 && last[node->phase_index - 1] >= 0)
		found = latest(mirror, now_us, found, (uint32_t)last[node->phase_index - 1]);
	return found;
}

uint32_t critical_path(const struct mirror *mirror, int64_t now_us, bool *out_on,
		       uint32_t *out_path)
{
	int64_t *last = last_of_phases(mirror, now_us);
	int64_t at = -1;
	uint32_t count = 0;

	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		out_on[i] = false;
		at = latest(mirror, now_us, at, i);
	}
	/* A node that ran again may have begun before what it needs ended: never twice through one.
	 */
	while (at >= 0 && !out_on[at]) {
		out_on[at] = true;
		out_path[count++] = (uint32_t)at;
		at = before(mirror, now_us, last, (uint32_t)at);
	}
	for (uint32_t i = 0; i < count / 2; i++) {
		uint32_t other = out_path[i];
		out_path[i] = out_path[count - 1 - i];
		out_path[count - 1 - i] = other;
	}
	free(last);
	return count;
}

/* ---- parallelism ------------------------------------------------------------------------- */

struct step {
	int64_t at_us;
	int change;
};

/* Of one moment, ends come first: what begins when another ends does not run beside it. */
static int compare_steps(const void *a, const void *b)
{
	const struct step *left = a, *right = b;

	if (left->at_us != right->at_us)
		return left->at_us < right->at_us ? -1 : 1;
	return left->change - right->change;
}

static struct step *list_steps(const struct mirror *mirror, int64_t now_us, size_t *out_count)
{
	struct step *steps = mem_calloc((size_t)mirror->nodes_count * 2 + 1, sizeof(*steps));
	size_t count = 0;

	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		int64_t end_us = critical_end_us(node, now_us);
		if (end_us == 0)
			continue;
		steps[count++] = (struct step){node->started_us, 1};
		steps[count++] = (struct step){end_us, -1};
	}
	qsort(steps, count, sizeof(*steps), compare_steps);
	*out_count = count;
	return steps;
}

uint32_t critical_parallel(const struct mirror *mirror, int64_t now_us, int64_t from_us,
			   int64_t span_us, uint32_t *out, uint32_t slices)
{
	size_t count, at = 0;
	struct step *steps = list_steps(mirror, now_us, &count);
	uint32_t most = 0;
	int running = 0;

	for (uint32_t slice = 0; slice < slices; slice++) {
		int64_t begin_us = from_us + span_us * (int64_t)slice / (int64_t)slices;
		int64_t end_us = from_us + span_us * (int64_t)(slice + 1) / (int64_t)slices;
		for (; at < count && steps[at].at_us <= begin_us; at++)
			running += steps[at].change;
		int here = running;
		for (; at < count && steps[at].at_us < end_us; at++) {
			running += steps[at].change;
			here = running > here ? running : here;
		}
		out[slice] = (uint32_t)here;
		most = out[slice] > most ? out[slice] : most;
	}
	free(steps);
	return most;
}
