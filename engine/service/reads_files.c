/* SPDX-License-Identifier: MIT
 *
 * Reading outputs, artifacts and differences, on the catalog thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "model/order.h"
#include "model/suggest.h"
#include "runtime/load.h"
#include "service/reads.h"
#include "service/reads_pins.h"
#include "store/output.h"
#include "store/output_find.h"
#include "wire/convert.h"
#include "wire/message.h"

#define CHUNK_MAX  ((size_t)1024 * 1024)
#define FIND_BYTES ((int64_t)8 * 1024 * 1024) /* looked through for one answer */
#define FIND_LINES 500

/* ---- nodes and revisions of one execution ------------------------------------------------ */

struct files_ctx {
	struct arena arena;
	const char *wanted;    /* node asked for; NULL: any */
	uint32_t node;	       /* found */
	struct node_row found; /* its texts are in the arena */
	bool has_found;
	struct revision_row *rows;
	const char **names; /* per row: the node's id */
	size_t count, capacity, names_capacity;
	const char **ids; /* per node */
	size_t ids_count, ids_capacity;
};

static void release(struct files_ctx *files)
{
	free(files->rows);
	free(files->names);
	free(files->ids);
	arena_release(&files->arena);
}

static int take_node(void *ctx, const struct node_row *row, struct err *err)
{
	struct files_ctx *files = ctx;

	(void)err;
	files->ids = mem_grow(files->ids, &files->ids_capacity, row->index + 1, sizeof(char *));
	while (files->ids_count <= row->index)
		files->ids[files->ids_count++] = "";
	files->ids[row->index] = arena_strdup(&files->arena, row->id);
	if (!files->wanted || strcmp(row->id, files->wanted))
		return 0;
	files->found = *row;
	files->found.id = files->ids[row->index];
	files->node = row->index;
	files->has_found = true;
	return 0;
}

static int take_revision(void *ctx, const struct revision_row *row, struct err *err)
{
	struct files_ctx *files = ctx;

	(void)err;
	if (files->wanted && row->revision.node != files->node)
		return 0;
	files->rows =
		mem_grow(files->rows, &files->capacity, files->count + 1, sizeof(*files->rows));
	files->names =
		mem_grow(files->names, &files->names_capacity, files->count + 1, sizeof(char *));
	files->rows[files->count] = *row;
	files->rows[files->count].path = arena_strdup(&files->arena, row->path);
	files->names[files->count++] =
		row->revision.node < files->ids_count ? files->ids[row->revision.node] : "";
	return 0;
}

static const char *id_at(const void *files, size_t i)
{
	return ((const struct files_ctx *)files)->ids[i];
}

static int find_node(struct files_ctx *files, struct asking *asking, struct catalog *catalog,
		     const char *node, struct err *err)
{
	char hint[SUGGEST_HINT];
	int rc;

	files->wanted = node && *node ? node : NULL;
	rc = catalog_nodes(catalog, asking->execution, take_node, files, err);
	if (rc >= 0 && files->wanted && !files->has_found)
		rc = err_set(err, ERR_NOT_FOUND, "no node '%s' in this execution%s", node,
			     suggest_hint(node, files->ids_count, id_at, files, hint));
	return rc;
}

static int find_revisions(struct files_ctx *files, struct asking *asking, struct catalog *catalog,
			  const char *node, struct err *err)
{
	int rc = find_node(files, asking, catalog, node, err);

	if (rc >= 0)
		rc = catalog_revisions(catalog, asking->execution, EVENT_NO_NODE, take_revision,
				       files, err);
	return rc;
}

/* ---- output ------------------------------------------------------------------------------ */

static enum attempt_kind kind_of(const char *word)
{
	if (!strcmp(word, "undo"))
		return ATTEMPT_UNDO;
	return strcmp(word, "hook") ? ATTEMPT_RUN : ATTEMPT_HOOK;
}

