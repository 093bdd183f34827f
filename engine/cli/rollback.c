/* SPDX-License-Identifier: MIT
 *
 * hlp rollback: the plan first, always; then, confirmed, it is carried out and followed. What is
 * carried out is the plan that was shown: if it got worse meanwhile, the engine refuses it.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/answer_end.h"
#include "cli/commands.h"
#include "cli/follow.h"
#include "cli/json_out.h"
#include "cli/listing.h"
#include "cli/pins.h"
#include "cli/policy.h"
#include "cli/show.h"

static const struct option_spec options[] = {
	{"node", 'n', OPTION_VALUE, "NODE", "this node and what depends on it"},
	{"plan", 0, OPTION_FLAG, NULL, "only show the plan"},
	{"past", 0, OPTION_VALUE, "NODE", "also past this node, which cannot be undone"},
	{"apply", 0, OPTION_VALUE, "PLAN", "only if the plan is still this one"},
	{"detach", 'd', OPTION_FLAG, NULL, "do not wait for its end"},
	{"phase", 0, OPTION_VALUE, "PHASE", "not supported yet"},
	{"artifact", 0, OPTION_VALUE, "PATH", "not supported yet"},
	{"to", 0, OPTION_VALUE, "CHECKPOINT", "not supported yet"},
	{"all", 0, OPTION_FLAG, NULL, "not supported yet"},
	{"overwrite", 0, OPTION_VALUE, "PATH", "not supported yet"},
	{0},
};

struct rolling {
	struct cli *cli;
	const char *execution, *node;
	char **past;
	size_t past_count;
};

static int call(struct rolling *r, const char *plan, char *request_id, Hlp__V1__RollbackReply **out)
{
	Hlp__V1__RollbackRequest request = HLP__V1__ROLLBACK_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.request = request_id;
	request.execution = (char *)r->execution;
	request.node = (char *)r->node;
	request.plan = (char *)plan;
	request.past = r->past;
	request.n_past = r->past_count;
	request.note = (char *)r->cli->reason;
	int code = cli_call(r->cli, "TriggerRollback", &request.base,
			    &hlp__v1__rollback_reply__descriptor, &reply);
	*out = (Hlp__V1__RollbackReply *)reply;
	return code;
}

/* ---- the plan ---------------------------------------------------------------------------- */

static const char *words_of(const char *action)
{
	static const char *const words[][2] = {
		{"stop", "stop"},
		{"undo", "undo"},
		{"restore", "restore"},
		{"hook", "then run"},
		{"no_undo", "no undo"},
		{"nothing", "nothing to undo"},
		{"irreversible", "CANNOT BE UNDONE"},
	};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i][0], action) == 0) {
			return words[i][1];
		}
	}
	return action;
}

static void say_plan_row(struct cli *cli, const Hlp__V1__PlanRow *row)
{
	say_printf(&cli->out, "  ");
	say_cell(&cli->out, 16, words_of(row->action));
	say_printf(&cli->out, " %s", row->node);
	if (row->path[0] != '\0') {
		say_printf(&cli->out, "  %s", row->path);
	}
	if (row->from[0] != '\0' || row->to[0] != '\0') {
		say_printf(&cli->out, "  %s -> %s", row->from, row->to);
	}
	if (row->how[0] != '\0') {
		say_printf(&cli->out, "  %s", row->how);
	}
	if (row->estimate_us > 0) {
		char time[16];
		show_duration(row->estimate_us, time);
		say_printf(&cli->out, "  about %s", time);
	}
	say_printf(&cli->out, "\n");
}

static void say_warnings(struct cli *cli, const Hlp__V1__Plan *plan)
{
	for (size_t i = 0; i < plan->n_rows; i++) {
		const Hlp__V1__PlanRow *row = plan->rows[i];
		for (size_t k = 0; k < row->n_warnings; k++) {
			say_style(&cli->out, ROLE_warning);
			say_printf(&cli->out, "! %s%s%s: %s", row->node,
				   row->path[0] != '\0' ? " " : "", row->path, row->warnings[k]);
			say_plain(&cli->out);
			say_printf(&cli->out, "\n");
		}
	}
}

static void say_plan(struct cli *cli, const Hlp__V1__Plan *plan)
{
	if (cli->json) {
		struct buf out;
		json_out_begin(&out);
		json_plan(&out, plan);
		json_out(cli, &out);
		return;
	}
	say_printf(&cli->out, "plan %s: roll back %s\n", plan->id, plan->node);
	say_warnings(cli, plan);
	for (size_t i = 0; i < plan->n_rows; i++) {
		say_plan_row(cli, plan->rows[i]);
	}
	if (plan->n_nodes > 0) {
		say_printf(&cli->out, "  a retry would run again:");
		for (size_t i = 0; i < plan->n_nodes; i++) {
			say_printf(&cli->out, "%s %s", i > 0 ? "," : "", plan->nodes[i]);
		}
		say_printf(&cli->out, "\n");
	}
	if (plan->refused[0] != '\0') {
		say_printf(&cli->out, "  refused: %s\n", plan->refused);
	}
}

