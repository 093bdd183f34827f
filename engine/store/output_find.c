/* SPDX-License-Identifier: MIT
 *
 * Block by block, each begun at the beginning of a line. A line that is longer than a block is
 * taken in pieces: nothing grows with the file.
 */
#include "store/output_find.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#include <stdlib.h>

#define BLOCK_BYTES ((size_t)256 * 1024)

/* Lower case; what programs write when something goes wrong. */
static const char *const ERRORS[] = {"error",	  "fail",      "fatal",	   "panic",
				     "exception", "denied",    "refused",  "cannot",
				     "traceback", "timed out", "segfault", "no such"};

struct finder {
	const struct output_query *query;
	output_hit *hit;
	void *ctx;
	int fd;
	int64_t size;
	char *block, *lower; /* of BLOCK_BYTES each */
	char *text;	     /* in lower case, unless case counts */
	bool exact;
	uint32_t found;
};

/* ---- one line ---------------------------------------------------------------------------- */

static bool has(const char *line, size_t length, const char *text)
{
	return memmem(line, length, text, strlen(text)) != NULL;
}

static bool matches(const struct finder *finder, size_t at, size_t length)
{
	if (!finder->query->errors)
		return has((finder->exact ? finder->block : finder->lower) + at, length,
			   finder->text);
	for (size_t i = 0; i < sizeof(ERRORS) / sizeof(ERRORS[0]); i++)
		if (has(finder->lower + at, length, ERRORS[i]))
			return true;
	return false;
}

/* Returns what the hit returned, or 0. */
static int try_line(struct finder *finder, int64_t block_offset, size_t at, size_t length)
{
	if (!matches(finder, at, length))
		return 0;
	finder->found++;
	return finder->hit(finder->ctx, block_offset + (int64_t)at, finder->block + at,
			   length < OUTPUT_FIND_LINE ? length : OUTPUT_FIND_LINE);
}

static bool is_full(const struct finder *finder)
{
	return finder->found >= finder->query->lines_most;
}

/* ---- blocks ------------------------------------------------------------------------------ */

static ssize_t read_block(struct finder *finder, int64_t offset, size_t length)
{
	ssize_t got;

	do {
		got = pread(finder->fd, finder->block, length, offset);
	} while (got < 0 && errno == EINTR);
	for (ssize_t i = 0; i < got && !finder->exact; i++)
		finder->lower[i] = (char)tolower((unsigned char)finder->block[i]);
	return got < 0 ? -errno : got;
}

/* Looks through [offset, …); the next block begins at *out_next. */
static int find_down(struct finder *finder, int64_t offset, int64_t *out_next)
{
	ssize_t got = read_block(finder, offset, BLOCK_BYTES);
	size_t length = got > 0 ? (size_t)got : 0, at = 0;
	bool is_last = offset + got >= finder->size;

	*out_next = offset + got;
	while (got > 0 && at < length) {
		const char *end = memchr(finder->block + at, '\n', length - at);
		size_t count = end ? (size_t)(end - finder->block) - at : length - at;
		if (end == NULL && !is_last && at > 0)
			break; /* its rest is in the next block */
		int rc = try_line(finder, offset, at, count);
		at += count + (end != NULL);
		*out_next = offset + (int64_t)at;
		if (rc != 0)
			return rc;
		if (is_full(finder))
			return 0;
	}
	*out_next = offset + (int64_t)at;
	return got < 0 ? (int)got : 0;
}

/* Where the last line before `end` begins, within the block. */
static size_t line_start(const struct finder *finder, size_t end)
{
	const char *newline = end > 0 ? memrchr(finder->block, '\n', end) : NULL;

	return newline ? (size_t)(newline - finder->block) + 1 : 0;
}

/* Looks through what lies before `before`; the next block ends at *out_next. */
static int find_up(struct finder *finder, int64_t before, int64_t *out_next)
{
	size_t length = before < (int64_t)BLOCK_BYTES ? (size_t)before : BLOCK_BYTES;
	int64_t offset = before - (int64_t)length;
	ssize_t got = read_block(finder, offset, length);

	*out_next = offset;
	if (got < 0)
		return (int)got;
	for (size_t end = (size_t)got; end > 0;) {
		size_t stop = finder->block[end - 1] == '\n' ? end - 1 : end;
		size_t start = line_start(finder, stop);
		if (start == 0 && offset > 0 && end < (size_t)got)
			return 0; /* it began in an earlier block */
		int rc = try_line(finder, offset, start, stop - start);
		end = start;
		*out_next = offset + (int64_t)start;
		if (rc != 0)
			return rc;
		if (is_full(finder))
			return 0;
	}
	return 0;
}

/* ---- the whole --------------------------------------------------------------------------- */

static bool has_capital(const char *text)
{
	for (; *text != '\0'; text++)
		if (isupper((unsigned char)*text))
			return true;
	return false;
}

static int search(struct finder *finder, struct output_search *out)
{
	const struct output_query *query = finder->query;
	int64_t at = query->from < 0 || query->from > finder->size ? finder->size : query->from;
	int64_t start = at;

	for (;;) {
		int64_t seen = query->backwards ? start - at : at - start;
		out->scanned = at;
		out->done = query->backwards ? at == 0 : at >= finder->size;
		if (out->done || is_full(finder) || seen >= query->bytes_most)
			return 0;
		int rc = query->backwards ? find_up(finder, at, &out->scanned)
					  : find_down(finder, at, &out->scanned);
		if (rc != 0 || out->scanned == at)
			return rc; /* or the file was cut meanwhile */
		at = out->scanned;
	}
}

int output_find(const char *path, const struct output_query *query, output_hit *hit, void *ctx,
		struct output_search *out, struct err *err)
{
	struct finder finder = {.query = query, .hit = hit, .ctx = ctx};
	struct stat info;

	*out = (struct output_search){.done = true};
	finder.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (finder.fd < 0 && errno == ENOENT)
		return 0;
	if (finder.fd < 0 || fstat(finder.fd, &info) < 0 || !S_ISREG(info.st_mode)) {
		int code = finder.fd < 0 ? errno : EINVAL;
		if (finder.fd >= 0)
			(void)close(finder.fd);
		return err_errno(err, code, "cannot read '%s'", path);
	}
	finder.size = info.st_size;
	finder.exact = !query->errors && has_capital(query->text);
	finder.text = mem_strdup(query->text);
	finder.block = mem_alloc(BLOCK_BYTES);
	finder.lower = finder.exact ? NULL : mem_alloc(BLOCK_BYTES);
	int rc = search(&finder, out);
	free(finder.block);
	free(finder.lower);
	free(finder.text);
	(void)close(finder.fd); /* only read */
	return rc < 0 ? err_errno(err, -rc, "cannot read '%s'", path) : rc;
}
