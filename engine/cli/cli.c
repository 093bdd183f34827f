/* SPDX-License-Identifier: MIT
 *
 * The frame around a command. See cli.h.
 */
#include "cli/cli.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"

#define LINE_MAX_BYTES 65536
#define HELP_COLUMN    30

const struct option_spec cli_common_options[] = {
	{"format", 'o', OPTION_VALUE, "json|text", "how to answer: text (default) or json"},
	{"reason", 0, OPTION_VALUE, "TEXT", "why, for the record (default: $HLP_REASON)"},
	{"yes", 'y', OPTION_FLAG, NULL, "do it without asking"},
	{"help", 'h', OPTION_FLAG, NULL, "this help"},
	{0},
};

static int read_output_option(struct cli *cli)
{
	const char *output = options_value(&cli->options, "format");
	if (output == NULL || strcmp(output, "text") == 0)
		return 0;
	if (strcmp(output, "json") != 0)
		return cli_refuse(cli, CLI_USAGE, "'-o %s': only json and text are known", output);
	cli->json = true;
	return 0;
}

static int check_arguments(struct cli *cli)
{
	size_t count = cli->options.arguments_count;
	if (count < cli->command->least) {
		return cli_refuse(cli, CLI_USAGE, "usage: hlp %s %s (hlp help %s)",
				  cli->command->name, cli->command->arguments, cli->command->name);
	}
	if (count > cli->command->most) {
		return cli_refuse(cli, CLI_USAGE, "'%s' is one argument too many: hlp %s%s%s",
				  cli->options.arguments[cli->command->most], cli->command->name,
				  cli->command->arguments[0] != '\0' ? " " : "",
				  cli->command->arguments);
	}
	return 0;
}

int cli_open(struct cli *cli, const struct cli_command *command, int count, char *const *argv)
{
	struct err err = {0};
	*cli = (struct cli){.command = command};
	say_init(&cli->out, STDOUT_FILENO);
	say_init(&cli->err, STDERR_FILENO);
	cli->interactive = cli->out.terminal && isatty(STDIN_FILENO) == 1;
	if (options_parse(&cli->options, command->options, cli_common_options, count, argv, &err) <
	    0) {
		return cli_refuse(cli, CLI_USAGE, "%s (hlp help%s%s)", err.message,
				  command->name[0] != '\0' ? " " : "", command->name);
	}
	cli->yes = options_has(&cli->options, "yes");
	cli->reason = options_value(&cli->options, "reason");
	if (cli->reason == NULL)
		cli->reason = getenv("HLP_REASON");
	cli->reason = cli->reason == NULL ? "" : cli->reason;
	if (options_has(&cli->options, "help"))
		return 0;
	int code = read_output_option(cli);
	return code != 0 ? code : check_arguments(cli);
}

void cli_close(struct cli *cli)
{
	client_close(cli->client);
	if (cli->has_home)
		home_release(&cli->home);
	options_release(&cli->options);
	say_release(&cli->out);
	say_release(&cli->err);
}

static enum cli_exit exit_of(int code)
{
	switch (code) {
	case ERR_UNAVAILABLE:
	case ERR_TIMEOUT:
		return CLI_NO_ENGINE;
	case ERR_INVALID:
	case ERR_UNSUPPORTED:
		return CLI_USAGE;
	default:
		return CLI_OTHER;
	}
}

int cli_fail(struct cli *cli, const struct err *err)
{
	return cli_refuse(cli, exit_of(err->code), "%s", err->message);
}

int cli_refuse(struct cli *cli, enum cli_exit code, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		abort();
	va_end(arguments);
	say_flush(&cli->out); /* what was answered so far comes first */
	say_printf(&cli->err, "hlp: %s\n", text);
	free(text);
	return (int)code;
}

