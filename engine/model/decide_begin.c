/* SPDX-License-Identifier: MIT
 *
 * The first events after the creation: what shall not run counts as skipped, what shall wait is
 * held, each with the reason that the operator gave by starting so.
 */
#include <stdlib.h>

#include "model/beginning.h"
#include "model/decide.h"

/* What held or skipped it, as it is typed. */
static const char *why_skipped(struct decision *decision)
{
	const struct beginning *beginning = decision->input->beginning;

	if (!beginning->from)
		return "not named by --only";
	return decide_text(decision, "left out by --from %s%s", beginning->from,
			   beginning->only_count ? " or not named by --only" : "");
}

static const char *why_held(struct decision *decision)
{
	const struct beginning *beginning = decision->input->beginning;

	if (beginning->step)
		return "step";
	return decide_text(decision, "after --until %s", beginning->until);
}

void decide_begin(struct decision *decision)
{
	const struct execution *execution = decision->execution;
	const struct beginning *beginning = decision->input->beginning;
	enum fate *fates = mem_calloc(execution->graph->nodes_count, sizeof(*fates));
	const char *skipped = why_skipped(decision), *held = why_held(decision);

	beginning_fates(execution->workflow, execution->graph, beginning, fates);
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		struct event *event;

		if (fates[i] == FATE_SKIPPED) {
			event = decide_emit(decision, EVENT_COMPLETED, i);
			event->reason = REASON_SKIPPED;
			event->text = skipped;
		} else if (fates[i] == FATE_HELD) {
			event = decide_emit(decision, EVENT_HELD, i);
			event->actor = execution->actor;
			event->note = held;
			event->flag = beginning->step;
		}
	}
	free(fates);
}
