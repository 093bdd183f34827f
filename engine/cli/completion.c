/* SPDX-License-Identifier: MIT
 *
 * hlp completion: a script for bash, zsh or fish. Each asks hlp at every Tab (--words) what could
 * stand there, so that names are those of now and no script grows old; no engine is started for it.
 */
#include <string.h>

#include "cli/candidates.h"
#include "cli/commands.h"

#define WORDS_MOST 1000

static const struct option_spec options[] = {
	{"words", 0, OPTION_FLAG, NULL, "for the scripts: what may stand where the last word is"},
	{0},
};

static bool takes_files(const struct cli_command *command)
{
	const char *arguments = command->arguments;
	return strncmp(arguments + (arguments[0] == '['), "FILE", 4) == 0;
}

/* As a pattern of a shell's case. */
static void say_file_commands(struct say *out)
{
	const char *bar = "";
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (takes_files(commands[i])) {
			say_printf(out, "%s%s", bar, commands[i]->name);
			bar = "|";
		}
	}
}

static void say_bash(struct say *out)
{
	say_printf(out,
		   "# completion of hlp for bash: source this file\n_hlp() {\n"
		   "\tlocal word=${COMP_WORDS[COMP_CWORD]} IFS=$'\\n'\n"
		   "\tmapfile -t COMPREPLY < <(hlp completion --words -- "
		   "\"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null | cut -f 1)\n"
		   "\t[[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace\n"
		   "\tcase ${COMP_WORDS[1]} in\n\t");
	say_file_commands(out);
	say_printf(out, ")\n\t\tif [[ $word != -* ]]; then\n\t\t\tcompopt -o filenames\n"
			"\t\t\tCOMPREPLY+=($(compgen -f -- \"$word\"))\n\t\tfi\n\t\t;;\n\tesac\n}\n"
			"complete -o default -F _hlp hlp\n");
}

static void say_zsh(struct say *out)
{
	say_printf(
		out,
		"#compdef hlp\n# completion of hlp for zsh: put it into fpath as _hlp\n_hlp() {\n"
		"\tlocal -a found\n"
		"\tfound=(${(f)\"$(hlp completion --words -- \"${(@)words[2,CURRENT]}\" "
		"2>/dev/null |\n\t\tsed -e 's/:/\\\\:/g' -e $'s/\\t/:/')\"})\n"
		"\t_describe -t words hlp found\n\tcase $words[2] in\n\t");
	say_file_commands(out);
	say_printf(out, ") _files ;;\n\tesac\n}\ncompdef _hlp hlp\n");
}

static void say_fish(struct say *out)
{
	say_printf(out, "# completion of hlp for fish: put it into completions/hlp.fish\n"
			"function __hlp_words\n"
			"\thlp completion --words -- (commandline -opc)[2..-1] (commandline -ct) "
			"2>/dev/null\nend\n"
			"complete -c hlp -f -a '(__hlp_words)'\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (takes_files(commands[i])) {
			say_printf(out, "complete -c hlp -n '__fish_seen_subcommand_from %s' -F\n",
				   commands[i]->name);
		}
	}
}

static int exec(struct cli *cli)
{
	const char *shell = cli_argument(cli, 0);
	if (options_has(&cli->options, "words")) {
		candidates_say(&cli->out, cli->options.arguments, cli->options.arguments_count);
		return CLI_OK;
	}
	if (shell == NULL || cli->options.arguments_count > 1)
		return cli_refuse(cli, CLI_USAGE, "usage: hlp completion bash|zsh|fish");
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
	.options = options,
	.most = WORDS_MOST,
	.exec = exec,
};
