/* SPDX-License-Identifier: MIT
 *
 * What must hold. Where it can, it looks at the workflow as written and at the processes that
 * really run, not at what the engine derives from them.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* ---- events ------------------------------------------------------------------------------ */

static void check_end(struct world *world)
{
	const struct execution *execution = world->execution;

	for (uint32_t i = 0; i < world->workflow->nodes_count; i++) {
		const struct node_run *node = &execution->nodes[i];

		if (node->state == STATE_RUNNING || node->state == STATE_RECOVERING ||
		    node->intended || node->state == STATE_PAUSED)
			sim_fail(world, "it ends while %s is %s", sim_node(world, i),
				 reason_name(node->reason));
	}
}

void check_event(struct world *world, const struct event *event)
{
	const struct node_run *node;

	if (event->kind == EVENT_ENDED)
		check_end(world);
	if (event->node == EVENT_NO_NODE)
		return;
	node = &world->execution->nodes[event->node];
	if (event->kind == EVENT_COMPLETED && event->reason == REASON_OK &&
	    node->verdict != VERDICT_NONE)
		sim_fail(world, "%s completes although an operator said %s",
			 sim_node(world, event->node), verdict_name(node->verdict));
	if (event->kind == EVENT_INTENDED && (world->execution->paused || world->execution->ended))
		sim_fail(world, "%s is intended while nothing may start",
			 sim_node(world, event->node));
}

void check_after_event(struct world *world, const struct event *event, enum state before)
{
	const struct execution *execution = world->execution;
	enum transition_cause cause = world->list_has_act ? CAUSE_ACT : CAUSE_MACHINE;
	enum state after;

	if (execution->ended != state_is_terminal(execution->state))
		sim_fail(world, "its state is %s, but ended is %d", state_name(execution->state),
			 execution->ended);
	if (event->node == EVENT_NO_NODE)
		return;
	after = execution->nodes[event->node].state;
	if (before != after && !transition_is_legal(before, after, cause))
		sim_fail(world, "%s goes from %s to %s by %s", sim_node(world, event->node),
			 state_name(before), state_name(after), event_kind_name(event->kind));
	if (reason_state(execution->nodes[event->node].reason) != after)
		sim_fail(world, "%s is %s %s", sim_node(world, event->node), state_name(after),
			 reason_name(execution->nodes[event->node].reason));
}

/* ---- starts ------------------------------------------------------------------------------ */

static void check_needs(struct world *world, uint32_t node)
{
	const struct node_spec *spec = &world->workflow->nodes[node];
	const struct node_run *runs = world->execution->nodes;

	for (uint32_t i = 0; i < spec->needs_count; i++) {
		if (runs[spec->needs[i]].state != STATE_COMPLETED)
			sim_fail(world, "%s starts before %s", spec->id,
				 sim_node(world, spec->needs[i]));
	}
	for (uint32_t i = 0; i < world->workflow->nodes_count; i++) {
		if (world->workflow->nodes[i].phase < spec->phase &&
		    runs[i].state != STATE_COMPLETED)
			sim_fail(world, "%s starts before %s of an earlier phase", spec->id,
				 sim_node(world, i));
	}
}

static bool is_after(const struct world *world, uint32_t later, uint32_t node)
{
	const struct node_spec *spec = &world->workflow->nodes[later];

	for (uint32_t i = 0; i < spec->needs_count; i++) {
		if (spec->needs[i] == node)
			return true;
	}
	return world->workflow->nodes[node].phase < spec->phase;
}

/* Nobody may undo a node while something that came after it stands. */
static void check_undo_order(struct world *world, uint32_t node)
{
	for (uint32_t i = 0; i < world->workflow->nodes_count; i++) {
		const struct node_run *run = &world->execution->nodes[i];

		if (world->execution->nodes[node].keeps)
			return; /* only a file of it goes back */
		if (is_after(world, i, node) && run->start_order)
			sim_fail(world, "%s is undone before %s, which is %s",
				 sim_node(world, node), sim_node(world, i),
				 reason_name(run->reason));
	}
}

void check_start(struct world *world, uint32_t node, enum attempt_kind kind, uint32_t number)
{
	const struct node_shadow *shadow = &world->nodes[node];
	uint64_t durable = world->journal.entries[world->journal.durable - 1].seq;

	if (!shadow->open_intent)
		sim_fail(world, "%s %s %u starts after its intent was revoked",
			 sim_node(world, node), attempt_kind_name(kind), number);
	else if (shadow->intended_seq > durable && !world->workflow->nodes[node].idempotent)
		sim_fail(world, "%s %s %u starts before its intent is durable",
			 sim_node(world, node), attempt_kind_name(kind), number);
	else if (kind == ATTEMPT_RUN)
		check_needs(world, node);
	else
		check_undo_order(world, node);
}

static void check_others(struct world *world, const struct process *process)
{
	const struct node_spec *spec = &world->workflow->nodes[process->node];
	uint32_t running = 0;

	for (size_t i = 0; i < world->executor.count; i++) {
		const struct process *other = &world->executor.processes[i];

		if (other->status != PROCESS_RUNNING ||
		    world->workflow->nodes[other->node].idempotent)
			continue;
		running++;
		if (other != process && other->node == process->node)
			sim_fail(world, "%s runs twice at once", spec->id);
		if (process->kind == ATTEMPT_RUN && other->node != process->node &&
		    is_after(world, process->node, other->node))
			sim_fail(world, "%s starts while %s still runs", spec->id,
				 sim_node(world, other->node));
	}
	if (running > world->workflow->max_parallel)
		sim_fail(world, "%u processes run, %u may", running, world->workflow->max_parallel);
}

void check_process(struct world *world, const struct process *process)
{
	if (process->starts > 1)
		sim_fail(world, "%s %s %u is started twice", sim_node(world, process->node),
			 attempt_kind_name(process->kind), process->number);
	check_others(world, process);
}

/* ---- the whole --------------------------------------------------------------------------- */

void check_replay(struct world *world)
{
	struct execution *replayed = journal_replay(world, world->journal.count, REPLAY_WHOLE);
	const char *where;

	if (replayed && !sim_failed(world) && !execution_equal(world->execution, replayed, &where))
		sim_fail(world, "the replay differs from the live state in %s", where);
	journal_drop(world, replayed);
}

/* Nothing is left to happen by itself: it has ended, or a person is asked or has stopped it. */
void check_rest(struct world *world)
{
	const struct execution *execution = world->execution;

	if (execution->ended || execution->state == STATE_PAUSED ||
	    (execution->state == STATE_RECOVERING && execution->reason == REASON_UNDO_ASKING))
		return;
	sim_fail(world, "it stands still as %s %s", state_name(execution->state),
		 reason_name(execution->reason));
	for (uint32_t i = 0; i < world->workflow->nodes_count; i++)
		sim_trace(world, "  %s %s%s", sim_node(world, i),
			  reason_name(execution->nodes[i].reason),
			  execution->nodes[i].intended ? " intended" : "");
}
