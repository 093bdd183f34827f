/* SPDX-License-Identifier: MIT
 *
 * hlp logs: what nodes printed. Through the gate, unless --raw asks for the bytes as they are.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/status.h"
#include "draw/transcript.h"

#define CHUNK_BYTES   ((uint32_t)512 * 1024)
#define LOOK_AGAIN_MS 300

static const struct option_spec options[] = {
	{"follow", 'f', OPTION_FLAG, NULL, "go on while it runs"},
	{"attempt", 0, OPTION_VALUE, "N", "of this attempt (default: the newest)"},
	{"kind", 0, OPTION_VALUE, "KIND", "run (default), undo, hook, check or shell"},
	{"raw", 0, OPTION_FLAG, NULL, "the bytes as they are, also on a terminal"},
	{0},
};

struct logging {
	struct cli *cli;
	const char *execution, *node;
	int64_t attempt;
	const char *kind;
	bool raw, follow;
	size_t chunks;		       /* told as JSON so far */
	struct transcript *transcript; /* of a shell, as lines; NULL: what was printed */
};

static int read_chunk(const struct logging *l, int64_t offset, Hlp__V1__OutputChunk **out)
{
	Hlp__V1__OutputRequest request = HLP__V1__OUTPUT_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = (char *)l->execution;
	request.node = (char *)l->node;
	request.kind = (char *)l->kind;
	request.attempt = (uint32_t)l->attempt;
	request.offset = offset;
	request.length = CHUNK_BYTES;
	int code = cli_call(l->cli, "ReadOutput", &request.base, &hlp__v1__output_chunk__descriptor,
			    &reply);
	*out = (Hlp__V1__OutputChunk *)reply;
	return code;
}

/* A line of its own with -f, else a member of one list. */
static void say_json(struct logging *l, const Hlp__V1__OutputChunk *chunk)
{
	struct buf line;
	json_out_begin(&line);
	buf_add_text(&line, l->follow || l->chunks++ == 0 ? "{\"node\":" : ",\n{\"node\":");
	text_json_quote(&line, l->node, strlen(l->node));
	buf_printf(&line, ",\"kind\":\"%s\",\"attempt\":%u,\"offset\":%lld,\"text\":", l->kind,
		   chunk->attempt, (long long)chunk->offset);
	text_json_quote(&line, (const char *)chunk->data.data, chunk->data.len);
	buf_add_text(&line, l->follow ? "}\n" : "}");
	say_document(&l->cli->out, buf_text(&line), line.length);
	buf_release(&line);
}

static void say_chunk(struct logging *l, const Hlp__V1__OutputChunk *chunk)
{
	const char *data = (const char *)chunk->data.data;
	size_t length = chunk->data.len;
	if (l->cli->json) {
		if (length > 0)
			say_json(l, chunk);
	} else if (l->raw) {
		say_raw(&l->cli->out, data, length);
	} else if (l->transcript != NULL) {
		transcript_take(l->transcript, data, length);
	} else {
		say_text(&l->cli->out, data, length);
	}
}

/* Prints from the beginning; with follow, until the attempt has ended and all of it is printed. */
static int print_node(struct logging *l)
{
	int64_t offset = 0;
	for (;;) {
		Hlp__V1__OutputChunk *chunk;
		int code = read_chunk(l, offset, &chunk);
		if (code != 0)
			return code;
		size_t length = chunk->data.len;
		bool more = offset + (int64_t)length < chunk->size, live = chunk->live;
		say_chunk(l, chunk);
		offset += (int64_t)length;
		hlp__v1__output_chunk__free_unpacked(chunk, NULL);
		if (length == 0 && (!l->follow || !live))
			return CLI_OK;
		if (!more && l->follow) {
			say_flush(&l->cli->out);
			(void)poll(NULL, 0, LOOK_AGAIN_MS);
		} else if (!more) {
			return CLI_OK;
		}
	}
}

static void say_line(void *ctx, const char *line, size_t length)
{
	struct logging *l = ctx;
	say_text(&l->cli->out, line, length);
	say_printf(&l->cli->out, "\n");
}

static int print_shell(struct logging *l)
{
	struct transcript transcript;
	transcript_init(&transcript, say_line, l);
	l->transcript = &transcript;
	int code = print_node(l);
	transcript_release(&transcript);
	return code;
}

/* All nodes that started, in file order, each with a line that names it. */
static int print_all(struct logging *l)
{
	Hlp__V1__Status *status;
	int code = status_fetch(l->cli, l->execution, &status);
	if (code != 0)
		return code;
	for (size_t i = 0; i < status->n_nodes && code == 0; i++) {
		if (status->nodes[i]->attempt == 0)
			continue;
		l->node = status->nodes[i]->id;
		if (!l->raw && !l->cli->json) {
			say_style(&l->cli->out, ROLE_title);
			say_printf(&l->cli->out, "== %s (%s) ==", l->node, status->nodes[i]->state);
			say_plain(&l->cli->out);
			say_printf(&l->cli->out, "\n");
		}
		code = print_node(l);
	}
	hlp__v1__status__free_unpacked(status, NULL);
	return code;
}

static int exec(struct cli *cli)
{
	struct err err = {0};
	struct logging l = {.cli = cli, .kind = options_value(&cli->options, "kind")};
	char *execution, *node;
	if (options_number(&cli->options, "attempt", 1, 0, &l.attempt, &err) < 0)
		return cli_fail(cli, &err);
	cli_split_target(cli_argument(cli, 0), &execution, &node);
	l.kind = l.kind != NULL ? l.kind : "run";
	l.raw = options_has(&cli->options, "raw");
	l.follow = options_has(&cli->options, "follow");
	l.execution = execution;
	l.node = node;
	int code;
	bool list = cli->json && !l.follow;
	if (list)
		say_printf(&cli->out, "[");
	if (strcmp(l.kind, "shell") == 0 && node[0] != '\0' && !cli->json)
		code = print_shell(&l);
	else
		code = node[0] != '\0' ? print_node(&l) : print_all(&l);
	if (list)
		say_printf(&cli->out, "]\n");
	free(execution);
	free(node);
	return code;
}

const struct cli_command logs_command = {
	.name = "logs",
	.arguments = "EXECUTION[/NODE]",
	.help = "what nodes printed",
	.options = options,
	.least = 1,
	.most = 1,
	.exec = exec,
};
