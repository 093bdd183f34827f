/* SPDX-License-Identifier: MIT
 *
 * Asking git. See git_state.h.
 */
#include "base/git_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"

#define ANSWER_MAX ((size_t)4 * 1024 * 1024)
#define FILES_MAX  ((size_t)2000) /* named on one command line */
#define FIXED	   ((size_t)16)	  /* words before the files, and the end */

/* Runs git in the folder with `words` (ended by NULL) and then the files. */
static int ask(const char *folder, const char *const *words, const char *const *files, size_t count,
	       struct buf *out)
{
	const char *argv[FIXED + FILES_MAX] = {"git", "--no-optional-locks", "--literal-pathspecs",
					       "-c", "core.fsmonitor=false"};
	size_t length = 5;

	while (*words)
		argv[length++] = *words++;
	for (size_t i = 0; i < count; i++)
		argv[length++] = files[i];
	argv[length] = NULL;
	return proc_ask((char *const *)argv, folder, out, NULL);
}

/* Whether a repository may be around the folder: git need not be asked where there is none. */
static bool may_be_inside(const char *folder)
{
	char *at = getenv("GIT_DIR") ? NULL : realpath(folder, NULL);
	bool found = at == NULL;

	while (!found && at[0]) {
		char *mark = mem_printf("%s/.git", at);

		found = file_exists(mark);
		free(mark);
		*strrchr(at, '/') = '\0';
	}
	free(at);
	return found;
}

/* git refuses to answer at all where one name leads out of its repository. */
static bool leads_out(const char *name)
{
	const char *at = name;

	while (at && strncmp(at, "../", 3) != 0)
		at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL;
	return name[0] == '/' || at;
}

static size_t keep_present(const char *folder, const char *const *files, size_t count,
			   const char **out)
{
	size_t kept = 0;

	for (size_t i = 0; i < count && kept < FILES_MAX; i++) {
		char *path = file_join(folder, files[i]);

		if (!leads_out(files[i]) && file_exists(path))
			out[kept++] = files[i];
		free(path);
	}
	return kept;
}

/* Each name of an answer of `-z`. */
static void add_changed(struct git_state *state, struct arena *arena, const struct buf *names)
{
	for (size_t at = 0; at < names->length && state->changed_count < FILES_MAX;) {
		const char *name = names->data + at;

		state->changed[state->changed_count++] = arena_strdup(arena, name);
		at += strlen(name) + 1;
	}
}

static void find_changed(const char *folder, const char *const *files, size_t count,
			 struct arena *arena, struct git_state *state)
{
	static const char *const differ[] = {"diff", "HEAD", "--name-only", "--relative",
					     "-z",   "--",   NULL};
	static const char *const unknown[] = {"ls-files", "--others", "-z", "--", NULL};
	const char **present = arena_alloc(arena, (FILES_MAX + 1) * sizeof(*present));
	struct buf names;

	count = keep_present(folder, files, count, present);
	state->changed = arena_alloc(arena, FILES_MAX * sizeof(*state->changed));
	buf_init(&names, ANSWER_MAX);
	if (count && ask(folder, differ, present, count, &names) == 0)
		add_changed(state, arena, &names);
	state->known_count = state->changed_count;
	buf_clear(&names);
	if (count && ask(folder, unknown, present, count, &names) == 0)
		add_changed(state, arena, &names);
	buf_release(&names);
}

void git_state_find(const char *folder, const char *const *files, size_t count, struct arena *arena,
		    struct git_state *out)
{
	static const char *const head[] = {"rev-parse", "--verify", "--quiet", "HEAD", NULL};
	struct buf answer;

	*out = (struct git_state){.commit = ""};
	if (!may_be_inside(folder))
		return;
	buf_init(&answer, ANSWER_MAX);
	if (ask(folder, head, NULL, 0, &answer) == 0) {
		(void)snprintf(out->commit, sizeof(out->commit), "%.*s",
			       (int)strcspn(buf_text(&answer), "\n"), buf_text(&answer));
		find_changed(folder, files, count, arena, out);
	}
	buf_release(&answer);
}

int git_state_diff(const char *folder, const struct git_state *state, struct buf *out)
{
	static const char *const words[] = {
		"diff", "HEAD", "--no-ext-diff", "--no-textconv", "--no-color", "--relative",
		"--",	NULL};

	return ask(folder, words, state->changed, state->changed_count, out) == 0 ? 0 : -ERR_IO;
}
