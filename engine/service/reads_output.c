/* SPDX-License-Identifier: MIT
 *
 * Reading what attempts printed, on the catalog thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/order.h"
#include "service/file_rows.h"
#include "service/reads.h"
#include "store/output.h"
#include "store/output_find.h"
#include "wire/convert.h"
#include "wire/message.h"

#define CHUNK_MAX  ((size_t)1024 * 1024)
#define FIND_BYTES ((int64_t)8 * 1024 * 1024) /* looked through for one answer */
#define FIND_LINES 500

/* ---- output ------------------------------------------------------------------------------ */

static enum attempt_kind kind_of(const char *word)
{
	enum attempt_kind kind;

	return attempt_kind_parse(word, &kind) ? kind : ATTEMPT_RUN;
}

struct newest {
	enum attempt_kind kind;
	uint32_t number; /* 0: there is none */
};

static int take_newest(void *ctx, const struct attempt_row *row, struct err *err)
{
	struct newest *newest = ctx;

	(void)err;
	if (row->kind == newest->kind && row->number > newest->number)
		newest->number = row->number;
	return 0;
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

static int put_chunk(struct asking *asking, const struct file_rows *files, const char *path,
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
typedef int put_output(struct asking *asking, const struct file_rows *files, const char *path,
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
	struct file_rows files = {0};
	int rc = file_rows_find_node(&files, catalog, asking->execution, wanted.node, err);

	struct newest newest = {kind, wanted.attempt};
	if (rc >= 0 && !newest.number)
		rc = catalog_attempts(catalog, asking->execution, files.found.index, take_newest,
				      &newest, err);
	if (rc >= 0)
		rc = put(asking, &files,
			 order_output_path(asking->execution, wanted.node, kind, newest.number,
					   &places, &files.arena),
			 newest.number, err);
	file_rows_release(&files);
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

static int put_found(struct asking *asking, const struct file_rows *files, const char *path,
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
