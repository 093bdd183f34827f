/* SPDX-License-Identifier: MIT
 *
 * The local executor: a link to hlp-launcher. Calls become messages, gathered and written once a
 * turn of the loop; messages become reports. Nothing is queued across a lost link: after a
 * connect the launcher says all it knows, and what it has not named is asked for by query.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/proc.h"
#include "executor/executor.h"
#include "launch/protocol.h"

#define READ_BYTES     ((size_t)64 * 1024)
#define IN_MAX	       (2 * INSTANCE_FRAME_MAX)
#define OUT_MAX	       ((size_t)256 * 1024 * 1024)
#define DELAY_FIRST_US 10000
#define DELAY_MAX_US   1000000

_Static_assert((int)LAUNCH_EXIT_STATUS == (int)EXIT_STATUS, "one numbering");
_Static_assert((int)LAUNCH_EXIT_SIGNAL == (int)EXIT_SIGNAL, "one numbering");
_Static_assert((int)LAUNCH_EXIT_TIMEOUT == (int)EXIT_TIMEOUT, "one numbering");
_Static_assert((int)LAUNCH_EXIT_LAUNCH == (int)EXIT_LAUNCH, "one numbering");
_Static_assert((int)LAUNCH_EXIT_UNKILLABLE == (int)EXIT_UNKILLABLE, "one numbering");
_Static_assert((int)LAUNCH_EXIT_RESOURCE == (int)EXIT_RESOURCE, "one numbering");

struct unsent {
	char *attempt;
	struct unsent *before, *next;
};

struct local {
	struct executor executor;
	struct loop *loop;
	const struct home *home;
	uint64_t term;
	executor_report *report;
	void *ctx;
	int fd; /* -1 while there is no connection */
	enum executor_link link;
	bool can_limit; /* the launcher knows limits */
	bool welcome;	/* the launcher has answered HELLO */
	pid_t launcher_pid;
	uint64_t launcher_start;
	int64_t delay_us;
	bool waits_to_write;
	struct buf in, out;
	struct map unsent; /* attempts whose START never left this process */
	struct unsent *unsent_first;
	struct loop_watch watch;
	struct loop_timer retry, flush;
};

static struct local *local_of(struct executor *executor)
{
	return (struct local *)((char *)executor - offsetof(struct local, executor));
}

/* ---- what never left ----------------------------------------------------------------------- */

static void remember_unsent(struct local *local, const char *attempt)
{
	struct unsent *unsent;

	if (map_find_text(&local->unsent, attempt))
		return;
	unsent = mem_zalloc(sizeof(*unsent));
	unsent->attempt = mem_strdup(attempt);
	unsent->next = local->unsent_first;
	if (unsent->next)
		unsent->next->before = unsent;
	local->unsent_first = unsent;
	(void)map_add_text(&local->unsent, unsent->attempt, (union map_value){.pointer = unsent});
}

static void forget_unsent(struct local *local, const char *attempt)
{
	const union map_value *value = map_find_text(&local->unsent, attempt);
	struct unsent *unsent = value ? value->pointer : NULL;

	if (!unsent)
		return;
	(void)map_remove(&local->unsent, attempt, strlen(attempt));
	*(unsent->before ? &unsent->before->next : &local->unsent_first) = unsent->next;
	if (unsent->next)
		unsent->next->before = unsent->before;
	free(unsent->attempt);
	free(unsent);
}

/* ---- reports ----------------------------------------------------------------------------- */

static void report_link(struct local *local, enum report_kind kind, const char *text)
{
	local->report(local->ctx, &(struct report){.kind = kind, .text = text});
}

static bool report_kind_of(enum launch_kind kind, enum report_kind *out)
{
	static const struct {
		enum launch_kind launch;
		enum report_kind report;
	} kinds[] = {
		{LAUNCH_STARTED, REPORT_STARTED}, {LAUNCH_EXITED, REPORT_EXITED},
		{LAUNCH_LOST, REPORT_LOST},	  {LAUNCH_NOT_STARTED, REPORT_NOT_STARTED},
		{LAUNCH_FROZEN, REPORT_FROZEN},	  {LAUNCH_UNREACHABLE, REPORT_UNREACHABLE},
		{LAUNCH_THAWED, REPORT_THAWED},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].launch == kind) {
			*out = kinds[i].report;
			return true;
		}
	}
	return false;
}

