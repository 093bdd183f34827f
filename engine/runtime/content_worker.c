/* SPDX-License-Identifier: MIT
 *
 * Files for the coordinator. An answer goes back only when what it names is durable.
 */
#include "runtime/content_worker.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/limits.h"
#include "model/order.h"
#include "runtime/claims.h"
#include "store/content.h"
#include "store/content_checkpoint.h"
#include "store/projection.h"

#define QUEUE_MAX	 65536
#define PROJECT_MOST	 50
#define WRITERS_MOST	 16 /* changed files of a plan whose writer is looked up */
#define PROJECT_AFTER_US (2 * CLOCK_SECOND_US)
#define RECORD_AFTER_US	 CLOCK_SECOND_US /* a checkpoint is recorded, whatever else is wanted */

/* What the thread owns. */
struct keeper {
	const struct home *home;
	struct content *content;
	struct claims claims;
	struct message *later, **last_later; /* checkpoints to record, oldest first */
};

/* ---- pinning ----------------------------------------------------------------------------- */

/* What follows a secret through memory, journal and wire finds its name only. */
static void wipe(const char **value)
{
	if (*value)
		explicit_bzero((char *)*value, strlen(*value));
	*value = NULL;
}

static void wipe_given(const struct workflow *workflow, struct binding *given, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct param *param = workflow_find_param(workflow, given[i].name);

		if (param && param->secret)
			wipe(&given[i].value);
	}
}

/* Reads, checks and compiles the workflow, and binds its params: a refusal costs nothing yet. */
static int read_workflow(struct request *request)
{
	struct workflow *workflow = NULL;
	struct binding *bound;
	int rc = workflow_read(request->file, request->text, request->text_length, &workflow,
			       &request->out);

	if (rc)
		return err_set(&request->err, ERR_INVALID, "'%s' is not a valid workflow",
			       request->file);
	request->workflow = workflow;
	rc = workflow_bind_params(workflow, request->params, request->params_count, &request->arena,
				  &bound, &request->err);
	if (rc)
		return rc;
	wipe_given(workflow, request->params, request->params_count);
	request->params = bound;
	request->params_count = workflow->params_count;
	return graph_compile(workflow, &request->graph, &request->err);
}

/* A file that its owner alone may read, a key that a command names, is no less secret in Git. */
static bool is_private(const char *folder, const char *word)
{
	char *path = file_join(folder, word);
	struct stat info;
	bool is = stat(path, &info) == 0 && S_ISREG(info.st_mode) && !(info.st_mode & 077);

	free(path);
	return is;
}

/* A word that names a file in the workflow's folder is pinned; any other is no business of ours. */
static void pin_word(struct content *content, struct request *request, const char *folder,
		     const char *word, size_t *capacity)
{
	struct event_item item = {.kind = "pin"};
	const bool secret = is_private(folder, word);
	char *tree_name;
	int rc;

	tree_name = mem_printf("pins/%s/%s", request->workflow->name,
			       text_starts_with(word, "./") ? word + 2 : word);
	request->keeps_secrets = request->keeps_secrets || secret;
	if (secret)
		rc = content_add_secret_file(content, request->execution, tree_name, folder, NULL,
					     0, word, &item, NULL);
	else
		rc = content_add_file(content, tree_name, folder, NULL, 0, word, &item, NULL);
	free(tree_name);
	if (rc || item.absent)
		return;
	if (request->pins_count == *capacity) {
		struct event_item *more =
			arena_alloc(&request->arena, (*capacity * 2 + 8) * sizeof(*more));

		if (request->pins_count)
			memcpy(more, request->pins, request->pins_count * sizeof(*more));
		request->pins = more;
		*capacity = *capacity * 2 + 8;
	}
	item.kind = "pin";
	item.name = arena_strdup(&request->arena, word);
	request->pins[request->pins_count++] = item;
}

static void pin_files(struct content *content, struct request *request)
{
	const char **words;
	size_t count = workflow_named_files(request->workflow, &request->arena, &words);
	char *folder = file_folder(request->file);
	size_t capacity = 0;

	for (size_t i = 0; i < count; i++)
		pin_word(content, request, folder, words[i], &capacity);
	free(folder);
}

