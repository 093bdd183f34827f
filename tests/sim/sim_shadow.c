/* SPDX-License-Identifier: MIT
 *
 * Each execution as its durable events say it is: folded one by one as they come, which is the
 * whole replay. What the engine holds, its snapshots, the rows beside the events and what watchers
 * were told are all compared with it.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/load.h"
#include "tests/sim/sim.h"

struct shadow *shadow_find(const char *execution)
{
	for (uint32_t i = 0; i < sim->shadows_count; i++)
		if (!strcmp(sim->shadows[i]->id, execution))
			return sim->shadows[i];
	return NULL;
}

const char *shadow_node(const struct shadow *shadow, uint32_t node)
{
	return node == EVENT_NO_NODE ? "" : shadow->execution->workflow->nodes[node].id;
}

struct shadow *shadow_new(const struct event *created)
{
	struct shadow *shadow;
	struct workflow *workflow;
	struct graph *graph;
	struct err err;

	if (sim->shadows_count == SHADOWS_MAX) {
		sim_fail("more executions than were asked for");
		return NULL;
	}
	if (load_workflow(&sim->content, created->blob, &workflow, &graph, &err) < 0) {
		sim_fail("an execution begins with contents that are not kept: %s", err.message);
		return NULL;
	}
	shadow = mem_zalloc(sizeof(*shadow));
	memcpy(shadow->id, created->execution, ULID_TEXT);
	shadow->execution = execution_new(workflow, graph, created);
	shadow->workflow = workflow->name;
	shadow->nodes = mem_calloc(workflow->nodes_count, sizeof(*shadow->nodes));
	shadow->act_us = -1;
	buf_init(&shadow->snapshot, (size_t)1 << 28);
	sim->shadows[sim->shadows_count++] = shadow;
	return shadow;
}

void shadow_release(struct shadow *shadow)
{
	execution_free(shadow->execution);
	buf_release(&shadow->snapshot);
	free(shadow->nodes);
	free(shadow);
}

/* ---- what is kept of nodes and attempts -------------------------------------------------- */

static void note_attempt(struct shadow *shadow, const struct event *event)
{
	char id[ATTEMPT_ID_TEXT];
	struct process *process;

	attempt_id(shadow->execution, event->node, event->attempt_kind, event->attempt, id);
	process = launcher_find(id);
	if (event->kind == EVENT_INTENDED) {
		process->intended = true;
		process->revoked = process->dispatched = false;
	} else if (event->kind == EVENT_REVOKED) {
		process->revoked = true;
		process->intended = false;
	} else if (event->kind == EVENT_DISPATCHED) {
		process->dispatched = true;
	} else if (event->kind == EVENT_FREEZING) {
		process->freeze_asked = true;
	} else if (event->kind == EVENT_EXITED || event->kind == EVENT_LOST) {
		process->exits++;
	}
}

/* What a rollback restores is what stood there before the first attempt since the node was fresh:
 * recorded here by other means than the model's. */
static void note_base(struct shadow *shadow, const struct event *event)
{
	struct guard *node = &shadow->nodes[event->node];

	if (event->kind == EVENT_RECOVERED)
		node->has_base = false, node->base_attempt = 0;
	if (event->kind == EVENT_REVOKED && event->attempt_kind == ATTEMPT_RUN &&
	    event->attempt == node->base_attempt)
		node->base_attempt = 0; /* it is proven that it never started */
	if (event->attempt_kind != ATTEMPT_RUN || node->base_attempt)
		return;
	if (event->kind == EVENT_CAPTURED && event->moment == MOMENT_BEFORE) {
		node->has_base = true;
		for (uint32_t i = 0; i < event->items_count && i < ARTIFACTS_MAX; i++)
			memcpy(node->base[i], event->items[i].blob, sizeof(node->base[i]));
	} else if (event->kind == EVENT_DISPATCHED && node->has_base) {
		node->base_attempt = event->attempt;
	}
}

/* Which files have passed their checks since the node last ran. */
static void note_check(struct shadow *shadow, const struct event *event)
{
	struct guard *node = &shadow->nodes[event->node];

	if (event->kind == EVENT_DISPATCHED && event->attempt_kind == ATTEMPT_RUN)
		(void)memset(node->passed, 0, sizeof(node->passed));
	if (event->kind == EVENT_EXITED && event->attempt_kind == ATTEMPT_CHECK &&
	    event->artifact < ARTIFACTS_MAX)
		node->passed[event->artifact] = event->exit_kind == EXIT_STATUS && !event->code;
}

