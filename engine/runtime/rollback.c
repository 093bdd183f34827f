/* SPDX-License-Identifier: MIT
 *
 * From words to a plan and from a plan to its act. What the files are is asked of the content
 * thread each time, before a plan is shown and before it is carried out: a person may have edited
 * one in between.
 */
#include "runtime/rollback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/checkpoint.h"
#include "runtime/acts.h"
#include "runtime/effects.h"
#include "runtime/files.h"

/* ---- files on disk ----------------------------------------------------------------------- */

static struct compared *add_file(const struct live *live, struct request *request, uint32_t node,
				 uint32_t artifact)
{
	struct compared *file = &request->compared[request->compared_count++];

	*file = (struct compared){.spec = &live->execution->workflow->nodes[node],
				  .node = node,
				  .artifact = artifact};
	file->folder = files_folder(live->execution, file->spec, &request->arena);
	file->item.name = file->wanted.name = file->spec->artifacts[artifact].path;
	return file;
}

/* Room for all that list_files may add. */
static size_t count_files(const struct live *live, const struct plan *plan)
{
	size_t count = 1;

	for (uint32_t i = 0; i < plan->rows_count; i++)
		count += plan->rows[i].action == PLAN_UNDO
				 ? live->execution->workflow->nodes[plan->rows[i].node]
					   .artifacts_count
				 : 1;
	return count;
}

/* Files that go back, and, to be claimed only, all others that an undo command may write. */
static void list_files(const struct live *live, struct request *request, const struct plan *plan)
{
	const struct node_spec *nodes = live->execution->workflow->nodes;

	request->compared =
		arena_alloc(&request->arena, count_files(live, plan) * sizeof(*request->compared));
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		const struct plan_row *row = &plan->rows[i];
		struct compared *file;

		if (!plan_wants_look(row))
			continue;
		file = add_file(live, request, row->node, row->artifact);
		files_item(live->execution, row->from, &file->item);
		files_item(live->execution, row->to, &file->wanted);
		file->wanted.name = file->item.name = row->path;
	}
	for (uint32_t i = 0; i < plan->rows_count && request->kind != REQUEST_PLAN; i++) {
		const struct plan_row *row = &plan->rows[i];

		for (uint32_t n = 0;
		     row->action == PLAN_UNDO && n < nodes[row->node].artifacts_count; n++)
			add_file(live, request, row->node, n)->only_claimed = true;
	}
}

/* A copy: the list of checkpoints may grow meanwhile. */
static void name_checkpoint(const struct execution *execution, struct request *request,
			    const struct plan *plan)
{
	if (plan->ask.level != PLAN_OF_CHECKPOINT)
		return;
	request->checkpoint = arena_alloc(&request->arena, sizeof(*request->checkpoint));
	*request->checkpoint = *checkpoint_find(execution, plan->ask.checkpoint);
	request->checkpoint_of = execution->name;
}

bool rollback_compare(struct engine *engine, struct live *live, struct request *request,
		      struct plan *plan)
{
	struct content_job *job;
	char owner[300]; /* names are short */

	if (request->has_compared)
		return false;
	list_files(live, request, plan);
	name_checkpoint(live->execution, request, plan);
	(void)snprintf(owner, sizeof(owner), "the rollback of %s", live->execution->name);
	request->owner = arena_strdup(&request->arena, owner);
	if (!request->compared_count && !request->checkpoint)
		return false;
	request->planned = plan;
	live->jobs++;
	job = mem_zalloc(sizeof(*job));
	job->message.kind = MESSAGE_CONTENT;
	job->kind = CONTENT_COMPARE;
	job->request = request;
	memcpy(job->execution, request->execution, sizeof(job->execution));
	mailbox_post_reply(&engine->content.mailbox, &job->message);
	return true;
}

struct live *rollback_looked(struct engine *engine, struct content_job *job)
{
	struct live *live = live_find(&engine->lives, job->request->execution);

	live->jobs--; /* a job keeps it loaded */
	job->request->has_compared = true;
	free(job);
	return live;
}

void rollback_compared(struct engine *engine, struct content_job *job)
{
	struct request *request = job->request;

	(void)rollback_looked(engine, job); /* it is found again by its request */
	rollback_take(engine, request);
}

