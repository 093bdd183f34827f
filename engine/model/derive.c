/* SPDX-License-Identifier: MIT
 *
 * Derived members of an execution. Barriers are met when all vertices before them are, so a change
 * of one node runs on through barriers, iteratively, and costs what it reaches.
 */
#include "model/derive.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/broken.h"
#include "model/ready.h"

bool derive_undoes(const struct node_run *node)
{
	return node->reason == REASON_UNDOING || node->reason == REASON_UNDO_STOPPING;
}

bool derive_lives(const struct node_run *node)
{
	if (derive_runs(node))
		return node->reason != REASON_CAPTURING;
	return derive_undoes(node);
}

uint32_t derive_attempt_number(const struct node_run *node)
{
	switch (node->live_kind) {
	case ATTEMPT_RUN:
		return node->attempt;
	case ATTEMPT_UNDO:
		return node->undo_attempt;
	case ATTEMPT_HOOK:
		return node->hook_attempt;
	case ATTEMPT_CHECK:
		return node->check_attempt;
	case ATTEMPT_SHELL: /* lives beside the node's attempts */
	case ATTEMPT_NONE:
		break;
	}
	return 0;
}

bool derive_blocks(const struct node_run *node)
{
	return node->state == STATE_RECOVERING || node->verdict == VERDICT_UNDO;
}

bool derive_wants_capture(const struct execution *execution, uint32_t index)
{
	return execution->workflow->nodes[index].artifacts_count &&
	       !execution->nodes[index].captured_after;
}

bool derive_wants_collect(const struct execution *execution, uint32_t index,
			  enum exit_kind exit_kind, int32_t code)
{
	const struct node_run *node = &execution->nodes[index];

	if (!execution->workflow->nodes[index].outputs_count || node->collected)
		return false;
	if (node->verdict == VERDICT_NONE)
		return exit_kind == EXIT_STATUS && code == 0;
	/* "it did happen": what it wrote before it was lost is looked for */
	return node->verdict == VERDICT_DONE && !node->outputs;
}

uint32_t derive_next_hook(const struct execution *execution, uint32_t index, uint32_t from)
{
	const struct node_spec *spec = &execution->workflow->nodes[index];

	for (uint32_t i = from; i < spec->artifacts_count; i++) {
		const struct revision *newest = execution_newest_revision(execution, index, i);

		if (spec->artifacts[i].has_on_restore && newest &&
		    newest->moment == MOMENT_RESTORED && newest->seq > execution->rollback_seq)
			return i;
	}
	return spec->artifacts_count;
}

bool derive_reserves(const struct execution *execution, uint32_t index)
{
	return execution->workflow->nodes[index].has_checks &&
	       derive_recording(&execution->nodes[index]);
}

struct derive_mark derive_mark(const struct execution *execution, uint32_t index)
{
	const struct node_run *node = &execution->nodes[index];

	return (struct derive_mark){.state = node->state,
				    .reason = node->reason,
				    .lives = derive_lives(node),
				    .reserves = derive_reserves(execution, index),
				    .intended = node->intended,
				    .blocks = derive_blocks(node)};
}

void derive_touch(struct execution *execution, uint32_t node)
{
	if (execution->touched_mark[node])
		return;
	execution->touched_mark[node] = true;
	execution->touched[execution->touched_count++] = node;
}

/* A PENDING node waits, is ready, or (held, and could start) is PAUSED. */
static void settle(struct execution *execution, uint32_t index)
{
	struct node_run *node = &execution->nodes[index];
	bool held = node->state == STATE_PAUSED && node->reason == REASON_HELD;
	enum reason was = node->reason;

	if (!held && (node->state != STATE_PENDING || node->reason == REASON_BACKOFF))
		return;
	node->state = STATE_PENDING;
	node->reason = REASON_WAITING;
	if (execution->unmet[index] == 0) {
		node->reason = REASON_READY;
		if (node->held && !derive_closed(execution)) {
			node->state = STATE_PAUSED;
			node->reason = REASON_HELD;
		}
		if (was != REASON_READY && was != REASON_HELD)
			node->ready_seq = execution->seq;
	}
}

