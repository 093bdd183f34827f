/* SPDX-License-Identifier: MIT
 *
 * In place of runtime/worker.c: a thread that does not run. The simulator calls its work when the
 * seed says so; what it says to the coordinator waits in a mailbox of its own, so that it may be
 * heard late and among others in any order.
 */
#include "runtime/worker.h"

#include <string.h>

#include "runtime/coordinator.h"
#include "tests/sim/sim.h"

static int thread_of(const struct worker *worker)
{
	static const char *const names[THREADS] = {"journal", "content", "catalog", "executors"};

	for (int i = 0; i < THREADS; i++)
		if (!strcmp(worker->ops->name, names[i]))
			return i;
	return -1;
}

int worker_start(struct worker *worker, const struct worker_ops *ops, size_t capacity,
		 struct mailbox *coordinator, struct err *err)
{
	int thread;

	(void)err;
	worker->ops = ops;
	worker->coordinator = coordinator;
	worker->quit.kind = MESSAGE_QUIT;
	worker->running = true;
	mailbox_init(&worker->mailbox, capacity, false);
	thread = thread_of(worker);
	if (thread < 0) {
		sim->engine = worker->state;
		return 0;
	}
	sim->workers[thread] = worker;
	worker->coordinator = &sim->out[thread];
	return 0;
}

/* Not now: what a guest was sent waits until the seed calls it, and may die with the engine. */
void worker_run_guest(struct worker *worker)
{
	(void)worker;
}

void worker_stop(struct worker *worker)
{
	worker_stop_by(worker, &worker->mailbox);
}

static void hear_all(int thread)
{
	struct message *message = mailbox_take(&sim->out[thread]);

	while (message) {
		struct message *next = message->next;

		mailbox_post_reply(&sim->engine->mailbox, message);
		message = next;
	}
}

/* All that waits is worked off, as a thread does before its end; of a dead engine too, whose seams
 * are cut, so that its memory is given back. Its coordinator does nothing more. */
void worker_stop_by(struct worker *worker, struct mailbox *mailbox)
{
	int thread;

	if (!worker->running)
		return;
	thread = thread_of(worker);
	if (thread < 0 && !sim->dead) {
		mailbox_post_reply(mailbox, &worker->quit);
		(void)coordinator_turn(worker->state, mailbox_take(mailbox));
	} else if (thread >= 0) {
		mailbox_post_reply(mailbox, &worker->quit);
		(void)worker->ops->work(worker, mailbox_take(mailbox));
		hear_all(thread);
		sim->workers[thread] = NULL;
	}
	if (worker->ops->end)
		worker->ops->end(worker);
	worker->running = false;
	mailbox_release(&worker->mailbox);
}
