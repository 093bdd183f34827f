/* SPDX-License-Identifier: MIT
 *
 * Reading one workflow. See source.h.
 */
#include "cli/source.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/sources.h"
#include "model/limits.h"

#define PROBLEMS_MAX ((size_t)1024 * 1024)

bool source_is_file(const char *word)
{
	return strchr(word, '/') != NULL || text_ends_with(word, ".yaml") ||
	       text_ends_with(word, ".yml") || (word[0] != '@' && file_exists(word));
}

static int check(struct cli *cli, struct source *source)
{
	struct buf problems;
	buf_init(&problems, PROBLEMS_MAX);
	int code = workflow_read(source->file, source->text, source->length, &source->workflow,
				 &problems);
	if (code < 0) {
		say_flush(&cli->out);
		say_text(&cli->err, buf_text(&problems), problems.length);
	}
	buf_release(&problems);
	return code < 0 ? CLI_USAGE : 0;
}

int source_read(struct cli *cli, const char *word, struct source *out)
{
	struct err err = {0};
	char path[PATH_MAX];
	struct source source = {0};
	source.file = source_is_file(word) ? mem_strdup(word) : sources_find(word);
	if (source.file == NULL) {
		return cli_refuse(cli, CLI_USAGE,
				  "no workflow '%s': looked for %s/%s.yaml and %s.yaml in "
				  "workflows/, here and in $HLP_WORKFLOWS (hlp workflows)",
				  word, word, word, word);
	}
	if (file_read(source.file, LIMIT_WORKFLOW_BYTES, &source.text, &source.length, &err) < 0) {
		source_release(&source);
		return cli_refuse(cli, CLI_USAGE, "%s", err.message);
	}
	if (check(cli, &source) != 0) {
		source_release(&source);
		return CLI_USAGE;
	}
	source.path = mem_strdup(realpath(source.file, path) != NULL ? path : source.file);
	source.folder = file_folder(source.path);
	*out = source;
	return 0;
}

void source_release(struct source *source)
{
	free(source->file);
	free(source->path);
	free(source->folder);
	free(source->text);
	workflow_free(source->workflow);
	*source = (struct source){0};
}
