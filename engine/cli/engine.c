/* SPDX-License-Identifier: MIT
 *
 * hlp engine: the instance of this HLP_HOME: start, stop, status; release, which takes up again
 * what is quarantined; and check, rebuild and prune, which hlpd itself does while no engine runs,
 * because it alone holds the lock.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/instance.h"
#include "base/mailbox.h"
#include "base/proc.h"
#include "cli/act.h"
#include "cli/commands.h"
#include "cli/engine_upgrade.h"
#include "cli/json_out.h"
#include "cli/policy.h"
#include "cli/show.h"

#define GONE_LOOK_MS 20
#define GONE_WAIT_US ((int64_t)600 * 1000000)
#define STOP_CALL_US ((int64_t)5 * 1000000)
#define STOPS	     1000 /* no exit code */

static const struct option_spec options[] = {
	{"all", 0, OPTION_FLAG, NULL, "stop: stop what runs first"},
	{"age", 0, OPTION_VALUE, "AGE", "prune: keep what ended since (90d; 0: nothing for that)"},
	{"keep", 0, OPTION_VALUE, "N", "prune: keep the newest N of each workflow (20)"},
	{"dry-run", 0, OPTION_FLAG, NULL, "prune: only say what would go"},
	{0},
};

static int fetch(struct cli *cli, Hlp__V1__EngineStatus **out)
{
	Hlp__V1__EngineRequest request = HLP__V1__ENGINE_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	int code = cli_call(cli, "GetEngine", &request.base, &hlp__v1__engine_status__descriptor,
			    &reply);
	*out = (Hlp__V1__EngineStatus *)reply;
	return code;
}

/* ---- start, status ----------------------------------------------------------------------- */

static void print_status(struct cli *cli, const Hlp__V1__EngineStatus *status)
{
	char age[16];
	if (cli->json) {
		struct buf out;
		json_out_begin(&out);
		json_engine(&out, status);
		json_out(cli, &out);
		return;
	}
	show_duration(show_now_us() - status->started_us, age);
	say_printf(&cli->out, "engine %s: %s, pid %lld, for %s\n", status->version, status->state,
		   (long long)status->pid, age);
	say_printf(&cli->out, "  launcher pid %lld%s\n  home %s\n", (long long)status->launcher_pid,
		   status->launcher_reachable ? "" : " (not reachable)", status->home);
	say_printf(&cli->out, "  %u executions live, %u attempts live\n", status->executions_live,
		   status->attempts_live);
	for (size_t i = 0; i < status->n_warnings; i++)
		say_printf(&cli->out, "  ! %s\n", status->warnings[i]);
}

static int show_status(struct cli *cli, enum client_start start)
{
	Hlp__V1__EngineStatus *status;
	int code = cli_connect(cli, start);
	code = code == 0 ? fetch(cli, &status) : code;
	if (code == 0) {
		print_status(cli, status);
		hlp__v1__engine_status__free_unpacked(status, NULL);
	}
	return code;
}

static int do_start(struct cli *cli)
{
	return show_status(cli, CLIENT_START_ENGINE);
}

static int do_status(struct cli *cli)
{
	return show_status(cli, CLIENT_ONLY_CONNECT);
}

/* ---- stop -------------------------------------------------------------------------------- */

struct process {
	pid_t pid;
	uint64_t start_time;
};

static struct process remember(int64_t pid)
{
	return (struct process){(pid_t)pid, pid > 0 ? proc_start_time((pid_t)pid) : 0};
}

static bool is_gone(struct process process)
{
	return process.start_time == 0 || !proc_is_alive(process.pid, process.start_time);
}

/* The deadline has passed, or 0. */
static int check_patience(struct cli *cli, int64_t deadline_us)
{
	if (mailbox_now_us() <= deadline_us)
		return CLI_OK;
	return cli_refuse(cli, CLI_OTHER,
			  "it was told to stop, but hlpd or hlp-launcher of '%s' "
			  "still runs",
			  cli->home.path);
}

static int wait_until_gone(struct cli *cli, struct process engine, struct process launcher,
			   int64_t deadline_us)
{
	int code = CLI_OK;
	while (code == CLI_OK && (!is_gone(engine) || !is_gone(launcher))) {
		(void)poll(NULL, 0, GONE_LOOK_MS);
		code = check_patience(cli, deadline_us);
	}
	return code;
}