int cli_connect(struct cli *cli, enum client_start start)
{
	struct err err = {0};
	if (cli->client != NULL)
		return 0;
	if (!cli->has_home) {
		enum home_mode mode = start == CLIENT_START_ENGINE ? HOME_MAKE : HOME_EXISTING;
		if (home_open(&cli->home, mode, &err) < 0)
			return cli_refuse(cli, CLI_NO_ENGINE, "no engine: %s", err.message);
		cli->has_home = true;
	}
	if (client_open(&cli->home, start, &cli->client, &err) < 0)
		return cli_refuse(cli, CLI_NO_ENGINE, "no engine: %s", err.message);
	return 0;
}

int cli_call(struct cli *cli, const char *rpc, const ProtobufCMessage *request,
	     const ProtobufCMessageDescriptor *reply, ProtobufCMessage **out)
{
	struct err err = {0};
	int code = cli_connect(cli, CLIENT_START_ENGINE);
	if (code != 0)
		return code;
	if (client_call(cli->client, rpc, request, reply, CLI_CALL_TIMEOUT_US, out, &err) < 0)
		return cli_fail(cli, &err);
	return 0;
}

const char *cli_argument(const struct cli *cli, size_t i)
{
	return i < cli->options.arguments_count ? cli->options.arguments[i] : NULL;
}

void cli_split_target(const char *text, char **out_execution, char **out_node)
{
	const char *slash = strchr(text, '/');
	if (slash == NULL) {
		*out_execution = mem_strdup(text);
		*out_node = mem_strdup("");
		return;
	}
	*out_execution = mem_strndup(text, (size_t)(slash - text));
	*out_node = mem_strdup(slash + 1);
}

char *cli_read_line(void)
{
	struct buf line;
	buf_init(&line, LINE_MAX_BYTES);
	char c;
	bool any = false;
	while (read(STDIN_FILENO, &c, 1) == 1) {
		any = true;
		if (c == '\n')
			break;
		buf_add_char(&line, c);
	}
	if (!any) {
		buf_release(&line);
		return NULL;
	}
	buf_add(&line, "", 0);
	return line.data != NULL ? buf_steal(&line) : mem_strdup("");
}

static volatile sig_atomic_t interrupted;

static void note_interrupt(int number)
{
	interrupted = number;
}

/* Ctrl-C while nothing is shown must not leave a terminal that shows nothing. */
static char *read_hidden(const struct termios *shown)
{
	struct sigaction note = {.sa_handler = note_interrupt}, before;
	struct termios hidden = *shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	interrupted = 0;
	(void)sigaction(SIGINT, &note, &before); /* valid arguments: cannot fail */
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	char *line = cli_read_line();
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, shown); /* as it was a moment ago */
	(void)sigaction(SIGINT, &before, NULL);
	if (interrupted)
		(void)raise(SIGINT);
	return line;
}

char *cli_read_secret(struct say *say)
{
	struct termios shown;
	if (tcgetattr(STDIN_FILENO, &shown) < 0)
		return cli_read_line();
	char *line = read_hidden(&shown);
	say_printf(say, "\n");
	return line;
}

static void print_options(struct say *say, const struct option_spec *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		char letter[8] = "    ", name[64];
		if (options->letter != 0)
			snprintf(letter, sizeof letter, "-%c, ", options->letter);
		snprintf(name, sizeof name, "  %s--%s%s%s", letter, options->name,
			 options->value != NULL ? " " : "",
			 options->value != NULL ? options->value : "");
		say_cell(say, HELP_COLUMN, name);
		say_wrapped(say, HELP_COLUMN + 1, HELP_COLUMN, options->help);
	}
}

void cli_print_help(struct say *say, const struct cli_command *command)
{
	say_printf(say, "hlp %s %s\n", command->name, command->arguments);
	say_paragraph(say, command->help);
	say_printf(say, "\n");
	print_options(say, command->options);
	print_options(say, cli_common_options);
	if (command->more != NULL)
		say_printf(say, "\n%s", command->more);
}
