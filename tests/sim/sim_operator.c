/* SPDX-License-Identifier: MIT
 *
 * An operator who acts at random: often rightly, sometimes on the wrong node or with an old
 * version.
 */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

/* The engine, with what runs or without. */
void operator_stops(void)
{
	struct request *request = request_new(REQUEST_STOP, &sim->clients, NULL);

	sim_trace("client: stops the engine");
	request->actor = "ana";
	request->flag = sim_chance(2);
	if (runtime_ask(sim->runtime, request) < 0)
		sim_fail("the engine takes no request");
}

void operator_executes(void)
{
	struct asked *asked;

	if (sim->executes == SHADOWS_MAX)
		return;
	asked = client_new(REQUEST_EXECUTE);
	if (!asked)
		return;
	sim->executes++;
	asked->workflow = (uint32_t)sim_draw(WORKFLOWS_MAX);
	asked->flag = sim_chance(2);
	if (sim_chance(3)) {
		asked->begin = (enum sim_begin)sim_draw(BEGINS);
		(void)snprintf(asked->first, sizeof(asked->first), "n%u",
			       (unsigned)sim_draw(10)); /* perhaps there is none */
	}
	client_send(asked);
}

/* Most acts on one that has ended are refused. */
static struct shadow *draw_shadow(void)
{
	struct shadow *shadow = sim->shadows[sim_draw(sim->shadows_count)];

	if (shadow->execution->ended && !sim_chance(4))
		shadow = sim->shadows[sim_draw(sim->shadows_count)];
	return shadow;
}

static uint32_t draw_node(const struct shadow *shadow)
{
	return (uint32_t)sim_draw(shadow->execution->workflow->nodes_count);
}

static uint32_t asking_node(const struct shadow *shadow)
{
	uint32_t count = shadow->execution->workflow->nodes_count, from = draw_node(shadow);

	for (uint32_t i = 0; i < count; i++)
		if (shadow->execution->nodes[(from + i) % count].question != QUESTION_NONE)
			return (from + i) % count;
	return EVENT_NO_NODE;
}

static void name_node(const struct shadow *shadow, uint32_t node, char out[16])
{
	(void)snprintf(out, 16, "%s", shadow_node(shadow, node)); /* short by drawing */
}

static struct asked *new_act(const struct shadow *shadow, enum request_kind kind, uint32_t node)
{
	struct asked *asked = client_new(kind);
	uint64_t now;

	if (!asked)
		return NULL;
	memcpy(asked->execution, shadow->id, ULID_TEXT);
	name_node(shadow, node, asked->node);
	now = node == EVENT_NO_NODE ? shadow->execution->header_version
				    : shadow->execution->nodes[node].version;
	asked->version = sim_chance(3) ? now - sim_chance(6) : 0;
	return asked;
}

static bool has_outputs(const struct shadow *shadow, uint32_t node)
{
	return node != EVENT_NO_NODE && shadow->execution->workflow->nodes[node].outputs_count &&
	       !sim_chance(8);
}

static void answers(const struct shadow *shadow, uint32_t node)
{
	struct asked *asked = new_act(shadow, REQUEST_ACT, node);

	if (!asked)
		return;
	asked->verb = VERB_ANSWER;
	asked->outputs = has_outputs(shadow, node);
	asked->answer = (enum answer)(1 + sim_draw(ANSWER_FAILED));
	client_send(asked);
}

static void draw_level(const struct shadow *shadow, uint32_t node, struct asked *asked)
{
	const struct workflow *workflow = shadow->execution->workflow;
	const struct node_spec *spec = &workflow->nodes[node];
	uint64_t level = sim_draw(6), checkpoints = shadow->execution->checkpoints_count;

	if (level == 0) {
		asked->all = true;
	} else if (level > 3 && checkpoints) {
		(void)snprintf(asked->checkpoint, sizeof(asked->checkpoint), "%s",
			       shadow->execution->checkpoints[sim_draw(checkpoints)].name);
	} else if (level == 1 && workflow->phases_count) {
		(void)snprintf(asked->phase, sizeof(asked->phase), "%s",
			       workflow->phases[sim_draw(workflow->phases_count)]); /* short */
	} else if (level == 2 && spec->artifacts_count) {
		(void)snprintf(asked->artifact, sizeof(asked->artifact), "%s:%s", spec->id,
			       spec->artifacts[0].path); /* short by drawing */
		asked->overwrite = sim_chance(2);
	}
}

static void plans(const struct shadow *shadow)
{
	uint32_t node = draw_node(shadow);
	struct asked *asked = new_act(shadow, REQUEST_PLAN, node);

	if (!asked)
		return;
	draw_level(shadow, node, asked);
	if (sim_chance(2))
		name_node(shadow, draw_node(shadow), asked->past);
	if (sim_chance(6))
		name_node(shadow, draw_node(shadow), asked->exclude);
	client_send(asked);
}

static bool is_about_to_start(const struct node_run *node)
{
	return node->intended || node->reason == REASON_READY || node->reason == REASON_STARTING;
}

