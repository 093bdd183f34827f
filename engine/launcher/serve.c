/* SPDX-License-Identifier: MIT
 *
 * Dispatching: one function a message.
 */
#include "launcher/serve.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "launcher/child.h"
#include "launcher/recover.h"
#include "launcher/stop.h"

#define LOOK_US (CLOCK_SECOND_US / 4)
#define TEND_US (2 * CLOCK_SECOND_US)
#define IDLE_US (600 * CLOCK_SECOND_US) /* without an engine and anything alive */

/* ---- what the engine says ---------------------------------------------------------------- */

static void hello(struct launcher *launcher, struct link *link,
		  const struct launch_message *message)
{
	const bool supervised = link->peer == launcher->engine.pid;
	struct link *before = launcher_engine_link(launcher);
	struct launch_message welcome = {.kind = LAUNCH_WELCOME, .boot_id = launcher->boot_id};

	if (message->number != INSTANCE_PROTOCOL) {
		link_refuse(link, "protocol %lld is not spoken here", (long long)message->number);
		return;
	}
	/* Our own hlpd may have a store that was put back from a copy; nobody else may go back. */
	if (message->term < launcher->term && !supervised) {
		link_refuse(link, "term %lld is over: %lld has begun", (long long)message->term,
			    (long long)launcher->term);
		return;
	}
	if (before && before != link)
		link_refuse(before, "term %lld has begun", (long long)message->term);
	launcher->term = message->term;
	launcher_record(launcher, message);
	link->is_engine = true;
	welcome.pid = getpid();
	welcome.flags = LAUNCH_CAN_FREEZE | LAUNCH_CAN_LIMIT;
	if (launcher->cgroups.kind != CGROUP_NONE)
		welcome.flags |= LAUNCH_PROVES_STOP;
	link_send(link, &welcome);
}

static bool may_start(struct launcher *launcher)
{
	struct err err;

	if (!launcher->home_gone && home_check(&launcher->home, &err) < 0) {
		log_error("nothing is started any more: %s", err.message);
		launcher->home_gone = true;
	}
	return !launcher->home_gone && !launcher->ending;
}

static void say_not_started(struct link *link, const char *attempt)
{
	link_send(link, &(struct launch_message){.kind = LAUNCH_NOT_STARTED, .attempt = attempt});
}

static void start(struct launcher *launcher, struct link *link,
		  const struct launch_message *message)
{
	struct attempt *attempt = attempt_find(&launcher->attempts, message->attempt);

	if (attempt) {
		launcher_describe(launcher, link, attempt);
		return;
	}
	if (!may_start(launcher)) {
		say_not_started(link, message->attempt);
		return;
	}
	attempt = child_start(launcher, message);
	if (!attempt)
		return;
	stop_watch(launcher, attempt);
	if (!launcher->look.position)
		loop_arm(&launcher->loop, &launcher->look, loop_now_us() + LOOK_US);
}

/* Only a question says when its START cannot have been sent; a stop may come before the question.
 */
static bool may_have_started(const struct launch_message *message)
{
	return message->kind != LAUNCH_QUERY || message->flags & LAUNCH_INHERITED;
}

/* Nothing is known of it. That proves that it was never started, unless it may have been in a log
 * that is gone: from before the machine's restart, or damaged. Then it is looked for, and is lost
 * once it is proven that nothing of it lives. */
static void say_unknown(struct launcher *launcher, struct link *link,
			const struct launch_message *message)
{
	struct attempt *attempt;

	if (launcher->seen_ready || !may_have_started(message)) {
		say_not_started(link, message->attempt);
		return;
	}
	attempt = attempt_add(&launcher->attempts, message->attempt);
	attempt->adopted = true;
	attempt->stop_signal = SIGTERM;
	launcher_record(launcher, &(struct launch_message){.kind = LAUNCH_STARTING,
							   .attempt = attempt->id,
							   .stop_signal = SIGTERM});
	stop_watch(launcher, attempt);
	launcher_describe(launcher, link, attempt);
}

static void list(struct launcher *launcher, struct link *link)
{
	for (const struct attempt *attempt = launcher->attempts.oldest; attempt;
	     attempt = attempt->newer)
		launcher_describe(launcher, link, attempt);
	link_send(link, &(struct launch_message){.kind = LAUNCH_END});
}

static void acknowledge(struct launcher *launcher, const struct launch_message *message)
{
	struct attempt *attempt = attempt_find(&launcher->attempts, message->attempt);

	if (!attempt || attempt_is_live(attempt))
		return; /* said twice, or a mistake: what lives is never forgotten */
	launcher_record(launcher, message);
	attempt_forget(&launcher->attempts, attempt);
}

