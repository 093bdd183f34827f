/* SPDX-License-Identifier: MIT
 *
 * hlp run: reads and checks the workflow here, has it said what it will do and asked where that is
 * grave, starts it and follows it. The request carries one id however often it has to be sent, so a
 * run is never started twice.
 */
#include <stdlib.h>
#include <unistd.h>

#include "cli/answer_end.h"
#include "cli/begin.h"
#include "cli/commands.h"
#include "cli/follow.h"
#include "cli/intent.h"
#include "cli/params.h"
#include "cli/rehearse.h"
#include "cli/show.h"
#include "cli/source.h"
#include "cli/workflows.h"
#include "model/environment.h"

#define START_TIMEOUT_US ((int64_t)60 * 1000000)

static const struct option_spec options[] = {
	{"param", 'p', OPTION_VALUE, "KEY=VALUE",
	 "a param; KEY=@FILE reads a file, KEY=@- standard input"},
	{"detach", 'd', OPTION_FLAG, NULL, "print the execution's name and leave it running"},
	BEGIN_OPTIONS,
	{"dry-run", 0, OPTION_FLAG, NULL, "say what would be run, every value filled in"},
	{"another", 0, OPTION_FLAG, NULL, "even if one of this name has not ended"},
	{"plain", 0, OPTION_FLAG, NULL, "a line a change, also on a terminal"},
	{0},
};

struct run {
	struct cli *cli;
	struct source source;
	struct params params;
	struct arena arena;
	struct beginning beginning;
	enum fate *fates; /* of the nodes; NULL: all run */
	char id[27];	  /* of the request */
	char *execution;  /* its name, once it is durable */
};

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
	if (update->execution == NULL)
		return 0;
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
	request->step = run->beginning.step;
	request->from = (char *)(run->beginning.from != NULL ? run->beginning.from : "");
	request->until = (char *)(run->beginning.until != NULL ? run->beginning.until : "");
	request->only = (char **)run->beginning.only;
	request->n_only = run->beginning.only_count;
}

static int start(struct run *run)
{
	struct err err = {0};
	Hlp__V1__ExecuteRequest request = HLP__V1__EXECUTE_REQUEST__INIT;
	int code = cli_connect(run->cli, CLIENT_START_ENGINE);
	if (code != 0)
		return code;
	fill_request(run, &request);
	int64_t deadline = show_now_us() + START_TIMEOUT_US;
	do {
		code = client_stream(run->cli->client, "ExecuteDAG", &request.base,
				     &hlp__v1__update__descriptor, on_first_update, run, &err);
	} while (code == -ERR_UNAVAILABLE && run->execution == NULL && show_now_us() < deadline);
	if (run->execution != NULL)
		return 0;
	if (code >= 0)
		return cli_refuse(run->cli, CLI_OTHER, "the engine did not say that it started");
	return cli_fail(run->cli, &err);
}

/* ---- the whole --------------------------------------------------------------------------- */

static int follow_it(struct run *run)
{
	struct mirror mirror;
	struct follow how = {.cli = run->cli,
			     .execution = run->execution,
			     .step = run->beginning.step,
			     .plain = options_has(&run->cli->options, "plain")};
	int code = follow_run(&how, &mirror);
	if (code == CLI_OK || code == CLI_WAITS)
		code = answer_end(run->cli, &mirror);
	mirror_release(&mirror);
	return code;
}

static int carry_out(struct run *run)
{
	int code = intent_confirm(run->cli, &run->source, &run->params, run->fates);
	if (code != 0)
		return code;
	client_request_id(run->id);
	code = start(run);
	if (code != 0)
		return code;
	if (options_has(&run->cli->options, "detach")) {
		say_printf(&run->cli->out, "%s\n", run->execution);
		return CLI_OK;
	}
	return follow_it(run);
}

/* Whoever chose from a list has named no params yet, and is asked for all. */
static int read_source(struct run *run, enum params_ask *out_ask)
{
	const char *word = cli_argument(run->cli, 0);
	char *picked = NULL;
	*out_ask = word != NULL ? PARAMS_ASK_MISSING : PARAMS_ASK_ALL;
	int code = word != NULL ? 0 : workflows_pick(run->cli, &picked);
	if (code == 0)
		code = source_read(run->cli, word != NULL ? word : picked, &run->source);
	free(picked);
	return code;
}

static int exec(struct cli *cli)
{
	struct run run = {.cli = cli};
	enum params_ask ask;
	int code = read_source(&run, &ask);
	if (code != 0)
		return code;
	code = begin_read(cli, &run.source, &run.arena, &run.beginning, &run.fates);
	if (code == 0)
		code = params_read(cli, run.source.workflow, ask, &run.params);
	if (code == 0) {
		bool dry = options_has(&cli->options, "dry-run");
		code = dry ? rehearse(cli, &run.source, &run.params, run.fates) : carry_out(&run);
		params_release(&run.params);
	}
	free(run.execution);
	arena_release(&run.arena);
	source_release(&run.source);
	return code;
}

const struct cli_command run_command = {
	.name = "run",
	.arguments = "[FILE|NAME]",
	.help = "start a workflow and follow it; without a name, choose one",
	.options = options,
	.most = 1,
	.exec = exec,
};