/* The samples that tell when these bytes came: each is for what lies before it. */
static void put_times(Hlp__V1__OutputChunk *chunk, const char *path, struct arena *arena)
{
	struct output_time *times = NULL;
	size_t count =
		output_times(path, chunk->offset, chunk->offset + (int64_t)chunk->data.len, &times);

	chunk->times = arena_alloc(arena, (count + 1) * sizeof(*chunk->times));
	for (size_t i = 0; i < count; i++) {
		Hlp__V1__OutputTime *time = arena_alloc(arena, sizeof(*time));
		hlp__v1__output_time__init(time);
		time->bytes = times[i].bytes;
		time->time_us = times[i].time_us;
		chunk->times[chunk->n_times++] = time;
	}
	free(times);
}

static int put_chunk(struct asking *asking, const struct files_ctx *files, const char *path,
		     uint32_t attempt, struct err *err)
{
	const Hlp__V1__OutputRequest *asked = (const Hlp__V1__OutputRequest *)asking->message;
	Hlp__V1__OutputChunk chunk = HLP__V1__OUTPUT_CHUNK__INIT;
	size_t length = asked->length && asked->length < CHUNK_MAX ? asked->length : CHUNK_MAX;
	struct buf data;
	int rc;

	buf_init(&data, CHUNK_MAX);
	rc = output_read(path, asked->offset, length, &data, &chunk.offset, &chunk.size, err);
	if (rc >= 0) {
		chunk.data.data = (uint8_t *)data.data;
		chunk.data.len = data.length;
		chunk.attempt = attempt;
		chunk.live = files->found.state == STATE_RUNNING ||
			     files->found.state == STATE_RECOVERING;
		struct arena arena = {0};
		put_times(&chunk, path, &arena);
		message_pack(&chunk.base, &asking->out);
		arena_release(&arena);
	}
	buf_release(&data);
	return rc;
}

/* Finds the output that is asked for and hands it on. */
typedef int put_output(struct asking *asking, const struct files_ctx *files, const char *path,
		       uint32_t attempt, struct err *err);

struct wanted_output {
	const char *node, *kind;
	uint32_t attempt; /* 0: the newest */
};

static int with_output(struct asking *asking, struct catalog *catalog, struct wanted_output wanted,
		       put_output *put, struct err *err)
{
	const struct order_places places = {.output_folder = asking->service->home->output};
	enum attempt_kind kind = kind_of(wanted.kind);
	struct files_ctx files = {0};
	int rc = find_node(&files, asking, catalog, wanted.node, err);

	if (rc >= 0 && !wanted.attempt)
		wanted.attempt =
			kind == ATTEMPT_RUN ? files.found.attempt : files.found.undo_attempt;
	if (rc >= 0)
		rc = put(asking, &files,
			 order_output_path(asking->execution, wanted.node, kind, wanted.attempt,
					   &places, &files.arena),
			 wanted.attempt, err);
	release(&files);
	return rc;
}

int reads_output(struct asking *asking, struct catalog *catalog, struct content *content,
		 struct err *err)
{
	const Hlp__V1__OutputRequest *asked = (const Hlp__V1__OutputRequest *)asking->message;
	struct wanted_output wanted = {asked->node, asked->kind, asked->attempt};

	(void)content;
	return with_output(asking, catalog, wanted, put_chunk, err);
}

struct find_ctx {
	struct arena arena;
	Hlp__V1__FoundLine **lines;
	size_t count, capacity;
};

static int take_line(void *ctx, int64_t offset, const char *line, size_t length)
{
	struct find_ctx *find = ctx;
	Hlp__V1__FoundLine *found = arena_alloc(&find->arena, sizeof(*found));

	hlp__v1__found_line__init(found);
	found->offset = offset;
	found->text.data = (uint8_t *)arena_strndup(&find->arena, line, length);
	found->text.len = length;
	find->lines = mem_grow(find->lines, &find->capacity, find->count + 1, sizeof(*find->lines));
	find->lines[find->count++] = found;
	return 0;
}

