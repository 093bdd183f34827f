/* SPDX-License-Identifier: MIT
 *
 * What nodes and files an execution has. See file_rows.h.
 */
#include "service/file_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "model/suggest.h"

void file_rows_release(struct file_rows *files)
{
	free(files->rows);
	free(files->nodes);
	arena_release(&files->arena);
	*files = (struct file_rows){0};
}

/* ---- nodes ------------------------------------------------------------------------------- */

static int take_node(void *ctx, const struct node_row *row, struct err *err)
{
	struct file_rows *files = ctx;

	(void)err;
	files->nodes = mem_grow(files->nodes, &files->nodes_capacity, row->index + 1,
				sizeof(*files->nodes));
	while (files->nodes_count <= row->index)
		files->nodes[files->nodes_count++] = "";
	files->nodes[row->index] = arena_strdup(&files->arena, row->id);
	if (!files->wanted || strcmp(row->id, files->wanted))
		return 0;
	files->found = *row;
	files->found.id = files->nodes[row->index];
	files->has_found = true;
	return 0;
}

static const char *id_at(const void *files, size_t i)
{
	return ((const struct file_rows *)files)->nodes[i];
}

int file_rows_find_node(struct file_rows *files, struct catalog *catalog, const char *execution,
			const char *node, struct err *err)
{
	char hint[SUGGEST_HINT];
	int rc;

	files->wanted = node && *node ? node : NULL;
	rc = catalog_nodes(catalog, execution, take_node, files, err);
	if (rc >= 0 && files->wanted && !files->has_found)
		rc = err_set(err, ERR_NOT_FOUND, "no node '%s' in this execution%s", node,
			     suggest_hint(node, files->nodes_count, id_at, files, hint));
	return rc;
}

/* ---- revisions --------------------------------------------------------------------------- */

static int take_revision(void *ctx, const struct revision_row *row, struct err *err)
{
	struct file_rows *files = ctx;
	struct file_revision *revision;
	uint32_t node = row->revision.node;

	(void)err;
	if (files->wanted && node != files->found.index)
		return 0;
	files->rows =
		mem_grow(files->rows, &files->capacity, files->count + 1, sizeof(*files->rows));
	revision = &files->rows[files->count++];
	*revision = (struct file_revision){
		.row = *row, .node = node < files->nodes_count ? files->nodes[node] : ""};
	revision->row.path = arena_strdup(&files->arena, row->path);
	return 0;
}

static int by_seq(const void *a, const void *b)
{
	const struct file_revision *left = a, *right = b;
	uint64_t x = left->row.revision.seq, y = right->row.revision.seq;

	return (x > y) - (x < y);
}

/* ---- what stands ------------------------------------------------------------------------- */

static void mark_failed(struct file_rows *files)
{
	struct map newest = {0}; /* of each path, so far */

	for (size_t i = 0; i < files->count; i++) {
		struct revision *revision = &files->rows[i].row.revision;
		const char *path = files->rows[i].row.path;
		union map_value *last = map_find_text(&newest, path);

		revision->failed = rows_stands_for_nothing(revision, last ? last->pointer : NULL);
		if (last)
			last->pointer = revision;
		else
			(void)map_add_text(&newest, path, (union map_value){.pointer = revision});
	}
	map_release(&newest);
}

/* Newest first, so that the first of a path that stands is the current one. */
static void mark_current(struct file_rows *files)
{
	struct map seen = {0};

	for (size_t i = files->count; i-- > 0;) {
		struct file_revision *revision = &files->rows[i];

		revision->current =
			!revision->row.revision.failed &&
			map_add_text(&seen, revision->row.path, (union map_value){.number = 1});
	}
	map_release(&seen);
}

int file_rows_read(struct file_rows *files, struct catalog *catalog, const char *execution,
		   const char *node, struct err *err)
{
	int rc = file_rows_find_node(files, catalog, execution, node, err);

	if (rc >= 0)
		rc = catalog_revisions(catalog, execution, EVENT_NO_NODE, take_revision, files,
				       err);
	if (rc >= 0 && files->count)
		qsort(files->rows, files->count, sizeof(*files->rows), by_seq);
	if (rc >= 0) {
		mark_failed(files);
		mark_current(files);
	}
	return rc;
}

int64_t file_rows_newest(const struct file_rows *files, const char *path)
{
	for (size_t i = files->count; i-- > 0;)
		if (!strcmp(files->rows[i].row.path, path))
			return (int64_t)i;
	return -1;
}
