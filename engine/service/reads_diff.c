/* SPDX-License-Identifier: MIT
 *
 * DiffArtifact: finding the two ends, which may be of two executions, and what they hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/suggest.h"
#include "runtime/load.h"
#include "service/diff_end.h"
#include "service/diff_reply.h"
#include "service/reads.h"
#include "service/reads_pins.h"
#include "wire/convert.h"

/* Where an execution is, as far as files need it. */
struct place {
	char *name, *folder;
	char blob[41]; /* of its pinned workflow */
};

struct end {
	struct diff_end asked;
	char execution[ULID_TEXT];
	struct place place;
	struct file_rows own, *files; /* that of the other end, if it is the same execution */
	const struct file_revision *revision;
	struct convert_texts texts;
	Hlp__V1__Revision message;
	char name[400]; /* for people */
};

struct job {
	struct asking *asking;
	struct catalog *catalog;
	struct content *content;
	struct arena arena;
	const char *path, *node; /* node "": whichever */
	struct end ends[2];	 /* old, new */
};

/* ---- which revisions --------------------------------------------------------------------- */

static int take_place(void *ctx, const struct execution_row *row, struct err *err)
{
	struct end *end = ctx;

	(void)err;
	end->place.name = mem_strdup(row->name);
	end->place.folder = mem_strdup(row->folder);
	(void)snprintf(end->place.blob, sizeof(end->place.blob), "%s", row->blob);
	return 0;
}

static int read_execution(struct job *job, struct end *end, struct err *err)
{
	int rc = 0;

	memcpy(end->execution, job->asking->execution, sizeof(end->execution));
	if (*end->asked.execution)
		rc = catalog_resolve(job->catalog, end->asked.execution, CATALOG_LOOK,
				     end->execution, err);
	if (rc >= 0)
		rc = catalog_execution(job->catalog, end->execution, take_place, end, err);
	end->files = &end->own;
	if (end == &job->ends[1] && !strcmp(end->execution, job->ends[0].execution))
		end->files = &job->ends[0].own;
	else if (rc >= 0)
		rc = file_rows_read(end->files, job->catalog, end->execution, job->node, err);
	return rc;
}

static int parse_ends(struct job *job, struct err *err)
{
	const Hlp__V1__DiffRequest *asked = (const Hlp__V1__DiffRequest *)job->asking->message;
	int rc = diff_end_parse(asked->old_revision, DIFF_WHEN_BEFORE, &job->arena,
				&job->ends[0].asked, err);

	if (rc >= 0)
		rc = diff_end_parse(asked->new_revision, DIFF_WHEN_NEWEST, &job->arena,
				    &job->ends[1].asked, err);
	return rc;
}

static void name_end(const struct job *job, struct end *end)
{
	bool other = strcmp(end->execution, job->asking->execution) != 0;

	convert_revision(&end->revision->row, end->revision->node,
			 (struct convert_standing){.current = end->revision->current,
						   .failed = end->revision->row.revision.failed,
						   .execution = other ? end->place.name : NULL},
			 &end->texts, &end->message);
	(void)snprintf(end->name, sizeof(end->name), "%.250s (%.100s%s%s)", job->path,
		       other ? end->place.name : "", other ? " " : "",
		       end->asked.when == DIFF_WHEN_NOW ? "now" : end->texts.id);
}

static int find_ends(struct job *job, struct err *err)
{
	int rc = 0;

	for (int i = 0; i < 2 && rc >= 0; i++) {
		struct end *end = &job->ends[i];

		rc = diff_end_find(&end->asked, end->files, job->path, &end->revision, err);
		if (rc >= 0)
			name_end(job, end);
	}
	return rc;
}

/* ---- what they hold ---------------------------------------------------------------------- */

static bool is_secret(const struct node_spec *spec, const char *path)
{
	for (uint32_t i = 0; i < spec->artifacts_count; i++)
		if (!strcmp(spec->artifacts[i].path, path))
			return spec->artifacts[i].secret;
	return false;
}

static int read_now(struct job *job, const struct end *end, struct content_side *out,
		    struct err *err)
{
	struct workflow *workflow = NULL;
	struct graph *graph = NULL;
	int rc = load_workflow(job->content, end->place.blob, &workflow, &graph, err);