static int put_found(struct asking *asking, const struct files_ctx *files, const char *path,
		     uint32_t attempt, struct err *err)
{
	const Hlp__V1__FindRequest *asked = (const Hlp__V1__FindRequest *)asking->message;
	Hlp__V1__FindReply reply = HLP__V1__FIND_REPLY__INIT;
	struct output_query query = {.text = asked->text,
				     .errors = asked->errors,
				     .backwards = asked->backwards,
				     .from = asked->from,
				     .bytes_most = asked->errors ? FIND_BYTES / 4 : FIND_BYTES,
				     .lines_most = asked->lines_most ? asked->lines_most : 1};
	struct output_search search;
	struct find_ctx find = {0};

	(void)files;
	(void)attempt;
	if (query.lines_most > FIND_LINES)
		query.lines_most = FIND_LINES;
	int rc = output_find(path, &query, take_line, &find, &search, err);
	if (rc >= 0) {
		reply.lines = find.lines;
		reply.n_lines = find.count;
		reply.scanned = search.scanned;
		reply.done = search.done;
		reply.size = output_size(path);
		message_pack(&reply.base, &asking->out);
	}
	free(find.lines);
	arena_release(&find.arena);
	return rc;
}

int reads_find(struct asking *asking, struct catalog *catalog, struct content *content,
	       struct err *err)
{
	const Hlp__V1__FindRequest *asked = (const Hlp__V1__FindRequest *)asking->message;
	struct wanted_output wanted = {asked->node, asked->kind, asked->attempt};

	(void)content;
	return with_output(asking, catalog, wanted, put_found, err);
}

/* ---- artifacts --------------------------------------------------------------------------- */

static bool is_newest(const struct files_ctx *files, size_t row)
{
	for (size_t i = row + 1; i < files->count; i++)
		if (!strcmp(files->rows[i].path, files->rows[row].path))
			return false;
	return true;
}

static int by_seq(const void *a, const void *b)
{
	const struct revision_row *left = a, *right = b;

	return (left->revision.seq > right->revision.seq) -
	       (left->revision.seq < right->revision.seq);
}

/* In order of time, so that the newest of a path is the last one. */
static void sort_rows(struct files_ctx *files)
{
	if (files->count)
		qsort(files->rows, files->count, sizeof(*files->rows), by_seq);
	for (size_t i = 0; i < files->count; i++) {
		uint32_t node = files->rows[i].revision.node;

		files->names[i] = node < files->ids_count ? files->ids[node] : "";
	}
}

int reads_artifacts(struct asking *asking, struct catalog *catalog, struct content *content,
		    struct err *err)
{
	const Hlp__V1__ArtifactsRequest *asked = (const Hlp__V1__ArtifactsRequest *)asking->message;
	struct files_ctx files = {0};
	int rc = find_revisions(&files, asking, catalog, asked->node, err);

	(void)content;
	if (rc >= 0) {
		sort_rows(&files);
		for (size_t i = 0; i < files.count; i++)
			convert_artifact(&asking->out, &files.rows[i], files.names[i],
					 is_newest(&files, i));
	}
	release(&files);
	return rc;
}

/* ---- differences ------------------------------------------------------------------------- */

struct diff_pair {
	const struct revision_row *old, *new;
	const char *old_node, *new_node;
};

/* A revision by its id ("r123"), or -1. */
static int64_t row_by_id(const struct files_ctx *files, const char *path, const char *id)
{
	uint64_t seq = *id == 'r' ? strtoull(id + 1, NULL, 10) : 0;

	for (size_t i = 0; i < files->count; i++)
		if (files->rows[i].revision.seq == seq && !strcmp(files->rows[i].path, path))
			return (int64_t)i;
	return -1;
}