static void report_message(struct local *local, enum report_kind kind,
			   const struct launch_message *message)
{
	const struct report report = {
		.kind = kind,
		.attempt = message->attempt,
		.time_us = message->time_us,
		.exit_kind = (enum exit_kind)message->exit,
		.code = (int32_t)message->code,
		.pid = message->pid,
		.cpu_us = message->cpu_us,
		.rss_kib = message->rss_kib,
		.start_ticks = (uint64_t)message->start_ticks,
		.text = kind == REPORT_STARTED ? message->boot_id : message->text,
	};

	local->report(local->ctx, &report);
}

/* ---- the link ---------------------------------------------------------------------------- */

static void disconnect(struct local *local, const char *why)
{
	if (local->fd < 0)
		return;
	loop_remove(local->loop, &local->watch);
	(void)close(local->fd);
	local->fd = -1;
	local->welcome = false;
	local->waits_to_write = false;
	buf_clear(&local->in);
	buf_clear(&local->out);
	loop_disarm(local->loop, &local->flush);
	loop_arm(local->loop, &local->retry, loop_now_us() + local->delay_us);
	if (local->link == EXECUTOR_LINKED) {
		local->link = EXECUTOR_CONNECTING;
		report_link(local, REPORT_UNREACHABLE, why);
	}
}

static void flush(struct local *local)
{
	while (local->fd >= 0 && local->out.length) {
		const ssize_t sent = send(local->fd, local->out.data, local->out.length,
					  MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno != EAGAIN) {
			disconnect(local, "the link to the launcher broke");
			return;
		}
		if (sent < 0)
			break;
		buf_consume(&local->out, (size_t)sent);
	}
	if (local->fd >= 0 && local->waits_to_write != (local->out.length > 0)) {
		local->waits_to_write = local->out.length > 0;
		loop_change(local->loop, &local->watch,
			    local->waits_to_write ? LOOP_READ | LOOP_WRITE : LOOP_READ);
	}
}

static void flush_due(struct loop_timer *timer)
{
	flush(timer->ctx);
}

static int send_message(struct local *local, const struct launch_message *message, struct err *err)
{
	const int result = launch_encode(message, &local->out, err);

	if (result >= 0 && !local->flush.position && !local->waits_to_write)
		loop_arm(local->loop, &local->flush, loop_now_us());
	return result;
}

/* A message about one attempt, once the launcher has welcomed us; else it is unreachable. */
static void send_about(struct local *local, const struct launch_message *message)
{
	if (local->welcome && send_message(local, message, NULL) >= 0)
		return;
	local->report(local->ctx, &(struct report){.kind = REPORT_UNREACHABLE,
						   .attempt = message->attempt,
						   .text = "no launcher answers"});
}

static void welcomed(struct local *local, const struct launch_message *message)
{
	local->welcome = true;
	local->delay_us = DELAY_FIRST_US;
	local->launcher_pid = (pid_t)message->pid;
	local->launcher_start = proc_start_time(local->launcher_pid);
	local->can_limit = message->flags & LAUNCH_CAN_LIMIT;
	local->executor.capabilities = 0;
	if (message->flags & LAUNCH_CAN_FREEZE)
		local->executor.capabilities |= EXECUTOR_FREEZE;
	if (message->flags & LAUNCH_PROVES_STOP)
		local->executor.capabilities |= EXECUTOR_PROVES_STOP;
	(void)send_message(local, &(struct launch_message){.kind = LAUNCH_LIST}, NULL);
}

static void say_ready(struct local *local)
{
	if (local->link == EXECUTOR_LINKED)
		(void)send_message(local, &(struct launch_message){.kind = LAUNCH_READY}, NULL);
}

static void handle(struct local *local, const struct launch_message *message)
{
	enum report_kind kind;

	if (message->kind == LAUNCH_WELCOME) {
		welcomed(local, message);
	} else if (message->kind == LAUNCH_END) {
		local->link = EXECUTOR_LINKED;
		report_link(local, REPORT_REACHABLE, NULL);
	} else if (message->kind == LAUNCH_REFUSED) {
		local->link = EXECUTOR_SUPERSEDED;
		local->delay_us = DELAY_MAX_US;
		disconnect(local, message->text);
		report_link(local, REPORT_UNREACHABLE, message->text);
	} else if (report_kind_of(message->kind, &kind)) {
		report_message(local, kind, message);
	}
	if (message->kind == LAUNCH_NOT_STARTED)
		forget_unsent(local, message->attempt);
}