/* ---- carrying it out --------------------------------------------------------------------- */

static int outcome(struct cli *cli, const struct mirror *mirror)
{
	uint32_t failed = 0;
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		failed += mirror->nodes[i].reason == REASON_UNDO_FAILED;
	}
	int code = answer_end(cli, mirror);
	if (code != CLI_OK && code != CLI_OTHER && code != CLI_WAITS) {
		return code; /* the engine went away while it was asked for the last time */
	}
	return failed > 0 ? CLI_OTHER : CLI_OK;
}

static int follow_it(struct rolling *r, uint64_t seq)
{
	struct mirror mirror;
	struct follow how = {.cli = r->cli,
			     .execution = r->execution,
			     .until = FOLLOW_ROLLBACK,
			     .from_now = true,
			     .at_least_seq = seq};
	int code = follow_run(&how, &mirror);
	if (code == CLI_OK) {
		code = outcome(r->cli, &mirror);
	} else if (code == CLI_WAITS) {
		answer_end(r->cli, &mirror);
	}
	mirror_release(&mirror);
	return code;
}

static int carry_out(struct rolling *r, const Hlp__V1__Plan *plan)
{
	Hlp__V1__RollbackReply *reply;
	char id[27];
	int code = call(r, plan->id, client_request_id(id), &reply);
	if (code != 0) {
		return code == CLI_USAGE ? CLI_OTHER : code;
	}
	bool started = reply->started;
	uint64_t seq = reply->seq;
	hlp__v1__rollback_reply__free_unpacked(reply, NULL);
	if (!started) {
		return cli_refuse(r->cli, CLI_OTHER,
				  "not started: the plan changed; look at it again");
	}
	if (options_has(&r->cli->options, "detach")) {
		say_printf(&r->cli->out, "rolling back; hlp attach %s\n", r->execution);
		return CLI_OK;
	}
	return follow_it(r, seq);
}

static int confirm(struct rolling *r, const Hlp__V1__Plan *plan)
{
	const char *apply = options_value(&r->cli->options, "apply");
	if (plan->refused[0] != '\0') {
		return cli_refuse(r->cli, CLI_OTHER, "%s", plan->refused);
	}
	if (apply != NULL && strcmp(apply, plan->id) != 0) {
		return cli_refuse(r->cli, CLI_OTHER, "the plan is now %s, not %s: look at it again",
				  plan->id, apply);
	}
	return policy_ask(r->cli, POLICY_NAME, "roll this back", r->node);
}

static int plan_and_act(struct rolling *r)
{
	Hlp__V1__RollbackReply *reply;
	bool only_plan = options_has(&r->cli->options, "plan");
	int code = call(r, "", "", &reply);
	if (code != 0) {
		return code == CLI_USAGE ? CLI_OTHER : code;
	}
	if (reply->plan == NULL) {
		code = cli_refuse(r->cli, CLI_OTHER, "the engine sent no plan");
	} else {
		if (only_plan || !r->cli->json) {
			say_plan(r->cli, reply->plan);
		}
		pins_say(r->cli->json ? &r->cli->err : &r->cli->out, r->execution,
			 reply->changed_pins, reply->n_changed_pins);
		code = only_plan ? CLI_OK : confirm(r, reply->plan);
		if (code == CLI_OK && !only_plan) {
			code = carry_out(r, reply->plan);
		}
	}
	hlp__v1__rollback_reply__free_unpacked(reply, NULL);
	return code;
}

static int check_options(struct cli *cli)
{
	static const char *const later[] = {"phase", "artifact", "to", "all", "overwrite"};
	for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
		if (options_has(&cli->options, later[i])) {
			return cli_refuse(cli, CLI_USAGE, "'--%s' is not supported yet", later[i]);
		}
	}
	if (options_value(&cli->options, "node") == NULL) {
		return cli_refuse(cli, CLI_USAGE,
				  "say what: hlp rollback EXECUTION --node NODE [--plan]");
	}
	return listing_check_latest(cli, cli_argument(cli, 0));
}

static int exec(struct cli *cli)
{
	struct rolling r = {.cli = cli, .execution = cli_argument(cli, 0)};
	const char *past;
	size_t at = 0;
	int code = check_options(cli);
	if (code != 0) {
		return code;
	}
	r.node = options_value(&cli->options, "node");
	r.past = mem_calloc(cli->options.given_count + 1, sizeof *r.past);
	while ((past = options_next(&cli->options, "past", &at)) != NULL) {
		r.past[r.past_count++] = (char *)past;
	}
	code = plan_and_act(&r);
	free(r.past);
	return code;
}

const struct cli_command rollback_command = {
	.name = "rollback",
	.arguments = "EXECUTION --node NODE",
	.help = "undo a node and what depends on it; the plan comes first",
	.options = options,
	.least = 1,
	.most = 1,
	.exec = exec,
};
