/* SPDX-License-Identifier: MIT
 *
 * What must hold. Where it can, it looks at the workflow as written and at the processes that
 * really run, not at what the engine derives from them.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* ---- events ------------------------------------------------------------------------------ */

static void check_end(const struct shadow *shadow)
{
	const struct execution *execution = shadow->execution;

	for (uint32_t i = 0; i < execution->workflow->nodes_count; i++) {
		const struct node_run *node = &execution->nodes[i];

		if (node->state == STATE_RUNNING || node->state == STATE_RECOVERING ||
		    node->intended || node->state == STATE_PAUSED)
			sim_fail("%s ends while %s is %s", execution->name, shadow_node(shadow, i),
				 reason_name(node->reason));
	}
}

static void check_needs(const struct shadow *shadow, uint32_t node)
{
	const struct workflow *workflow = shadow->execution->workflow;
	const struct node_spec *spec = &workflow->nodes[node];
	const struct node_run *runs = shadow->execution->nodes;

	for (uint32_t i = 0; i < spec->needs_count; i++)
		if (runs[spec->needs[i]].state != STATE_COMPLETED)
			sim_fail("%s starts before %s", spec->id,
				 shadow_node(shadow, spec->needs[i]));
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		if (workflow->nodes[i].phase < spec->phase && runs[i].state != STATE_COMPLETED)
			sim_fail("%s starts before %s of an earlier phase", spec->id,
				 shadow_node(shadow, i));
}

static bool is_after(const struct shadow *shadow, uint32_t later, uint32_t node)
{
	const struct workflow *workflow = shadow->execution->workflow;
	const struct node_spec *spec = &workflow->nodes[later];

	for (uint32_t i = 0; i < spec->needs_count; i++)
		if (spec->needs[i] == node)
			return true;
	return workflow->nodes[node].phase < spec->phase;
}

/* Nobody may undo a node while something that came after it stands. */
static void check_undo_order(const struct shadow *shadow, uint32_t node)
{
	if (shadow->execution->nodes[node].keeps)
		return; /* only a file of it goes back */
	for (uint32_t i = 0; i < shadow->execution->workflow->nodes_count; i++) {
		const struct node_run *run = &shadow->execution->nodes[i];

		if (is_after(shadow, i, node) && run->start_order)
			sim_fail("%s is undone before %s, which is %s", shadow_node(shadow, node),
				 shadow_node(shadow, i), reason_name(run->reason));
	}
}

/* Its needs are met, nobody holds it, and it was approved. */
static void check_may_run(const struct shadow *shadow, uint32_t node)
{
	const struct node_spec *spec = &shadow->execution->workflow->nodes[node];

	check_needs(shadow, node);
	if (shadow->nodes[node].held)
		sim_fail("%s starts although it is held", spec->id);
	if (spec->approval && !shadow->nodes[node].approved)
		sim_fail("%s starts without its approval", spec->id);
}

static struct process *process_of(const struct shadow *shadow, const struct event *event)
{
	char id[ATTEMPT_ID_TEXT];

	attempt_id(shadow->execution, event->node, event->attempt_kind, event->attempt, id);
	return launcher_find(id);
}

static void check_attempt(const struct shadow *shadow, const struct event *event)
{
	const struct process *process = process_of(shadow, event);

	if (event->kind == EVENT_DISPATCHED && event->attempt_kind == ATTEMPT_RUN)
		check_may_run(shadow, event->node);
	else if (event->kind == EVENT_DISPATCHED)
		check_undo_order(shadow, event->node);
	if (event->kind == EVENT_REVOKED && process->starts)
		sim_fail("%s was started, but its intent is revoked", process->id);
	if (process->exits > 1)
		sim_fail("the end of %s is accepted twice", process->id);
}

