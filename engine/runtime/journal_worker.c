/* SPDX-License-Identifier: MIT
 *
 * Group commit. A commit that failed comes back with its error and so does every later one: the
 * coordinator then ends the engine without acknowledging anything.
 */
#include "runtime/journal_worker.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define GROUP_MAX 256
#define QUEUE_MAX 4096
#define IDLE_US	  1000000

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
		rc = journal_commit(worker->state, batches, full, &err);
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
		rc = journal_find_request(worker->state, request->request, &seq, execution,
					  &request->err);
	if (rc == 1) { /* it was done already: this is its answer */
		request->seq = seq;
		memcpy(request->execution, execution, sizeof(execution));
		request->retry = true;
	} else if (rc == 0 && request->workflow) {
		rc = journal_next_number(worker->state, request->workflow->name, &request->number,
					 &request->err);
	}
	request->result = rc < 0 ? rc : 0;
	request->looked_up = true;
	mailbox_post_reply(worker->coordinator, &request->message);
}

/* Tells the coordinator when the disk ran full, which costs the ballast, or has room for it again.
 * A disk too small for a ballast never had one. */
static void tell_space(struct worker *worker, bool *had_ballast, bool *full)
{
	const bool has_ballast = journal_has_ballast(worker->state);
	const bool now_full = *full ? !has_ballast : *had_ballast && !has_ballast;
	struct space_message *message;

	*had_ballast = has_ballast;
	if (now_full == *full)
		return;
	*full = now_full;
	message = mem_zalloc(sizeof(*message));
	message->message.kind = MESSAGE_SPACE;
	message->has_space = !now_full;
	mailbox_post_reply(worker->coordinator, &message->message);
}

/* Takes one list of messages; returns true when it was told to end. */
static bool work_off(struct worker *worker, struct message *message)
{
	struct commit *commits[GROUP_MAX];
	size_t count = 0;
	bool quit = false;

	while (message) {
		struct message *next = message->next;

		if (message->kind == MESSAGE_COMMIT)
			commits[count++] = (struct commit *)message;
		else if (message->kind == MESSAGE_QUIT)
			quit = true;
		if (count == GROUP_MAX || message->kind == MESSAGE_REQUEST) {
			commit_group(worker, commits, count);
			count = 0;
		}
		if (message->kind == MESSAGE_REQUEST)
			look_up(worker, (struct request *)message);
		message = next;
	}
	commit_group(worker, commits, count);
	return quit;
}

static void *journal_main(void *arg)
{
	struct worker *worker = arg;
	bool had_ballast = journal_has_ballast(worker->state);
	bool quit = false, full = false, rested = true;
	struct err err;

	while (!quit) {
		/* The last word of a burst is followed by a moment of upkeep; a full disk is looked
		 * at again and again. */
		int64_t pause_us = rested && !full ? INT64_MAX : mailbox_now_us() + IDLE_US;
		struct message *message = mailbox_wait(&worker->mailbox, pause_us);

		if (!message && journal_idle(worker->state, &err) < 0)
			log_warn("upkeep of the journal: %s", err.message);
		rested = !message;
		quit = work_off(worker, message);
		tell_space(worker, &had_ballast, &full);
	}
	return NULL;
}

int journal_worker_start(struct worker *worker, struct journal *journal,
			 struct mailbox *coordinator, struct err *err)
{
	worker->state = journal;
	return worker_start(worker, "journal", journal_main, QUEUE_MAX, false, coordinator, err);
}
