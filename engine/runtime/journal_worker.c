/* SPDX-License-Identifier: MIT
 *
 * Group commit. A commit that failed comes back with its error and so does every later one: the
 * coordinator then ends the engine without acknowledging anything.
 */
#include "runtime/journal_worker.h"

#include <string.h>

#define GROUP_MAX 256
#define QUEUE_MAX 4096

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
	if (rc == -ERR_FULL) { /* room for the operator's words, once */
		journal_release_ballast(worker->state);
		rc = journal_commit(worker->state, batches, full, &err);
	}
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

static void *journal_main(void *arg)
{
	struct worker *worker = arg;
	struct commit *commits[GROUP_MAX];
	bool quit = false;

	while (!quit) {
		struct message *message = mailbox_wait(&worker->mailbox, INT64_MAX);
		size_t count = 0;

		while (message) {
			struct message *next = message->next;

			if (message->kind == MESSAGE_COMMIT) {
				commits[count++] = (struct commit *)message;
			} else if (message->kind == MESSAGE_REQUEST) {
				commit_group(worker, commits, count);
				count = 0;
				look_up(worker, (struct request *)message);
			} else {
				quit = true;
			}
			if (count == GROUP_MAX) {
				commit_group(worker, commits, count);
				count = 0;
			}
			message = next;
		}
		commit_group(worker, commits, count);
	}
	return NULL;
}

int journal_worker_start(struct worker *worker, struct journal *journal,
			 struct mailbox *coordinator, struct err *err)
{
	worker->state = journal;
	return worker_start(worker, "journal", journal_main, QUEUE_MAX, false, coordinator, err);
}
