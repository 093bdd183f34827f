/* SPDX-License-Identifier: MIT
 *
 * hlp schema: the workflow format as a JSON Schema, for editors that check and complete YAML by
 * one. schema.json is its text, put in by the build; a lint holds its keys against the reader's.
 * What one schema cannot say (that a need exists, that files have one owner) `hlp validate` says.
 */
#include "cli/commands.h"

static const char schema[] =
#include "cli/schema.inc"
	;

static int exec(struct cli *cli)
{
	say_printf(&cli->out, "%s", schema);
	return CLI_OK;
}

const struct cli_command schema_command = {
	.name = "schema",
	.arguments = "",
	.help = "print the workflow format as a JSON Schema, for editors",
	.exec = exec,
};