/* A hold that was accepted holds a node that does not run. */
static void check_hold(const struct shadow *shadow, const struct event *event)
{
	for (size_t i = 0; i < sim->launcher.count; i++) {
		const struct process *process = sim->launcher.processes[i];

		if (process->shadow == shadow && process->node == event->node &&
		    process->kind == ATTEMPT_RUN &&
		    (process->status == PROCESS_RUNNING || process->status == PROCESS_ORPHAN))
			sim_fail("%s is held while it runs", shadow_node(shadow, event->node));
	}
}

static void check_blobs(const struct event *event)
{
	for (uint32_t i = 0; i < event->items_count; i++)
		if (event->items[i].blob[0] && !content_is_durable(event->items[i].blob))
			sim_fail("a %s event names contents that are not durable",
				 event_kind_name(event->kind));
}

/* No file over its max_size is kept, but for what a first attempt found. */
static void check_kept(const struct shadow *shadow, const struct event *event)
{
	const struct node_spec *spec = &shadow->execution->workflow->nodes[event->node];

	for (uint32_t i = 0; i < event->items_count; i++) {
		const struct event_item *item = &event->items[i];
		const int64_t most = spec->artifacts[item->number].max_size;

		if (most && item->size > most && item->blob[0] &&
		    (event->moment == MOMENT_AFTER ||
		     !execution_is_first_try(shadow->execution, event->node, event->attempt)))
			sim_fail("%s of %s is kept, though too large", item->name,
				 shadow_node(shadow, event->node));
	}
}

/* Of what a command left, what must pass its check has; all has, if nothing is said of a failure.
 */
static void check_passed(const struct shadow *shadow, const struct event *event)
{
	const struct node_spec *spec = &shadow->execution->workflow->nodes[event->node];
	const struct node_run *run = &shadow->execution->nodes[event->node];

	if (spec->manual || run->exit_kind != EXIT_STATUS || run->code != 0 ||
	    (event->reason != REASON_OK && event->reason != REASON_TOLERATED))
		return;
	for (uint32_t i = 0; i < spec->artifacts_count && i < ARTIFACTS_MAX; i++) {
		const struct artifact_spec *artifact = &spec->artifacts[i];

		if (artifact->has_check && !shadow->nodes[event->node].passed[i] &&
		    (artifact->required || event->reason == REASON_OK) &&
		    !execution_newest_revision(shadow->execution, event->node, i)->absent)
			sim_fail("%s completes, and %s has not passed its check",
				 shadow_node(shadow, event->node), artifact->path);
	}
}

/* A run that ends well has left what it had to, and nothing larger than it may be. */
static void check_left(const struct shadow *shadow, const struct event *event)
{
	const struct node_spec *spec = &shadow->execution->workflow->nodes[event->node];

	for (uint32_t i = 0; i < spec->artifacts_count; i++) {
		const struct artifact_spec *artifact = &spec->artifacts[i];
		const struct revision *left =
			execution_newest_revision(shadow->execution, event->node, i);

		if ((artifact->required && left->absent) ||
		    (artifact->max_size && left->size > artifact->max_size))
			sim_fail("%s completes with a wrong %s", shadow_node(shadow, event->node),
				 artifact->path);
	}
}

/* What was put back is what stood there before the first attempt. */
static void check_restored(const struct shadow *shadow, const struct event *event)
{
	const struct guard *node = &shadow->nodes[event->node];

	if (shadow->execution->nodes[event->node].keeps)
		return; /* to a revision that was named */
	for (uint32_t i = 0; i < event->items_count; i++) {
		const uint32_t number = event->items[i].number;
		const char *then = checkpoint_wants(shadow, event->node, number);

		if (number < ARTIFACTS_MAX &&
		    strcmp(event->items[i].blob, then ? then : node->base[number]) != 0)
			sim_fail("%s of %s is not as it was before it began, or at its checkpoint",
				 event->items[i].name, shadow_node(shadow, event->node));
	}
}

/* ---- what the workflow itself asks for ----------------------------------------------------- */

static bool is_of_policy(const struct event *event)
{
	return event->kind == EVENT_ACT && !strcmp(event->actor, "policy");
}

