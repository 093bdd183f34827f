/* SPDX-License-Identifier: MIT
 *
 * A person's shell of a node: that it was opened and how it ended; nothing else of the node changes
 * by it. And the ssh agent of whoever acts: the one that the execution was started with may be gone
 * when something starts hours later.
 */
#include <string.h>

#include "base/text.h"
#include "model/decide.h"
#include "model/environment.h"
#include "model/limits.h"
#include "model/order.h"

/* ---- shells ------------------------------------------------------------------------------ */

/* Whether its environment can be built now: what another node has yet to give cannot be there. */
static int check_environment(const struct decision *decision, struct err *err)
{
	static const struct order_places nowhere = {
		.output_folder = "", .workspace = "", .relay = "", .secrets = ""};
	const struct order *order;
	struct arena arena = {0};
	struct err cause = {0};
	int result = order_shell(decision->execution, decision->input->act->node, 1, &nowhere,
				 &arena, &order, &cause);

	if (result < 0)
		result = err_set(err, ERR_REFUSED, "no shell can be opened: %s", cause.message);
	arena_release(&arena);
	return result;
}

static struct event *emit_shell(struct decision *decision, enum event_kind kind, uint32_t number)
{
	struct event *event = decide_emit(decision, kind, decision->input->act->node);

	event->attempt_kind = ATTEMPT_SHELL;
	event->attempt = number;
	return event;
}

int decide_act_shell(struct decision *decision, struct err *err)
{
	const uint32_t node = decision->input->act->node;
	const struct node_spec *spec = &decision->execution->workflow->nodes[node];
	int result;

	if (spec->host)
		return err_set(err, ERR_REFUSED,
			       "%s runs on %s: a shell there is not supported yet; 'ssh %s' opens "
			       "one that is not recorded",
			       spec->id, spec->host->to, spec->host->to);
	result = check_environment(decision, err);
	if (result < 0)
		return result;
	decide_act_event(decision);
	(void)emit_shell(decision, EVENT_SHELL_OPENED, decision->execution->nodes[node].shells + 1);
	return 0;
}

int decide_act_left_shell(struct decision *decision, struct err *err)
{
	const struct act *act = decision->input->act;
	struct event *event;

	if (!act->shell || act->shell > decision->execution->nodes[act->node].shells)
		return err_set(err, ERR_REFUSED, "%s has no shell %u",
			       decide_name(decision, act->node), act->shell);
	decide_act_event(decision);
	event = emit_shell(decision, EVENT_SHELL_CLOSED, act->shell);
	event->exit_kind = EXIT_STATUS;
	event->code = act->code;
	event->interval_us = act->took_us > 0 ? act->took_us : 0;
	return 0;
}

/* ---- agents ------------------------------------------------------------------------------ */

static bool may_start_something(enum verb verb)
{
	switch (verb) {
	case VERB_RESUME:
	case VERB_RETRY:
	case VERB_SKIP:
	case VERB_DONE:
	case VERB_RELEASE:
	case VERB_ANSWER:
	case VERB_ROLLBACK:
	case VERB_SHELL:
	case VERB_ATTACH:
		return true;
	default:
		return false;
	}
}

static bool is_news(const struct execution *execution, const char *agent)
{
	for (uint32_t i = 0; i < execution->env_count; i++)
		if (!strcmp(execution->env[i].name, ENVIRONMENT_AGENT))
			return strcmp(execution->env[i].value, agent) != 0;
	return true;
}

static bool brings_agent(const struct decision *decision)
{
	const char *agent = decision->input->act->agent;

	return agent && *agent == '/' && strlen(agent) <= LIMIT_TEXT &&
	       text_is_utf8(agent, strlen(agent)) && is_news(decision->execution, agent) &&
	       environment_uses_agent(decision->execution->workflow);
}

void decide_agent(struct decision *decision)
{
	const struct act *act = decision->input->act;

	if (may_start_something(act->verb) && brings_agent(decision))
		decide_emit(decision, EVENT_AGENT, EVENT_NO_NODE)->text = act->agent;
}

/* Looking changes nothing, unless whoever looks brings an agent. */
int decide_act_attach(struct decision *decision, struct err *err)
{
	if (!brings_agent(decision))
		return err_set(err, ERR_REFUSED, "%s has no use for another ssh agent",
			       decision->execution->name);
	decide_act_event(decision);
	return 0;
}
