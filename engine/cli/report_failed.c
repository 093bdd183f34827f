/* SPDX-License-Identifier: MIT
 *
 * What failed: each attempt with its end and the last that it printed. See report.h.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"
#include "cli/show.h"

#define TAIL_BYTES    4096
#define TAIL_LINES    12
#define ATTEMPTS_MOST 50 /* that are shown with their output */

/* How a person left a shell says nothing. */
static bool went_well(const Hlp__V1__Attempt *attempt)
{
	return attempt->exit_kind[0] == '\0' || strcmp(attempt->kind, "shell") == 0 ||
	       (strcmp(attempt->exit_kind, "status") == 0 && attempt->code == 0);
}

/* From the beginning of one of the last lines on. */
static size_t last_lines(const Hlp__V1__OutputChunk *chunk)
{
	const char *text = (const char *)chunk->data.data;
	size_t at = chunk->data.len, lines = 0;
	if (at > 0 && text[at - 1] == '\n')
		at--;
	while (at > 0 && (text[at - 1] != '\n' || ++lines < TAIL_LINES))
		at--;
	return at;
}

static int add_tail(struct report *report, const Hlp__V1__Attempt *attempt)
{
	Hlp__V1__OutputRequest request = HLP__V1__OUTPUT_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = report->status->execution->id;
	request.node = attempt->node;
	request.kind = attempt->kind;
	request.attempt = attempt->number;
	request.offset = -TAIL_BYTES;
	request.length = TAIL_BYTES;
	int code = cli_call(report->cli, "ReadOutput", &request.base,
			    &hlp__v1__output_chunk__descriptor, &reply);
	if (code != 0)
		return code;
	const Hlp__V1__OutputChunk *chunk = (const Hlp__V1__OutputChunk *)reply;
	size_t from = last_lines(chunk);
	if (chunk->data.len == 0) {
		buf_add_text(&report->out, "It printed nothing.\n");
	} else {
		report_add_fenced(&report->out, "text", chunk->data.data + from,
				  chunk->data.len - from);
	}
	protobuf_c_message_free_unpacked(reply, NULL);
	return 0;
}

static int add_failure(struct report *report, const Hlp__V1__Attempt *attempt)
{
	struct buf *out = &report->out;
	buf_printf(out, "\n**%s**, %s %u: ", attempt->node, attempt->kind, attempt->number);
	report_add_exit(out, attempt);
	if (attempt->ended_us != 0) {
		buf_add_text(out, ", at ");
		report_add_time(out, attempt->ended_us);
	}
	buf_add_text(out, "\n\n");
	return add_tail(report, attempt);
}

int report_add_failures(struct report *report)
{
	const Hlp__V1__AttemptList *list = report->attempts;
	size_t shown = 0, count = 0;
	int code = 0;
	for (size_t i = 0; i < list->n_attempts && code == 0; i++) {
		if (went_well(list->attempts[i]))
			continue;
		if (count++ == 0)
			buf_add_text(&report->out, "\n## What failed\n");
		if (shown < ATTEMPTS_MOST) {
			code = add_failure(report, list->attempts[i]);
			shown++;
		}
	}
	if (count > shown) {
		buf_printf(&report->out, "\n%zu more attempts failed (hlp logs %s/NODE).\n",
			   count - shown, report->status->execution->name);
	}
	return code;
}
