/* SPDX-License-Identifier: MIT
 *
 * Consequences are read off the state after the act: a node that became ready by it says so by its
 * age.
 */
#include "model/consequence.h"

#include "model/derive.h"

#define NAMED 5 /* the others are counted */

static void add_name(struct buf *out, const char *name, uint32_t place)
{
	if (place <= NAMED)
		buf_printf(out, "%s%s", place == 1 ? "" : ", ", name);
}

static void add_rest(struct buf *out, uint32_t count)
{
	if (count > NAMED)
		buf_printf(out, " and %u more", count - NAMED);
}

static bool starts_now(const struct node_run *node, uint64_t before)
{
	return node->ready_seq > before && node->reason == REASON_READY;
}

static void say_starts(const struct execution *execution, uint64_t before, struct buf *out)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		if (!starts_now(&execution->nodes[i], before))
			continue;
		if (!count++)
			buf_add_text(out, execution->paused ? "starts when the run is resumed: "
							    : "starts now: ");
		add_name(out, execution->workflow->nodes[i].id, count);
	}
	add_rest(out, count);
	if (!count)
		buf_add_text(out, "nothing starts by it now");
}

static void say_missing(const struct execution *execution, uint32_t node, struct buf *out)
{
	const struct node_spec *spec = &execution->workflow->nodes[node];
	uint32_t count = 0;

	if (execution->nodes[node].outputs || !spec->outputs_count)
		return;
	buf_add_text(out, "; it has no output ");
	for (uint32_t i = 0; i < spec->outputs_count; i++)
		add_name(out, spec->outputs[i], ++count);
	add_rest(out, count);
}

/* Of skip and done: either it counts now, or what it still waits for. */
static void say_settled(const struct execution *execution, const struct act *act, uint64_t before,
			struct buf *out)
{
	const struct node_run *node = &execution->nodes[act->node];
	const char *name = execution->workflow->nodes[act->node].id;
	const char *as = act->verb == VERB_SKIP ? "skipped" : "done by hand";

	if (node->state == STATE_COMPLETED) {
		buf_printf(out, "%s counts as %s; ", name, as);
		say_starts(execution, before, out);
		if (act->verb == VERB_SKIP)
			say_missing(execution, act->node, out);
	} else if (node->reason == REASON_STOPPING) {
		buf_printf(out, "%s is being stopped; it counts as %s when nothing of it is left",
			   name, as);
	} else if (derive_recording(node)) {
		buf_printf(out, "the files of %s are recorded, then it counts as %s", name, as);
	}
}

static void say_released(const struct execution *execution, uint64_t before, struct buf *out)
{
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		const struct node_run *node = &execution->nodes[i];

		if (node->version <= before)
			continue;
		buf_printf(out, "%s is released%s", execution->workflow->nodes[i].id,
			   node->reason != REASON_READY ? ""
			   : execution->paused		? " and starts when the run is resumed"
							: " and starts now");
		return;
	}
}

/* Nothing shows it until what is undone now has ended. */
static void say_stopped(const struct execution *execution, const struct act *act, struct buf *out)
{
	if (!execution->rolling_back)
		return;
	if (act->node < execution->graph->nodes_count)
		buf_printf(out, "the undo of %s is being stopped; then it asks what to do",
			   execution->workflow->nodes[act->node].id);
	else
		buf_printf(out, "the rollback of %s stops%s; resume goes on with it",
			   execution->name,
			   execution->live_count ? " when what is being undone now has ended" : "");
}

static void say_checkpoint(const struct execution *execution, uint64_t before, struct buf *out)
{
	const struct checkpoint *newest;

	if (!execution->checkpoints_count)
		return;
	newest = &execution->checkpoints[execution->checkpoints_count - 1];
	if (newest->seq > before)
		buf_printf(out, "the checkpoint %s of %s is being recorded%s", newest->name,
			   execution->name,
			   execution->live_count ? "; what runs now counts as not done" : "");
}

static bool runs_there(const struct execution *execution, uint32_t node)
{
	return node < execution->graph->nodes_count && execution->workflow->nodes[node].host;
}

void consequence_say(const struct execution *execution, const struct act *act, uint64_t before,
		     struct buf *out)
{
	const char *name = act->node < execution->graph->nodes_count
				   ? execution->workflow->nodes[act->node].id
				   : execution->name;

	switch (act->verb) {
	case VERB_SKIP:
	case VERB_DONE:
		say_settled(execution, act, before, out);
		break;
	case VERB_RELEASE:
		say_released(execution, before, out);
		break;
	case VERB_FREEZE:
		buf_printf(
			out,
			"%s is being frozen%s: its clock stands still; its locks and connections "
			"stay open until it is thawed",
			name,
			runs_there(execution, act->node)
				? " here; the remote end is not proven: what runs there may go on"
				: "");
		break;
	case VERB_PAUSE:
	case VERB_CANCEL:
		say_stopped(execution, act, out);
		break;
	case VERB_CHECKPOINT:
		say_checkpoint(execution, before, out);
		break;
	case VERB_THAW:
		buf_printf(out, "%s is being thawed: it goes on where it stood", name);
		break;
	default:
		break;
	}
}
