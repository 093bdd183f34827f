/* SPDX-License-Identifier: MIT
 *
 * Derived from the mirror as the engine decides it: needs met, earlier phases over, not held.
 */
#include "client/consequence.h"

#include <stdlib.h>

/* Per phase, the nodes that are still open once the settled ones count. */
static uint32_t *phases_left(const struct mirror *mirror, const bool *settled)
{
	uint32_t *left = mem_calloc((size_t)mirror->phases_count + 1, sizeof(*left));

	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (node->phase_index >= 0 && node->state != STATE_COMPLETED && !settled[i])
			left[node->phase_index]++;
	}
	return left;
}

static bool needs_are_met(const struct mirror *mirror, const struct mirror_node *node,
			  const bool *settled)
{
	for (uint32_t i = 0; i < node->needs_count; i++) {
		uint32_t need = node->needs[i];
		if (mirror->nodes[need].state != STATE_COMPLETED && !settled[need])
			return false;
	}
	return true;
}

static bool phases_are_over(const struct mirror_node *node, const uint32_t *left)
{
	for (int32_t phase = 0; phase < node->phase_index; phase++)
		if (left[phase] > 0)
			return false;
	return true;
}

/* What could start before, or cannot be started by this, is no consequence of it. */
static bool could_start(const struct mirror_node *node)
{
	return node->state == STATE_PENDING && !node->held && node->reason != REASON_BACKOFF;
}

uint32_t consequence_starts(const struct mirror *mirror, const bool *settled, uint32_t most,
			    struct buf *out)
{
	bool *none = mem_calloc((size_t)mirror->nodes_count + 1, sizeof(*none));
	uint32_t *left = phases_left(mirror, settled), *now = phases_left(mirror, none);
	uint32_t found = 0;

	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (settled[i] || !could_start(node) || !needs_are_met(mirror, node, settled) ||
		    !phases_are_over(node, left))
			continue;
		bool anyway = needs_are_met(mirror, node, none) && phases_are_over(node, now);
		if (anyway && !mirror->ended)
			continue;
		if (found++ < most)
			buf_printf(out, "%s%s", found > 1 ? ", " : "", node->id);
	}
	if (found > most)
		buf_printf(out, " and %u more", found - most);
	free(none);
	free(left);
	free(now);
	return found;
}

uint32_t consequence_missing(const struct mirror *mirror, const bool *settled, struct buf *out)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		for (uint32_t at = 0; settled[i] && at < node->outputs_count; at++)
			buf_printf(out, "%s%s.%s", found++ ? ", " : "", node->id,
				   node->outputs[at]);
	}
	return found;
}
