/* SPDX-License-Identifier: MIT
 *
 * When a checkpoint is taken, and when it goes. Asking for one is an event among those of the
 * decision that passes a phase: it costs no commit of its own, and nothing waits for it.
 */
#include "model/checkpoint.h"
#include "model/decide.h"
#include "model/limits.h"

#include <string.h>

#define BY_HAND "by-hand" /* what one is called that was given no name */

static void ask_for(struct decision *decision, const char *name)
{
	decide_emit(decision, EVENT_CHECKPOINTING, EVENT_NO_NODE)->text =
		checkpoint_free_name(decision->execution, name, &decision->out->arena);
}

/* Whether this node is the last that its phase waits for, and the phases before it wait for none.
 */
static bool passes_phase(const struct execution *execution, uint32_t node)
{
	const int32_t phase = execution->workflow->nodes[node].phase;

	if (phase < 0 || execution->phase_left[phase] != 1)
		return false;
	for (int32_t i = 0; i < phase; i++)
		if (execution->phase_left[i])
			return false;
	return true;
}

void decide_phase_passed(struct decision *decision, uint32_t node)
{
	const struct execution *execution = decision->execution;

	if (passes_phase(execution, node) && execution->checkpoints_count < LIMIT_CHECKPOINTS)
		ask_for(decision,
			execution->workflow->phases[execution->workflow->nodes[node].phase]);
}

/* ---- by hand ------------------------------------------------------------------------------ */

static int check_name(const struct execution *execution, const char *name, struct err *err)
{
	const char *wrong = checkpoint_name_wrong(name);

	if (wrong)
		return err_set(err, ERR_INVALID, "'%s' cannot name a checkpoint: %s", name, wrong);
	if (checkpoint_find(execution, name))
		return err_set(err, ERR_REFUSED,
			       "%s has had a checkpoint '%s' already: take another name",
			       execution->name, name);
	return 0;
}

int decide_act_checkpoint(struct decision *decision, struct err *err)
{
	const struct execution *execution = decision->execution;
	const struct act *act = decision->input->act;
	const char *name = act->arguments_count ? act->arguments[0].value : BY_HAND;
	int checked = act->arguments_count ? check_name(execution, name, err) : 0;

	if (checked < 0)
		return checked;
	if (execution->rolling_back)
		return err_set(err, ERR_REFUSED,
			       "%s is being rolled back: wait for the end of that",
			       execution->name);
	if (execution->checkpoints_count >= LIMIT_CHECKPOINTS)
		return err_set(err, ERR_LIMIT,
			       "%s has had %d checkpoints: there is room for none "
			       "more",
			       execution->name, LIMIT_CHECKPOINTS);
	decide_act_event(decision);
	ask_for(decision, name);
	return 0;
}

/* ---- what became of it -------------------------------------------------------------------- */

static void drop(struct decision *decision, const struct checkpoint *checkpoint)
{
	decide_emit(decision, EVENT_CHECKPOINT_DROPPED, EVENT_NO_NODE)->text = checkpoint->name;
}

/* One more is kept: the oldest may go for it. */
static void drop_old(struct decision *decision)
{
	const struct execution *execution = decision->execution;
	size_t kept = 1;

	for (size_t i = execution->checkpoints_count; i-- > 0;) {
		const struct checkpoint *checkpoint = &execution->checkpoints[i];

		if (checkpoint->state != CHECKPOINT_KEPT)
			continue;
		if (++kept > CHECKPOINTS_KEPT ||
		    checkpoint->time_us + CHECKPOINTS_AGE_US < decision->input->time_us)
			drop(decision, checkpoint);
	}
}

void decide_checkpoint_fact(struct decision *decision)
{
	const struct input *input = decision->input;
	const struct checkpoint *wanted = checkpoint_wanted(decision->execution);
	struct event *event;

	if (!wanted || strcmp(wanted->name, input->checkpoint->name) != 0)
		return; /* it is late */
	event = decide_emit(decision,
			    input->kind == INPUT_CHECKPOINTED ? EVENT_CHECKPOINTED
							      : EVENT_CHECKPOINT_FAILED,
			    EVENT_NO_NODE);
	event->text = wanted->name;
	if (input->kind == INPUT_CHECKPOINT_FAILED) {
		event->note = input->text;
		return;
	}
	memcpy(event->blob, input->checkpoint->commit, sizeof(event->blob));
	event->digest = input->checkpoint->digest;
	drop_old(decision);
}
