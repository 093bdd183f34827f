/* SPDX-License-Identifier: MIT
 *
 * Reading for others.
 */
#include "runtime/catalog_worker.h"

#include <stdlib.h>

#include "base/mem.h"

#define QUEUE_MAX 1024

struct reader {
	struct catalog *catalog;
	struct content *content;
};

/* One state is read throughout: an execution may be pruned meanwhile. */
void catalog_worker_load(struct catalog_job *job, struct catalog *catalog, struct content *content)
{
	const struct reload_source source = reload_from_catalog(catalog, content);
	struct load_job *load = (struct load_job *)job;
	uint64_t seq;

	blackbox_about(load->execution);
	job->result = catalog_begin(catalog, &seq, &job->err);
	if (job->result >= 0) {
		job->result = reload_execution(&source, load->execution, &load->loaded, &job->err);
		catalog_end(catalog);
	}
	blackbox_about(NULL);
}

static int64_t work(struct worker *worker, struct message *message)
{
	struct reader *reader = worker->state;

	while (message) {
		struct message *next = message->next;

		if (message->kind == MESSAGE_QUIT) {
			worker->quits = true;
		} else {
			struct catalog_job *job = (struct catalog_job *)message;

			job->run(job, reader->catalog, reader->content);
			mailbox_post_reply(job->reply_to, message);
		}
		message = next;
	}
	return INT64_MAX;
}

static void end(struct worker *worker)
{
	struct reader *reader = worker->state;

	content_close(reader->content);
	catalog_close(reader->catalog);
	free(reader);
}

static const struct worker_ops ops = {.name = "catalog", .work = work, .end = end};

int catalog_worker_start(struct worker *worker, const struct home *home,
			 struct mailbox *coordinator, struct err *err)
{
	struct reader *reader = mem_zalloc(sizeof(*reader));
	int rc = catalog_open(home, &reader->catalog, err);

	if (!rc)
		rc = content_open(home, CONTENT_READ, &reader->content, err);
	worker->state = reader;
	if (!rc)
		rc = worker_start(worker, &ops, QUEUE_MAX, coordinator, err);
	if (rc)
		end(worker);
	return rc;
}