static void ready(struct launcher *launcher)
{
	engine_set_ready(&launcher->engine);
	if (!launcher->seen_ready)
		launcher_record(launcher, &(struct launch_message){.kind = LAUNCH_READY});
	launcher->seen_ready = true;
}

/* STOP, FREEZE, THAW, QUERY of one attempt. */
static void steer(struct launcher *launcher, struct link *link,
		  const struct launch_message *message)
{
	struct attempt *attempt = attempt_find(&launcher->attempts, message->attempt);

	if (!attempt) {
		say_unknown(launcher, link, message);
		return;
	}
	if (message->kind == LAUNCH_QUERY || !attempt_is_live(attempt))
		launcher_describe(launcher, link, attempt);
	else if (message->kind == LAUNCH_STOP)
		stop_begin(launcher, attempt, STOP_ASKED);
	else if (message->kind == LAUNCH_FREEZE)
		stop_freeze(launcher, attempt);
	else
		stop_thaw(launcher, attempt);
}

static void engine_message(struct launcher *launcher, struct link *link,
			   const struct launch_message *message)
{
	if (message->kind == LAUNCH_START || message->kind == LAUNCH_START_LIMITED)
		start(launcher, link, message);
	else if (message->kind == LAUNCH_ACKNOWLEDGE)
		acknowledge(launcher, message);
	else if (message->kind == LAUNCH_LIST)
		list(launcher, link);
	else if (message->kind == LAUNCH_READY)
		ready(launcher);
	else if (message->kind == LAUNCH_GOODBYE)
		launcher->engine.goodbye = true;
	else if (message->kind == LAUNCH_STOP || message->kind == LAUNCH_FREEZE ||
		 message->kind == LAUNCH_THAW || message->kind == LAUNCH_QUERY)
		steer(launcher, link, message);
	else
		link_refuse(link, "message %s does not belong here",
			    launch_kind_name(message->kind));
}

/* ---- what a client says ------------------------------------------------------------------ */

static void say_status(struct launcher *launcher, struct link *link)
{
	struct launch_message status = {.kind = LAUNCH_STATUS, .text = launcher->engine.text};

	status.pid = getpid();
	status.engine_pid = launcher->engine.pid;
	status.ready = launcher->engine.ready;
	status.live = (int64_t)launcher->attempts.live_count;
	status.unread = (int64_t)(launcher->attempts.count - launcher->attempts.live_count);
	status.flags = launcher->cgroups.kind != CGROUP_NONE;
	link_send(link, &status);
}

static void wake(struct launcher *launcher, struct link *link)
{
	if (launcher->ending || launcher->home_gone) {
		link_refuse(link, "this instance is ending");
		return;
	}
	launcher->engine.goodbye = false;
	launcher->engine.wanted = true;
	engine_wake(&launcher->engine);
	say_status(launcher, link);
}

static void begin_end(struct launcher *launcher)
{
	launcher->ending = true;
	engine_stop(&launcher->engine);
}

static void shut_down(struct launcher *launcher, struct link *link,
		      const struct launch_message *message)
{
	struct attempts *attempts = &launcher->attempts;

	if (attempts->live_count && !message->number) {
		link_refuse(link, "%zu attempt%s still running", attempts->live_count,
			    attempts->live_count == 1 ? " is" : "s are");
		return;
	}
	begin_end(launcher);
	for (size_t i = attempts->live_count; i > 0; i--)
		stop_begin(launcher, attempts->live[i - 1], STOP_ASKED);
	say_status(launcher, link);
}

static void upgrade(struct launcher *launcher, struct link *link,
		    const struct launch_message *message)
{
	if (message->text[0] != '/' || access(message->text, X_OK) != 0) {
		link_refuse(link, "'%s' is not the absolute path of a program", message->text);
		return;
	}
	free(launcher->upgrade);
	launcher->upgrade = mem_strdup(message->text);
	say_status(launcher, link);
}

static void handle(void *ctx, struct link *link, const struct launch_message *message)
{
	struct launcher *launcher = ctx;

	if (message->kind == LAUNCH_HELLO)
		hello(launcher, link, message);
	else if (message->kind == LAUNCH_PING)
		say_status(launcher, link);
	else if (message->kind == LAUNCH_WAKE)
		wake(launcher, link);
	else if (message->kind == LAUNCH_SHUTDOWN)
		shut_down(launcher, link, message);
	else if (message->kind == LAUNCH_UPGRADE)
		upgrade(launcher, link, message);
	else if (link->is_engine)
		engine_message(launcher, link, message);
	else
		link_refuse(link, "say HELLO first");
}

