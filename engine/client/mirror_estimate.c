/* SPDX-License-Identifier: MIT
 *
 * How long an execution will still take, by the past durations of its nodes: the longest chain that
 * is left, phases honoured, and never less than the whole work over the slots.
 */
#include <stdlib.h>

#include "client/mirror.h"

/* What is left of a node, -1 when nobody knows. A node that takes longer than ever before is
 * about to end: its estimate does not grow. */
static int64_t left_us(const struct mirror_node *node, int64_t now_us)
{
	int64_t run_us = now_us - node->started_us;

	switch (node->state) {
	case STATE_PENDING:
		return node->estimate_us > 0 ? node->estimate_us : -1;
	case STATE_RUNNING:
		if (node->estimate_us <= 0)
			return -1;
		return run_us > 0 && run_us < node->estimate_us ? node->estimate_us - run_us : 0;
	case STATE_PAUSED: /* a person's time is not ours to guess */
		return -1;
	case STATE_COMPLETED:
	case STATE_FAILED:
	case STATE_RECOVERING:
	case STATE_RECOVERED:
	case STATES:
		return 0;
	}
	return 0;
}

/* When the node ends if all goes on: after what it needs, and after the phases before its own. */
static int64_t end_us(const struct mirror_node *node, const int64_t *ends, int64_t phase_begin_us,
		      int64_t duration_us)
{
	int64_t begin_us = phase_begin_us;

	for (uint32_t i = 0; i < node->needs_count; i++)
		if (ends[node->needs[i]] > begin_us)
			begin_us = ends[node->needs[i]];
	return begin_us + duration_us;
}

int64_t mirror_estimate_us(const struct mirror *mirror, int64_t now_us)
{
	int64_t *ends;
	int64_t total_us = 0, longest_us = 0, phase_begin_us = 0, spread_us;
	int32_t phase = -1;
	bool known = true;

	if (!mirror->has_graph || !mirror->has_rows || mirror->ended || mirror->rolling_back)
		return mirror->ended ? 0 : -1;
	ends = mem_calloc(mirror->nodes_count, sizeof(int64_t));
	for (uint32_t i = 0; i < mirror->nodes_count && known; i++) {
		const struct mirror_node *node = &mirror->nodes[mirror->order[i]];
		int64_t duration_us = left_us(node, now_us);

		known = duration_us >= 0;
		if (node->phase_index != phase) {
			phase = node->phase_index;
			phase_begin_us = longest_us;
		}
		ends[mirror->order[i]] = end_us(node, ends, phase_begin_us, duration_us);
		if (ends[mirror->order[i]] > longest_us)
			longest_us = ends[mirror->order[i]];
		total_us += duration_us;
	}
	free(ends);
	if (!known)
		return -1;
	spread_us = mirror->max_parallel ? total_us / mirror->max_parallel : 0;
	return spread_us > longest_us ? spread_us : longest_us;
}
