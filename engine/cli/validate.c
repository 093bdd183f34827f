/* SPDX-License-Identifier: MIT
 *
 * hlp validate: reads workflows and says every error. No engine is started.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/source.h"

static int exec(struct cli *cli)
{
	int code = CLI_OK;
	for (size_t i = 0; i < cli->options.arguments_count; i++) {
		struct source source;
		int read = source_read(cli, cli_argument(cli, i), &source);
		if (read != 0) {
			code = read;
			continue;
		}
		if (!cli->json) {
			say_printf(&cli->out, "%s: valid: %u nodes, %u phases\n", source.file,
				   source.workflow->nodes_count, source.workflow->phases_count);
		}
		source_release(&source);
	}
	return code;
}

const struct cli_command validate_command = {
	.name = "validate",
	.arguments = "FILE…",
	.help = "check workflows and say every error (starts no engine)",
	.least = 1,
	.most = 1000,
	.exec = exec,
};