static enum ready_queue queue_of(const struct execution *execution, uint32_t index)
{
	const struct node_run *node = &execution->nodes[index];

	if (node->intended)
		return READY_NONE;
	if (node->reason == REASON_READY)
		return READY_RUN;
	if (node->reason == REASON_UNDO_WAITING && execution->undo_unmet[index] == 0)
		return READY_UNDO;
	return ready_due_us(node) < INT64_MAX ? READY_DUE : READY_NONE;
}

static void place(struct execution *execution, uint32_t index)
{
	enum ready_queue queue = queue_of(execution, index);

	if (queue != READY_NONE || execution->ready->queue[index] != READY_NONE)
		ready_place(execution, index, queue);
}

static void count(struct execution *execution, const struct derive_mark *was,
		  const struct derive_mark *is)
{
	execution->counts[was->state]--;
	execution->counts[is->state]++;
	execution->by_reason[was->reason]--;
	execution->by_reason[is->reason]++;
	execution->live_count += (uint32_t)is->lives - (uint32_t)was->lives;
	execution->reserved_count += (uint32_t)is->reserves - (uint32_t)was->reserves;
	execution->intended_count += (uint32_t)is->intended - (uint32_t)was->intended;
	execution->undo_left += (uint32_t)is->blocks - (uint32_t)was->blocks;
}

/* A vertex's own needs changed: what follows for the node itself. */
static void resettle(struct execution *execution, uint32_t index)
{
	struct node_run *node = &execution->nodes[index];
	struct derive_mark was = derive_mark(execution, index), is;

	node->unmet = execution->unmet[index];
	settle(execution, index);
	is = derive_mark(execution, index);
	if (was.state == is.state && was.reason == is.reason)
		return;
	count(execution, &was, &is);
	place(execution, index);
	derive_touch(execution, index);
}

/* Vertices whose own met-ness flipped and has still to be told to their neighbours. */
struct flips {
	uint32_t *vertices;
	size_t count, capacity;
};

static void flips_add(struct flips *flips, uint32_t vertex)
{
	flips->vertices = mem_grow(flips->vertices, &flips->capacity, flips->count + 1,
				   sizeof(*flips->vertices));
	flips->vertices[flips->count++] = vertex;
}

/* One more or one less; true when it changed between `few` (none) and more. */
static bool change(uint32_t *counter, uint32_t few, bool less)
{
	if (less) {
		assert(*counter > 0);
		return --*counter == few;
	}
	return (*counter)++ == few;
}

/* With how many unmet needs a vertex counts as met: none. */
static uint32_t few(const struct graph *graph, uint32_t vertex)
{
	if (!graph_is_barrier(graph, vertex))
		return 0;
	return BROKEN_BARRIER(graph->needs_start[vertex + 1] - graph->needs_start[vertex]);
}

static void tell_next(struct execution *execution, uint32_t vertex, bool met, struct flips *flips)
{
	const struct graph *graph = execution->graph;

	for (uint32_t i = graph->next_start[vertex]; i < graph->next_start[vertex + 1]; i++) {
		uint32_t next = graph->next[i];
		bool flipped = change(&execution->unmet[next], few(graph, next), met);

		if (graph_is_barrier(graph, next)) {
			if (flipped)
				flips_add(flips, next);
		} else {
			execution->nodes[next].unmet = execution->unmet[next];
			if (flipped)
				resettle(execution, next);
		}
	}
}

static void met_changed(struct execution *execution, uint32_t node, bool met)
{
	struct flips flips = {0};

	tell_next(execution, node, met, &flips);
	while (flips.count)
		tell_next(execution, flips.vertices[--flips.count], met, &flips);
	free(flips.vertices);
}

static void tell_needs(struct execution *execution, uint32_t vertex, bool free_again,
		       struct flips *flips)
{
	const struct graph *graph = execution->graph;

	for (uint32_t i = graph->needs_start[vertex]; i < graph->needs_start[vertex + 1]; i++) {
		uint32_t need = graph->needs[i];

		if (!change(&execution->undo_unmet[need], 0, free_again))
			continue;
		if (graph_is_barrier(graph, need))
			flips_add(flips, need);
		else
			place(execution, need);
	}
}

