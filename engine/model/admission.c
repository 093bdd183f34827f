/* SPDX-License-Identifier: MIT
 *
 * Admission: slots are handed out over all executions, the best priority first, so that one wide
 * workflow cannot starve another. Steps of a rollback come before new work. What is handed out is
 * decided by each execution itself.
 */
#include <stdlib.h>

#include "model/execution.h"
#include "model/ready.h"

/* Intents are committed ahead of slots so that a wide graph does not wait for the disk. As many as
 * slots would do if a commit took no longer than an attempt; short attempts want a few more, so
 * that one sync serves several. An intent can be revoked until it is sent, so being ahead costs
 * nothing. */
#define AHEAD_LEAST 16

bool execution_can_admit(const struct execution *execution)
{
	const uint32_t parallel = execution->workflow->max_parallel;
	const uint64_t ahead = parallel > AHEAD_LEAST ? parallel : AHEAD_LEAST;

	if (execution->ended || execution->quarantined || execution->paused ||
	    (uint64_t)execution_slots_taken(execution) + execution->intended_count >=
		    parallel + ahead)
		return false;
	if (execution->rolling_back)
		return ready_count(execution, READY_UNDO) > 0;
	return !execution->cancelled && !execution->draining && !execution->rolled_back &&
	       ready_count(execution, READY_RUN) > 0;
}

uint32_t execution_slots_taken(const struct execution *execution)
{
	return execution->live_count + execution->reserved_count;
}

bool execution_can_dispatch(const struct execution *execution)
{
	return execution_slots_taken(execution) < execution->workflow->max_parallel;
}

static double best_priority(const struct execution *execution)
{
	uint32_t node = ready_first(execution, READY_RUN);

	return node == EVENT_NO_NODE ? 0 : execution->priority[node];
}

static bool is_before(const struct execution *a, const struct execution *b)
{
	if (a->rolling_back != b->rolling_back)
		return a->rolling_back;
	if (!a->rolling_back && best_priority(a) > best_priority(b))
		return true;
	return !a->rolling_back && best_priority(a) == best_priority(b) &&
	       a->created_us < b->created_us;
}

/* The place of the one that is served next; `count` for none. `closed`: those that took nothing
 * this time. */
static size_t best(struct execution *const *executions, size_t count, const bool *closed)
{
	size_t found = count;

	for (size_t i = 0; i < count; i++) {
		if ((closed && closed[i]) || !execution_can_admit(executions[i]))
			continue;
		if (found == count || is_before(executions[i], executions[found]))
			found = i;
	}
	return found;
}

size_t admission_decide(struct execution *const *executions, size_t count, size_t slots,
			bool (*intend)(void *ctx, struct execution *execution), void *ctx)
{
	bool *closed = NULL;
	size_t given = 0;

	while (given < slots) {
		size_t next = best(executions, count, closed);
		uint32_t before;

		if (next == count)
			break;
		before = executions[next]->intended_count;
		if (intend(ctx, executions[next])) {
			given +=
				executions[next]->intended_count > before; /* others take no slot */
			continue;
		}
		if (!closed)
			closed = mem_calloc(count, sizeof(*closed));
		closed[next] = true;
	}
	free(closed);
	return given;
}
