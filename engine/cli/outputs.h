/* SPDX-License-Identifier: MIT
 *
 * The outputs that go with a step which a person did: named on the command line, and on a terminal
 * asked for where one is missing.
 */
#ifndef HLP_CLI_OUTPUTS_H
#define HLP_CLI_OUTPUTS_H

#include "cli/cli.h"
#include "client/mirror.h"

struct outputs {
	struct arena arena; /* owns what is below */
	Hlp__V1__Pair **pairs;
	size_t count, capacity;
};

/* Takes the values of --output KEY=VALUE. 0, or CLI_USAGE, said. */
int outputs_read(struct cli *cli, struct outputs *out);
/* Takes those of the node that a file has which was somebody's $HLP_OUTPUT, and says so; a file
 * that is not there has none. */
void outputs_take_file(struct cli *cli, const struct mirror_node *node, const char *path,
		       struct outputs *outputs);
/* Asks a person for those that the node declares and that are missing. 0, or how hlp ends, said. */
int outputs_ask(struct cli *cli, const struct mirror_node *node, struct outputs *outputs);
void outputs_release(struct outputs *outputs);

/* The option, for a command's table. */
#define OUTPUTS_OPTION                                                                             \
	{                                                                                          \
		"output", 'O', OPTION_VALUE, "KEY=VALUE",                                          \
			"an output that the node would have written"                               \
	}

#endif