static void does(const struct shadow *shadow, enum verb verb, uint32_t node)
{
	struct asked *asked = new_act(shadow, REQUEST_ACT, node);

	if (!asked)
		return;
	asked->verb = verb;
	asked->note = sim_chance(2) ? "because" : NULL;
	asked->agent = sim_chance(4) ? "/run/agent.1" : sim_chance(4) ? "/run/agent.2" : NULL;
	if (verb == VERB_LEFT_SHELL)
		asked->shell = shadow->execution->nodes[node].shells + (uint32_t)sim_draw(2);
	asked->outputs = verb == VERB_DONE && has_outputs(shadow, node);
	asked->failed = verb == VERB_DONE && sim_chance(6);
	asked->next = verb == VERB_RELEASE && node == EVENT_NO_NODE;
	asked->races = verb == VERB_HOLD && is_about_to_start(&shadow->execution->nodes[node]);
	if (verb == VERB_HOLD && sim_chance(4))
		asked->until_us = sim->now_us + (int64_t)sim_draw(5000000);
	client_send(asked);
}

static bool is_of_all(enum verb verb)
{
	return verb == VERB_PAUSE || verb == VERB_RESUME || verb == VERB_ATTACH ||
	       verb == VERB_CHECKPOINT ||
	       ((verb == VERB_CANCEL || verb == VERB_RETRY || verb == VERB_RELEASE) &&
		sim_chance(3));
}

static bool is_frozen(const struct node_run *node)
{
	return node->freeze == FREEZE_FROZEN;
}

static bool may_freeze(const struct node_run *node)
{
	return node->freeze == FREEZE_NONE &&
	       (node->reason == REASON_STARTING || node->reason == REASON_RUNNING);
}

static uint32_t any_node(const struct shadow *shadow, bool (*fits)(const struct node_run *node))
{
	uint32_t count = shadow->execution->workflow->nodes_count, from = draw_node(shadow);

	for (uint32_t i = 0; i < count; i++)
		if (fits(&shadow->execution->nodes[(from + i) % count]))
			return (from + i) % count;
	return EVENT_NO_NODE;
}

/* A node for which the act may well make sense. */
static uint32_t aim(const struct shadow *shadow, enum verb verb)
{
	uint32_t count = shadow->execution->workflow->nodes_count, from = draw_node(shadow);

	for (uint32_t i = 0; i < count && !sim_chance(4); i++) {
		const struct node_run *node = &shadow->execution->nodes[(from + i) % count];

		if ((verb == VERB_FREEZE && node->reason == REASON_RUNNING) ||
		    (verb == VERB_THAW && node->freeze != FREEZE_NONE) ||
		    (verb == VERB_RELEASE && node->held) ||
		    (verb == VERB_HOLD && node->state == STATE_PENDING && sim_chance(3)))
			return (from + i) % count;
	}
	return from;
}

/* A freeze is rare, and its end rarer: whoever froze something thinks of it. */
static bool thaws(void)
{
	for (uint32_t i = 0; i < sim->shadows_count; i++) {
		const struct execution *execution = sim->shadows[i]->execution;

		for (uint32_t node = 0; node < execution->workflow->nodes_count; node++) {
			if (execution->nodes[node].freeze != FREEZE_FROZEN || !sim_chance(3))
				continue;
			does(sim->shadows[i], VERB_THAW, node);
			return true;
		}
	}
	return false;
}

void operator_acts(void)
{
	static const enum verb any[] = {
		VERB_PAUSE,  VERB_RESUME,     VERB_RESUME, VERB_RESUME,	   VERB_CANCEL,
		VERB_RETRY,  VERB_RETRY,      VERB_SKIP,   VERB_DONE,	   VERB_HOLD,
		VERB_HOLD,   VERB_RELEASE,    VERB_NOTE,   VERB_ANSWER,	   VERB_RELEASE,
		VERB_FREEZE, VERB_FREEZE,     VERB_THAW,   VERB_THAW,	   VERB_ROLLBACK,
		VERB_SHELL,  VERB_LEFT_SHELL, VERB_ATTACH, VERB_CHECKPOINT};
	enum verb verb = any[sim_draw(sizeof(any) / sizeof(*any))];
	const struct shadow *shadow = draw_shadow();
	uint32_t asking = asking_node(shadow), frozen = any_node(shadow, is_frozen);
	uint32_t next = any_node(shadow, is_about_to_start); /* for a hold to race with */
	uint32_t runs = any_node(shadow, may_freeze);

	if (thaws())
		return;
	if (next != EVENT_NO_NODE && sim_chance(4))
		does(shadow, VERB_HOLD, next);
	else if (runs != EVENT_NO_NODE && sim_chance(4))
		does(shadow, VERB_FREEZE, runs);
	else if (frozen != EVENT_NO_NODE && sim_chance(2))
		does(shadow, VERB_THAW, frozen);
	else if (asking != EVENT_NO_NODE && !sim_chance(3))
		answers(shadow, asking);
	else if (verb == VERB_ROLLBACK)
		plans(shadow);
	else if (verb == VERB_ANSWER)
		answers(shadow, draw_node(shadow));
	else
		does(shadow, verb, is_of_all(verb) ? EVENT_NO_NODE : aim(shadow, verb));
}
