/* SPDX-License-Identifier: MIT
 *
 * The files of a workflow, as Git has them. See revision.h.
 */
#include "cli/revision.h"

#include <string.h>

#include "cli/diff_print.h"

#define DIFF_MAX ((size_t)4 * 1024 * 1024)

/* What the engine asks about when it takes the workflow: itself and the files that it names. */
void revision_find(const struct source *source, struct arena *arena, struct git_state *out)
{
	const char **words, **files;
	size_t named = workflow_named_files(source->workflow, arena, &words);
	files = arena_alloc(arena, (named + 1) * sizeof *files);
	files[0] = strrchr(source->path, '/') + 1;
	for (size_t i = 0; i < named; i++)
		files[i + 1] = words[i];
	git_state_find(source->folder, files, named + 1, arena, out);
}

void revision_say_diff(struct cli *cli, const struct source *source,
		       const struct git_state *revision)
{
	struct buf text;
	buf_init(&text, DIFF_MAX);
	if (git_state_diff(source->folder, revision, &text) < 0)
		say_printf(&cli->out, "git cannot tell the difference\n");
	struct diff *diff = diff_parse(buf_text(&text), text.length);
	diff_print(&cli->out, diff, DIFF_BELOW);
	diff_free(diff);
	for (size_t i = revision->known_count; i < revision->changed_count; i++)
		say_printf(&cli->out, "%s is not in Git\n", revision->changed[i]);
	buf_release(&text);
}
