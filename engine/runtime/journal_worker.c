/* SPDX-License-Identifier: MIT
 *
 * Group commit. A commit that failed comes back with its error and so does every later one: the
 * coordinator then ends the engine without acknowledging anything.
 */
#include "runtime/journal_worker.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/ballast.h"

#define GROUP_MAX  256
#define QUEUE_MAX  4096
#define IDLE_US	   1000000
#define ROOM_LEAST ((uint64_t)8 * 1024 * 1024) /* bytes free without which nothing new starts */
#define ROOM_AGAIN ((uint64_t)16 * 1024 * 1024)

struct journalist {
	struct journal *journal;
	bool had_ballast; /* ever: a disk too small for it never had one */
	bool full;	  /* the disk, as the coordinator was last told */
};

static struct journal *journal_of(const struct worker *worker)
{
	return ((struct journalist *)worker->state)->journal;
}

/* Room for output, a workspace and the launcher's log of what starts next; and, with the ballast
 * given up, for the ballast. Full begins and ends at different marks, so that it is said once. */
static bool is_full(const struct journalist *self)
{
	const uint64_t least = self->full ? ROOM_AGAIN : ROOM_LEAST;
	const bool lost_ballast = self->had_ballast && !journal_has_ballast(self->journal);

	return journal_room(self->journal) < least + (lost_ballast ? BALLAST_BYTES : 0);
}

/* Tells the coordinator when the disk runs full or has room again: ahead of the commit that would
 * let it start more. */
static void tell_space(struct worker *worker)
{
	struct journalist *self = worker->state;
	struct space_message *message;
	bool now_full;

	self->had_ballast = self->had_ballast || journal_has_ballast(self->journal);
	now_full = is_full(self);
	if (now_full == self->full)
		return;
	self->full = now_full;
	message = mem_zalloc(sizeof(*message));
	message->message.kind = MESSAGE_SPACE;
	message->has_space = !now_full;
	mailbox_post_reply(worker->coordinator, &message->message);
}

static void commit_group(struct worker *worker, struct commit **commits, size_t count)
{
	const struct journal_batch *batches[GROUP_MAX];
	struct err err = {0};
	size_t full = 0; /* a commit without events carries only answers */
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		if (commits[i]->batch.events_count)
			batches[full++] = &commits[i]->batch;
	if (full)
		rc = journal_commit(journal_of(worker), batches, full, &err);
	tell_space(worker);
	for (size_t i = 0; i < count; i++) {
		commits[i]->result = rc;
		commits[i]->err = err;
		mailbox_post_reply(worker->coordinator, &commits[i]->message);
	}
}

static void look_up(struct worker *worker, struct request *request)
{
	char execution[ULID_TEXT];
	uint64_t seq;
	int rc = 0;

	if (request->request)
		rc = journal_find_request(journal_of(worker), request->request, &seq, execution,
					  &request->err);
	if (rc == 1) { /* it was done already: this is its answer */
		request->seq = seq;
		memcpy(request->execution, execution, sizeof(execution));
		request->retry = true;
	} else if (rc == 0 && request->workflow) {
		rc = journal_next_number(journal_of(worker), request->workflow->name,
					 &request->number, &request->err);
	}
	request->result = rc < 0 ? rc : 0;
	request->looked_up = true;
	mailbox_post_reply(worker->coordinator, &request->message);
}

static void work_off(struct worker *worker, struct message *message)
{
	struct commit *commits[GROUP_MAX];
	size_t count = 0;

	while (message) {
		struct message *next = message->next;

		if (message->kind == MESSAGE_COMMIT)
			commits[count++] = (struct commit *)message;
		else if (message->kind == MESSAGE_QUIT)
			worker->quits = true;
		if (count == GROUP_MAX || message->kind == MESSAGE_REQUEST) {
			commit_group(worker, commits, count);
			count = 0;
		}
		if (message->kind == MESSAGE_REQUEST)
			look_up(worker, (struct request *)message);
		message = next;
	}
	commit_group(worker, commits, count);
}

/* The last word of a burst is followed by a moment of upkeep; a full disk is looked at again and
 * again. */
static int64_t work(struct worker *worker, struct message *messages)
{
	struct journalist *self = worker->state;
	struct err err;

	if (!messages && journal_idle(self->journal, &err) < 0)
		log_warn("upkeep of the journal: %s", err.message);
	work_off(worker, messages);
	return !messages && !self->full ? INT64_MAX : mailbox_now_us() + IDLE_US;
}

static void end(struct worker *worker)
{
	free(worker->state);
}

static const struct worker_ops ops = {.name = "journal", .work = work, .end = end};

int journal_worker_start(struct worker *worker, struct journal *journal,
			 struct mailbox *coordinator, struct err *err)
{
	struct journalist *self = mem_zalloc(sizeof(*self));
	int rc;

	*self = (struct journalist){.journal = journal,
				    .had_ballast = journal_has_ballast(journal)};
	worker->state = self;
	rc = worker_start(worker, &ops, QUEUE_MAX, coordinator, err);
	if (rc)
		free(self);
	return rc;
}
