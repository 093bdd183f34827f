/* SPDX-License-Identifier: MIT
 *
 * Between messages and the executor seam.
 */
#include "runtime/executor_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "runtime/broken.h"

#define QUEUE_MAX 65536

struct executors {
	struct worker *worker;
	struct loop loop;
	struct loop_watch mail;
	struct executor *local;
	uint64_t links; /* reports about all so far */
};

static void on_report(void *ctx, const struct report *report)
{
	struct executors *executors = ctx;
	struct report_message *message = mem_zalloc(sizeof(*message));

	message->message.kind = MESSAGE_REPORT;
	message->report = *report;
	message->report.attempt = NULL;
	message->report.text = NULL;
	message->about_all = !report->attempt;
	executors->links += message->about_all;
	message->link =
		executors->local ? executor_local_link(executors->local) : EXECUTOR_CONNECTING;
	message->capabilities = executors->local ? executors->local->capabilities : 0;
	if (report->attempt)
		(void)snprintf(message->attempt, sizeof(message->attempt), "%s", report->attempt);
	message->text = mem_strdup(report->text);
	mailbox_post_reply(executors->worker->coordinator, &message->message);
}

/* A node that finds no workspace says so itself, better than we could. Only a full disk is waited
 * for: false then. */
static bool make_workspace(const char *path)
{
	struct err err;

	if (!path || file_make_folders(path, 0700, &err) >= 0)
		return true;
	log_warn("no workspace: %s", err.message);
	return err.code != ERR_FULL;
}

static bool write_file(const struct order_file *file)
{
	const int fd =
		open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	const int failed = fd < 0 ? -errno : file_write_fd(fd, file->text, strlen(file->text));

	if (fd >= 0)
		(void)close(fd); /* written */
	if (failed)
		log_warn("cannot write '%s': %s", file->path, strerror(-failed));
	return failed != -ENOSPC && failed != -EDQUOT;
}

/* Whoever needs them and finds them missing says so: it is the attempt's failure. */
static bool write_files(const struct order *order)
{
	bool has_room = true;

	for (uint32_t i = 0; i < order->files_count; i++)
		has_room = write_file(&order->files[i]) && has_room;
	return has_room;
}

static void start(struct executors *executors, const struct executor_command *command)
{
	if (make_workspace(command->workspace) && write_files(command->order))
		executors->local->ops->start(executors->local, command->order);
	else
		on_report(executors, &(struct report){.kind = REPORT_NOT_STARTED,
						      .attempt = command->attempt,
						      .time_us = clock_wall_us(clock_system())});
}

/* What was meant for a link before this one is said again by the coordinator once it hears of this
 * one. A question asked twice would be answered twice, and the second "not started" could come
 * after the start that the first one allowed; READY before the questions would make the launcher
 * take "never heard of it" for "never started". */
static bool is_of_this_link(const struct executors *executors,
			    const struct executor_command *command)
{
	return command->link == executors->links || BROKEN_LINK;
}

static void obey(struct executors *executors, struct executor_command *command)
{
	struct executor *local = executors->local;

	switch (command->verb) {
	case EXECUTOR_START:
		start(executors, command);
		break;
	case EXECUTOR_STOP:
		local->ops->stop(local, command->attempt);
		break;
	case EXECUTOR_QUERY:
		if (is_of_this_link(executors, command))
			local->ops->query(local, command->attempt);
		break;
	case EXECUTOR_ACKNOWLEDGE:
		local->ops->acknowledge(local, command->attempt);
		break;
	case EXECUTOR_FREEZE_IT:
		local->ops->freeze(local, command->attempt);
		break;
	case EXECUTOR_THAW_IT:
		local->ops->thaw(local, command->attempt);
		break;
	case EXECUTOR_READY:
		if (is_of_this_link(executors, command))
			executor_local_ready(local);
		break;
	case EXECUTOR_GOODBYE:
		executor_local_goodbye(local);
		break;
	}
	arena_release(&command->arena);
	free(command);
}

static int64_t work(struct worker *worker, struct message *message)
{
	struct executors *executors = worker->state;

	while (message) {
		struct message *next = message->next;

		if (message->kind == MESSAGE_QUIT)
			worker->quits = true;
		else
			obey(executors, (struct executor_command *)message);
		message = next;
	}
	loop_call_due(&executors->loop); /* what was gathered for the link goes out */
	return INT64_MAX;
}

static const struct worker_ops ops = {.name = "executors", .work = work, .is_guest = true};

/* Mail ends the wait; the coordinator takes it by itself. */
static void on_mail(struct loop_watch *watch, unsigned events)
{
	(void)watch;
	(void)events;
}

void executor_worker_turn(struct worker *worker, int64_t timeout_us)
{
	struct executors *executors = worker->state;
	struct err err;

	worker_run_guest(worker);
	if (loop_turn(&executors->loop, timeout_us, &err) < 0) {
		log_error("nothing is heard any more: %s", err.message); /* a bug of ours */
		abort();
	}
}

static void executors_free(struct executors *executors)
{
	if (executors->local)
		executors->local->ops->free(executors->local);
	loop_release(&executors->loop);
	free(executors);
}

int executor_worker_start(struct worker *worker, const struct home *home, uint64_t term,
			  struct mailbox *coordinator, struct err *err)
{
	struct executors *executors = mem_zalloc(sizeof(*executors));
	int rc = loop_init(&executors->loop, err);

	if (rc) {
		free(executors);
		return rc;
	}
	executors->worker = worker;
	executors->mail = (struct loop_watch){.fd = coordinator->fd, .ready = on_mail};
	worker->state = executors;
	rc = loop_add(&executors->loop, &executors->mail, LOOP_READ, err);
	if (!rc)
		rc = executor_local_new(&executors->loop, home, term, on_report, executors,
					&executors->local, err);
	if (!rc)
		rc = worker_start(worker, &ops, QUEUE_MAX, coordinator, err);
	if (rc) {
		executors_free(executors);
		return rc;
	}
	return 0;
}

void executor_worker_stop(struct worker *worker)
{
	struct executors *executors = worker->state;

	if (!worker->running)
		return;
	worker_stop(worker);
	executors_free(executors);
}

static void post(struct worker *worker, enum executor_verb verb, const char *attempt, uint64_t link)
{
	struct executor_command *command = mem_zalloc(sizeof(*command));

	command->message.kind = MESSAGE_ORDER;
	command->verb = verb;
	command->link = link;
	if (attempt)
		(void)snprintf(command->attempt, sizeof(command->attempt), "%s", attempt);
	mailbox_post_reply(&worker->mailbox, &command->message);
}

void executor_worker_send_over(struct worker *worker, enum executor_verb verb, const char *attempt,
			       uint64_t link)
{
	post(worker, verb, attempt, link);
}

void executor_worker_send(struct worker *worker, enum executor_verb verb, const char *attempt)
{
	post(worker, verb, attempt, 0);
}