static int64_t newest_row(const struct files_ctx *files, const char *path)
{
	for (size_t i = files->count; i-- > 0;)
		if (!strcmp(files->rows[i].path, path))
			return (int64_t)i;
	return -1;
}

/* What the file was before the node of the newest revision first touched it since it was last
 * fresh. */
static int64_t pre_image_row(const struct files_ctx *files, const char *path, int64_t newest)
{
	const uint32_t node = files->rows[newest].revision.node;
	int64_t found = -1;

	for (int64_t i = 0; i <= newest; i++) {
		const struct revision *revision = &files->rows[i].revision;

		if (revision->node != node || strcmp(files->rows[i].path, path))
			continue;
		if (revision->moment == MOMENT_RESTORED && i < newest)
			found = -1;
		else if (revision->moment == MOMENT_BEFORE && found < 0)
			found = i;
	}
	return found < 0 ? newest : found;
}

static bool is_now(const Hlp__V1__DiffRequest *asked)
{
	return !strcmp(asked->new_revision, "now");
}

static int find_pair(const struct files_ctx *files, const Hlp__V1__DiffRequest *asked,
		     const char *path, struct diff_pair *out, struct err *err)
{
	int64_t new_row, old_row;

	new_row = *asked->new_revision && !is_now(asked)
			  ? row_by_id(files, path, asked->new_revision)
			  : newest_row(files, path);
	if (new_row < 0)
		return err_set(err, ERR_NOT_FOUND,
			       *asked->new_revision ? "'%s' has no revision '%s'"
						    : "no artifact '%s' in this execution%s",
			       path, *asked->new_revision ? asked->new_revision : "");
	old_row = *asked->old_revision ? row_by_id(files, path, asked->old_revision)
				       : pre_image_row(files, path, new_row);
	if (old_row < 0)
		return err_set(err, ERR_NOT_FOUND, "'%s' has no revision '%s'", path,
			       asked->old_revision);
	*out = (struct diff_pair){&files->rows[old_row], &files->rows[new_row],
				  files->names[old_row], files->names[new_row]};
	return 0;
}

static void name_side(char out[300], const char *path, const char *revision)
{
	(void)snprintf(out, 300, "%s (%s)", path, revision); /* cut at the size: for people */
}

/* ---- … and what it holds now ------------------------------------------------------------- */

struct now_ctx {
	struct arena arena;
	char blob[41];
	char *folder;
};

static int take_place(void *ctx, const struct execution_row *row, struct err *err)
{
	struct now_ctx *now = ctx;

	(void)err;
	now->folder = arena_strdup(&now->arena, row->folder);
	(void)snprintf(now->blob, sizeof(now->blob), "%s", row->blob);
	return 0;
}

static bool is_secret(const struct node_spec *spec, const char *path)
{
	for (uint32_t i = 0; i < spec->artifacts_count; i++)
		if (!strcmp(spec->artifacts[i].path, path))
			return spec->artifacts[i].secret;
	return false;
}

static int diff_now(struct content *content, struct now_ctx *now, const struct workflow *workflow,
		    const struct revision_row *old, uint32_t context, struct buf *out,
		    struct err *err)
{
	const struct node_spec *spec = &workflow->nodes[old->revision.node];
	char *folder = file_join(now->folder, spec->workdir);
	struct content_file file = {folder, old->path, spec->roots, spec->roots_count,
				    is_secret(spec, old->path)};
	char old_name[300], new_name[300], id[24];
	int rc;

	(void)snprintf(id, sizeof(id), "r%llu", (unsigned long long)old->revision.seq); /* fits */
	name_side(old_name, old->path, id);
	name_side(new_name, old->path, "now");
	rc = content_diff_file(content, old->revision.blob, &file, old_name, new_name, context, out,
			       err);
	free(folder);
	return rc;
}

