/* SPDX-License-Identifier: MIT
 *
 * A workflow that a command was given: found by file or name, read and checked here, before any
 * engine is asked.
 */
#ifndef HLP_CLI_SOURCE_H
#define HLP_CLI_SOURCE_H

#include "cli/cli.h"
#include "model/workflow.h"

struct source {
	char *file;   /* as given, or as found for a name; for messages */
	char *path;   /* absolute */
	char *folder; /* absolute */
	char *text;
	size_t length;
	struct workflow *workflow;
};

/* Whether a word can only be a file: it has a slash, or ends in .yaml or .yml, or exists. */
bool source_is_file(const char *word);
/* Reads and checks; errors are said as FILE:line:col. 0, or CLI_USAGE. */
int source_read(struct cli *cli, const char *word, struct source *out);
void source_release(struct source *source);

#endif
