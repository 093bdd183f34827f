/* SPDX-License-Identifier: MIT
 *
 * Exchanging the programs. Each step is proven before the next: an engine that ended while the old
 * launcher still ran would be followed by an old one.
 */
#include "cli/engine_upgrade.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/instance.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "base/proc.h"

#define LOOK_MS 20
#define WAIT_US ((int64_t)30 * 1000000)

struct upgrading {
	struct cli *cli;
	char *path; /* of the new hlp-launcher */
	pid_t engine, launcher;
	uint64_t engine_start;
};

/* Looks again and again. Returns how hlp ends when it looked in vain. */
static int wait_until(struct upgrading *u, bool (*is_so)(const struct upgrading *u),
		      const char *what)
{
	int64_t deadline = mailbox_now_us() + WAIT_US;
	while (!is_so(u)) {
		if (mailbox_now_us() > deadline)
			return cli_refuse(u->cli, CLI_OTHER, "%s; see engine.log", what);
		(void)poll(NULL, 0, LOOK_MS);
	}
	return CLI_OK;
}

static bool launcher_is_new(const struct upgrading *u)
{
	struct instance_status status;
	char *link = mem_printf("/proc/%d/exe", (int)u->launcher), *real = realpath(u->path, NULL);
	char exe[4096];
	ssize_t length = readlink(link, exe, sizeof exe - 1);
	exe[length < 0 ? 0 : length] = '\0';
	bool same = real != NULL && strcmp(exe, real) == 0 &&
		    instance_status(&u->cli->home, &status, NULL) >= 0;
	free(link);
	free(real);
	return same;
}

static bool engine_is_new(const struct upgrading *u)
{
	struct instance_status status;
	return !proc_is_alive(u->engine, u->engine_start) &&
	       instance_status(&u->cli->home, &status, NULL) >= 0 && status.engine_ready;
}

static int get_engine(struct cli *cli, Hlp__V1__EngineStatus **out)
{
	Hlp__V1__EngineRequest request = HLP__V1__ENGINE_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	int code = cli_call(cli, "GetEngine", &request.base, &hlp__v1__engine_status__descriptor,
			    &reply);
	*out = (Hlp__V1__EngineStatus *)reply;
	return code;
}

static int find_programs(struct upgrading *u)
{
	Hlp__V1__EngineStatus *status;
	struct err err = {0};
	if (proc_find_program("hlp-launcher", &u->path, &err) < 0)
		return cli_fail(u->cli, &err);
	int code = get_engine(u->cli, &status);
	if (code == CLI_OK) {
		u->engine = (pid_t)status->pid;
		u->launcher = (pid_t)status->launcher_pid;
		u->engine_start = proc_start_time(u->engine);
		hlp__v1__engine_status__free_unpacked(status, NULL);
	}
	return code;
}

static int exchange(struct upgrading *u)
{
	struct err err = {0};
	if (instance_upgrade(&u->cli->home, u->path, &err) < 0)
		return cli_fail(u->cli, &err);
	int code = wait_until(u, launcher_is_new, "hlp-launcher did not become the new one");
	if (code != CLI_OK)
		return code;
	/* The very process that said it is the engine: it is a child of the launcher, which has not
	 * been told of its end yet, so its pid is its own. */
	if (proc_is_alive(u->engine, u->engine_start) && kill(u->engine, SIGTERM) < 0 &&
	    errno != ESRCH) {
		(void)err_errno(&err, errno, "cannot end hlpd (%d)", (int)u->engine);
		return cli_fail(u->cli, &err);
	}
	return wait_until(u, engine_is_new, "the new hlpd does not serve");
}

int engine_upgrade(struct cli *cli)
{
	struct upgrading u = {.cli = cli};
	Hlp__V1__EngineStatus *status;
	int code = find_programs(&u);
	code = code == CLI_OK ? exchange(&u) : code;
	free(u.path);
	if (code != CLI_OK)
		return code;
	client_close(cli->client); /* the old engine's */
	cli->client = NULL;
	code = cli_connect(cli, CLIENT_ONLY_CONNECT);
	code = code == CLI_OK ? get_engine(cli, &status) : code;
	if (code == CLI_OK) {
		say_printf(&cli->out,
			   "upgraded to %s: hlp-launcher pid %lld, hlpd pid %lld, %u "
			   "attempts went on\n",
			   status->version, (long long)status->launcher_pid, (long long)status->pid,
			   status->attempts_live);
		hlp__v1__engine_status__free_unpacked(status, NULL);
	}
	return code;
}
