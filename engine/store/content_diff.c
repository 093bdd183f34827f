/* SPDX-License-Identifier: MIT
 *
 * Two revisions side by side, for people: a unified diff of texts; sizes, digests and the first
 * difference of what is binary or very large. Bytes are passed on as they are: whoever shows
 * them on a terminal sends them through the gate.
 */
#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/content_own.h"

#define READ_MAX     ((size_t)64 * 1024 * 1024)
#define TEXT_MAX     ((size_t)4 * 1024 * 1024) /* of a side; beyond it a diff helps nobody */
#define OUT_MAX	     ((size_t)1024 * 1024)
#define BINARY_PROBE ((size_t)8000)

_Static_assert(sizeof(((struct content_side *)0)->sha256) == DIGEST_TEXT, "a digest's text");

struct output {
	struct buf *out;
	size_t end; /* length of `out` at which the diff is cut */
	bool cut;
};

/* ---- the two sides ------------------------------------------------------------------------ */

/* What is kept beside the repository is not read, unless it was put there only because it looked
 * like a pointer. */
static bool is_beside(const struct buf *data, struct bigfile_pointer *out)
{
	return bigfile_parse(buf_text(data), data->length, out) &&
	       (out->secret[0] || out->size > BIGFILE_FROM);
}

int content_side_read(struct content *content, const char *blob, struct content_side *out,
		      struct err *err)
{
	struct content_side side = {.present = blob[0]};
	struct bigfile_pointer pointer;
	uint8_t sum[DIGEST_SIZE];
	struct buf head;
	int rc = 0;

	buf_init(&head, READ_MAX);
	if (side.present)
		rc = repo_read(&content->repo, blob, &head, err);
	if (rc == 0 && side.present && is_beside(&head, &pointer)) {
		side.secret = pointer.secret[0];
		side.size = pointer.size;
		memcpy(side.sha256, pointer.name, sizeof(side.sha256));
	} else if (rc == 0 && side.present) {
		rc = content_read(content, blob, READ_MAX, &side.data, &side.length, err);
		side.size = (int64_t)side.length;
		if (rc == 0)
			digest_of(side.data, side.length, sum);
		if (rc == 0)
			digest_text(sum, side.sha256);
	}
	buf_release(&head);
	if (rc == 0)
		*out = side;
	return rc;
}

void content_side_release(struct content_side *side)
{
	free(side->data);
	*side = (struct content_side){0};
}

bool content_side_is_text(const struct content_side *side)
{
	size_t probe = side->length < BINARY_PROBE ? side->length : BINARY_PROBE;

	if (!side->present)
		return true;
	return side->data && side->length <= TEXT_MAX && !memchr(side->data, '\0', probe);
}

/* ---- what is not shown line by line ------------------------------------------------------- */

static void print_side(struct buf *out, const char *what, const struct content_side *side)
{
	if (side->present)
		buf_printf(out, "%s: %lld bytes, sha256 %s\n", what, (long long)side->size,
			   side->sha256);
	else
		buf_printf(out, "%s: absent\n", what);
}

static void print_summary(struct buf *out, const struct content_side *old,
			  const struct content_side *new)
{
	size_t shorter = old->length < new->length ? old->length : new->length, at = 0;

	buf_add_text(out, old->secret || new->secret
				  ? "Files differ; what is in them is secret.\n"
				  : "Files differ; they are binary or too large to show.\n");
	print_side(out, "old", old);
	print_side(out, "new", new);
	if (!old->data || !new->data)
		return;
	while (at < shorter && old->data[at] == new->data[at])
		at++;
	buf_printf(out, "first difference at byte %zu\n", at);
}

/* ---- lines -------------------------------------------------------------------------------- */