static void blocks_changed(struct execution *execution, uint32_t node, bool blocks)
{
	struct flips flips = {0};

	tell_needs(execution, node, !blocks, &flips);
	while (flips.count)
		tell_needs(execution, flips.vertices[--flips.count], !blocks, &flips);
	free(flips.vertices);
}

static void count_phase(struct execution *execution, uint32_t index, bool completed)
{
	const int32_t phase = execution->workflow->nodes[index].phase;

	if (phase < 0)
		return;
	if (completed)
		execution->phase_left[phase]--;
	else
		execution->phase_left[phase]++;
}

void derive_update(struct execution *execution, uint32_t index, const struct derive_mark *was)
{
	struct derive_mark is;

	settle(execution, index);
	is = derive_mark(execution, index);
	count(execution, was, &is);
	place(execution, index);
	derive_touch(execution, index);
	if ((was->state == STATE_COMPLETED) != (is.state == STATE_COMPLETED)) {
		count_phase(execution, index, is.state == STATE_COMPLETED);
		met_changed(execution, index, is.state == STATE_COMPLETED);
	}
	if (was->blocks != is.blocks)
		blocks_changed(execution, index, is.blocks);
}

void derive_settle_all(struct execution *execution)
{
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++)
		resettle(execution, i);
}

static bool is_met(const struct execution *execution, uint32_t vertex)
{
	if (graph_is_barrier(execution->graph, vertex))
		return execution->unmet[vertex] <= few(execution->graph, vertex);
	return execution->nodes[vertex].state == STATE_COMPLETED;
}

static bool is_clear(const struct execution *execution, uint32_t vertex)
{
	if (graph_is_barrier(execution->graph, vertex))
		return execution->undo_unmet[vertex] == 0;
	return !derive_blocks(&execution->nodes[vertex]);
}

static void derive_unmet(struct execution *execution)
{
	const struct graph *graph = execution->graph;

	for (uint32_t i = 0; i < graph->vertices_count; i++) {
		uint32_t vertex = graph->order[i];

		execution->unmet[vertex] = 0;
		for (uint32_t e = graph->needs_start[vertex]; e < graph->needs_start[vertex + 1];
		     e++)
			execution->unmet[vertex] += !is_met(execution, graph->needs[e]);
	}
	for (uint32_t i = graph->vertices_count; i-- > 0;) {
		uint32_t vertex = graph->order[i];

		execution->undo_unmet[vertex] = 0;
		for (uint32_t e = graph->next_start[vertex]; e < graph->next_start[vertex + 1]; e++)
			execution->undo_unmet[vertex] += !is_clear(execution, graph->next[e]);
	}
}

void derive_all(struct execution *execution)
{
	derive_unmet(execution);
	memset(execution->phase_left, 0,
	       execution->workflow->phases_count * sizeof(*execution->phase_left));
	memset(execution->counts, 0, sizeof(execution->counts));
	memset(execution->by_reason, 0, sizeof(execution->by_reason));
	execution->live_count = execution->reserved_count = 0;
	execution->intended_count = execution->undo_left = 0;
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		struct derive_mark is;

		execution->nodes[i].unmet = execution->unmet[i];
		settle(execution, i);
		is = derive_mark(execution, i);
		execution->counts[is.state]++;
		if (is.state != STATE_COMPLETED)
			count_phase(execution, i, false);
		execution->by_reason[is.reason]++;
		execution->live_count += is.lives;
		execution->reserved_count += is.reserves;
		execution->intended_count += is.intended;
		execution->undo_left += is.blocks;
		place(execution, i);
	}
	derive_state(execution);
}

static void set_state(struct execution *execution, enum state state, enum reason reason)
{
	execution->state = state;
	execution->reason = reason;
}

/* Undo work that is under way by itself, without a person. */
static bool undo_lives(const struct execution *execution)
{
	const uint32_t *by_reason = execution->by_reason;

	return by_reason[REASON_UNDOING] || by_reason[REASON_UNDO_STOPPING] ||
	       by_reason[REASON_RESTORING] ||
	       (execution->counts[STATE_RUNNING] && execution->undo_left);
}