/* ---- who changed one --------------------------------------------------------------------- */

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The newest revision that another execution made of the file since, or NULL. */
static const struct revision *written_by(const struct execution *other,
					 const struct revision *since, const char *name)
{
	for (size_t i = other->revisions_count; i-- > 0;) {
		const struct revision *revision = &other->revisions[i];
		const struct node_spec *spec = &other->workflow->nodes[revision->node];

		if (revision->seq < since->seq)
			break;
		if (revision->moment != MOMENT_BEFORE && since->folder &&
		    revision->device == since->device && revision->folder == since->folder &&
		    strcmp(last_name(spec->artifacts[revision->artifact].path), name) == 0)
			return revision;
	}
	return NULL;
}

static const char *who_changed(const struct engine *engine, const struct execution *execution,
			       const struct plan_row *row, const char *writer, struct arena *arena)
{
	const char *name = last_name(row->path);
	char text[300];

	if (writer) {
		(void)snprintf(text, sizeof(text), "%s wrote it since", writer); /* short */
		return arena_strdup(arena, text);
	}
	for (size_t i = 0; i < engine->lives.count; i++) {
		const struct execution *other = engine->lives.executions[i];
		const struct revision *found =
			other == execution ? NULL : written_by(other, row->from, name);

		if (!found)
			continue;
		(void)snprintf(text, sizeof(text), "%s of %s wrote it since",
			       found->moment == MOMENT_RESTORED
				       ? "the rollback"
				       : other->workflow->nodes[found->node].id,
			       other->name); /* names are short */
		return arena_strdup(arena, text);
	}
	return "somebody changed it since";
}

static void mark_row(const struct engine *engine, const struct live *live,
		     const struct request *request, struct plan *plan, uint32_t index)
{
	const struct plan_row *row = &plan->rows[index];

	for (uint32_t i = 0; i < request->compared_count; i++) {
		const struct compared *file = &request->compared[i];

		if (file->node != row->node || file->artifact != row->artifact)
			continue;
		plan_mark(plan, index, file->found,
			  file->found == PLAN_CHANGED ? who_changed(engine, live->execution, row,
								    file->writer, &plan->arena)
						      : NULL);
		return;
	}
}

/* The rows come in the order in which the files were listed, but the plan may have changed
 * meanwhile: then by name. A row that was not looked at counts as it is recorded. */
void rollback_mark(const struct engine *engine, const struct live *live,
		   const struct request *request, struct plan *plan)
{
	for (uint32_t i = 0; i < plan->rows_count; i++)
		if (plan_wants_look(&plan->rows[i]))
			mark_row(engine, live, request, plan, i);
	if (request->damage)
		plan_mark_damaged(plan, live->execution, request->damage);
	plan_judge(plan, live->execution);
	plan_estimate(plan, live->execution, request->history);
	if (engine->options.no_rollbacks)
		plan->refused = ROLLBACK_OFF;
}

/* ---- carrying it out --------------------------------------------------------------------- */

static int refuse_worse(const struct live *live, struct request *request, const struct plan *plan)
{
	const struct plan_row *row = plan->rows;

	while (row < plan->rows + plan->rows_count && !row->worse)
		row++;
	return err_set(&request->err, ERR_CONFLICT,
		       "the plan got worse since it was shown: now %s %s%s%s%s%s; look at it again",
		       plan_action_name(row->action),
		       live->execution->workflow->nodes[row->node].id, row->path ? " " : "",
		       row->path ? row->path : "", row->conflict ? ": " : "",
		       row->conflict ? row->conflict : "");
}

/* What was not shown, or not so, is marked. */
static int check_shown(const struct live *live, struct request *request, struct plan *plan)
{
	const struct execution *execution = live->execution;
	struct plan *shown;
	bool covers;

	if (*request->shown_of && strcmp(request->shown_of, execution->name))
		return err_set(&request->err, ERR_INVALID, "that plan is of %s, not of %s",
			       request->shown_of, execution->name);
	if (execution->rolling_back) /* somebody was first: it is refused for that */
		return 0;
	shown = plan_recall(execution, request->shown, request->shown_count);
	covers = plan_covers(shown, plan);
	plan_free(shown);
	return covers ? 0 : refuse_worse(live, request, plan);
}