/* 1: it stops; 0: it went away first; else how hlp ends. */
static int send_stop(struct cli *cli, const char *id)
{
	Hlp__V1__StopRequest request = HLP__V1__STOP_REQUEST__INIT;
	ProtobufCMessage *message = NULL;
	struct err err = {0};
	request.request = (char *)id;
	request.all = options_has(&cli->options, "all");
	int code = client_call(cli->client, "StopEngine", &request.base,
			       &hlp__v1__stop_reply__descriptor, STOP_CALL_US, &message, &err);
	if (code == -ERR_UNAVAILABLE || code == -ERR_TIMEOUT)
		return 0;
	if (code < 0)
		return cli_fail(cli, &err);
	protobuf_c_message_free_unpacked(message, NULL);
	return STOPS;
}

/* The engine that answers, with its launcher. */
static int stop_pair(struct cli *cli, const char *id, int64_t deadline_us)
{
	Hlp__V1__EngineRequest request = HLP__V1__ENGINE_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	struct process engine, launcher;
	if (client_call(cli->client, "GetEngine", &request.base,
			&hlp__v1__engine_status__descriptor, STOP_CALL_US, &reply, NULL) < 0)
		return CLI_OK; /* it went away: look again */
	engine = remember(((Hlp__V1__EngineStatus *)reply)->pid);
	launcher = remember(((Hlp__V1__EngineStatus *)reply)->launcher_pid);
	protobuf_c_message_free_unpacked(reply, NULL);
	int code = send_stop(cli, id);
	return code == STOPS ? wait_until_gone(cli, engine, launcher, deadline_us) : code;
}

/* A launcher whose engine does not answer: it has given up, or has only just started one. */
static int stop_launcher(struct cli *cli)
{
	enum instance_force force =
		options_has(&cli->options, "all") ? INSTANCE_STOP_ATTEMPTS : INSTANCE_ONLY_IDLE;
	struct err err = {0};
	int code = instance_shutdown(&cli->home, force, STOP_CALL_US, &err);
	if (code == -ERR_REFUSED || code == -ERR_DENIED)
		return cli_fail(cli, &err);
	return CLI_OK; /* look again */
}

/* Connects only to an engine that is there: 1 connected, 0 none, else how hlp ends. */
static bool is_running(struct cli *cli)
{
	struct err err = {0};
	if (!cli->has_home && home_open(&cli->home, HOME_EXISTING, &err) < 0)
		return false;
	cli->has_home = true;
	return client_open(&cli->home, CLIENT_ONLY_CONNECT, &cli->client, &err) >= 0;
}

static bool is_there(struct cli *cli)
{
	if (!cli->has_home && home_open(&cli->home, HOME_EXISTING, NULL) < 0)
		return false;
	cli->has_home = true;
	return instance_is_there(&cli->home);
}

/* Until nothing is left: an engine whose launcher has died starts another pair as its last act. */
static int stop_all_pairs(struct cli *cli)
{
	int64_t deadline_us = mailbox_now_us() + GONE_WAIT_US;
	int code = CLI_OK;
	char id[27];
	client_request_id(id);
	while (code == CLI_OK && is_there(cli)) {
		code = is_running(cli) ? stop_pair(cli, id, deadline_us) : stop_launcher(cli);
		client_close(cli->client); /* else it would connect again */
		cli->client = NULL;
		if (code == CLI_OK && is_there(cli)) {
			(void)poll(NULL, 0, GONE_LOOK_MS);
			code = check_patience(cli, deadline_us);
		}
	}
	return code;
}

/* Whether there was one to stop. */
static int say_stopped(struct cli *cli, bool stopped)
{
	if (cli->json)
		say_printf(&cli->out, "{\"stopped\":%s}\n", stopped ? "true" : "false");
	else
		say_printf(&cli->out, stopped ? "stopped\n" : "no engine runs\n");
	return CLI_OK;
}

static int do_stop(struct cli *cli)
{
	if (!is_there(cli))
		return say_stopped(cli, false);
	if (options_has(&cli->options, "all")) {
		int asked = policy_ask(cli, POLICY_YES, "stop everything that runs", "all");
		if (asked != 0)
			return asked;
	}
	int code = stop_all_pairs(cli);
	return code == CLI_OK ? say_stopped(cli, true) : code;
}

/* ---- what hlpd does itself ---------------------------------------------------------------- */

static int wait_for(pid_t pid)
{
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return CLI_OTHER;
	return WIFEXITED(status) ? WEXITSTATUS(status) : CLI_OTHER;
}

/* Passes an option with its value on, where it was given. */
static size_t pass_on(const struct cli *cli, const char *name, const char *dashed, char **argv)
{
	const char *value = options_value(&cli->options, name);
	if (value == NULL)
		return 0;
	argv[0] = (char *)dashed;
	argv[1] = (char *)value;
	return 2;
}