static void take_frames(struct local *local)
{
	size_t at = 0;

	while (local->fd >= 0) {
		struct launch_message message;
		struct arena arena = {0};
		struct err err;
		const int length = launch_decode(local->in.data + at, local->in.length - at, &arena,
						 &message, &err);

		if (length > 0) {
			at += (size_t)length;
			handle(local, &message);
		}
		arena_release(&arena);
		if (length < 0)
			disconnect(local, err.message);
		if (length <= 0)
			break;
	}
	if (local->fd >= 0)
		buf_consume(&local->in, at);
}

static void link_ready(struct loop_watch *watch, unsigned events)
{
	struct local *local = watch->ctx;
	char *room = buf_reserve(&local->in, READ_BYTES);
	ssize_t got;

	if (events & LOOP_WRITE)
		flush(local);
	if (local->fd < 0 || !(events & (LOOP_READ | LOOP_HANGUP)))
		return;
	got = room ? recv(local->fd, room, READ_BYTES, MSG_DONTWAIT) : 0;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		disconnect(local, "the launcher closed the link");
		return;
	}
	buf_commit(&local->in, (size_t)got);
	take_frames(local);
}

/* ---- connecting -------------------------------------------------------------------------- */

static int try_connect(const struct home *home)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un address;
	struct ucred peer = {0};
	socklen_t length, size = sizeof(peer);
	int folder = -1;
	bool connected = false;

	if (fd < 0)
		return -1;
	if (home_socket_address(home->launcher_socket, &address, &length, &folder, NULL) >= 0)
		connected = connect(fd, (const struct sockaddr *)&address, length) == 0;
	if (folder >= 0)
		(void)close(folder);
	/* What we send holds secrets: it is for this user's launcher alone. */
	if (connected && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	    (peer.uid == geteuid() || peer.uid == 0))
		return fd;
	(void)close(fd);
	return -1;
}

/* Nobody answers: perhaps the one that did has died, which is for the engine to know. */
static void note_death(struct local *local)
{
	if (local->link != EXECUTOR_CONNECTING || !local->launcher_pid ||
	    proc_is_alive(local->launcher_pid, local->launcher_start))
		return;
	local->link = EXECUTOR_LAUNCHER_DIED;
	report_link(local, REPORT_UNREACHABLE, "the launcher has died");
}

static void try_later(struct local *local)
{
	note_death(local);
	loop_arm(local->loop, &local->retry, loop_now_us() + local->delay_us);
	local->delay_us *= 2;
	if (local->delay_us > DELAY_MAX_US)
		local->delay_us = DELAY_MAX_US;
}

static void begin_connect(struct local *local)
{
	struct launch_message hello = {.kind = LAUNCH_HELLO, .number = INSTANCE_PROTOCOL};

	local->fd = try_connect(local->home);
	if (local->fd < 0) {
		try_later(local);
		return;
	}
	local->watch = (struct loop_watch){.fd = local->fd, .ready = link_ready, .ctx = local};
	if (loop_add(local->loop, &local->watch, LOOP_READ, NULL) < 0) {
		(void)close(local->fd);
		local->fd = -1;
		try_later(local);
		return;
	}
	hello.term = (int64_t)local->term;
	hello.pid = getpid();
	(void)send_message(local, &hello, NULL); /* an empty buffer holds it */
}

static void retry_due(struct loop_timer *timer)
{
	begin_connect(timer->ctx);
}

/* ---- the seam's calls -------------------------------------------------------------------- */

/* It will not start, and that is known here and now. */
static void refuse(struct local *local, const char *attempt, const char *why)
{
	local->report(local->ctx, &(struct report){.kind = REPORT_EXITED,
						   .attempt = attempt,
						   .time_us = clock_wall_us(clock_system()),
						   .exit_kind = EXIT_LAUNCH,
						   .code = 126,
						   .text = why});
}

static void add_limits(struct launch_message *message, const struct node_limits *limits)
{
	message->kind = LAUNCH_START_LIMITED;
	message->memory = limits->memory_bytes;
	message->files = limits->files;
	message->file_size = limits->file_bytes;
}

