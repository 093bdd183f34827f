/* SPDX-License-Identifier: MIT
 *
 * What a run of many seeds has reached: every state that a node can be in, a crash of the engine in
 * every one of them, every event. A simulator that no longer gets somewhere proves nothing there.
 */
#include <stdio.h>

#include "tests/sim/sim.h"

static const enum reason reasons[] = {
	REASON_WAITING,	     REASON_READY,	   REASON_BACKOFF,     REASON_STARTING,
	REASON_RUNNING,	     REASON_STOPPING,	   REASON_UNREACHABLE, REASON_CAPTURING,
	REASON_HELD,	     REASON_ASKING,	   REASON_OK,	       REASON_SKIPPED,
	REASON_BY_HAND,	     REASON_TOLERATED,	   REASON_EXIT,	       REASON_SIGNAL,
	REASON_TIMEOUT,	     REASON_LAUNCH,	   REASON_OUTPUT,      REASON_CAPTURE,
	REASON_CHECK,	     REASON_LOST,	   REASON_CANCELLED,   REASON_UNKILLABLE,
	REASON_UNDO_WAITING, REASON_UNDOING,	   REASON_RESTORING,   REASON_UNDO_BACKOFF,
	REASON_UNDO_ASKING,  REASON_UNDONE,	   REASON_RESTORED,    REASON_NOTHING_TO_UNDO,
	REASON_ACCEPTED,     REASON_UNDO_STOPPING,
};

static const enum event_kind kinds[] = {
	EVENT_ACT,
	EVENT_PAUSED,
	EVENT_RESUMED,
	EVENT_CANCELLED,
	EVENT_DRAINING,
	EVENT_ENDED,
	EVENT_REOPENED,
	EVENT_INTENDED,
	EVENT_REVOKED,
	EVENT_CAPTURED,
	EVENT_DISPATCHED,
	EVENT_STARTED,
	EVENT_EXITED,
	EVENT_COLLECTED,
	EVENT_UNREACHABLE,
	EVENT_LOST,
	EVENT_VERDICT,
	EVENT_RESTORED,
	EVENT_COMPLETED,
	EVENT_FAILED,
	EVENT_BACKOFF,
	EVENT_HELD,
	EVENT_RELEASED,
	EVENT_ASKED,
	EVENT_ANSWERED,
	EVENT_RESET,
	EVENT_DUE,
	EVENT_STALE,
	EVENT_ROLLBACK_STARTED,
	EVENT_RESTORING,
	EVENT_UNDO_WAITING,
	EVENT_UNDO_BACKOFF,
	EVENT_RECOVERED,
	EVENT_KEPT,
	EVENT_WITHDRAWN,
	EVENT_FREEZING,
	EVENT_THAWING,
	EVENT_FROZEN,
	EVENT_THAWED,
	EVENT_BY_HAND,
	EVENT_REACHABLE,
	EVENT_WAITS,
	EVENT_ROLLBACK_ENDED,
	EVENT_SHELL_OPENED,
	EVENT_SHELL_CLOSED,
	EVENT_AGENT,
	EVENT_CHECKPOINTING,
	EVENT_CHECKPOINTED,
	EVENT_CHECKPOINT_FAILED,
	EVENT_POLICY,
	EVENT_POLICY_LEFT,
};

void cover_event(const struct shadow *shadow, const struct event *event)
{
	sim->cover->kinds[event->kind]++;
	sim->cover->ends[event->attempt_kind] += event->kind == EVENT_EXITED;
	if (event->node != EVENT_NO_NODE)
		sim->cover->reasons[shadow->execution->nodes[event->node].reason]++;
}

/* Each state in which a node stands when the engine dies. */
void cover_crash(void)
{
	for (uint32_t i = 0; i < sim->shadows_count; i++) {
		const struct execution *execution = sim->shadows[i]->execution;

		for (uint32_t node = 0; node < execution->workflow->nodes_count; node++) {
			enum reason reason = execution->nodes[node].reason;

			sim->cover->reasons[reason] += !sim->cover->reasons[reason];
			sim->cover->crashes[reason]++;
		}
	}
}

bool cover_report(const struct cover *cover)
{
	bool whole = true;

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		if (!cover->reasons[reasons[i]] || !cover->crashes[reasons[i]]) {
			printf("never %s: %s\n", cover->reasons[reasons[i]] ? "died in" : "reached",
			       reason_name(reasons[i]));
			whole = false;
		}
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!cover->kinds[kinds[i]]) {
			printf("never happened: %s\n", event_kind_name(kinds[i]));
			whole = false;
		}
	}
	for (int kind = ATTEMPT_RUN; kind <= ATTEMPT_CHECK; kind++) {
		if (!cover->ends[kind]) {
			printf("never ended: %s\n", attempt_kind_name((enum attempt_kind)kind));
			whole = false;
		}
	}
	return whole;
}
