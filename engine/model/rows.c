/* SPDX-License-Identifier: MIT
 *
 * The projection: what clients see, from the fold alone.
 */
#include "model/rows.h"

#include <string.h>

void rows_of_execution(const struct execution *execution, struct execution_row *out)
{
	*out = (struct execution_row){
		.name = execution->name,
		.workflow = execution->workflow->name,
		.number = execution->number,
		.revision = execution->revision,
		.dirty = execution->dirty,
		.folder = execution->folder,
		.actor = execution->actor,
		.note = execution->note,
		.blob = execution->blob,
		.state = execution->state,
		.reason = execution->reason,
		.paused = execution->paused,
		.cancelled = execution->cancelled,
		.rolling_back = execution->rolling_back,
		.quarantined = execution->quarantined,
		.quarantine = execution->quarantine ? execution->quarantine : "",
		.policy = execution->policy ? execution->policy : "",
		.ended = execution->ended,
		.created_us = execution->created_us,
		.started_us = execution->started_us,
		.ended_us = execution->ended_us,
		.nodes_count = execution->graph->nodes_count,
		.seq = execution->seq,
	};
	memcpy(out->id, execution->id, sizeof(out->id));
	memcpy(out->counts, execution->counts, sizeof(out->counts));
}

/* The last run's exit as people know it. */
static void exit_row(const struct node_run *node, struct node_row *out)
{
	out->has_exit_code = node->exit_kind == EXIT_STATUS || node->exit_kind == EXIT_LAUNCH ||
			     node->exit_kind == EXIT_RESOURCE;
	out->exit_code = out->has_exit_code ? node->code : 0;
	out->signal = node->exit_kind == EXIT_SIGNAL ? node->code : 0;
}

/* The file whose check runs, or is about to. */
static const char *checking(const struct node_spec *spec, const struct node_run *node)
{
	return node->live_kind == ATTEMPT_CHECK ? spec->artifacts[node->check].path : NULL;
}

void rows_of_node(const struct execution *execution, uint32_t index, struct node_row *out)
{
	const struct node_spec *spec = &execution->workflow->nodes[index];
	const struct node_run *node = &execution->nodes[index];
	bool ahead = node->intended && node->live_kind == ATTEMPT_RUN;

	*out = (struct node_row){
		.index = index,
		.id = spec->id,
		.phase = spec->phase < 0 ? "" : execution->workflow->phases[spec->phase],
		.risk = spec->risk,
		.state = node->state,
		.reason = node->reason,
		.held = node->held,
		.stale = node->stale,
		.verdict_pending = node->verdict != VERDICT_NONE,
		.attempt = node->attempt - ahead, /* one that has not started does not count */
		.undo_attempt = node->undo_attempt,
		.started_us = node->started_us,
		.ended_us = node->ended_us,
		.due_us = node->due_us,
		.pid = node->pid,
		.question = node->question,
		.message = node->message,
		.version = node->version,
		.asked_us = node->asked_us,
		.shown = node->shown,
		.shown_count = node->shown_count,
		.held_by = node->held_by,
		.held_note = node->held_note,
		.held_until_us = node->held_until_us,
		.shells = node->shells,
		.checking = checking(spec, node),
		.freezing = node->freeze == FREEZE_ASKED || node->freeze == FREEZE_THAWING,
	};
	memcpy(out->execution, execution->id, sizeof(out->execution));
	exit_row(node, out);
}

static int64_t started_us(const struct node_run *node, enum attempt_kind kind)
{
	if (kind == ATTEMPT_CHECK)
		return node->check_started_us;
	return kind == ATTEMPT_RUN ? node->started_us : node->undo_started_us;
}

static void attempt_of(const struct execution *execution, const struct event *event,
		       const struct rows_sink *sink)
{
	const struct node_run *node = &execution->nodes[event->node];
	bool over = event->kind != EVENT_DISPATCHED && event->kind != EVENT_STARTED;
	struct attempt_row row = {
		.node = event->node,
		.kind = event->attempt_kind,
		.number = event->attempt,
		.exit_kind = event->exit_kind,
		.code = event->code,
		.started_us = started_us(node, event->attempt_kind),
		.ended_us = over ? event->time_us : 0,
		.pid = event->pid ? event->pid : node->pid, /* not every exit names it */
		.cpu_us = event->cpu_us,
		.rss_kib = event->rss_kib,
		.seq = event->seq,
	};

	memcpy(row.execution, execution->id, sizeof(row.execution));
	sink->attempt(sink->ctx, &row);
}

