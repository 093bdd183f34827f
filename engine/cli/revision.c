/* SPDX-License-Identifier: MIT
 *
 * Asking git. See revision.h. No program that a repository's settings name is run for a diff, no
 * index is written.
 */
#include "cli/revision.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"
#include "cli/diff_print.h"

#define ANSWER_MAX ((size_t)4 * 1024 * 1024)
#define FILES_MAX  2000 /* named on one command line */
#define FIXED	   12	/* words before the files, and the end */

/* Runs git in the workflow's folder with `words` (ended by NULL) and then the files. */
static int ask_git(const struct source *source, const char *const *words, const char *const *files,
		   size_t count, struct buf *out)
{
	const char *argv[FIXED + FILES_MAX] = {"git", "--no-optional-locks", "--literal-pathspecs"};
	size_t length = 3;
	while (*words != NULL) {
		argv[length++] = *words++;
	}
	for (size_t i = 0; i < count; i++) {
		argv[length++] = files[i];
	}
	argv[length] = NULL;
	return proc_ask((char *const *)argv, source->folder, out, NULL);
}

/* The workflow itself and those files that it names and that are there. */
static size_t list_files(const struct source *source, struct arena *arena, const char ***out)
{
	const char **words, **files;
	size_t named = workflow_named_files(source->workflow, arena, &words), count = 0;
	files = arena_alloc(arena, FILES_MAX * sizeof *files);
	files[count++] = strrchr(source->path, '/') + 1;
	for (size_t i = 0; i < named && count < FILES_MAX; i++) {
		char *path = file_join(source->folder, words[i]);
		if (file_exists(path)) {
			files[count++] = words[i];
		}
		free(path);
	}
	*out = files;
	return count;
}

/* Each name of an answer of `-z`. */
static void add_changed(struct revision_state *revision, struct arena *arena,
			const struct buf *names)
{
	for (size_t at = 0; at < names->length && revision->changed_count < FILES_MAX;) {
		const char *name = names->data + at;
		revision->changed[revision->changed_count++] = arena_strdup(arena, name);
		at += strlen(name) + 1;
	}
}

static void find_changed(const struct source *source, struct arena *arena,
			 struct revision_state *revision)
{
	static const char *const differ[] = {"diff", "HEAD", "--name-only", "--relative",
					     "-z",   "--",   NULL};
	static const char *const unknown[] = {"ls-files", "--others", "-z", "--", NULL};
	const char **files;
	size_t count = list_files(source, arena, &files);
	struct buf names;
	revision->changed = arena_alloc(arena, FILES_MAX * sizeof *revision->changed);
	buf_init(&names, ANSWER_MAX);
	if (ask_git(source, differ, files, count, &names) == 0) {
		add_changed(revision, arena, &names);
	}
	revision->known_count = revision->changed_count;
	buf_clear(&names);
	if (ask_git(source, unknown, files, count, &names) == 0) {
		add_changed(revision, arena, &names);
	}
	buf_release(&names);
}

void revision_find(const struct source *source, struct arena *arena, struct revision_state *out)
{
	static const char *const head[] = {"rev-parse", "--verify", "--quiet", "HEAD", NULL};
	struct buf answer;
	*out = (struct revision_state){.commit = ""};
	buf_init(&answer, ANSWER_MAX);
	if (ask_git(source, head, NULL, 0, &answer) == 0) {
		out->commit =
			arena_strndup(arena, buf_text(&answer), strcspn(buf_text(&answer), "\n"));
		find_changed(source, arena, out);
	}
	buf_release(&answer);
}

void revision_say_diff(struct cli *cli, const struct source *source,
		       const struct revision_state *revision)
{
	static const char *const words[] = {
		"diff", "HEAD", "--no-ext-diff", "--no-textconv", "--no-color", "--relative",
		"--",	NULL};
	struct buf text;
	buf_init(&text, ANSWER_MAX);
	if (ask_git(source, words, revision->changed, revision->changed_count, &text) != 0) {
		say_printf(&cli->out, "git cannot tell the difference\n");
	}
	struct diff *diff = diff_parse(buf_text(&text), text.length);
	diff_print(&cli->out, diff, DIFF_BELOW);
	diff_free(diff);
	for (size_t i = revision->known_count; i < revision->changed_count; i++) {
		say_printf(&cli->out, "%s is not in Git\n", revision->changed[i]);
	}
	buf_release(&text);
}
