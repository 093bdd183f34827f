/* SPDX-License-Identifier: MIT
 *
 * Reading and finding ends. See diff_end.h.
 */
#include "service/diff_end.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ----------------------------------------------------------------------------- */

static bool read_number(const char *text, uint64_t *out)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0';
}

/* False when the text is no moment of a file. */
static bool read_when(const char *text, struct diff_end *out)
{
	static const struct {
		const char *word;
		enum diff_when when;
	} words[] = {
		{"newest", DIFF_WHEN_NEWEST}, {"before", DIFF_WHEN_BEFORE}, {"now", DIFF_WHEN_NOW}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(text, words[i].word)) {
			out->when = words[i].when;
			return true;
		}
	if (*text == 'r' && read_number(text + 1, &out->number)) {
		out->when = DIFF_WHEN_REVISION;
		return true;
	}
	if (!strncmp(text, "run", 3) && (text[3] == '-' || text[3] == ' '))
		text += 4;
	out->when = DIFF_WHEN_ATTEMPT;
	return read_number(text, &out->number);
}

int diff_end_parse(const char *text, enum diff_when otherwise, struct arena *arena,
		   struct diff_end *out, struct err *err)
{
	struct diff_end end = {.execution = "", .when = otherwise};
	const char *at = strrchr(text, '@');

	if (!*text || read_when(*text == '@' ? text + 1 : text, &end)) {
		*out = end;
		return 0;
	}
	end.when = DIFF_WHEN_NEWEST;
	if (at == text) /* "@latest" */
		at = NULL;
	if (at && !read_when(at + 1, &end))
		return err_set(err, ERR_INVALID,
			       "'%s' is no moment of a file: r12, run-2, before, newest or now",
			       at + 1);
	end.execution = at ? arena_strndup(arena, text, (size_t)(at - text)) : text;
	*out = end;
	return 0;
}

/* ---- finding ----------------------------------------------------------------------------- */

/* What the file was before the node of the newest revision first touched it since it was last
 * fresh. */
static int64_t pre_image(const struct file_rows *files, const char *path, int64_t newest)
{
	const uint32_t node = files->rows[newest].row.revision.node;
	int64_t found = -1;

	for (int64_t i = 0; i <= newest; i++) {
		const struct revision *revision = &files->rows[i].row.revision;

		if (revision->node != node || strcmp(files->rows[i].row.path, path))
			continue;
		if (revision->moment == MOMENT_RESTORED && i < newest)
			found = -1;
		else if (revision->moment == MOMENT_BEFORE && found < 0)
			found = i;
	}
	return found < 0 ? newest : found;
}

static int64_t by_number(const struct diff_end *end, const struct file_rows *files,
			 const char *path)
{
	for (size_t i = files->count; i-- > 0;) {
		const struct revision *revision = &files->rows[i].row.revision;
		bool wanted = end->when == DIFF_WHEN_REVISION
				      ? revision->seq == end->number
				      : revision->attempt_kind == ATTEMPT_RUN &&
						revision->attempt == end->number &&
						revision->moment == MOMENT_AFTER;

		if (wanted && !strcmp(files->rows[i].row.path, path))
			return (int64_t)i;
	}
	return -1;
}

/* The numbers that there are, the newest ones if they are many. */
static int fail_number(const struct diff_end *end, const struct file_rows *files, const char *path,
		       struct err *err)
{
	bool revision = end->when == DIFF_WHEN_REVISION;
	size_t shown = 0;
	struct buf there;
	int rc;

	buf_init(&there, 200);
	for (size_t i = files->count; i-- > 0 && shown < 6;) {
		const struct revision *row = &files->rows[i].row.revision;

		if (strcmp(files->rows[i].row.path, path) ||
		    (!revision && row->moment != MOMENT_AFTER))
			continue;
		buf_printf(&there, "%s%s%llu", shown++ ? ", " : "", revision ? "r" : "run-",
			   revision ? (unsigned long long)row->seq : row->attempt);
	}
	rc = err_set(err, ERR_NOT_FOUND, "'%s' has no revision %s%llu%s%s", path,
		     revision ? "r" : "of run-", (unsigned long long)end->number,
		     shown ? "; the newest are " : "", buf_text(&there));
	buf_release(&there);
	return rc;
}

int diff_end_find(const struct diff_end *end, const struct file_rows *files, const char *path,
		  const struct file_revision **out, struct err *err)
{
	int64_t row = file_rows_newest(files, path);

	if (row < 0)
		return err_set(err, ERR_NOT_FOUND, "no artifact '%s' in %s", path,
			       *end->execution ? end->execution : "this execution");
	if (end->when == DIFF_WHEN_BEFORE)
		row = pre_image(files, path, row);
	else if (end->when == DIFF_WHEN_REVISION || end->when == DIFF_WHEN_ATTEMPT)
		row = by_number(end, files, path);
	if (row < 0)
		return fail_number(end, files, path, err);
	*out = &files->rows[row];
	return 0;
}
