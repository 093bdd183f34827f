/* SPDX-License-Identifier: MIT
 *
 * hlpd's supervision.
 */
#include "launcher/engine.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/proc.h"

#define DELAY_FIRST_US	 (CLOCK_SECOND_US / 10)
#define DELAY_MAX_US	 (5 * CLOCK_SECOND_US)
#define HEALTHY_US	 (10 * CLOCK_SECOND_US)
#define STOP_PATIENCE_US (20 * CLOCK_SECOND_US)
#define FAILURES_MAX	 10
#define EXIT_GIVE_UP	 75

static void give_up(struct engine *engine, const char *why)
{
	engine->given_up = true;
	(void)snprintf(engine->text, sizeof(engine->text), "%s", why); /* cut on purpose */
	log_error("hlpd is not started again: %s", why);
}

static void start_later(struct engine *engine)
{
	if (!engine->wanted || engine->given_up)
		return;
	loop_arm(engine->loop, &engine->timer, loop_now_us() + engine->delay_us);
	engine->delay_us = engine->delay_us ? 2 * engine->delay_us : DELAY_FIRST_US;
	if (engine->delay_us > DELAY_MAX_US)
		engine->delay_us = DELAY_MAX_US;
}

static void note_failure(struct engine *engine, const char *why)
{
	char text[600];

	if (++engine->failures < FAILURES_MAX) {
		start_later(engine);
		return;
	}
	(void)snprintf(text, sizeof(text), "%u starts in a row never became ready; the last: %s",
		       engine->failures, why); /* cut on purpose */
	give_up(engine, text);
}

static void start(struct engine *engine)
{
	char crashes[12];
	struct stat log;
	struct err err;
	char *path;
	int result;

	result = home_check(engine->home, &err);
	if (result < 0) {
		engine->wanted = false;
		give_up(engine, err.message);
		return;
	}
	/* So that hlpd can tell an execution that kills it from a kill by somebody. */
	if (engine->crashes) {
		(void)snprintf(crashes, sizeof(crashes), "%u", engine->crashes);
		(void)setenv("HLP_ENGINE_DIED", crashes, 1);
	} else {
		(void)unsetenv("HLP_ENGINE_DIED");
	}
	engine->log_from = fstat(STDERR_FILENO, &log) == 0 ? log.st_size : 0;
	result = proc_find_program("hlpd", &path, &err);
	if (result >= 0) {
		char *argv[] = {path, NULL};

		result = proc_spawn(&(struct proc_spawn){.argv = argv,
							 .folder = "/",
							 .stdin_fd = -1,
							 .stdout_fd = STDOUT_FILENO,
							 .stderr_fd = STDERR_FILENO,
							 .new_session = true},
				    &engine->pid, &err);
		free(path);
	}
	engine->started_us = loop_now_us();
	if (result < 0) {
		engine->pid = 0;
		log_error("hlpd did not start: %s", err.message);
		note_failure(engine, err.message);
		return;
	}
	log_info("hlpd started, pid %d", (int)engine->pid);
}

static void due(struct loop_timer *timer)
{
	struct engine *engine = timer->ctx;

	if (engine->wanted && !engine->pid && !engine->given_up)
		start(engine);
}

void engine_init(struct engine *engine, struct loop *loop, const struct home *home)
{
	*engine = (struct engine){.loop = loop, .home = home, .wanted = true};
	engine->timer = (struct loop_timer){.due = due, .ctx = engine};
}

void engine_wake(struct engine *engine)
{
	if (engine->pid || !engine->wanted)
		return;
	loop_disarm(engine->loop, &engine->timer);
	engine->given_up = false;
	engine->failures = 0;
	engine->delay_us = 0;
	engine->text[0] = '\0';
	start(engine);
}

void engine_set_ready(struct engine *engine)
{
	engine->ready = true;
	engine->failures = 0;
	engine->text[0] = '\0';
}

/* Whether it died of its own doing, and not by somebody's signal. */
static bool is_crash(int status)
{
	const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGILL ||
	       signal == SIGFPE;
}

/* How it ended, for people: in its own words where it left some. */
static void describe(const struct engine *engine, int status, char *out, size_t size)
{
	log_last_error(engine->home->engine_log, engine->log_from, "hlpd", out, size);
	if (out[0])
		return;
	if (WIFSIGNALED(status))
		(void)snprintf(out, size, "killed by %s", strsignal(WTERMSIG(status)));
	else
		(void)snprintf(out, size, "exit %d", WEXITSTATUS(status));
}

void engine_ended(struct engine *engine, int status)
{
	const bool was_ready = engine->ready;
	const bool healthy = was_ready && loop_now_us() - engine->started_us >= HEALTHY_US;
	char how[500];

	engine->pid = 0;
	engine->ready = false;
	engine->stopped_us = 0;
	if (!is_crash(status))
		engine->crashes = 0;
	else
		engine->crashes = healthy ? 1 : engine->crashes + 1;
	describe(engine, status, how, sizeof(how));
	if (!engine->wanted || engine->goodbye) {
		engine->wanted = false;
		log_info("hlpd has ended (%s)", how);
		return;
	}
	log_warn("hlpd has ended: %s", how);
	if (healthy)
		engine->delay_us = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_GIVE_UP)
		give_up(engine, how);
	else if (was_ready)
		start_later(engine);
	else
		note_failure(engine, how);
}

void engine_stop(struct engine *engine)
{
	engine->wanted = false;
	loop_disarm(engine->loop, &engine->timer);
	if (!engine->pid)
		return;
	(void)kill(engine->pid, SIGTERM); /* our own child, not reaped: it is it */
	if (!engine->stopped_us)
		engine->stopped_us = loop_now_us();
}

void engine_tend(struct engine *engine)
{
	if (!engine->pid || !engine->stopped_us ||
	    loop_now_us() - engine->stopped_us < STOP_PATIENCE_US)
		return;
	log_warn("hlpd does not end: it is killed, which its store survives");
	(void)kill(engine->pid, SIGKILL);
}