/* A rule decides only where the file says so, of a node that has just failed for good. */
static void check_rule(struct shadow *shadow, const struct event *event)
{
	const struct workflow *workflow = shadow->execution->workflow;

	if (workflow->on_failure != ON_FAILURE_ROLLBACK && !workflow->triggers)
		sim_fail("%s has no rule, and one decides", shadow->execution->name);
	if (shadow->execution->nodes[event->node].state != STATE_FAILED)
		sim_fail("a rule decides about %s, which has not failed",
			 shadow_node(shadow, event->node));
	if (shadow->rollback_decided && event->trigger != TRIGGER_SECURITY)
		sim_fail("a second rule decides in %s", shadow->execution->name);
	shadow->rollback_decided = event->policy_target != 0;
}

/* Nothing is rolled back by itself but by a decision, and by each once. */
static void check_policy(struct shadow *shadow, const struct event *event)
{
	if (event->kind == EVENT_POLICY)
		check_rule(shadow, event);
	if (is_of_policy(event) && !shadow->rollback_decided)
		sim_fail("%s is rolled back by itself, and no rule says so",
			 shadow->execution->name);
	if (event->kind == EVENT_ACT)
		shadow->rollback_asked =
			!strcmp(event->verb, "rollback") || event->answer == ANSWER_UNDO;
	if (event->kind == EVENT_ROLLBACK_STARTED && !shadow->rollback_asked)
		sim_fail("%s is rolled back, and nobody asked for it", shadow->execution->name);
	if (event->kind == EVENT_ROLLBACK_STARTED)
		shadow->rollback_asked = false;
	if ((event->kind == EVENT_ROLLBACK_STARTED && !event->flag) ||
	    event->kind == EVENT_POLICY_LEFT || event->kind == EVENT_REOPENED ||
	    event->kind == EVENT_CANCELLED)
		shadow->rollback_decided = false;
}

void check_event(struct shadow *shadow, const struct event *event)
{
	const struct node_run *node;

	if (event->kind == EVENT_ENDED)
		check_end(shadow);
	if (event->kind == EVENT_ENDED && shadow->rollback_decided)
		sim_fail("%s ends, and the rollback that a rule decided never was",
			 shadow->execution->name);
	check_policy(shadow, event);
	check_blobs(event);
	if (event->node == EVENT_NO_NODE)
		return;
	node = &shadow->execution->nodes[event->node];
	if (event->attempt_kind != ATTEMPT_NONE && event->attempt)
		check_attempt(shadow, event);
	if (event->kind == EVENT_COMPLETED && event->reason == REASON_OK &&
	    node->verdict != VERDICT_NONE)
		sim_fail("%s completes although an operator said %s",
			 shadow_node(shadow, event->node), verdict_name(node->verdict));
	if (event->kind == EVENT_COMPLETED && event->reason == REASON_OK)
		check_left(shadow, event);
	if (event->kind == EVENT_COMPLETED)
		check_passed(shadow, event);
	if (event->kind == EVENT_CAPTURED)
		check_kept(shadow, event);
	if (event->kind == EVENT_INTENDED && event->attempt_kind != ATTEMPT_CHECK &&
	    (shadow->execution->paused || shadow->execution->ended || node->held))
		sim_fail("%s is intended while it may not start", shadow_node(shadow, event->node));
	if (event->kind == EVENT_HELD)
		check_hold(shadow, event);
	if (event->kind == EVENT_RESTORED)
		check_restored(shadow, event);
}

void check_after_event(struct shadow *shadow, const struct event *event, enum state before)
{
	const struct execution *execution = shadow->execution;
	const bool by_rule =
		event->question == QUESTION_POLICY || event->question == QUESTION_SECURITY;
	enum transition_cause cause = shadow->act_us >= 0 || by_rule ? CAUSE_ACT : CAUSE_MACHINE;
	enum state after;

	if (execution->ended != state_is_terminal(execution->state))
		sim_fail("its state is %s, but ended is %d", state_name(execution->state),
			 execution->ended);
	if (event->node == EVENT_NO_NODE)
		return;
	after = execution->nodes[event->node].state;
	if (before != after && !transition_is_legal(before, after, cause))
		sim_fail("%s goes from %s to %s by %s", shadow_node(shadow, event->node),
			 state_name(before), state_name(after), event_kind_name(event->kind));
	if (reason_state(execution->nodes[event->node].reason) != after)
		sim_fail("%s is %s %s", shadow_node(shadow, event->node), state_name(after),
			 reason_name(execution->nodes[event->node].reason));
}

