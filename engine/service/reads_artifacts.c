/* SPDX-License-Identifier: MIT
 *
 * ListArtifacts: the revisions of one execution's files, or those of one file in all executions.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "service/file_rows.h"
#include "service/reads.h"
#include "wire/convert.h"

#define EXECUTIONS_MOST 100 /* of a history, the newest */

static void put_revision(struct buf *out, const struct file_revision *revision,
			 struct convert_standing standing)
{
	standing.current = revision->current;
	standing.failed = revision->row.revision.failed;
	convert_artifact(out, &revision->row, revision->node, standing);
}

/* Whether a path is the one asked for, or ends with it. */
static bool is_asked(const char *path, const char *asked)
{
	size_t length = strlen(path), end = strlen(asked);

	return !*asked || !strcmp(path, asked) ||
	       (length > end && path[length - end - 1] == '/' && text_ends_with(path, asked));
}

int reads_artifacts(struct asking *asking, struct catalog *catalog, struct content *content,
		    struct err *err)
{
	const Hlp__V1__ArtifactsRequest *asked = (const Hlp__V1__ArtifactsRequest *)asking->message;
	struct file_rows files = {0};
	int rc = file_rows_read(&files, catalog, asking->execution, asked->node, err);

	(void)content;
	for (size_t i = 0; rc >= 0 && i < files.count; i++)
		if (is_asked(files.rows[i].row.path, asked->path))
			put_revision(&asking->out, &files.rows[i], (struct convert_standing){0});
	file_rows_release(&files);
	return rc;
}

/* ---- of all executions ------------------------------------------------------------------- */

struct past {
	char id[ULID_TEXT];
	const char *name, *folder;
};

struct history {
	struct arena arena;
	struct past executions[EXECUTIONS_MOST]; /* newest first */
	size_t count;
};

static int take_execution(void *ctx, const struct execution_row *row, struct err *err)
{
	struct history *history = ctx;
	struct past *past = &history->executions[history->count++];

	(void)err;
	memcpy(past->id, row->id, sizeof(past->id));
	past->name = arena_strdup(&history->arena, row->name);
	past->folder = arena_strdup(&history->arena, row->folder);
	return 0;
}

static int put_past(struct asking *asking, struct catalog *catalog, const struct past *past,
		    const char *path, struct err *err)
{
	struct convert_standing where = {.execution = past->name, .folder = past->folder};
	struct file_rows files = {0};
	int rc = file_rows_read(&files, catalog, past->id, NULL, err);

	for (size_t i = 0; rc >= 0 && i < files.count; i++)
		if (is_asked(files.rows[i].row.path, path))
			put_revision(&asking->out, &files.rows[i], where);
	file_rows_release(&files);
	return rc;
}

int reads_file_history(struct asking *asking, struct catalog *catalog, struct content *content,
		       struct err *err)
{
	const Hlp__V1__ArtifactsRequest *asked = (const Hlp__V1__ArtifactsRequest *)asking->message;
	struct history *history = mem_zalloc(sizeof(*history));
	int rc = catalog_executions_of_file(catalog, asked->path, EXECUTIONS_MOST, take_execution,
					    history, err);

	(void)content;
	if (rc >= 0 && !history->count)
		rc = err_set(err, ERR_NOT_FOUND, "no execution has recorded a file '%s'",
			     asked->path);
	for (size_t i = history->count; rc >= 0 && i-- > 0;) /* oldest first */
		rc = put_past(asking, catalog, &history->executions[i], asked->path, err);
	arena_release(&history->arena);
	free(history);
	return rc < 0 ? rc : 0;
}
