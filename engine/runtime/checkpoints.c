/* SPDX-License-Identifier: MIT
 *
 * From a wanted checkpoint to a job, and back to an event. What it holds follows from the fold: the
 * nodes were copied when it was asked for, its files are the revisions up to then.
 */
#include "runtime/checkpoints.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "model/checkpoint.h"
#include "runtime/room.h"
#include "runtime/turn.h"
#include "store/content_checkpoint.h"

static void add_file(struct content_checkpoint *wanted, struct content_checkpoint_file *files,
		     const struct revision *revision, const char *path, struct arena *arena)
{
	struct revision *copy = arena_alloc(arena, sizeof(*copy));

	*copy = *revision; /* the list of revisions grows meanwhile */
	files[wanted->files_count++] = (struct content_checkpoint_file){
		.node = revision->node, .path = path, .revision = copy};
}

static void list_files(const struct execution *execution, struct content_checkpoint *wanted,
		       struct arena *arena)
{
	const struct workflow *workflow = execution->workflow;
	struct content_checkpoint_file *files;
	size_t room = 1;

	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		room += execution->nodes[i].last_revision ? workflow->nodes[i].artifacts_count : 0;
	files = arena_alloc(arena, room * sizeof(*files));
	wanted->files = files;
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		const struct node_spec *spec = &workflow->nodes[i];

		for (uint32_t k = 0; execution->nodes[i].last_revision && k < spec->artifacts_count;
		     k++) {
			const struct revision *revision =
				checkpoint_revision(execution, wanted->checkpoint, i, k);

			if (revision)
				add_file(wanted, files, revision, spec->artifacts[k].path, arena);
		}
	}
}

static void list_kept(const struct execution *execution, struct content_checkpoint *wanted,
		      struct arena *arena)
{
	const char **names =
		arena_alloc(arena, (execution->checkpoints_count + 1) * sizeof(*names));

	wanted->kept = names;
	for (size_t i = 0; i < execution->checkpoints_count; i++) {
		const struct checkpoint *checkpoint = &execution->checkpoints[i];

		if (checkpoint->state <= CHECKPOINT_KEPT)
			names[wanted->kept_count++] = checkpoint->name;
	}
}

static struct content_job *job_new(const struct execution *execution,
				   const struct checkpoint *checkpoint)
{
	struct content_job *job = mem_zalloc(sizeof(*job));
	struct checkpoint *copy = arena_alloc(&job->arena, sizeof(*copy));
	struct content_checkpoint *wanted = arena_alloc(&job->arena, sizeof(*wanted));

	*copy = *checkpoint; /* its nodes stay where they are until it is recorded */
	*wanted = (struct content_checkpoint){
		.execution = execution->name, .workflow = execution->workflow, .checkpoint = copy};
	list_files(execution, wanted, &job->arena);
	list_kept(execution, wanted, &job->arena);
	job->message.kind = MESSAGE_CONTENT;
	job->kind = CONTENT_CHECKPOINT;
	job->node = EVENT_NO_NODE;
	job->wanted = wanted;
	job->recorded.name = checkpoint->name;
	memcpy(job->execution, execution->id, sizeof(job->execution));
	return job;
}

void checkpoints_post(struct engine *engine, struct live *live)
{
	struct effect effects[EFFECTS_PER_NODE];
	const struct checkpoint *wanted;

	if (engine->broken || live->checkpointing ||
	    !execution_outstanding(live->execution, EVENT_NO_NODE, effects))
		return;
	wanted = checkpoint_wanted(live->execution);
	if (wanted->seq > engine->committed_seq)
		return;
	live->checkpointing = true;
	live->jobs++;
	mailbox_post_reply(&engine->content.mailbox, &job_new(live->execution, wanted)->message);
}

void checkpoints_take(struct engine *engine, struct live *live, struct content_job *job)
{
	struct input input = {.kind = INPUT_CHECKPOINTED,
			      .time_us = clock_wall_us(engine->options.clock),
			      .node = EVENT_NO_NODE,
			      .checkpoint = &job->recorded};
	struct err err;

	live->jobs--;
	live->checkpointing = false;
	if (job->result == -ERR_FULL) {
		room_want(engine, live, job->err.message);
		return;
	}
	if (job->result < 0) {
		input.kind = INPUT_CHECKPOINT_FAILED;
		input.text = job->err.message;
		log_error("%s: the checkpoint %s is not recorded: %s", live->execution->name,
			  job->recorded.name, job->err.message);
	}
	if (turn_apply(engine, live, &input, &err) < 0)
		log_warn("%s: a checkpoint is not accepted: %s", live->execution->name,
			 err.message);
	checkpoints_post(engine, live);
}
