/* SPDX-License-Identifier: MIT
 *
 * hlp run: reads and checks the workflow here, says what it will do and asks where that is grave,
 * starts it and follows it. The request carries one id however often it has to be sent, so a run is
 * never started twice.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/answer_end.h"
#include "cli/commands.h"
#include "cli/follow.h"
#include "cli/params.h"
#include "cli/policy.h"
#include "cli/show.h"
#include "cli/source.h"
#include "model/environment.h"
#include "model/limits.h"

#define START_TIMEOUT_US ((int64_t)60 * 1000000)

static const struct option_spec options[] = {
	{"param", 'p', OPTION_VALUE, "KEY=VALUE", "a param; KEY=@FILE reads it from a file"},
	{"detach", 'd', OPTION_FLAG, NULL, "print the execution's name and leave it running"},
	{"another", 0, OPTION_FLAG, NULL, "even if one of this name has not ended"},
	{"plain", 0, OPTION_FLAG, NULL, "a line a change, also on a terminal"},
	{0},
};

struct run {
	struct cli *cli;
	struct source source;
	struct params params;
	struct arena arena;
	char id[27];	 /* of the request */
	char *execution; /* its name, once it is durable */
};

/* ---- what it will do --------------------------------------------------------------------- */

static bool node_is_grave(const struct node_spec *node)
{
	return risk_level(node->risk) >= RISK_HIGH || node->irreversible != NULL;
}

static void say_grave(struct cli *cli, const struct workflow *workflow)
{
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		const struct node_spec *node = &workflow->nodes[i];
		if (!node_is_grave(node)) {
			continue;
		}
		say_style(&cli->out, ROLE_warning);
		say_printf(&cli->out, "  %s", node->id);
		say_plain(&cli->out);
		if (risk_level(node->risk) >= RISK_HIGH) {
			say_printf(&cli->out, "  %s risk", risk_name(risk_level(node->risk)));
		}
		if (node->irreversible != NULL) {
			say_printf(&cli->out, "  cannot be undone: %s", node->irreversible);
		}
		say_printf(&cli->out, "\n");
	}
}

static bool is_grave(const struct workflow *workflow)
{
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		if (node_is_grave(&workflow->nodes[i])) {
			return true;
		}
	}
	return false;
}

/* Between words, within the terminal. A single newline is a blank: the terminal's width decides. */
static void say_paragraph(struct say *out, const char *text)
{
	size_t most = (size_t)say_columns(out) - 1, at = most;
	while (*text != '\0') {
		size_t length = strcspn(text, " \n");
		if (at + 1 + length > most) {
			say_printf(out, "%s ", at < most ? "\n" : "");
			at = 1;
		}
		say_printf(out, " %.*s", (int)length, text);
		at += 1 + length;
		text += length;
		text += strspn(text, " \n");
	}
	say_printf(out, "\n");
}

static void say_intent(const struct run *run)
{
	const struct workflow *workflow = run->source.workflow;
	struct say *out = &run->cli->out;
	uint32_t undo = 0;
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		undo += workflow->nodes[i].has_undo || workflow->nodes[i].artifacts_count > 0;
	}
	say_style(out, ROLE_title);
	say_printf(out, "%s", workflow->name);
	say_plain(out);
	say_printf(out, "\n");
	if (workflow->description[0] != '\0') {
		say_paragraph(out, workflow->description);
	}
	say_printf(out, "  in %s: %u nodes, %u phases, %u can be undone, %u at a time\n",
		   run->source.folder, workflow->nodes_count, workflow->phases_count, undo,
		   workflow->max_parallel);
	for (uint32_t i = 0; i < workflow->params_count; i++) {
		say_printf(out, "  %s = %s\n", run->params.bound[i].name,
			   run->params.bound[i].value != NULL ? run->params.bound[i].value : "");
	}
	say_grave(run->cli, workflow);
}

/* ---- starting ---------------------------------------------------------------------------- */

static Hlp__V1__Pair **make_pairs(struct arena *arena, const struct binding *bindings, size_t count)
{
	Hlp__V1__Pair **pairs = arena_alloc(arena, (count + 1) * sizeof *pairs);
	for (size_t i = 0; i < count; i++) {
		pairs[i] = arena_alloc(arena, sizeof **pairs);
		hlp__v1__pair__init(pairs[i]);
		pairs[i]->name = (char *)bindings[i].name;
		pairs[i]->value = (char *)bindings[i].value;
	}
	return pairs;
}