/* ---- starts ------------------------------------------------------------------------------ */

void check_order(const struct process *process)
{
	const struct node_spec *spec;

	if (!process->shadow)
		return; /* no execution of that id is durable: said already */
	spec = &process->shadow->execution->workflow->nodes[process->node];
	if (process->kind == ATTEMPT_RUN ? spec->manual != NULL
					 : process->kind == ATTEMPT_UNDO && spec->undo_manual)
		sim_fail("%s is a person's, and starts", process->id);
	if (process->revoked)
		sim_fail("%s starts after its intent was revoked", process->id);
	else if (!process->intended)
		sim_fail("%s starts before its intent is durable", process->id);
}

static bool is_of_a_run(const struct process *process)
{
	return process->kind == ATTEMPT_RUN || process->kind == ATTEMPT_CHECK;
}

/* A file has one writer at a time, across executions; those of one workflow write the same ones. */
static void check_files(const struct process *process, const struct process *other)
{
	const struct workflow *workflow = process->shadow->execution->workflow;

	if (other->shadow != process->shadow && other->node == process->node &&
	    is_of_a_run(other) && is_of_a_run(process) &&
	    workflow->nodes[process->node].artifacts_count &&
	    !strcmp(other->shadow->workflow, workflow->name))
		sim_fail("%s starts while %s writes the same file", process->id, other->id);
}

void check_process(const struct process *process)
{
	const struct shadow *shadow = process->shadow;
	uint32_t running = 0;

	if (!shadow) /* a run that has failed is not looked at further */
		sim_fail("%s starts before its execution is durable", process->id);
	if (sim_failed())
		return;
	if (process->starts > 1)
		sim_fail("%s is started twice", process->id);
	if (process->kind == ATTEMPT_RUN && shadow->execution->nodes[process->node].held &&
	    !process->dispatched)
		sim_fail("%s starts although it is held", process->id);
	for (size_t i = 0; i < sim->launcher.count; i++) {
		const struct process *other = sim->launcher.processes[i];

		if (other->status != PROCESS_RUNNING && other->status != PROCESS_ORPHAN)
			continue;
		check_files(process, other);
		if (other->shadow != shadow)
			continue;
		running += other->status == PROCESS_RUNNING;
		if (other != process && other->node == process->node)
			sim_fail("%s starts while %s still runs", process->id, other->id);
		if (process->kind == ATTEMPT_RUN && other->node != process->node &&
		    is_after(shadow, process->node, other->node))
			sim_fail("%s starts while %s still runs", process->id, other->id);
	}
	if (running > shadow->execution->workflow->max_parallel)
		sim_fail("%u processes run, %u may", running,
			 shadow->execution->workflow->max_parallel);
}

/* ---- the whole --------------------------------------------------------------------------- */

/* Of one that has ended little is left to fold, whoever acts on it next: at most what the largest
 * snapshot_every of the simulator leaves. */
static void check_tail(const struct shadow *shadow)
{
	const uint64_t tail = shadow->execution->events_count - shadow->snapshot_events;

	if (shadow->execution->ended && tail > 4)
		sim_fail("%s has ended with %llu events after its snapshot",
			 shadow->execution->name, (unsigned long long)tail);
}

/* With nothing under way, what the engine holds is what the journal says. Just after a start that
 * is the fold of a snapshot and the events after it. */