/* The commit that the workflow is of, and whether it or a file that it names differs from that. */
static void describe(struct request *request)
{
	const char **words;
	size_t count = workflow_named_files(request->workflow, &request->arena, &words);

	content_describe(request->file, words, count, request->revision, &request->dirty);
}

/* Before anything of the execution is durable, so that none is ever without them. */
static int keep_secrets(struct content *content, struct request *request)
{
	const struct workflow *workflow = request->workflow;
	int rc = 0;

	for (uint32_t i = 0; i < workflow->params_count; i++) {
		const char **value = &request->params[i].value;

		if (!workflow->params[i].secret)
			continue;
		request->keeps_secrets = true;
		if (rc >= 0)
			rc = content_keep_secret(content, request->execution,
						 request->params[i].name, *value, strlen(*value),
						 &request->err);
		wipe(value);
	}
	return rc;
}

static int pin(struct content *content, struct request *request)
{
	char *tree_name;
	int rc = read_workflow(request);

	if (!rc)
		rc = keep_secrets(content, request);

	if (rc)
		return rc;
	tree_name = mem_printf("pins/%s/workflow.yaml", request->workflow->name);
	rc = content_add(content, tree_name, request->text, request->text_length, request->blob,
			 &request->err);
	free(tree_name);
	if (!rc) {
		pin_files(content, request);
		describe(request);
	}
	return rc;
}

/* ---- artifacts and outputs --------------------------------------------------------------- */

/* What a node first found is kept whatever its size, or its run could not be taken back; of what
 * stands there later, nothing over max_size is. */
static int add_artifact(struct content *content, struct content_job *job, uint32_t number,
			struct event_item *out)
{
	const struct node_spec *spec = job->spec;
	const struct artifact_spec *artifact = &spec->artifacts[number];
	char *name = mem_printf("%s/%s", job->name, artifact->path);
	int rc;

	content_keep_up_to(content, job->first ? 0 : artifact->max_size);

	if (artifact->secret)
		rc = content_add_secret_file(content, job->execution, name, job->folder,
					     spec->roots, spec->roots_count, artifact->path, out,
					     &job->err);
	else
		rc = content_add_file(content, name, job->folder, spec->roots, spec->roots_count,
				      artifact->path, out, &job->err);
	content_keep_up_to(content, 0);
	free(name);
	return rc;
}

/* A node does not start when recording its files would leave too little of the disk; what it has
 * done is recorded as long as there is room at all. */
static int capture(struct content *content, struct content_job *job)
{
	const struct node_spec *spec = job->spec;

	content_may_fill(content, job->kind == CONTENT_AFTER);
	job->items = arena_alloc(&job->arena, spec->artifacts_count * sizeof(*job->items));
	job->items_count = spec->artifacts_count;
	for (uint32_t i = 0; i < spec->artifacts_count; i++) {
		struct event_item *item = &job->items[i];
		int rc = add_artifact(content, job, i, item);

		if (rc)
			return rc;
		item->kind = "artifact";
		item->name = spec->artifacts[i].path;
		item->number = i;
	}
	return 0;
}

/* What stands there now may be somebody's work of tonight: it is kept in the log of contents before
 * it is overwritten. A full disk does not keep a file from being restored. */
static int keep_present(struct content *content, struct content_job *job)
{
	struct event_item present;

	for (uint32_t i = 0; i < job->items_count; i++) {
		int rc = add_artifact(content, job, job->items[i].number, &present);

		if (rc < 0)
			return rc == -ERR_FULL ? 0 : rc;
	}
	return content_commit(content, "keep what a restore overwrites", &job->err);
}

/* 1 restored, 0 it was so already, or an error. */
static int restore_one(struct content *content, struct content_job *job, struct event_item *item)
{
	const struct node_spec *spec = job->spec;
	const struct event_item recorded = *item;
	struct event_item now = {0};
	int differs = content_compare(content, job->folder, spec->roots, spec->roots_count,
				      recorded.name, &recorded, &job->err);
	int rc = differs < 0 ? differs
			     : content_restore(content, job->folder, spec->roots, spec->roots_count,
					       recorded.name, &recorded, &now, &job->err);

	if (rc < 0)
		return rc;
	memcpy(now.blob, recorded.blob, sizeof(now.blob));
	now.kind = "artifact";
	now.name = recorded.name;
	now.number = recorded.number;
	now.absent = recorded.absent;
	*item = now;
	return differs;
}

