/* SPDX-License-Identifier: MIT
 *
 * hlp completion: a script for bash, zsh or fish, made from the table of commands. It completes
 * commands, options and files; it starts no engine.
 */
#include <string.h>

#include "cli/commands.h"

static void say_options(struct say *out, const struct option_spec *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		say_printf(out, " --%s", options->name);
	}
}

static void say_names(struct say *out)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		say_printf(out, "%s%s", i > 0 ? " " : "", commands[i]->name);
	}
}

/* What may stand first after some commands; the others take files or names. */
static const char *words_after(const char *name)
{
	if (strcmp(name, "engine") == 0) {
		return "start stop status check rebuild prune forget upgrade release";
	}
	if (strcmp(name, "completion") == 0) {
		return "bash zsh fish";
	}
	if (strcmp(name, "answer") == 0) {
		return "happened again undo by-hand leave approve reject done failed";
	}
	return "";
}

static void say_bash(struct say *out)
{
	say_printf(out, "# completion of hlp for bash: source this file\n_hlp() {\n"
			"\tlocal word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} list=\n"
			"\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tlist='");
	say_names(out);
	say_printf(out, "'\n\telse\n\t\tcase $command in\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		say_printf(out, "\t\t%s) list='%s", commands[i]->name,
			   words_after(commands[i]->name));
		say_options(out, commands[i]->options);
		say_options(out, cli_common_options);
		say_printf(out, "' ;;\n");
	}
	say_printf(out, "\t\tesac\n\tfi\n"
			"\tCOMPREPLY=($(compgen -W \"$list\" -- \"$word\"))\n"
			"\tif [ \"$COMP_CWORD\" -gt 1 ] && [ \"${word#-}\" = \"$word\" ]; then\n"
			"\t\tCOMPREPLY+=($(compgen -f -- \"$word\"))\n\tfi\n}\n"
			"complete -o filenames -F _hlp hlp\n");
}

static void say_quoted(struct say *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			say_printf(out, "'\\''");
		} else {
			say_text(out, text, 1);
		}
	}
}

static void say_zsh_options(struct say *out, const struct option_spec *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		say_printf(out, " '--%s[", options->name);
		for (const char *c = options->help; *c != '\0'; c++) {
			if (strchr("[]:'", *c) == NULL) {
				say_text(out, c, 1);
			}
		}
		say_printf(out, "]%s'", options->value != NULL ? ":value:_files" : "");
	}
}

static void say_zsh(struct say *out)
{
	say_printf(out,
		   "#compdef hlp\n# completion of hlp for zsh: put it into fpath as _hlp\n_hlp() "
		   "{\n\tlocal -a names\n\tnames=(\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		say_printf(out, "\t\t'%s:", commands[i]->name);
		for (const char *c = commands[i]->help; *c != '\0'; c++) {
			say_text(out, *c == ':' || *c == '\'' ? " " : c, 1);
		}
		say_printf(out, "'\n");
	}
	say_printf(out, "\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command names\n"
			"\t\treturn\n\tfi\n\tcase $words[2] in\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *words = words_after(commands[i]->name);
		say_printf(out, "\t%s) _arguments", commands[i]->name);
		say_zsh_options(out, commands[i]->options);
		say_zsh_options(out, cli_common_options);
		if (words[0] != '\0') {
			say_printf(out, " '*:word:(%s)' ;;\n", words);
		} else {
			say_printf(out, " '*:file:_files' ;;\n");
		}
	}
	say_printf(out, "\tesac\n}\ncompdef _hlp hlp\n");
}

static void say_fish_options(struct say *out, const char *name, const struct option_spec *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		say_printf(out, "complete -c hlp -n '__fish_seen_subcommand_from %s' -l %s%s -d '",
			   name, options->name, options->value != NULL ? " -r" : "");
		say_quoted(out, options->help);
		say_printf(out, "'\n");
	}
}

static void say_fish(struct say *out)
{
	say_printf(out, "# completion of hlp for fish: put it into completions/hlp.fish\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *words = words_after(commands[i]->name);
		say_printf(out, "complete -c hlp -n __fish_use_subcommand -f -a %s -d '",
			   commands[i]->name);
		say_quoted(out, commands[i]->help);
		say_printf(out, "'\n");
		if (words[0] != '\0') {
			say_printf(
				out,
				"complete -c hlp -n '__fish_seen_subcommand_from %s' -f -a '%s'\n",
				commands[i]->name, words);
		}
		say_fish_options(out, commands[i]->name, commands[i]->options);
		say_fish_options(out, commands[i]->name, cli_common_options);
	}
}

static int exec(struct cli *cli)
{
	const char *shell = cli_argument(cli, 0);
	if (strcmp(shell, "bash") == 0) {
		say_bash(&cli->out);
	} else if (strcmp(shell, "zsh") == 0) {
		say_zsh(&cli->out);
	} else if (strcmp(shell, "fish") == 0) {
		say_fish(&cli->out);
	} else {
		return cli_refuse(cli, CLI_USAGE, "no completion for '%s': bash, zsh or fish",
				  shell);
	}
	return CLI_OK;
}

const struct cli_command completion_command = {
	.name = "completion",
	.arguments = "bash|zsh|fish",
	.help = "a completion script for a shell",
	.least = 1,
	.most = 1,
	.exec = exec,
};