static int on_first_update(void *ctx, const ProtobufCMessage *message)
{
	struct run *run = ctx;
	const Hlp__V1__Update *update = (const Hlp__V1__Update *)message;
	if (update->execution == NULL) {
		return 0;
	}
	run->execution = mem_strdup(update->execution->name);
	return 1;
}

static void fill_request(struct run *run, Hlp__V1__ExecuteRequest *request)
{
	struct binding *env;
	size_t env_count = environment_choose(run->source.workflow, environ, &run->arena, &env);
	request->request = run->id;
	request->file = run->source.path;
	request->text.data = (uint8_t *)run->source.text;
	request->text.len = run->source.length;
	request->params = make_pairs(&run->arena, run->params.given, run->params.count);
	request->n_params = run->params.count;
	request->env = make_pairs(&run->arena, env, env_count);
	request->n_env = env_count;
	request->detach =
		true; /* it is followed by a watch of its own, which survives the engine */
	request->another = options_has(&run->cli->options, "another");
	request->reason = (char *)run->cli->reason;
}

static int start(struct run *run)
{
	struct err err = {0};
	Hlp__V1__ExecuteRequest request = HLP__V1__EXECUTE_REQUEST__INIT;
	int code = cli_connect(run->cli, CLIENT_START_ENGINE);
	if (code != 0) {
		return code;
	}
	fill_request(run, &request);
	int64_t deadline = show_now_us() + START_TIMEOUT_US;
	do {
		code = client_stream(run->cli->client, "ExecuteDAG", &request.base,
				     &hlp__v1__update__descriptor, on_first_update, run, &err);
	} while (code == -ERR_UNAVAILABLE && run->execution == NULL && show_now_us() < deadline);
	if (run->execution != NULL) {
		return 0;
	}
	if (code >= 0) {
		return cli_refuse(run->cli, CLI_OTHER, "the engine did not say that it started");
	}
	return cli_fail(run->cli, &err);
}

/* ---- the whole --------------------------------------------------------------------------- */

static int follow_it(struct run *run)
{
	struct mirror mirror;
	struct follow how = {.cli = run->cli,
			     .execution = run->execution,
			     .plain = options_has(&run->cli->options, "plain")};
	int code = follow_run(&how, &mirror);
	if (code == CLI_OK || code == CLI_WAITS) {
		code = answer_end(run->cli, &mirror);
	}
	mirror_release(&mirror);
	return code;
}

static int confirm(struct run *run)
{
	bool grave = is_grave(run->source.workflow);
	if (run->cli->interactive && !run->cli->json) {
		say_intent(run);
	}
	if (!grave) {
		return 0;
	}
	char *what = mem_printf("run %s, which is of high risk or cannot be undone",
				run->source.workflow->name);
	int code = policy_ask(run->cli, POLICY_RUN, what, run->source.workflow->name);
	free(what);
	return code;
}

static int carry_out(struct run *run)
{
	int code = confirm(run);
	if (code != 0) {
		return code;
	}
	client_request_id(run->id);
	code = start(run);
	if (code != 0) {
		return code;
	}
	if (options_has(&run->cli->options, "detach")) {
		say_printf(&run->cli->out, "%s\n", run->execution);
		return CLI_OK;
	}
	return follow_it(run);
}

static int exec(struct cli *cli)
{
	struct run run = {.cli = cli};
	int code = source_read(cli, cli_argument(cli, 0), &run.source);
	if (code != 0) {
		return code;
	}
	code = params_read(cli, run.source.workflow, &run.params);
	if (code == 0) {
		code = carry_out(&run);
		params_release(&run.params);
	}
	free(run.execution);
	arena_release(&run.arena);
	source_release(&run.source);
	return code;
}

const struct cli_command run_command = {
	.name = "run",
	.arguments = "FILE|NAME",
	.help = "start a workflow and follow it",
	.options = options,
	.least = 1,
	.most = 1,
	.exec = exec,
};