/* What had to be brought back is told, and nothing else: only that gets a revision and its
 * on_restore. A file that is right on disk but was not when last seen was brought back before we
 * died. */
static int restore(struct content *content, struct content_job *job)
{
	int rc = keep_present(content, job);
	uint32_t told = 0;

	for (uint32_t i = 0; rc >= 0 && i < job->items_count; i++) {
		rc = restore_one(content, job, &job->items[i]);
		if (rc > 0 || (rc == 0 && job->differs[i]))
			job->items[told++] = job->items[i];
	}
	job->items_count = told;
	return rc < 0 ? rc : 0;
}

/* One that cannot be looked at counts as changed. */
static enum plan_found look_at(struct content *content, const struct compared *file)
{
	const struct node_spec *spec = file->spec;

	if (content_compare(content, file->folder, spec->roots, spec->roots_count,
			    file->wanted.name, &file->wanted, NULL) == 0)
		return PLAN_AS_WANTED;
	if (content_compare(content, file->folder, spec->roots, spec->roots_count, file->item.name,
			    &file->item, NULL) == 0)
		return PLAN_AS_LEFT;
	return PLAN_CHANGED;
}

/* What a rollback leads to is looked at before it is shown or carried out. */
static void verify(const struct home *home, struct request *request)
{
	const struct checkpoint *checkpoint = request->checkpoint;
	struct content_checkpoint_id id;
	struct err err;

	if (!checkpoint)
		return;
	id = (struct content_checkpoint_id){.execution = request->checkpoint_of,
					    .name = checkpoint->name,
					    .commit = checkpoint->commit,
					    .digest = checkpoint->digest};
	if (content_checkpoint_verify(home, &id, &err) < 0)
		request->damage = arena_strdup(&request->arena, err.message);
}

/* Who left it so: an execution that has ended may not be loaded, but its revisions are there. */
static void name_writer(struct catalog *catalog, struct request *request, struct compared *file)
{
	const struct node_spec *spec = file->spec;
	struct event_item now = {0};

	if (content_look(file->folder, spec->roots, spec->roots_count, file->wanted.name, &now,
			 NULL) == 0)
		(void)catalog_writer(catalog, &now, &request->arena, &file->writer, NULL);
}

/* As far as it can be known without much ado: people read the first few. */
static void name_writers(struct keeper *keeper, struct request *request)
{
	struct catalog *catalog = NULL;
	int left = WRITERS_MOST;

	for (uint32_t i = 0; i < request->compared_count && left; i++) {
		if (request->compared[i].only_claimed || request->compared[i].found != PLAN_CHANGED)
			continue;
		if (!catalog && catalog_open(keeper->home, &catalog, NULL) < 0)
			return;
		name_writer(catalog, request, &request->compared[i]);
		left--;
	}
	catalog_close(catalog);
}

static void compare(struct keeper *keeper, struct request *request)
{
	struct content *content = keeper->content;

	if (request->kind != REQUEST_PLAN)
		request->busy = claims_take_all(&keeper->claims, request);
	verify(keeper->home, request);
	for (uint32_t i = 0; i < request->compared_count; i++)
		if (!request->compared[i].only_claimed)
			request->compared[i].found = look_at(content, &request->compared[i]);
	name_writers(keeper, request);
}

static int collect(struct content_job *job)
{
	char *data = NULL;
	size_t length = 0;
	int rc = file_read(job->outputs, LIMIT_OUTPUT_VALUE_BYTES * 2 * LIMIT_OUTPUTS_PER_NODE,
			   &data, &length, &job->err);

	if (rc == -ERR_NOT_FOUND)
		rc = 0; /* nothing was written; what is declared and missing is said below */
	if (!rc)
		rc = order_read_outputs(job->spec, data ? data : "", length, &job->arena,
					&job->items, &job->items_count, &job->err);
	free(data);
	return rc;
}

static int record(struct content *content, struct content_job *job)
{
	char digest[CONTENT_CHECKPOINT_DIGEST];
	int rc = content_checkpoint_record(content, job->wanted, job->recorded.commit, digest,
					   &job->err);

	if (rc == 0)
		job->recorded.digest = arena_strdup(&job->arena, digest);
	return rc;
}