/* A person's: nothing of the node says when it was opened, so its end does. */
static void shell_of(const struct execution *execution, const struct event *event,
		     const struct rows_sink *sink)
{
	struct attempt_row row = {
		.node = event->node,
		.kind = ATTEMPT_SHELL,
		.number = event->attempt,
		.exit_kind = event->exit_kind,
		.code = event->code,
		.started_us = event->time_us - event->interval_us,
		.ended_us = event->kind == EVENT_SHELL_CLOSED ? event->time_us : 0,
		.seq = event->seq,
	};

	memcpy(row.execution, execution->id, sizeof(row.execution));
	sink->attempt(sink->ctx, &row);
}

static void revision_of(const struct execution *execution, const struct revision *revision,
			const struct rows_sink *sink)
{
	const struct node_spec *spec = &execution->workflow->nodes[revision->node];
	struct revision_row row = {
		.path = revision->artifact < spec->artifacts_count
				? spec->artifacts[revision->artifact].path
				: "",
		.revision = *revision,
	};

	memcpy(row.execution, execution->id, sizeof(row.execution));
	sink->revision(sink->ctx, &row);
}

static void revisions_of(const struct execution *execution, const struct event *event,
			 const struct rows_sink *sink)
{
	size_t first = execution->revisions_count;

	while (first > 0 && execution->revisions[first - 1].seq >= event->seq)
		first--;
	for (; first < execution->revisions_count; first++) {
		if (execution->revisions[first].seq != event->seq)
			break; /* of a later event that is folded already */
		revision_of(execution, &execution->revisions[first], sink);
	}
}

/* Those about which the event says something else than what was known. */
static void judged_of(const struct execution *execution, const struct event *event,
		      const struct rows_sink *sink)
{
	const struct node_run *node = &execution->nodes[event->node];
	uint32_t at = node->last_revision;

	while (at && execution->revisions[at - 1].attempt >= node->attempt) {
		const struct revision *revision = &execution->revisions[at - 1];

		if (revision->judged == event->seq)
			revision_of(execution, revision, sink);
		at = revision->previous;
	}
}

static void act_of(const struct execution *execution, const struct event *event,
		   const struct rows_sink *sink)
{
	struct act_row row = {.seq = event->seq,
			      .time_us = event->time_us,
			      .actor = event->actor,
			      .verb = event->verb,
			      .note = event->note,
			      .request = event->request,
			      .node = event->node};

	memcpy(row.execution, execution->id, sizeof(row.execution));
	sink->act(sink->ctx, &row);
}

void rows_of(const struct execution *execution, const struct event *event,
	     const struct rows_sink *sink)
{
	switch (event->kind) {
	case EVENT_DISPATCHED:
	case EVENT_STARTED:
	case EVENT_LATE_EXIT:
		attempt_of(execution, event, sink);
		break;
	case EVENT_EXITED:
	case EVENT_LOST:
		attempt_of(execution, event, sink);
		judged_of(execution, event, sink);
		break;
	case EVENT_ANSWERED: /* a person's step is an attempt without a process */
	case EVENT_WITHDRAWN:
		if (event->attempt_kind != ATTEMPT_NONE)
			attempt_of(execution, event, sink);
		break;
	case EVENT_REVOKED:
		if (event->flag) /* its row says that it lives */
			attempt_of(execution, event, sink);
		break;
	case EVENT_SHELL_OPENED:
	case EVENT_SHELL_CLOSED:
		shell_of(execution, event, sink);
		break;
	case EVENT_CAPTURED:
	case EVENT_RESTORED:
		revisions_of(execution, event, sink);
		break;
	case EVENT_FAILED:
	case EVENT_COMPLETED:
	case EVENT_BACKOFF:
	case EVENT_RESET:
		judged_of(execution, event, sink);
		break;
	case EVENT_ACT:
		act_of(execution, event, sink);
		break;
	default: /* the others change only rows of the execution and its nodes */
		break;
	}
}

bool rows_stands_for_nothing(const struct revision *revision, const struct revision *last)
{
	return revision->failed || (last && last->failed && revision->moment == MOMENT_BEFORE &&
				    execution_same_file(revision, last));
}