static void derive_rollback(struct execution *execution)
{
	if (undo_lives(execution))
		set_state(execution, STATE_RECOVERING, REASON_UNDOING);
	else if (execution->paused)
		set_state(execution, STATE_PAUSED, REASON_OPERATOR);
	else if (execution->by_reason[REASON_UNDO_BACKOFF])
		set_state(execution, STATE_RECOVERING, REASON_UNDO_BACKOFF);
	else if (execution->by_reason[REASON_UNDO_ASKING] && !ready_count(execution, READY_UNDO) &&
		 !execution->intended_count)
		set_state(execution, STATE_RECOVERING, REASON_UNDO_ASKING);
	else
		set_state(execution, STATE_RECOVERING, REASON_UNDOING);
}

/* What a person is wanted for comes first. */
static enum reason why_paused(const struct execution *execution)
{
	static const enum reason first_to_last[] = {REASON_ASKING, REASON_APPROVAL, REASON_MANUAL,
						    REASON_FROZEN};

	for (size_t i = 0; i < sizeof(first_to_last) / sizeof(*first_to_last); i++)
		if (execution->by_reason[first_to_last[i]])
			return first_to_last[i];
	return REASON_HELD;
}

void derive_state(struct execution *execution)
{
	bool startable = !derive_closed(execution) && (execution->by_reason[REASON_READY] ||
						       execution->by_reason[REASON_BACKOFF]);

	if (execution->ended)
		return;
	if (execution->rolling_back)
		derive_rollback(execution);
	else if (execution->rolled_back)
		set_state(execution, STATE_PAUSED, REASON_ROLLED_BACK);
	else if (execution->paused)
		set_state(execution, STATE_PAUSED, REASON_OPERATOR);
	else if (execution->counts[STATE_RUNNING] && execution->cancelled)
		set_state(execution, STATE_RUNNING, REASON_STOPPING);
	else if (execution->policy_step == POLICY_DUE && !execution->counts[STATE_RUNNING])
		set_state(execution, STATE_RECOVERING, REASON_UNDO_WAITING);
	else if (execution->counts[STATE_RUNNING] || startable)
		set_state(execution, STATE_RUNNING,
			  execution->started_us ? REASON_RUNNING : REASON_STARTING);
	else if (execution->counts[STATE_PAUSED])
		set_state(execution, STATE_PAUSED, why_paused(execution));
	else /* between two events of one decision: its end follows */
		set_state(execution, STATE_RUNNING, REASON_RUNNING);
}

static bool leads_to(const struct graph *graph, uint32_t from, uint32_t to)
{
	for (uint32_t i = graph->needs_start[to]; i < graph->needs_start[to + 1]; i++)
		if (graph->needs[i] == from)
			return true;
	return false;
}

/* Of a met barrier: whether a node after it is free then. `direct` may be its other need. */
static bool barrier_would_free(const struct execution *execution, uint32_t barrier, uint32_t direct,
			       uint32_t *out_next)
{
	const struct graph *graph = execution->graph;

	*out_next = EVENT_NO_NODE;
	for (uint32_t i = graph->next_start[barrier]; i < graph->next_start[barrier + 1]; i++) {
		uint32_t next = graph->next[i];
		uint32_t unmet = execution->unmet[next];

		if (graph_is_barrier(graph, next)) {
			if (unmet == 1)
				*out_next = next;
		} else if (execution->nodes[next].state == STATE_PENDING &&
			   (unmet == 1 || (unmet == 2 && leads_to(graph, direct, next)))) {
			return true;
		}
	}
	return false;
}

bool derive_would_free(const struct execution *execution, uint32_t node)
{
	const struct graph *graph = execution->graph;
	uint32_t barrier = EVENT_NO_NODE;

	for (uint32_t i = graph->next_start[node]; i < graph->next_start[node + 1]; i++) {
		uint32_t next = graph->next[i];

		if (execution->unmet[next] != 1)
			continue;
		if (graph_is_barrier(graph, next))
			barrier = next;
		else if (execution->nodes[next].state == STATE_PENDING)
			return true;
	}
	while (barrier != EVENT_NO_NODE) /* each barrier leads to one later barrier at most */
		if (barrier_would_free(execution, barrier, node, &barrier))
			return true;
	return false;
}