static int forget(struct content *content, struct content_job *job)
{
	int rc = 0;

	if (!job->items)
		return content_forget_secrets(content_home(content), job->execution, &job->err);
	for (uint32_t i = 0; rc >= 0 && i < job->items_count; i++)
		rc = content_forget_file(content, job->items[i].blob, &job->err);
	return rc;
}

/* ---- the thread -------------------------------------------------------------------------- */

static void work(struct keeper *keeper, struct content_job *job)
{
	struct content *content = keeper->content;

	blackbox_about(job->execution);
	switch (job->kind) {
	case CONTENT_PIN:
		job->result = pin(content, job->request);
		break;
	case CONTENT_BEFORE:
	case CONTENT_AFTER:
		job->result = capture(content, job);
		break;
	case CONTENT_COLLECT:
		job->result = collect(job);
		break;
	case CONTENT_RESTORE:
		job->result = restore(content, job);
		break;
	case CONTENT_COMPARE:
		compare(keeper, job->request);
		break;
	case CONTENT_CLAIM:
	case CONTENT_GIVE_BACK:
	case CONTENT_WAITS:
		break; /* no work on files */
	case CONTENT_CHECKPOINT:
		job->result = record(content, job);
		break;
	case CONTENT_FORGET:
		job->result = forget(content, job);
		break;
	}
	blackbox_about(NULL);
}

static bool needs_commit(const struct content_job *job)
{
	return job->result == 0 && (job->kind == CONTENT_PIN || job->kind == CONTENT_BEFORE ||
				    job->kind == CONTENT_AFTER);
}

/* Jobs that are done and wait for what they wrote to be durable. */
struct group {
	struct worker *worker;
	struct keeper *keeper;
	struct message *done, **last;
	bool written;
};

static void free_job(struct content_job *job)
{
	arena_release(&job->arena);
	free(job);
}

static void answer(struct group *group)
{
	struct err err = {0};
	int rc = group->written ? content_commit(group->keeper->content, "record revisions", &err)
				: 0;

	while (group->done) {
		struct content_job *job = (struct content_job *)group->done;

		group->done = group->done->next;
		if (rc && needs_commit(job)) {
			job->result = rc;
			job->err = err;
		}
		mailbox_post_reply(group->worker->coordinator, &job->message);
	}
	group->last = &group->done;
	group->written = false;
}

static void finish(struct group *group, struct content_job *job)
{
	group->written = group->written || needs_commit(job);
	job->message.next = NULL;
	*group->last = &job->message;
	group->last = &job->message.next;
}

/* Told once, so that people can see what it waits for. */
static void tell_wait(struct group *group, const struct content_job *job, const char *busy)
{
	struct content_job *news = mem_zalloc(sizeof(*news));

	news->message.kind = MESSAGE_CONTENT;
	news->kind = CONTENT_WAITS;
	memcpy(news->execution, job->execution, sizeof(news->execution));
	news->node = job->node;
	news->attempt = job->attempt;
	news->attempt_kind = job->attempt_kind;
	(void)err_set(&news->err, ERR_REFUSED, "waits: %s", busy); /* as a text */
	mailbox_post_reply(group->worker->coordinator, &news->message);
}

/* Only who owns its files may look at them: what they hold now is what will be restored. */
static void take_capture(struct group *group, struct content_job *job, bool is_new)
{
	const char *busy = claims_take(&group->keeper->claims, job);

	if (busy) {
		if (is_new)
			tell_wait(group, job, busy);
		claims_wait(&group->keeper->claims, job);
		return;
	}
	work(group->keeper, job);
	finish(group, job);
}

static void take_given_back(struct group *group, const struct content_job *given)
{
	struct message *waiting;

	claims_give_back(&group->keeper->claims, given->execution, given->node);
	waiting = claims_waiting(&group->keeper->claims);
	while (waiting) {
		struct content_job *job = (struct content_job *)waiting;

		waiting = waiting->next;
		if (job->node == given->node && !strcmp(job->execution, given->execution)) {
			job->result =
				err_set(&job->err, ERR_CANCELLED, "it is not wanted any more");
			finish(group, job);
		} else {
			take_capture(group, job, false);
		}
	}
}

