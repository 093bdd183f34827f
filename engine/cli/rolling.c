/* SPDX-License-Identifier: MIT
 *
 * The plan first, always. What is carried out is what was shown: if a row was added or got worse
 * meanwhile, the engine refuses it.
 */
#include "cli/rolling.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/answer_end.h"
#include "cli/follow.h"
#include "cli/pins.h"
#include "cli/policy.h"
#include "cli/rollback_plan.h"

static int call(struct rolling *r, const char *plan, Hlp__V1__Plan *shown, char *request_id,
		Hlp__V1__RollbackReply **out)
{
	Hlp__V1__RollbackRequest request = r->request;
	ProtobufCMessage *reply = NULL;
	request.request = request_id;
	request.plan = (char *)plan;
	request.shown = shown;
	request.note = (char *)r->cli->reason;
	int code = cli_call(r->cli, "TriggerRollback", &request.base,
			    &hlp__v1__rollback_reply__descriptor, &reply);
	*out = (Hlp__V1__RollbackReply *)reply;
	return code == CLI_USAGE ? CLI_OTHER : code;
}

/* ---- its end ------------------------------------------------------------------------------ */

static int outcome(struct cli *cli, const struct mirror *mirror)
{
	uint32_t failed = 0;
	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		failed += mirror->nodes[i].reason == REASON_UNDO_FAILED;
	int code = answer_end(cli, mirror);
	if (code != CLI_OK && code != CLI_OTHER && code != CLI_WAITS)
		return code; /* the engine went away while it was asked for the last time */
	return failed > 0 ? CLI_OTHER : CLI_OK;
}

static int follow_it(struct rolling *r, uint64_t seq)
{
	struct mirror mirror;
	struct follow how = {.cli = r->cli,
			     .execution = r->request.execution,
			     .until = FOLLOW_ROLLBACK,
			     .from_now = true,
			     .at_least_seq = seq};
	int code = follow_run(&how, &mirror);
	if (code == CLI_OK)
		code = outcome(r->cli, &mirror);
	else if (code == CLI_WAITS)
		answer_end(r->cli, &mirror);
	mirror_release(&mirror);
	return code;
}

/* ---- carrying it out ---------------------------------------------------------------------- */

static int carry_out(struct rolling *r, Hlp__V1__Plan *plan)
{
	Hlp__V1__RollbackReply *reply;
	char id[27];
	int code = call(r, plan->id, r->saved != NULL ? r->saved : plan, client_request_id(id),
			&reply);
	if (code != 0)
		return code;
	bool started = reply->started;
	uint64_t seq = reply->seq;
	hlp__v1__rollback_reply__free_unpacked(reply, NULL);
	if (!started) {
		return cli_refuse(r->cli, CLI_OTHER,
				  "not started: the plan changed; look at it again");
	}
	if (r->detach) {
		say_printf(&r->cli->out, "rolling back; hlp attach %s\n", r->request.execution);
		return CLI_OK;
	}
	return follow_it(r, seq);
}

/* Whether the saved plan does not say all that would be done now. */
static bool is_void(const struct rolling *r, const Hlp__V1__Plan *plan)
{
	bool worse = false;
	for (size_t i = 0; i < plan->n_rows; i++)
		worse = worse || plan->rows[i]->worse;
	return r->saved != NULL && worse;
}

static int confirm(struct rolling *r, const Hlp__V1__Plan *plan)
{
	if (is_void(r, plan)) { /* whatever else there is: no word makes it good again */
		return cli_refuse(r->cli, CLI_OTHER,
				  "the saved plan is void: it does not have the rows marked *; "
				  "save another with --plan");
	}
	if (plan->refused[0] != '\0')
		return cli_refuse(r->cli, CLI_OTHER, "%s", plan->refused);
	if (r->only != NULL && strcmp(r->only, plan->id) != 0) {
		return cli_refuse(r->cli, CLI_OTHER, "the plan is now %s, not %s: look at it again",
				  plan->id, r->only);
	}
	return policy_ask(r->cli, POLICY_NAME, "roll this back", rollback_plan_target(plan));
}

/* ---- the plan ----------------------------------------------------------------------------- */

/* What runs would be stopped: somebody who wants it to finish can have that. 1 when it was paused.
 */
static int offer_pause(struct rolling *r, const Hlp__V1__Plan *plan)
{
	struct cli *cli = r->cli;
	if (!plan->live || !cli->interactive || cli->yes || r->only_plan)
		return 0;
	say_printf(&cli->out,
		   "%s goes on meanwhile; pause it first? y to do it: ", plan->execution);
	say_flush(&cli->out);
	char *answer = cli_read_line();
	bool yes = policy_is_yes(answer);
	free(answer);
	if (!yes)
		return 0;
	Hlp__V1__ActRequest request = HLP__V1__ACT_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	char id[27];
	request.request = client_request_id(id);
	request.execution = r->request.execution;
	request.verb = "pause";
	request.note = (char *)cli->reason;
	int code = cli_call(cli, "Act", &request.base, &hlp__v1__act_reply__descriptor, &reply);
	protobuf_c_message_free_unpacked(reply, NULL);
	return code == 0;
}

static int show(struct rolling *r, Hlp__V1__RollbackReply **out)
{
	int code = call(r, "", r->saved, "", out);
	if (code != 0)
		return code;
	if ((*out)->plan == NULL) {
		hlp__v1__rollback_reply__free_unpacked(*out, NULL);
		return cli_refuse(r->cli, CLI_OTHER, "the engine sent no plan");
	}
	if (r->only_plan || !r->cli->json)
		rollback_plan_say(r->cli, (*out)->plan);
	pins_say(r->cli->json ? &r->cli->err : &r->cli->out, r->request.execution,
		 (*out)->changed_pins, (*out)->n_changed_pins);
	return 0;
}

int rolling_run(struct rolling *r)
{
	Hlp__V1__RollbackReply *reply;
	int code = show(r, &reply);
	if (code != 0)
		return code;
	if (offer_pause(r, reply->plan)) {
		hlp__v1__rollback_reply__free_unpacked(reply, NULL);
		code = show(r, &reply);
		if (code != 0)
			return code;
	}
	if (!r->only_plan) {
		code = confirm(r, reply->plan);
		if (code == 0)
			code = carry_out(r, reply->plan);
	}
	hlp__v1__rollback_reply__free_unpacked(reply, NULL);
	return code;
}
