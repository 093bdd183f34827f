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

struct side {
	char *data; /* owned; NULL when absent or too large to read */
	size_t length;
	int64_t size;
	char id[DIGEST_TEXT];
	bool present;
	bool secret; /* data is NULL */
};

struct output {
	struct buf *out;
	size_t end; /* length of `out` at which the diff is cut */
	bool cut;
};

/* ---- the two sides ------------------------------------------------------------------------ */

static int load_side(struct content *content, const char *blob, struct side *out, struct err *err)
{
	struct side side = {.present = blob[0]};
	struct bigfile_pointer pointer;
	uint8_t sum[DIGEST_SIZE];
	struct buf head;
	int rc;

	if (!side.present) {
		*out = side;
		return 0;
	}
	buf_init(&head, READ_MAX);
	rc = repo_read(&content->repo, blob, &head, err);
	if (rc < 0) {
		buf_release(&head);
		return rc;
	}
	if (bigfile_parse(buf_text(&head), head.length, &pointer) &&
	    (pointer.secret[0] || pointer.size > BIGFILE_FROM)) {
		buf_release(&head);
		side.secret = pointer.secret[0];
		side.size = pointer.size;
		memcpy(side.id, pointer.name, sizeof(side.id));
		*out = side;
		return 0;
	}
	buf_release(&head);
	rc = content_read(content, blob, READ_MAX, &side.data, &side.length, err);
	if (rc < 0)
		return rc;
	side.size = (int64_t)side.length;
	digest_of(side.data, side.length, sum);
	digest_text(sum, side.id);
	*out = side;
	return 0;
}

static bool is_text(const struct side *side)
{
	size_t probe = side->length < BINARY_PROBE ? side->length : BINARY_PROBE;

	if (!side->present)
		return true;
	return side->data && side->length <= TEXT_MAX && !memchr(side->data, '\0', probe);
}

/* ---- what is not shown line by line ------------------------------------------------------- */

static void print_side(struct buf *out, const char *what, const struct side *side)
{
	if (side->present)
		buf_printf(out, "%s: %lld bytes, sha256 %s\n", what, (long long)side->size,
			   side->id);
	else
		buf_printf(out, "%s: absent\n", what);
}

static void print_summary(struct buf *out, const struct side *old, const struct side *new)
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

static int print_patch(struct buf *out, const struct side *old, const struct side *new,
		       uint32_t context_lines, struct err *err)
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

static void print_header(struct buf *out, const struct side *old, const struct side *new,
			 const char *old_name, const char *new_name)
{
	buf_printf(out, "--- %s\n", old->present ? old_name : "/dev/null");
	buf_printf(out, "+++ %s\n", new->present ? new_name : "/dev/null");
}

/* A file as it is now; what is no regular file is refused. */
static int load_file(const struct place *place, const char *path, bool secret, struct side *out,
		     struct err *err)
{
	struct side side = {.present = true};
	struct bigfile_pointer pointer;
	struct stat info;
	struct buf data;
	int fd = place_open(place, path, &info, err), rc;

	if (fd == -ERR_NOT_FOUND) {
		*out = (struct side){0};
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
		memcpy(side.id, pointer.name, sizeof(side.id));
		side.length = data.length;
		side.secret = secret;
		side.data = pointer.size <= BIGFILE_FROM && !secret ? buf_steal(&data) : NULL;
		*out = side;
	}
	buf_release(&data);
	return rc;
}

static bool is_same_side(const struct side *a, const struct side *b)
{
	return a->present == b->present && strcmp(a->id, b->id) == 0;
}

static int print_sides(const struct side *old, const struct side *new, const char *old_name,
		       const char *new_name, uint32_t context_lines, struct buf *out,
		       struct err *err)
{
	print_header(out, old, new, old_name, new_name);
	if (!old->secret && !new->secret && is_text(old) && is_text(new))
		return print_patch(out, old, new, context_lines, err);
	print_summary(out, old, new);
	return 0;
}

int content_diff_file(struct content *content, const char *old_blob,
		      const struct content_file *file, const char *old_name, const char *new_name,
		      uint32_t context_lines, struct buf *out, struct err *err)
{
	struct place place = {file->folder, file->roots, file->roots_count};
	struct side old = {0}, new = {0};
	int rc = load_side(content, old_blob, &old, err);

	if (rc == 0)
		rc = load_file(&place, file->path, file->secret || old.secret, &new, err);
	if (rc == 0 && !is_same_side(&old, &new))
		rc = print_sides(&old, &new, old_name, new_name, context_lines, out, err);
	free(old.data);
	free(new.data);
	return rc;
}

int content_diff_present(struct content *content, const char *blob, const char *folder,
			 const char *path, uint32_t context_lines, struct buf *out, struct err *err)
{
	struct content_file file = {.folder = folder, .path = path};
	char *old_name = mem_printf("%s (pinned)", path);
	char *new_name = mem_printf("%s (now)", path);
	int rc = content_diff_file(content, blob, &file, old_name, new_name, context_lines, out,
				   err);

	free(old_name);
	free(new_name);
	return rc;
}

int content_diff(struct content *content, const char *old_blob, const char *new_blob,
		 const char *old_name, const char *new_name, uint32_t context_lines,
		 struct buf *out, struct err *err)
{
	struct side old = {0}, new = {0};
	int rc = load_side(content, old_blob, &old, err);

	if (rc == 0)
		rc = load_side(content, new_blob, &new, err);
	if (rc == 0 && strcmp(old_blob, new_blob) != 0)
		rc = print_sides(&old, &new, old_name, new_name, context_lines, out, err);
	free(old.data);
	free(new.data);
	return rc;
}
