/* SPDX-License-Identifier: MIT
 *
 * An operator who acts at random: often rightly, sometimes on the wrong node or with an old plan.
 */
#include "tests/sim/sim.h"

static uint32_t draw_node(struct world *world)
{
	return (uint32_t)rng_below(&world->rng, world->workflow->nodes_count);
}

static uint32_t asking_node(struct world *world)
{
	uint32_t count = world->workflow->nodes_count, from = draw_node(world);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t node = (from + i) % count;

		if (world->execution->nodes[node].question != QUESTION_NONE)
			return node;
	}
	return EVENT_NO_NODE;
}

static void feed(struct world *world, struct act *act)
{
	uint64_t now = act->node == EVENT_NO_NODE ? world->execution->header_version
						  : world->execution->nodes[act->node].version;
	int done;

	act->actor = "ana";
	act->note = sim_chance(world, 2) ? "because" : NULL;
	act->version = sim_chance(world, 3) ? now - sim_chance(world, 6) : 0;
	sim_trace(world, "operator: %s %s %s", verb_name(act->verb),
		  act->node == EVENT_NO_NODE ? "" : sim_node(world, act->node),
		  act->answer ? answer_name(act->answer) : "");
	done = engine_feed(world, &(struct input){.kind = INPUT_ACT, .act = act});
	if (done == 0 && !world->list_has_act)
		sim_fail(world, "an act was accepted without its event");
	world->acts++;
}

static struct plan_ask draw_ask(struct world *world, const uint32_t *nodes)
{
	struct plan_ask ask = {.level = (enum plan_level)rng_below(&world->rng, 4),
			       .node = draw_node(world),
			       .past = &nodes[0],
			       .past_count = sim_chance(world, 2),
			       .exclude = &nodes[1],
			       .exclude_count = sim_chance(world, 6)};

	if (ask.level == PLAN_OF_PHASE && world->workflow->phases_count)
		ask.phase = (int32_t)rng_below(&world->rng, world->workflow->phases_count);
	else if (ask.level == PLAN_OF_PHASE || (ask.level == PLAN_OF_ARTIFACT &&
						!world->workflow->nodes[ask.node].artifacts_count))
		ask.level = PLAN_OF_NODE;
	return ask;
}

static void rolls_back(struct world *world)
{
	struct act act = {.verb = VERB_ROLLBACK, .node = EVENT_NO_NODE};
	uint32_t nodes[] = {draw_node(world), draw_node(world)};
	struct plan_ask ask = draw_ask(world, nodes);
	struct plan *plan;
	struct err err;

	if (plan_make(world->execution, &ask, &plan, &err) < 0) {
		sim_fail(world, "no plan: %s", err.message);
		return;
	}
	act.plan = plan;
	feed(world, &act);
	plan_free(plan);
}

static void answers(struct world *world, uint32_t node)
{
	struct act act = {.verb = VERB_ANSWER,
			  .node = node,
			  .answer = (enum answer)(1 + rng_below(&world->rng, 5))};

	feed(world, &act);
}

static void does(struct world *world, enum verb verb, uint32_t node)
{
	static const struct binding outputs[] = {{"serial", "by hand"}};
	struct act act = {.verb = verb, .node = node};

	if (verb == VERB_DONE && node != EVENT_NO_NODE) {
		act.arguments = outputs;
		act.arguments_count = world->workflow->nodes[node].outputs_count;
	}
	feed(world, &act);
}

void operator_acts(struct world *world)
{
	static const enum verb any[] = {VERB_PAUSE,  VERB_RESUME, VERB_RESUME,	VERB_RESUME,
					VERB_CANCEL, VERB_RETRY,  VERB_RETRY,	VERB_SKIP,
					VERB_DONE,   VERB_HOLD,	  VERB_RELEASE, VERB_RELEASE,
					VERB_NOTE,   VERB_ANSWER, VERB_ROLLBACK};
	enum verb verb = any[rng_below(&world->rng, sizeof(any) / sizeof(*any))];
	uint32_t asking = asking_node(world);

	if (asking != EVENT_NO_NODE && !sim_chance(world, 3)) {
		answers(world, asking);
	} else if (verb == VERB_ROLLBACK) {
		rolls_back(world);
	} else if (verb == VERB_ANSWER) {
		answers(world, draw_node(world));
	} else if (verb == VERB_PAUSE || verb == VERB_RESUME ||
		   ((verb == VERB_CANCEL || verb == VERB_RETRY) && sim_chance(world, 3))) {
		does(world, verb, EVENT_NO_NODE);
	} else {
		does(world, verb, draw_node(world));
	}
}
