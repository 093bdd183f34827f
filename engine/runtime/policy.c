/* SPDX-License-Identifier: MIT
 *
 * From a rollback that is due to one that has begun. See policy.h.
 */
#include "runtime/policy.h"

#include <string.h>

#include "base/log.h"
#include "model/policy.h"
#include "runtime/rollback.h"
#include "runtime/turn.h"

#define ACTOR "policy"

static int apply(struct engine *engine, struct live *live, struct input *input, struct err *err)
{
	input->time_us = clock_wall_us(engine->options.clock);
	input->node = EVENT_NO_NODE;
	return turn_apply(engine, live, input, err);
}

/* `for_good`: it would be refused whatever is done about the plan. */
static void refuse(struct engine *engine, struct live *live, const char *why, bool for_good)
{
	struct input input = {.kind = INPUT_POLICY_REFUSED, .text = why, .failed = for_good};
	struct err err;

	if (apply(engine, live, &input, &err) < 0)
		log_error("%s: a rollback's refusal is not accepted: %s", live->execution->name,
			  err.message);
}

static void carry_out(struct engine *engine, struct live *live, struct plan *plan)
{
	const struct execution *execution = live->execution;
	const bool of_node = plan->ask.level == PLAN_OF_NODE;
	struct arena arena = {0};
	struct binding said = plan_ask_to_words(execution, &plan->ask, &arena);
	struct act act = {.verb = VERB_ROLLBACK,
			  .node = of_node ? plan->ask.node : EVENT_NO_NODE,
			  .actor = ACTOR,
			  .note = execution->policy, /* the rule that decided */
			  .plan = plan,
			  .arguments = &said,
			  .arguments_count = 1,
			  .by_policy = true};
	struct input input = {.kind = INPUT_ACT, .act = &act};
	struct err err = {0};

	if (apply(engine, live, &input, &err) < 0)
		refuse(engine, live, err.message, false);
	arena_release(&arena);
}

/* With the files looked at, if the plan has any: to be done, refused, or done later. */
static void settle(struct engine *engine, struct live *live, const struct request *request,
		   struct plan *plan)
{
	if (request->busy) {
		log_info("%s: its rollback waits: %s", live->execution->name, request->busy);
		live->policy_waits = true;
		return;
	}
	rollback_mark(engine, live, request, plan);
	if (plan->refused)
		refuse(engine, live, plan->refused, engine->options.no_rollbacks);
	else
		carry_out(engine, live, plan);
}

/* True when the request is under way; else it was taken to its end. */
static bool look(struct engine *engine, struct live *live, struct request *request)
{
	const struct plan_ask ask = policy_plan(live->execution);
	struct err err = {0};
	struct plan *plan;

	plan_free(request->planned); /* it may have changed meanwhile */
	request->planned = NULL;
	if (execution_policy_work(live->execution) != POLICY_ROLL_BACK)
		return false; /* somebody's word took its place meanwhile */
	if (plan_make(live->execution, &ask, &plan, &err) < 0) {
		refuse(engine, live, err.message, false);
		return false;
	}
	if (rollback_compare(engine, live, request, plan))
		return true;
	settle(engine, live, request, plan);
	plan_free(plan);
	return false;
}

static void roll_back(struct engine *engine, struct live *live)
{
	struct request *request = request_new(REQUEST_POLICY, NULL, NULL);

	memcpy(request->execution, live->execution->id, sizeof(request->execution));
	live->policy_looked_at = engine->files_given_back;
	live->policy_looks = look(engine, live, request);
	if (!live->policy_looks)
		request_free(request);
}

void policy_compared(struct engine *engine, struct content_job *job)
{
	struct request *request = job->request;
	struct live *live = rollback_looked(engine, job);

	(void)look(engine, live, request); /* looked at: it is not sent again */
	live->policy_looks = false;
	if (!request->busy) /* else it has none to give back */
		rollback_settle_files(engine, live);
	request_free(request);
}

static void ask(struct engine *engine, struct live *live)
{
	struct input input = {.kind = INPUT_POLICY_ASK};
	struct err err;

	if (apply(engine, live, &input, &err) < 0)
		log_error("%s: an approval cannot be asked for: %s", live->execution->name,
			  err.message);
}

/* What is due is begun only when all that led to it is durable; a question does nothing yet, and
 * whoever hears of the rollback's end hears of it too. */
static bool may_begin(const struct engine *engine, const struct live *live, enum policy_work work)
{
	return !live->unanswered && !live->policy_looks && !live->policy_waits &&
	       (work == POLICY_ASK || live->execution->header_version <= engine->committed_seq);
}

static void look_at(struct engine *engine, struct live *live)
{
	enum policy_work work = execution_policy_work(live->execution);

	if (work == POLICY_NO_WORK || !may_begin(engine, live, work))
		return;
	if (work == POLICY_ROLL_BACK)
		roll_back(engine, live);
	else
		ask(engine, live);
}

/* Who waits for files looks again once any were given back since it looked, and not only since it
 * heard that somebody had them: the answer may be older than what was given back. */
void policy_turn(struct engine *engine)
{
	if (engine->broken || engine->stopping)
		return;
	for (size_t i = 0; i < engine->lives.count; i++) {
		struct live *live = engine->lives.items[i];

		live->policy_waits &= live->policy_looked_at == engine->files_given_back;
		look_at(engine, live);
	}
}