void check_live(void)
{
	const struct engine *engine = sim->engine;
	const char *where;

	if (engine->open || engine->commits_in_flight || engine->broken || sim_failed())
		return;
	for (uint32_t i = 0; i < sim->shadows_count; i++) {
		const struct shadow *shadow = sim->shadows[i];
		const struct live *live = live_find(&engine->lives, shadow->id);

		if (!live && !shadow->execution->ended)
			sim_fail("%s is not loaded", shadow->execution->name);
		else if (live && !execution_equal(live->execution, shadow->execution, &where))
			sim_fail("the engine and its journal differ in %s of %s", where,
				 shadow->execution->name);
		check_tail(shadow);
	}
}

/* The rows beside the events; those of touched nodes, or of all. */
void check_projection(struct shadow *shadow, bool whole)
{
	struct execution *execution = shadow->execution;
	const uint32_t count = whole ? execution->workflow->nodes_count : execution->touched_count;
	struct execution_row header;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t node = whole ? i : execution->touched[i];
		struct node_row row;

		rows_of_node(execution, node, &row);
		if (shadow_hash_node(&row) != shadow->nodes[node].row)
			sim_fail("the row of %s is not what its events say",
				 shadow_node(shadow, node));
	}
	rows_of_execution(execution, &header);
	if (shadow_hash_header(&header) != shadow->header_row)
		sim_fail("the row of %s is not what its events say", execution->name);
	execution_touched_clear(execution);
}

static void check_ends(void)
{
	for (size_t i = 0; i < sim->launcher.count; i++) {
		const struct process *process = sim->launcher.processes[i];

		const struct node_run *node = &process->shadow->execution->nodes[process->node];

		if (process->frozen ? node->freeze != FREEZE_FROZEN
				    : process->status == PROCESS_RUNNING ||
					      process->status == PROCESS_ORPHAN)
			sim_fail("%s %s, and nobody waits for it", process->id,
				 process->frozen ? "is frozen" : "runs");
		if (process->known &&
		    (process->status == PROCESS_EXITED || process->status == PROCESS_LOST))
			sim_fail("the end of %s is never acknowledged", process->id);
	}
}

/* Whether it stands because files of it are those of another execution, which stands. */
static bool waits_for_files(const struct shadow *shadow)
{
	const struct execution *execution = shadow->execution;
	bool other = false, waits = false;

	for (uint32_t i = 0; i < sim->shadows_count; i++)
		other = other || (sim->shadows[i] != shadow &&
				  !strcmp(sim->shadows[i]->workflow, shadow->workflow) &&
				  !sim->shadows[i]->execution->ended);
	for (uint32_t i = 0; i < execution->workflow->nodes_count; i++)
		waits = waits || (execution->nodes[i].intended &&
				  execution->workflow->nodes[i].artifacts_count);
	waits = waits || execution->policy_step == POLICY_DUE;
	return other && waits;
}

/* What is frozen keeps its slot, of which there may be but one. */
static bool something_is_frozen(void)
{
	for (size_t i = 0; i < sim->launcher.count; i++)
		if (sim->launcher.processes[i]->frozen)
			return true;
	return false;
}

/* Nothing is left to happen by itself: each has ended, or a person is asked or has stopped it. */
void check_rest(void)
{
	check_live();
	for (uint32_t i = 0; i < sim->shadows_count; i++) {
		const struct execution *execution = sim->shadows[i]->execution;

		check_projection(sim->shadows[i], true);
		checkpoint_check_rest(sim->shadows[i]);
		if (execution->ended || execution->state == STATE_PAUSED ||
		    (execution->state == STATE_RECOVERING &&
		     execution->reason == REASON_UNDO_ASKING) ||
		    waits_for_files(sim->shadows[i]) || something_is_frozen())
			continue;
		for (uint32_t n = 0; n < execution->workflow->nodes_count; n++)
			sim_trace("  %s %s%s", shadow_node(sim->shadows[i], n),
				  reason_name(execution->nodes[n].reason),
				  execution->nodes[n].intended ? " intended" : "");
		sim_fail("%s stands still as %s %s", execution->name, state_name(execution->state),
			 reason_name(execution->reason));
	}
	check_ends();
	watch_check();
}
