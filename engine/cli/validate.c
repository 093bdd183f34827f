/* SPDX-License-Identifier: MIT
 *
 * hlp validate: reads workflows and says every error. No engine is started.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/source.h"

/* The errors themselves are on standard error, as people and editors read them. */
static void say_json(struct cli *cli, size_t at, const struct source *source)
{
	struct buf out;
	json_out_begin(&out);
	buf_add_text(&out, at == 0 ? "[" : ",\n");
	buf_add_text(&out, "{\"file\":");
	const char *file = source != NULL ? source->file : cli_argument(cli, at);
	text_json_quote(&out, file, strlen(file));
	buf_printf(&out, ",\"valid\":%s", source != NULL ? "true" : "false");
	if (source != NULL) {
		buf_printf(&out, ",\"nodes\":%u,\"phases\":%u", source->workflow->nodes_count,
			   source->workflow->phases_count);
	}
	buf_add_text(&out, at + 1 == cli->options.arguments_count ? "}]\n" : "}");
	say_document(&cli->out, buf_text(&out), out.length);
	buf_release(&out);
}

static void say_valid(struct cli *cli, const struct source *source)
{
	const uint32_t nodes = source->workflow->nodes_count;
	const uint32_t phases = source->workflow->phases_count;
	say_printf(&cli->out, "%s: valid: %u node%s, %u phase%s\n", source->file, nodes,
		   nodes == 1 ? "" : "s", phases, phases == 1 ? "" : "s");
}

static int exec(struct cli *cli)
{
	int code = CLI_OK;
	for (size_t i = 0; i < cli->options.arguments_count; i++) {
		struct source source;
		int read = source_read(cli, cli_argument(cli, i), &source);
		code = read != 0 ? read : code;
		if (cli->json)
			say_json(cli, i, read == 0 ? &source : NULL);
		else if (read == 0)
			say_valid(cli, &source);
		if (read == 0)
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