/* Nobody waits for it: nodes that want their files recorded come first. */
static void put_off(struct keeper *keeper, struct content_job *job)
{
	job->since_us = mailbox_now_us();
	job->message.next = NULL;
	if (!keeper->later)
		keeper->last_later = &keeper->later;
	*keeper->last_later = &job->message;
	keeper->last_later = &job->message.next;
}

static void take_job(struct group *group, struct content_job *job)
{
	switch (job->kind) {
	case CONTENT_BEFORE:
		take_capture(group, job, true);
		return;
	case CONTENT_GIVE_BACK:
		take_given_back(group, job);
		free_job(job);
		return;
	case CONTENT_CLAIM:
		if (job->for_rollback)
			job->node = EVENT_NO_NODE;
		(void)claims_take(&group->keeper->claims, job); /* its own, from before */
		free_job(job);
		return;
	case CONTENT_CHECKPOINT:
		put_off(group->keeper, job);
		return;
	case CONTENT_PIN:
	case CONTENT_AFTER:
	case CONTENT_COLLECT:
	case CONTENT_RESTORE:
	case CONTENT_COMPARE:
	case CONTENT_FORGET:
	case CONTENT_WAITS:
		break;
	}
	/* A restore commits by itself, and would take the others' with it, or lose them. */
	if (job->kind == CONTENT_RESTORE)
		answer(group);
	work(group->keeper, job);
	finish(group, job);
}

/* Works off all that waits, makes it durable at once, and only then answers. */
static void work_group(struct worker *worker, struct message *message)
{
	struct group group = {.worker = worker, .keeper = worker->state};

	group.last = &group.done;
	while (message) {
		struct message *next = message->next;

		if (message->kind == MESSAGE_QUIT)
			worker->quits = true;
		else
			take_job(&group, (struct content_job *)message);
		message = next;
	}
	answer(&group);
}

/* Between batches: see content_checkpoint.h. */
static void record_next(struct worker *worker)
{
	struct keeper *keeper = worker->state;
	struct content_job *job = (struct content_job *)keeper->later;

	keeper->later = job->message.next;
	work(keeper, job);
	mailbox_post_reply(worker->coordinator, &job->message);
}

static bool has_waited(const struct keeper *keeper)
{
	return keeper->later &&
	       mailbox_now_us() - ((struct content_job *)keeper->later)->since_us > RECORD_AFTER_US;
}

/* People's refs are made when nobody has wanted anything for a while, a few at a time. */
static int64_t project(struct keeper *keeper)
{
	struct err err;
	int made = projection_go_on(keeper->home, keeper->content, PROJECT_MOST, &err);

	if (made < 0)
		log_warn("the refs of artifacts are not up to date: %s", err.message);
	return made >= PROJECT_MOST ? mailbox_now_us() : INT64_MAX;
}

static int64_t work_off(struct worker *worker, struct message *messages)
{
	struct keeper *keeper = worker->state;
	const bool is_idle = !messages && !keeper->later;
	struct err err;

	if (messages)
		work_group(worker, messages);
	if (keeper->later && (!messages || has_waited(keeper)))
		record_next(worker);
	while (worker->quits && keeper->later)
		record_next(worker);
	if (!worker->quits && content_upkeep(keeper->content, is_idle, &err) < 0)
		log_warn("cannot merge the packs of revisions: %s", err.message);
	if (is_idle)
		return project(keeper);
	return mailbox_now_us() + (keeper->later ? 0 : PROJECT_AFTER_US);
}

static void end(struct worker *worker)
{
	struct keeper *keeper = worker->state;

	claims_release(&keeper->claims);
	content_close(keeper->content);
	free(keeper);
}

static const struct worker_ops ops = {.name = "content", .work = work_off, .end = end};

int content_worker_start(struct worker *worker, const struct home *home,
			 struct mailbox *coordinator, struct err *err)
{
	struct keeper *keeper = mem_zalloc(sizeof(*keeper));
	int rc = content_open(home, CONTENT_WRITE, &keeper->content, err);

	if (rc) {
		free(keeper);
		return rc;
	}
	keeper->home = home;
	claims_init(&keeper->claims);
	worker->state = keeper;
	rc = worker_start(worker, &ops, QUEUE_MAX, coordinator, err);
	if (rc)
		end(worker);
	return rc;
}
