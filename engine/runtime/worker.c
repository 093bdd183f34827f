/* SPDX-License-Identifier: MIT
 *
 * Starting and ending a thread with a mailbox.
 */
#include "runtime/worker.h"

#include <signal.h>
#include <stdlib.h>

#include "base/proc.h"

/* Others wait for what these threads do; they do little at a time. */
static void *enter(void *arg)
{
	struct worker *worker = arg;

	proc_prefer_latency();
	return worker->thread_main(worker);
}

int worker_start(struct worker *worker, const char *name, void *(*thread_main)(void *worker),
		 size_t capacity, bool with_fd, struct mailbox *coordinator, struct err *err)
{
	sigset_t all, before;
	int rc;

	worker->coordinator = coordinator;
	worker->thread_main = thread_main;
	worker->quit.kind = MESSAGE_QUIT;
	mailbox_init(&worker->mailbox, capacity, with_fd);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&worker->thread, NULL, enter, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc) {
		mailbox_release(&worker->mailbox);
		return err_errno(err, rc, "cannot start the thread '%s'", name);
	}
	(void)pthread_setname_np(worker->thread, name); /* for people who look; may be cut */
	worker->running = true;
	return 0;
}

void worker_stop(struct worker *worker)
{
	if (!worker->running)
		return;
	mailbox_post_reply(&worker->mailbox, &worker->quit);
	(void)pthread_join(worker->thread, NULL);
	worker->running = false;
	mailbox_release(&worker->mailbox);
}