static void local_start(struct executor *executor, const struct order *order)
{
	struct local *local = local_of(executor);
	struct launch_message message = {
		.kind = LAUNCH_START,
		.attempt = order->attempt,
		.argv = order->argv,
		.env = order->env,
		.folder = order->folder,
		.output = order->output,
		.outputs = order->outputs,
		.timeout_us = order->timeout_us,
		.stop_signal = order->stop_signal,
		.grace_us = order->stop_grace_us,
		.output_max = order->output_max_bytes,
	};
	struct err err;

	if (order->limits)
		add_limits(&message, order->limits);
	if (!local->welcome) {
		remember_unsent(local, order->attempt);
		send_about(local, &message);
		return;
	}
	forget_unsent(local, order->attempt);
	if (order->limits && !local->can_limit)
		refuse(local, order->attempt,
		       "the hlp-launcher that runs is older than 'limits': restart the engine");
	else if (send_message(local, &message, &err) < 0)
		refuse(local, order->attempt, err.message); /* too large for any launcher */
}

static void local_stop(struct executor *executor, const char *attempt)
{
	send_about(local_of(executor),
		   &(struct launch_message){.kind = LAUNCH_STOP, .attempt = attempt});
}

static void local_freeze(struct executor *executor, const char *attempt)
{
	send_about(local_of(executor),
		   &(struct launch_message){.kind = LAUNCH_FREEZE, .attempt = attempt});
}

static void local_thaw(struct executor *executor, const char *attempt)
{
	send_about(local_of(executor),
		   &(struct launch_message){.kind = LAUNCH_THAW, .attempt = attempt});
}

static void local_query(struct executor *executor, const char *attempt)
{
	struct local *local = local_of(executor);
	struct launch_message message = {.kind = LAUNCH_QUERY, .attempt = attempt};

	if (!map_find_text(&local->unsent, attempt))
		message.flags = LAUNCH_INHERITED;
	send_about(local, &message);
}

/* Unsent, it is not owed: the exit comes again with the next connect. */
static void local_acknowledge(struct executor *executor, const char *attempt)
{
	struct local *local = local_of(executor);

	forget_unsent(local, attempt);
	if (local->welcome)
		(void)send_message(
			local,
			&(struct launch_message){.kind = LAUNCH_ACKNOWLEDGE, .attempt = attempt},
			NULL);
}

static void local_free(struct executor *executor)
{
	struct local *local = local_of(executor);

	flush(local);
	loop_disarm(local->loop, &local->retry);
	loop_disarm(local->loop, &local->flush);
	if (local->fd >= 0) {
		loop_remove(local->loop, &local->watch);
		(void)close(local->fd);
	}
	buf_release(&local->in);
	buf_release(&local->out);
	while (local->unsent_first)
		forget_unsent(local, local->unsent_first->attempt);
	map_release(&local->unsent);
	free(local);
}

static const struct executor_ops ops = {
	.name = "local",
	.start = local_start,
	.stop = local_stop,
	.freeze = local_freeze,
	.thaw = local_thaw,
	.query = local_query,
	.acknowledge = local_acknowledge,
	.free = local_free,
};

int executor_local_new(struct loop *loop, const struct home *home, uint64_t term,
		       executor_report *report, void *ctx, struct executor **out, struct err *err)
{
	struct local *local;

	if (term > INT64_MAX)
		return err_set(err, ERR_INVALID, "term %llu is too large",
			       (unsigned long long)term);
	local = mem_zalloc(sizeof(*local));
	local->executor.ops = &ops;
	local->loop = loop;
	local->home = home;
	local->term = term;
	local->report = report;
	local->ctx = ctx;
	local->fd = -1;
	local->delay_us = DELAY_FIRST_US;
	buf_init(&local->in, IN_MAX);
	buf_init(&local->out, OUT_MAX);
	local->retry = (struct loop_timer){.due = retry_due, .ctx = local};
	local->flush = (struct loop_timer){.due = flush_due, .ctx = local};
	/* Not at once: no report comes before the caller has the executor. */
	loop_arm(loop, &local->retry, loop_now_us());
	*out = &local->executor;
	return 0;
}

enum executor_link executor_local_link(const struct executor *executor)
{
	return local_of((struct executor *)executor)->link;
}

pid_t executor_local_launcher_pid(const struct executor *executor)
{
	return local_of((struct executor *)executor)->launcher_pid;
}

void executor_local_ready(struct executor *executor)
{
	say_ready(local_of(executor));
}

void executor_local_goodbye(struct executor *executor)
{
	struct local *local = local_of(executor);

	if (!local->welcome)
		return;
	(void)send_message(local, &(struct launch_message){.kind = LAUNCH_GOODBYE}, NULL);
	flush(local);
}