static int run_hlpd(struct cli *cli, const char *option)
{
	struct err err = {0};
	char *path = NULL;
	pid_t pid;
	char *argv[10] = {0};
	if (is_running(cli))
		return cli_refuse(cli, CLI_OTHER, "the engine runs: hlp engine stop first");
	if (proc_find_program("hlpd", &path, &err) < 0)
		return cli_fail(cli, &err);
	argv[0] = path;
	argv[1] = (char *)option;
	size_t used = 2 + pass_on(cli, "age", "--age", argv + 2);
	used += pass_on(cli, "keep", "--keep", argv + used);
	if (options_has(&cli->options, "dry-run"))
		argv[used++] = (char *)"--dry-run";
	if (cli->json)
		argv[used] = (char *)"--json";
	struct proc_spawn how = {.argv = argv,
				 .stdin_fd = -1,
				 .stdout_fd = STDOUT_FILENO,
				 .stderr_fd = STDERR_FILENO};
	int code = proc_spawn(&how, &pid, &err) < 0 ? cli_fail(cli, &err) : wait_for(pid);
	free(path);
	return code;
}

static int do_check(struct cli *cli)
{
	return run_hlpd(cli, "--check");
}

static int do_rebuild(struct cli *cli)
{
	return run_hlpd(cli, "--rebuild");
}

static int do_prune(struct cli *cli)
{
	return run_hlpd(cli, "--prune");
}

static int do_upgrade(struct cli *cli)
{
	if (!is_running(cli)) {
		say_printf(&cli->out, "no engine runs: the next one is of this version\n");
		return CLI_OK;
	}
	return engine_upgrade(cli);
}

/* ---- quarantine --------------------------------------------------------------------------- */

static int do_release(struct cli *cli)
{
	static const struct act act = {
		.verb = "release",
		.targets = ACT_EXECUTION,
		.warning =
			"it is folded and taken up again; what killed the engine may do so again",
	};
	if (cli_argument(cli, 1) == NULL)
		return cli_refuse(cli, CLI_USAGE, "which? hlp engine release EXECUTION");
	return act_run(cli, &act, cli_argument(cli, 1));
}

/* ---- secrets ------------------------------------------------------------------------------ */

static int do_forget(struct cli *cli)
{
	const struct act act = {
		.verb = "forget",
		.targets = ACT_EXECUTION,
		.argument = "artifact",
		.value = cli_argument(cli, 2),
		.warning = "what is secret of it is removed for good: nothing that needs it can be "
			   "run again, undone or restored",
	};
	if (cli_argument(cli, 1) == NULL)
		return cli_refuse(cli, CLI_USAGE, "which? hlp engine forget EXECUTION [ARTIFACT]");
	return act_run(cli, &act, cli_argument(cli, 1));
}

/* How many words may follow. */
static int words_after(const char *part)
{
	return strcmp(part, "forget") == 0 ? 2 : strcmp(part, "release") == 0;
}

static int exec(struct cli *cli)
{
	static const struct {
		const char *name;
		int (*exec)(struct cli *cli);
		bool words_only;
	} parts[] = {{"start", do_start, false},     {"stop", do_stop, false},
		     {"status", do_status, false},   {"check", do_check, false},
		     {"rebuild", do_rebuild, true},  {"prune", do_prune, true},
		     {"release", do_release, false}, {"upgrade", do_upgrade, true},
		     {"forget", do_forget, false}};
	if (cli_argument(cli, 1 + words_after(cli_argument(cli, 0))) != NULL) {
		return cli_refuse(cli, CLI_USAGE, "engine %s takes nothing more",
				  cli_argument(cli, 0));
	}
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (strcmp(cli_argument(cli, 0), parts[i].name) != 0)
			continue;
		if (cli->json && parts[i].words_only) {
			return cli_refuse(cli, CLI_USAGE,
					  "engine %s answers in words only: leave out -o json",
					  parts[i].name);
		}
		return parts[i].exec(cli);
	}
	return cli_refuse(
		cli, CLI_USAGE,
		"no 'engine %s': start, stop, status, check, rebuild, prune, forget, upgrade or "
		"release",
		cli_argument(cli, 0));
}

const struct cli_command engine_command = {
	.name = "engine",
	.arguments = "WHAT [EXECUTION [ARTIFACT]]",
	.help = "the engine of this HLP_HOME: start, stop, status, check, "
		"rebuild, prune, upgrade, release or forget EXECUTION",
	.options = options,
	.least = 1,
	.most = 3,
	.exec = exec,
};