static int check_id(struct request *request, const struct plan *plan)
{
	if (strcmp(plan->id, request->plan) == 0)
		return 0;
	return err_set(&request->err, ERR_CONFLICT,
		       "the plan has changed since it was shown: look at it again (was %s, is %s)",
		       request->plan, plan->id);
}

static void roll_back(struct engine *engine, struct live *live, struct request *request,
		      struct plan *plan)
{
	const struct plan_ask *ask = &plan->ask;
	struct binding said = plan_ask_to_words(live->execution, ask, &request->arena);
	bool of_node = ask->level == PLAN_OF_NODE || ask->level == PLAN_OF_ARTIFACT;
	struct act act = {.verb = VERB_ROLLBACK,
			  .node = of_node ? ask->node : EVENT_NO_NODE,
			  .plan = plan,
			  .arguments = &said,
			  .arguments_count = 1};
	int rc = 0;

	if (plan->refused)
		rc = err_set(&request->err, ERR_REFUSED, "%s", plan->refused);
	else if (!request->has_shown)
		rc = check_id(request, plan);
	if (rc) {
		acts_answer(request, rc);
		return;
	}
	request->started = true;
	acts_apply(engine, live, request, &act);
}

/* The plan was not shown: it must need no word that an answer cannot give. */
static void answer_undo(struct engine *engine, struct live *live, struct request *request,
			struct plan *plan)
{
	struct act act = {.verb = VERB_ANSWER,
			  .answer = ANSWER_UNDO,
			  .node = plan->ask.node,
			  .plan = plan,
			  .arguments = request->params,
			  .arguments_count = request->params_count};

	acts_apply(engine, live, request, &act);
}

/* Takes `planned`, from before the files were looked at, if nothing has happened since. */
static int make_plan(const struct live *live, struct request *request, struct plan **planned,
		     struct plan **out)
{
	struct plan_ask ask;
	int rc;

	if (*planned && (*planned)->version == live->execution->seq) {
		*out = *planned;
		*planned = NULL;
		return 0;
	}
	rc = plan_ask_from_words(live->execution, &request->words, &request->arena, &ask,
				 &request->err);
	return rc ? rc : plan_make(live->execution, &ask, out, &request->err);
}

/* Shows the plan, or carries it out. Afterwards the request may be anybody's. */
static void take_plan(struct engine *engine, struct live *live, struct request *request,
		      struct plan *plan)
{
	const struct runtime_encoder *encoder = &engine->options.encoder;
	int rc = request->has_shown ? check_shown(live, request, plan) : 0;

	if (rc && (request->kind == REQUEST_ROLLBACK || rc == -ERR_INVALID)) {
		acts_answer(request, rc);
		return;
	}
	if (request->kind == REQUEST_ACT) {
		answer_undo(engine, live, request, plan);
		return;
	}
	encoder->plan(encoder->ctx, live->execution, plan, &request->out);
	if (request->kind == REQUEST_ROLLBACK) {
		roll_back(engine, live, request, plan);
		return;
	}
	request->seq = live->execution->seq;
	acts_answer(request, 0);
}

void rollback_settle_files(struct engine *engine, struct live *live)
{
	if (live->rollback_has_files)
		return; /* one is under way already */
	if (live->execution->rolling_back)
		live->rollback_has_files = true;
	else
		effects_give_back(engine, live, EVENT_NO_NODE);
}

static void take(struct engine *engine, struct live *live, struct request *request,
		 struct plan **planned)
{
	const bool took_files = request->kind != REQUEST_PLAN && request->has_compared;
	struct plan *plan;
	int rc = request->busy ? err_set(&request->err, ERR_REFUSED,
					 "%s just now: wait for its end, or stop it", request->busy)
			       : make_plan(live, request, planned, &plan);

	if (rc) {
		acts_answer(request, rc);
	} else if (rollback_compare(engine, live, request, plan)) {
		return;
	} else {
		rollback_mark(engine, live, request, plan);
		take_plan(engine, live, request, plan);
		plan_free(plan);
	}
	if (took_files)
		rollback_settle_files(engine, live);
}

/* Without a live execution the request is somebody else's already, and a plan that borrows from one
 * that may go is worth nothing. */
void rollback_take(struct engine *engine, struct request *request)
{
	struct plan *planned = request->planned;
	struct live *live;

	request->planned = NULL;
	live = acts_find_ready(engine, request);
	if (live)
		take(engine, live, request, &planned);
	plan_free(planned);
}
