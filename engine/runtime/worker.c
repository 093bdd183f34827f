/* SPDX-License-Identifier: MIT
 *
 * Starting and ending a thread with a mailbox.
 */
#include "runtime/worker.h"

#include <signal.h>
#include <stdlib.h>

#include "base/blackbox.h"
#include "base/proc.h"

static void wait_and_work(struct worker *worker)
{
	int64_t until_us = INT64_MAX;

	while (!worker->quits)
		until_us = worker->ops->work(worker, mailbox_wait(&worker->mailbox, until_us));
}

/* Others wait for what these threads do; they do little at a time. */
static void *enter(void *arg)
{
	struct worker *worker = arg;

	proc_prefer_latency();
	blackbox_watch_thread();
	if (worker->ops->main)
		worker->ops->main(worker);
	else
		wait_and_work(worker);
	if (worker->ops->end)
		worker->ops->end(worker);
	return NULL;
}

static int begin_thread(struct worker *worker, struct err *err)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
	sigset_t all, before;
	int rc;

	(void)sigfillset(&all);
	/* A fault that is blocked would kill without a word (base/blackbox.h). */
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		(void)sigdelset(&all, faults[i]);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&worker->thread, NULL, enter, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc)
		return err_errno(err, rc, "cannot start the thread '%s'", worker->ops->name);
	(void)pthread_setname_np(worker->thread, worker->ops->name); /* may be cut */
	return 0;
}

int worker_start(struct worker *worker, const struct worker_ops *ops, size_t capacity,
		 struct mailbox *coordinator, struct err *err)
{
	int rc;

	worker->coordinator = coordinator;
	worker->ops = ops;
	worker->quit.kind = MESSAGE_QUIT;
	mailbox_init(&worker->mailbox, capacity, false);
	rc = ops->is_guest ? 0 : begin_thread(worker, err);
	if (rc < 0) {
		mailbox_release(&worker->mailbox);
		return rc;
	}
	worker->running = true;
	return 0;
}

void worker_run_guest(struct worker *worker)
{
	(void)worker->ops->work(worker, mailbox_take(&worker->mailbox));
}

void worker_stop(struct worker *worker)
{
	worker_stop_by(worker, &worker->mailbox);
}

void worker_stop_by(struct worker *worker, struct mailbox *mailbox)
{
	if (!worker->running)
		return;
	mailbox_post_reply(mailbox, &worker->quit);
	if (worker->ops->is_guest)
		worker_run_guest(worker);
	else
		(void)pthread_join(worker->thread, NULL);
	worker->running = false;
	mailbox_release(&worker->mailbox);
}