/* Holds and approvals, by what people said. */
static void note_word(struct shadow *shadow, const struct event *event)
{
	struct guard *node = &shadow->nodes[event->node];

	if (event->kind == EVENT_HELD)
		node->held = true;
	else if (event->kind == EVENT_RELEASED || event->kind == EVENT_COMPLETED ||
		 event->kind == EVENT_FAILED || event->kind == EVENT_RECOVERED)
		node->held = false;
	if (event->kind == EVENT_ANSWERED && event->answer == ANSWER_APPROVE &&
	    event->question == QUESTION_APPROVAL)
		node->approved = true;
	else if (event->kind == EVENT_RESET || event->kind == EVENT_RECOVERED)
		node->approved = false;
}

void shadow_take(struct shadow *shadow, const struct event *event)
{
	struct execution *execution = shadow->execution;
	enum state before = STATE_PENDING;
	struct err err;

	sim_trace("  %llu %s %s %s %s %u", (unsigned long long)event->seq, execution->name,
		  event_kind_name(event->kind), shadow_node(shadow, event->node),
		  attempt_kind_name(event->attempt_kind), event->attempt);
	if (event->kind == EVENT_ACT)
		shadow->act_us = event->time_us;
	else if (event->time_us != shadow->act_us)
		shadow->act_us = -1;
	if (event->node != EVENT_NO_NODE && event->attempt_kind != ATTEMPT_NONE && event->attempt)
		note_attempt(shadow, event);
	check_event(shadow, event);
	if (event->node != EVENT_NO_NODE)
		before = execution->nodes[event->node].state;
	if (event->kind != EVENT_CREATED && execution_fold(execution, event, &err) < 0) {
		sim_fail("a durable event does not fold: %s", err.message);
		return;
	}
	if (event->node != EVENT_NO_NODE) {
		note_base(shadow, event);
		note_check(shadow, event);
		note_word(shadow, event);
	}
	checkpoint_note(shadow, event);
	check_after_event(shadow, event, before);
	cover_event(shadow, event);
}

/* ---- rows -------------------------------------------------------------------------------- */

static void mix(uint64_t *hash, const void *data, size_t length)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < length; i++)
		*hash = (*hash ^ bytes[i]) * 0x100000001b3u;
}

static void mix_number(uint64_t *hash, uint64_t number)
{
	mix(hash, &number, sizeof(number));
}

static void mix_text(uint64_t *hash, const char *text)
{
	if (text)
		mix(hash, text, strlen(text) + 1);
}

uint64_t shadow_hash_node(const struct node_row *row)
{
	uint64_t hash = 1;

	mix_number(&hash, row->state << 16 | row->reason);
	mix_number(&hash, row->held | row->stale << 1 | row->verdict_pending << 2 |
				  row->has_exit_code << 3);
	mix_number(&hash, (uint64_t)row->attempt << 32 | row->undo_attempt);
	mix_number(&hash, (uint64_t)row->exit_code << 32 | (uint32_t)row->signal);
	mix_number(&hash, (uint64_t)row->started_us);
	mix_number(&hash, (uint64_t)row->ended_us);
	mix_number(&hash, (uint64_t)row->due_us);
	mix_number(&hash, (uint64_t)row->pid);
	mix_number(&hash, row->question);
	mix_number(&hash, row->version);
	mix_text(&hash, row->id);
	mix_text(&hash, row->message);
	return hash;
}

uint64_t shadow_hash_header(const struct execution_row *row)
{
	uint64_t hash = 1;

	mix_text(&hash, row->name);
	mix_number(&hash, row->state << 16 | row->reason);
	mix_number(&hash, row->paused | row->cancelled << 1 | row->rolling_back << 2 |
				  row->quarantined << 3 | row->ended << 4);
	mix_number(&hash, (uint64_t)row->started_us);
	mix_number(&hash, (uint64_t)row->ended_us);
	mix(&hash, row->counts, sizeof(row->counts));
	mix_number(&hash, row->seq);
	return hash;
}