static int print_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
		      const git_diff_line *line, void *payload)
{
	struct output *output = payload;
	bool changed = line->origin == GIT_DIFF_LINE_ADDITION ||
		       line->origin == GIT_DIFF_LINE_DELETION ||
		       line->origin == GIT_DIFF_LINE_CONTEXT;

	(void)delta;
	(void)hunk;
	if (line->origin == GIT_DIFF_LINE_FILE_HDR)
		return 0; /* ours names the revisions */
	if (output->out->length + line->content_len + 1 > output->end) {
		output->cut = true;
		return GIT_EUSER;
	}
	if (changed)
		buf_add_char(output->out, line->origin);
	buf_add(output->out, line->content, line->content_len);
	return 0;
}

static int print_patch(struct buf *out, const struct content_side *old,
		       const struct content_side *new, uint32_t context_lines, struct err *err)
{
	git_diff_options options;
	struct output output = {.out = out, .end = out->length + OUT_MAX};
	git_patch *patch = NULL;
	int result = git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);

	options.context_lines = context_lines;
	options.flags = GIT_DIFF_FORCE_TEXT;
	/* Leaves room for the line that says the diff was cut. */
	if (out->max - out->length < OUT_MAX + 64)
		output.end = out->max > out->length + 64 ? out->max - 64 : out->length;
	if (result == 0)
		result = git_patch_from_buffers(&patch, old->data, old->length, "old", new->data,
						new->length, "new", &options);
	if (result == 0)
		result = git_patch_print(patch, print_line, &output);
	git_patch_free(patch);
	if (output.cut) {
		buf_add_text(out, "[the diff goes on; it was cut here]\n");
		return 0;
	}
	return result < 0 ? repo_error(result, err, "cannot compare two revisions") : 0;
}

/* What is no regular file is refused. */
int content_side_of_file(const struct content_file *file, struct content_side *out, struct err *err)
{
	struct place place = {file->folder, file->roots, file->roots_count};
	struct content_side side = {.present = true, .secret = file->secret};
	struct bigfile_pointer pointer;
	struct stat info;
	struct buf data;
	int fd = place_open(&place, file->path, &info, err), rc;

	if (fd == -ERR_NOT_FOUND) {
		*out = (struct content_side){0};
		return 0;
	}
	if (fd < 0)
		return fd;
	buf_init(&data, READ_MAX);
	rc = bigfile_digest_fd(fd, &pointer, err);
	if (rc == 0 && info.st_size <= BIGFILE_FROM && lseek(fd, 0, SEEK_SET) == 0)
		rc = file_read_fd(fd, &data, err);
	(void)close(fd); /* only read */
	if (rc == 0) {
		side.size = pointer.size;
		memcpy(side.sha256, pointer.name, sizeof(side.sha256));
		side.length = data.length;
		side.mode = info.st_mode & 07777;
		side.data = pointer.size <= BIGFILE_FROM && !side.secret ? buf_steal(&data) : NULL;
		*out = side;
	}
	buf_release(&data);
	return rc;
}

static bool same_contents(const struct content_side *a, const struct content_side *b)
{
	return a->present == b->present && strcmp(a->sha256, b->sha256) == 0;
}

static bool same_mode(const struct content_side *a, const struct content_side *b)
{
	return !a->present || !b->present || !a->mode || !b->mode || a->mode == b->mode;
}

bool content_side_same(const struct content_side *a, const struct content_side *b)
{
	return same_contents(a, b) && same_mode(a, b);
}

int content_diff(const struct content_side *old, const struct content_side *new,
		 struct content_names names, uint32_t context_lines, struct buf *out,
		 struct err *err)
{
	if (!same_mode(old, new))
		buf_printf(out, "old mode %04o\nnew mode %04o\n", old->mode, new->mode);
	if (same_contents(old, new))
		return 0;
	buf_printf(out, "--- %s\n", old->present ? names.old : "/dev/null");
	buf_printf(out, "+++ %s\n", new->present ? names.new : "/dev/null");
	if (!old->secret && !new->secret && content_side_is_text(old) && content_side_is_text(new))
		return print_patch(out, old, new, context_lines, err);
	print_summary(out, old, new);
	return 0;
}
