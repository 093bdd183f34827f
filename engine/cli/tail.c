/* SPDX-License-Identifier: MIT
 *
 * The end of an output. See tail.h.
 */
#include "cli/tail.h"

#include <string.h>

#include "model/explain.h"

#define TAIL_BYTES 4096
#define TAIL_LINES 10

static bool asks_about_undo(const struct mirror_node *node)
{
	return node->question != NULL && strcmp(node->question, "undo_failed") == 0;
}

static void read_kind(struct cli *cli, const struct mirror *mirror, const struct mirror_node *node,
		      const char *kind, struct buf *out)
{
	Hlp__V1__OutputRequest request = HLP__V1__OUTPUT_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = mirror->id;
	request.node = (char *)node->id;
	request.kind = (char *)kind;
	request.offset = -TAIL_BYTES;
	request.length = TAIL_BYTES;
	if (client_call(cli->client, "ReadOutput", &request.base,
			&hlp__v1__output_chunk__descriptor, CLI_CALL_TIMEOUT_US, &reply, NULL) < 0)
		return; /* a node that never started has none */
	const Hlp__V1__OutputChunk *chunk = (const Hlp__V1__OutputChunk *)reply;
	buf_add(out, chunk->data.data, chunk->data.len);
	protobuf_c_message_free_unpacked(reply, NULL);
}

/* A file may be wrong without a command that says so: then there is only what the run printed. */
const char *tail_read(struct cli *cli, const struct mirror *mirror, const struct mirror_node *node,
		      struct buf *out)
{
	const char *kind = asks_about_undo(node)	  ? "undo"
			   : node->reason == REASON_CHECK ? "check"
							  : "run";
	buf_init(out, TAIL_BYTES);
	read_kind(cli, mirror, node, kind, out);
	if (out->length == 0 && node->reason == REASON_CHECK) {
		kind = "run";
		read_kind(cli, mirror, node, kind, out);
	}
	return kind;
}

/* Where the last TAIL_LINES lines begin. */
static size_t tail_begin(const char *data, size_t length)
{
	size_t at = length, lines = 0;
	while (at > 0) {
		if (data[at - 1] == '\n' && at != length && ++lines == TAIL_LINES)
			return at;
		at--;
	}
	return 0;
}

void tail_say(struct cli *cli, const struct buf *text)
{
	size_t at = tail_begin(text->data, text->length);
	while (at < text->length) {
		const char *line = text->data + at;
		const char *newline = memchr(line, '\n', text->length - at);
		size_t length = newline != NULL ? (size_t)(newline - line) : text->length - at;
		say_printf(&cli->out, "    ");
		say_text(&cli->out, line, length);
		say_printf(&cli->out, "\n");
		at += length + (newline != NULL);
	}
}

const char *tail_means(const struct mirror_node *node, const struct buf *text)
{
	bool ended = node->reason == REASON_EXIT || node->reason == REASON_SIGNAL;
	const char *means = NULL;
	if (ended || node->reason == REASON_CHECK || asks_about_undo(node))
		means = explain_output(buf_text(text), text->length);
	if (means == NULL && (ended || node->reason == REASON_LAUNCH))
		means = explain_end(node->has_exit_code ? node->exit_code : 0, node->signal);
	return means;
}
