/* SPDX-License-Identifier: MIT
 *
 * Recording a checkpoint. Nothing in it changes from one making to the next: its time is that of
 * the event that asked for it, and it has no parent, so that the oldest can go by itself.
 */
#include "store/content_checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/state.h"
#include "store/checkpoint_ref.h"
#include "store/content_own.h"

#define TEXT_MAX ((size_t)512 * 1024 * 1024)

struct recording {
	struct content *content;
	const struct content_checkpoint *wanted;
	struct buf text;
};

/* ---- the text ----------------------------------------------------------------------------- */

static void print_head(struct recording *recording)
{
	const struct content_checkpoint *wanted = recording->wanted;
	char time[CLOCK_TIME_TEXT];

	clock_format_time(wanted->checkpoint->time_us, time);
	buf_printf(&recording->text,
		   "hlp checkpoint 1\nexecution %s\nname %s\nevent %llu\ntime %s\n",
		   wanted->execution, wanted->checkpoint->name,
		   (unsigned long long)wanted->checkpoint->seq, time);
}

static void print_nodes(struct recording *recording)
{
	const struct workflow *workflow = recording->wanted->workflow;

	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		const struct checkpoint_node *node = &recording->wanted->checkpoint->nodes[i];
		const int32_t phase = workflow->nodes[i].phase;

		buf_printf(&recording->text, "node %s%s%s %s %s %u\n",
			   phase < 0 ? "" : workflow->phases[phase], phase < 0 ? "" : "/",
			   workflow->nodes[i].id, state_name((enum state)node->state),
			   reason_name((enum reason)node->reason), node->attempt);
	}
}

/* SHA-256 of the contents that a blob stands for: of large and secret ones the pointer says it. */
static int digest_blob(struct content *content, const char *blob, char out[DIGEST_TEXT],
		       struct err *err)
{
	struct bigfile_pointer pointer;
	uint8_t digest[DIGEST_SIZE];
	struct buf data;
	int rc;

	buf_init(&data, (size_t)BIGFILE_FROM + BIGFILE_POINTER_MAX);
	rc = repo_read(&content->repo, blob, &data, err);
	if (rc == 0 && bigfile_parse(buf_text(&data), data.length, &pointer)) {
		memcpy(out, pointer.name, DIGEST_TEXT);
	} else if (rc == 0) {
		digest_of(data.data, data.length, digest);
		digest_text(digest, out);
	}
	buf_release(&data);
	return rc;
}

static int add_file(struct recording *recording, const struct content_checkpoint_file *file,
		    struct err *err)
{
	const char *node = recording->wanted->workflow->nodes[file->node].id;
	const struct revision *revision = file->revision;
	struct repo *repo = &recording->content->repo;
	char digest[DIGEST_TEXT], *name;
	git_oid id;
	int rc;

	if (revision->absent) {
		buf_printf(&recording->text, "absent %s r%llu ", node,
			   (unsigned long long)revision->seq);
	} else if (!*revision->blob) { /* larger than its max_size */
		buf_printf(&recording->text, "unkept %s r%llu %lld ", node,
			   (unsigned long long)revision->seq, (long long)revision->size);
	} else {
		rc = digest_blob(recording->content, revision->blob, digest, err);
		if (rc < 0)
			return rc;
		(void)git_oid_fromstr(&id, revision->blob); /* it was read */
		name = mem_printf("artifacts/%s/%s", node, file->path);
		repo_keep_as(repo, name, &id,
			     revision->mode & 0111 ? GIT_FILEMODE_BLOB_EXECUTABLE
						   : GIT_FILEMODE_BLOB);
		free(name);
		buf_printf(&recording->text, "file %s %s %s r%llu %04o %u:%u %lld %lld ",
			   revision->blob, digest, node, (unsigned long long)revision->seq,
			   (unsigned)revision->mode, revision->uid, revision->gid,
			   (long long)revision->size, (long long)revision->mtime_ns);
	}
	text_gate(&recording->text, file->path, strlen(file->path), TEXT_ONE_LINE);
	buf_add_char(&recording->text, '\n');
	return 0;
}

static int print_text(struct recording *recording, struct err *err)
{
	int rc = 0;

	print_head(recording);
	print_nodes(recording);
	for (size_t i = 0; rc == 0 && i < recording->wanted->files_count; i++)
		rc = add_file(recording, &recording->wanted->files[i], err);
	if (rc == 0 && recording->text.overflow)
		rc = err_set(err, ERR_LIMIT, "its state is longer than %zu bytes", TEXT_MAX);
	return rc;
}

/* ---- the commit --------------------------------------------------------------------------- */

static int put(struct recording *recording, git_oid *out)
{
	struct repo *repo = &recording->content->repo;
	const struct content_checkpoint *wanted = recording->wanted;
	struct repo_commit_text commit = {.time_us = wanted->checkpoint->time_us};
	char *message =
		mem_printf("checkpoint %s of %s\n", wanted->checkpoint->name, wanted->execution);
	git_oid id;
	int result = repo_put(repo, GIT_OBJECT_BLOB, buf_text(&recording->text),
			      recording->text.length, &id);

	if (result == 0) {
		repo_keep(repo, CHECKPOINT_STATE, &id);
		result = repo_tree_only(repo, &commit.tree);
	}
	commit.message = message;
	if (result == 0)
		result = repo_put_commit(repo, &commit, out);
	free(message);
	return result;
}

static int make_durable(struct recording *recording, const git_oid *commit, struct err *err)
{
	struct content *content = recording->content;
	const struct content_checkpoint *wanted = recording->wanted;
	char *ref = checkpoint_ref_name(wanted->execution, wanted->checkpoint->name);
	int rc = repo_flush(&content->repo, err), result;

	if (rc >= 0) {
		content->packs += rc > 0;
		result = repo_set_ref(&content->repo, ref, NULL, commit);
		rc = result < 0 ? repo_error(result, err, "cannot set '%s'", ref) : 0;
	}
	free(ref);
	return rc;
}

/* Those that are kept no longer. One that cannot go now goes with the next. */
static void drop_others(struct recording *recording)
{
	const struct content_checkpoint *wanted = recording->wanted;
	const struct checkpoint_refs keep = {wanted->execution, wanted->kept, wanted->kept_count};

	(void)checkpoint_ref_drop(recording->content->repo.git, &keep);
}

int content_checkpoint_record(struct content *content, const struct content_checkpoint *wanted,
			      char out_commit[41], char out_digest[CONTENT_CHECKPOINT_DIGEST],
			      struct err *err)
{
	struct recording recording = {.content = content, .wanted = wanted};
	uint8_t digest[DIGEST_SIZE];
	git_oid commit;
	int rc, result;

	buf_init(&recording.text, TEXT_MAX);
	rc = print_text(&recording, err);
	if (rc == 0) {
		result = put(&recording, &commit);
		if (result < 0)
			rc = repo_error(result, err, "cannot write to '%s'", content->repo.path);
	}
	if (rc == 0)
		rc = make_durable(&recording, &commit, err);
	if (rc == 0) {
		digest_of(recording.text.data, recording.text.length, digest);
		digest_text(digest, out_digest);
		repo_id_text(&commit, out_commit);
		drop_others(&recording);
	}
	buf_release(&recording.text);
	repo_drop(&content->repo);
	return rc;
}