	if (rc >= 0) {
		const struct node_spec *spec = &workflow->nodes[end->revision->row.revision.node];
		char *folder = file_join(end->place.folder, spec->workdir);
		struct content_file file = {folder, end->revision->row.path, spec->roots,
					    spec->roots_count,
					    is_secret(spec, end->revision->row.path)};

		rc = content_side_of_file(&file, out, err);
		free(folder);
	}
	graph_free(graph);
	workflow_free(workflow);
	return rc;
}

static int read_end(struct job *job, const struct end *end, struct content_side *out,
		    struct err *err)
{
	const struct revision *revision = &end->revision->row.revision;
	int rc;

	if (end->asked.when == DIFF_WHEN_NOW)
		return read_now(job, end, out, err);
	if (!revision->absent && !*revision->blob)
		return err_set(err, ERR_NOT_FOUND,
			       "of %s no contents were kept: it had %lld bytes, more than its "
			       "max_size",
			       job->path, (long long)revision->size);
	rc = content_side_read(job->content, revision->blob, out, err);
	if (rc >= 0)
		out->mode = revision->mode & 07777;
	return rc;
}

static Hlp__V1__Revision *message_of(struct end *end)
{
	return end->asked.when == DIFF_WHEN_NOW ? NULL : &end->message;
}

static int compare_ends(struct job *job, struct err *err)
{
	struct end *old = &job->ends[0], *new = &job->ends[1];
	struct diff_sides sides = {.names = {old->name, new->name},
				   .path = job->path,
				   .old_revision = message_of(old),
				   .new_revision = message_of(new)};
	int rc = read_end(job, old, &sides.old, err);

	if (rc >= 0)
		rc = read_end(job, new, &sides.new, err);
	if (rc >= 0)
		rc = diff_reply_put(job->asking, &sides, err);
	content_side_release(&sides.old);
	content_side_release(&sides.new);
	return rc;
}

/* ---- the whole --------------------------------------------------------------------------- */

static void release(struct job *job)
{
	for (int i = 0; i < 2; i++) {
		file_rows_release(&job->ends[i].own);
		free(job->ends[i].place.name);
		free(job->ends[i].place.folder);
	}
	arena_release(&job->arena);
}

static const char *path_at(const void *files, size_t i)
{
	return ((const struct file_rows *)files)->rows[i].row.path;
}

/* It may be a file that was pinned; else the nearest artifact is named. */
static int diff_pin(struct job *job, struct err *err)
{
	const struct file_rows *files = job->ends[0].files;
	char hint[SUGGEST_HINT];
	int rc = reads_pin_diff(job->asking, job->catalog, job->content, job->path, err);

	if (rc != -ERR_NOT_FOUND)
		return rc;
	return err_set(err, ERR_NOT_FOUND, "no artifact or pinned file '%s' here%s", job->path,
		       suggest_hint(job->path, files->count, path_at, files, hint));
}

static int diff(struct job *job, struct err *err)
{
	int rc = parse_ends(job, err);

	for (int i = 0; i < 2 && rc >= 0; i++)
		rc = read_execution(job, &job->ends[i], err);
	if (rc >= 0 && !*job->node && !*job->ends[0].asked.execution &&
	    !*job->ends[1].asked.execution && file_rows_newest(job->ends[0].files, job->path) < 0)
		return diff_pin(job, err);
	if (rc >= 0)
		rc = find_ends(job, err);
	return rc < 0 ? rc : compare_ends(job, err);
}

int reads_diff(struct asking *asking, struct catalog *catalog, struct content *content,
	       struct err *err)
{
	const Hlp__V1__DiffRequest *asked = (const Hlp__V1__DiffRequest *)asking->message;
	const char *colon = strchr(asked->artifact, ':');
	struct job job = {.asking = asking,
			  .catalog = catalog,
			  .content = content,
			  .path = colon ? colon + 1 : asked->artifact};
	int rc;

	job.node = colon ? arena_strndup(&job.arena, asked->artifact,
					 (size_t)(colon - asked->artifact))
			 : "";
	rc = diff(&job, err);
	release(&job);
	return rc;
}