/* ---- signals and time -------------------------------------------------------------------- */

void serve_reap(struct launcher *launcher)
{
	struct rusage usage;
	int status;
	pid_t pid;

	while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
		struct attempt *attempt = attempt_find_pid(&launcher->attempts, pid);

		if (attempt)
			stop_main_ended(launcher, attempt, status, &usage);
		else if (pid == launcher->engine.pid)
			engine_ended(&launcher->engine, status);
		/* else an orphan of a node, which came to us as subreaper */
	}
}

static void terminate(struct launcher *launcher)
{
	if (launcher->ending)
		loop_stop(&launcher->loop); /* the second time: at once, children run on */
	log_info("asked to end: waits for hlpd and for %zu attempts",
		 launcher->attempts.live_count);
	begin_end(launcher);
}

static void signals_ready(struct loop_watch *watch, unsigned events)
{
	struct launcher *launcher = watch->ctx;
	struct signalfd_siginfo info;

	(void)events;
	while (read(watch->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_signo == SIGCHLD)
			serve_reap(launcher);
		else
			terminate(launcher);
}

static void look_due(struct loop_timer *timer)
{
	struct launcher *launcher = timer->ctx;
	const int64_t wall_us = launcher_wall_us();

	for (size_t i = 0; i < launcher->attempts.live_count; i++) {
		struct attempt *attempt = launcher->attempts.live[i];

		output_look(attempt->output, attempt->output_max, wall_us, &attempt->watch);
	}
	if (launcher->attempts.live_count)
		loop_arm(&launcher->loop, timer, loop_now_us() + LOOK_US);
}

static void spare_due(struct loop_timer *timer)
{
	struct launcher *launcher = timer->ctx;

	output_drop_spares(&launcher->spares);
}

static void note_idleness(struct launcher *launcher)
{
	const bool idle = !launcher->engine.pid && !launcher->attempts.live_count &&
			  !launcher_engine_link(launcher);

	if (!idle)
		launcher->idle_since_us = 0;
	else if (!launcher->idle_since_us)
		launcher->idle_since_us = loop_now_us();
	else if (loop_now_us() - launcher->idle_since_us > IDLE_US)
		launcher->ending = true;
}

static void tend_due(struct loop_timer *timer)
{
	struct launcher *launcher = timer->ctx;

	(void)may_start(launcher);
	engine_tend(&launcher->engine);
	recover_compact(launcher);
	note_idleness(launcher);
	loop_arm(&launcher->loop, timer, loop_now_us() + TEND_US);
}

static bool is_done(const struct launcher *launcher)
{
	const struct engine *engine = &launcher->engine;

	if (launcher->attempts.live_count)
		return false;
	if (launcher->home_gone)
		return true;
	if (engine->pid)
		return false;
	return launcher->ending || (engine->goodbye && !engine->wanted);
}

void serve_end_turn(struct launcher *launcher)
{
	struct err err;

	if (launch_log_flush(&launcher->log, &err) < 0)
		log_error("%s", err.message);
	links_flush(&launcher->links);
	if (launcher->home_gone && launcher->engine.wanted && !launcher->attempts.live_count)
		begin_end(launcher);
	if (is_done(launcher))
		loop_stop(&launcher->loop);
}

int serve_begin(struct launcher *launcher, int signal_fd, int listen_fd, struct err *err)
{
	int result;

	launcher->signals =
		(struct loop_watch){.fd = signal_fd, .ready = signals_ready, .ctx = launcher};
	result = loop_add(&launcher->loop, &launcher->signals, LOOP_READ, err);
	if (result < 0)
		return result;
	result = links_init(&launcher->links, &launcher->loop, launcher->home.launcher_socket,
			    listen_fd, err);
	if (result < 0)
		return result;
	launcher->links.message = handle;
	launcher->links.ctx = launcher;
	launcher->look = (struct loop_timer){.due = look_due, .ctx = launcher};
	launcher->spare = (struct loop_timer){.due = spare_due, .ctx = launcher};
	launcher->tend = (struct loop_timer){.due = tend_due, .ctx = launcher};
	loop_arm(&launcher->loop, &launcher->look, loop_now_us() + LOOK_US);
	loop_arm(&launcher->loop, &launcher->tend, loop_now_us() + TEND_US);
	return 0;
}
