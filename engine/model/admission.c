/* SPDX-License-Identifier: MIT
 *
 * Admission: slots are handed out over all executions, the best priority first, so that one wide
 * workflow cannot starve another. Steps of a rollback come before new work. What is handed out is
 * decided by each execution itself.
 */
#include "model/execution.h"
#include "model/ready.h"

bool execution_can_admit(const struct execution *execution)
{
	uint64_t ahead = (uint64_t)execution->live_count + execution->intended_count;

	if (execution->ended || execution->quarantined || execution->paused ||
	    ahead >= (uint64_t)execution->workflow->max_parallel * 2)
		return false;
	if (execution->rolling_back)
		return ready_count(execution, READY_UNDO) > 0;
	return !execution->cancelled && !execution->draining && !execution->rolled_back &&
	       ready_count(execution, READY_RUN) > 0;
}

bool execution_can_dispatch(const struct execution *execution)
{
	return execution->live_count < execution->workflow->max_parallel;
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

static struct execution *best(struct execution *const *executions, size_t count)
{
	struct execution *found = NULL;

	for (size_t i = 0; i < count; i++) {
		if (execution_can_admit(executions[i]) &&
		    (!found || is_before(executions[i], found)))
			found = executions[i];
	}
	return found;
}

size_t admission_decide(struct execution *const *executions, size_t count, size_t slots,
			bool (*intend)(void *ctx, struct execution *execution), void *ctx)
{
	size_t given = 0;

	while (given < slots) {
		struct execution *next = best(executions, count);
		uint32_t before;

		if (!next)
			break;
		before = next->intended_count;
		if (!intend(ctx, next))
			break; /* it could not, although it said so: better none than for ever */
		given += next->intended_count > before; /* other steps take no slot */
	}
	return given;
}
