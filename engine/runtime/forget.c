/* SPDX-License-Identifier: MIT
 *
 * Files are the content thread's: here it is told which. Doing it again does no harm, so a client
 * that never got its answer says it again.
 */
#include "runtime/forget.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "runtime/acts.h"

static struct content_job *job_new(const char *execution, struct request *request)
{
	struct content_job *job = mem_zalloc(sizeof(*job));

	job->message.kind = MESSAGE_CONTENT;
	job->kind = CONTENT_FORGET;
	job->request = request;
	memcpy(job->execution, execution, strnlen(execution, ULID_TEXT - 1));
	return job;
}

void forget_all(struct engine *engine, const char *execution)
{
	mailbox_post_reply(&engine->content.mailbox, &job_new(execution, NULL)->message);
}

/* Every revision of one file; without the word "artifact", everything goes. */
static void list_revisions(struct content_job *job, const struct execution *execution,
			   const char *path)
{
	job->items =
		arena_alloc(&job->arena, (execution->revisions_count + 1) * sizeof(*job->items));
	for (size_t i = 0; i < execution->revisions_count; i++) {
		const struct revision *revision = &execution->revisions[i];
		const struct node_spec *spec = &execution->workflow->nodes[revision->node];

		if (strcmp(spec->artifacts[revision->artifact].path, path) || !*revision->blob)
			continue;
		memcpy(job->items[job->items_count++].blob, revision->blob, sizeof(revision->blob));
	}
}

void forget_or_answer(struct engine *engine, struct request *request)
{
	const struct live *live;
	struct content_job *job;

	if (request->kind != REQUEST_ACT || request->verb != VERB_FORGET) {
		acts_answer(request, 0);
		return;
	}
	job = job_new(request->execution, request);
	live = live_find(&engine->lives, request->execution);
	if (live && request->params_count)
		list_revisions(job, live->execution, request->params[0].value);
	mailbox_post_reply(&engine->content.mailbox, &job->message);
}

void forget_done(struct content_job *job)
{
	if (job->result)
		log_error("%s", job->err.message);
	if (job->request) {
		job->request->err = job->err;
		acts_answer(job->request, job->result);
	}
	arena_release(&job->arena);
	free(job);
}