static int put_diff_now(struct asking *asking, struct catalog *catalog, struct content *content,
			const struct revision_row *old, const char *old_node, struct err *err)
{
	const Hlp__V1__DiffRequest *asked = (const Hlp__V1__DiffRequest *)asking->message;
	Hlp__V1__DiffReply reply = HLP__V1__DIFF_REPLY__INIT;
	Hlp__V1__Revision old_message;
	struct convert_texts texts;
	struct now_ctx now = {0};
	struct workflow *workflow = NULL;
	struct graph *graph = NULL;
	struct buf text;
	int rc = catalog_execution(catalog, asking->execution, take_place, &now, err);

	buf_init(&text, (size_t)4 * 1024 * 1024);
	if (rc >= 0)
		rc = load_workflow(content, now.blob, &workflow, &graph, err);
	if (rc >= 0)
		rc = diff_now(content, &now, workflow, old, asked->context ? asked->context : 3,
			      &text, err);
	if (rc >= 0) {
		convert_revision(old, old_node, false, &texts, &old_message);
		reply.text.data = (uint8_t *)text.data;
		reply.text.len = text.length;
		reply.old_revision = &old_message;
		reply.same = !text.length;
		message_pack(&reply.base, &asking->out);
	}
	graph_free(graph);
	workflow_free(workflow);
	buf_release(&text);
	arena_release(&now.arena);
	return rc;
}

static int put_diff(struct asking *asking, struct content *content, const struct diff_pair *pair,
		    struct err *err)
{
	const Hlp__V1__DiffRequest *asked = (const Hlp__V1__DiffRequest *)asking->message;
	Hlp__V1__DiffReply reply = HLP__V1__DIFF_REPLY__INIT;
	Hlp__V1__Revision old_message, new_message;
	struct convert_texts old_texts, new_texts;
	char old_name[300], new_name[300];
	struct buf text;
	int rc;

	convert_revision(pair->old, pair->old_node, false, &old_texts, &old_message);
	convert_revision(pair->new, pair->new_node, false, &new_texts, &new_message);
	name_side(old_name, pair->old->path, old_texts.id);
	name_side(new_name, pair->new->path, new_texts.id);
	buf_init(&text, (size_t)4 * 1024 * 1024);
	rc = content_diff(content, pair->old->revision.blob, pair->new->revision.blob, old_name,
			  new_name, asked->context ? asked->context : 3, &text, err);
	if (rc >= 0) {
		reply.text.data = (uint8_t *)text.data;
		reply.text.len = text.length;
		reply.old_revision = &old_message;
		reply.new_revision = &new_message;
		reply.same = !strcmp(pair->old->revision.blob, pair->new->revision.blob);
		message_pack(&reply.base, &asking->out);
	}
	buf_release(&text);
	return rc;
}

int reads_diff(struct asking *asking, struct catalog *catalog, struct content *content,
	       struct err *err)
{
	const Hlp__V1__DiffRequest *asked = (const Hlp__V1__DiffRequest *)asking->message;
	const char *colon = strchr(asked->artifact, ':');
	const char *path = colon ? colon + 1 : asked->artifact;
	struct files_ctx files = {0};
	struct diff_pair pair = {0};
	char *node = colon ? arena_strndup(&files.arena, asked->artifact,
					   (size_t)(colon - asked->artifact))
			   : NULL;
	int rc = find_revisions(&files, asking, catalog, node, err);

	if (rc >= 0)
		sort_rows(&files);
	if (rc >= 0 && !colon && newest_row(&files, path) < 0) {
		release(&files);
		return reads_pin_diff(asking, catalog, content, path, err);
	}
	if (rc >= 0)
		rc = find_pair(&files, asked, path, &pair, err);
	if (rc >= 0 && is_now(asked))
		rc = put_diff_now(asking, catalog, content, pair.old, pair.old_node, err);
	else if (rc >= 0)
		rc = put_diff(asking, content, &pair, err);
	release(&files);
	return rc;
}
