/* SPDX-License-Identifier: MIT
 *
 * How it ended. See answer_end.h.
 */
#include "cli/answer_end.h"

#include <stdlib.h>
#include <string.h>

#include "cli/follow.h"
#include "cli/questions.h"
#include "cli/show.h"
#include "cli/status.h"

#define TAIL_BYTES  4096
#define TAIL_LINES  10
#define NAMES_SHOWN 12

/* ---- last lines -------------------------------------------------------------------------- */

/* Where the last TAIL_LINES lines begin. */
static size_t tail_begin(const char *data, size_t length)
{
	size_t at = length, lines = 0;
	while (at > 0) {
		if (data[at - 1] == '\n' && at != length && ++lines == TAIL_LINES) {
			return at;
		}
		at--;
	}
	return 0;
}

static void say_indented(struct say *say, const char *data, size_t length)
{
	while (length > 0) {
		const char *newline = memchr(data, '\n', length);
		size_t line = newline != NULL ? (size_t)(newline - data) : length;
		say_printf(say, "    ");
		say_text(say, data, line);
		say_printf(say, "\n");
		line += newline != NULL;
		data += line;
		length -= line;
	}
}

static void say_tail(struct cli *cli, const struct mirror *mirror, const char *node)
{
	Hlp__V1__OutputRequest request = HLP__V1__OUTPUT_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	struct err err = {0};
	request.execution = mirror->id;
	request.node = (char *)node;
	request.offset = -TAIL_BYTES;
	request.length = TAIL_BYTES;
	if (client_call(cli->client, "ReadOutput", &request.base,
			&hlp__v1__output_chunk__descriptor, CLI_CALL_TIMEOUT_US, &reply,
			&err) < 0) {
		return; /* a node that never started has none */
	}
	const Hlp__V1__OutputChunk *chunk = (const Hlp__V1__OutputChunk *)reply;
	if (chunk->data.len > 0) {
		size_t begin = tail_begin((const char *)chunk->data.data, chunk->data.len);
		say_printf(&cli->out, "  its last lines:\n");
		say_indented(&cli->out, (const char *)chunk->data.data + begin,
			     chunk->data.len - begin);
	}
	protobuf_c_message_free_unpacked(reply, NULL);
}

/* ---- what else --------------------------------------------------------------------------- */

static void say_not_started(struct cli *cli, const struct mirror *mirror)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (node->state != STATE_PENDING || node->attempt > 0) {
			continue;
		}
		if (count < NAMES_SHOWN) {
			say_printf(&cli->out, "%s%s", count == 0 ? "  did not start: " : ", ",
				   node->id);
		}
		count++;
	}
	if (count > NAMES_SHOWN) {
		say_printf(&cli->out, " and %u more", count - NAMES_SHOWN);
	}
	if (count > 0) {
		say_printf(&cli->out, "\n");
	}
}

/* Whether a file's newest contents differ from those before the node first ran. */
static bool has_changed(const Hlp__V1__ArtifactList *list, size_t newest)
{
	const Hlp__V1__Revision *now = list->revisions[newest];
	for (size_t i = 0; i < list->n_revisions; i++) {
		const Hlp__V1__Revision *old = list->revisions[i];
		if (strcmp(old->path, now->path) == 0 && strcmp(old->node, now->node) == 0 &&
		    strcmp(old->moment, "before") == 0) {
			return strcmp(old->blob, now->blob) != 0 || old->absent != now->absent;
		}
	}
	return false;
}

static void say_changed_files(struct cli *cli, const struct mirror *mirror)
{
	Hlp__V1__ArtifactsRequest request = HLP__V1__ARTIFACTS_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	struct err err = {0};
	uint32_t count = 0;
	request.execution = mirror->id;
	if (client_call(cli->client, "ListArtifacts", &request.base,
			&hlp__v1__artifact_list__descriptor, CLI_CALL_TIMEOUT_US, &reply,
			&err) < 0) {
		return;
	}
	const Hlp__V1__ArtifactList *list = (const Hlp__V1__ArtifactList *)reply;
	for (size_t i = 0; i < list->n_revisions; i++) {
		if (list->revisions[i]->current && has_changed(list, i)) {
			say_printf(&cli->out, "%s%s", count++ == 0 ? "  changed files: " : ", ",
				   list->revisions[i]->path);
		}
	}
	if (count > 0) {
		say_printf(&cli->out, "\n");
	}
	protobuf_c_message_free_unpacked(reply, NULL);
}

static void say_ways(struct cli *cli, const struct mirror *mirror, const char *node)
{
	struct say *out = &cli->out;
	say_printf(out, "  retry:     hlp retry %s/%s\n", mirror->name, node);
	say_printf(out, "  roll back: hlp rollback %s --node %s --plan\n", mirror->name, node);
	say_printf(out, "  by hand:   hlp done %s/%s\n", mirror->name, node);
	say_printf(out, "  look:      hlp logs %s/%s\n", mirror->name, node);
}

/* ---- ends -------------------------------------------------------------------------------- */

static void say_failures(struct cli *cli, const struct mirror *mirror)
{
	const char *first = NULL;
	uint32_t count = 0;
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		char how[SHOW_TEXT];
		if (node->state != STATE_FAILED || ++count > NAMES_SHOWN) {
			continue;
		}
		struct show_node show = show_of_mirror(node);
		show_how(&show, node->ended_us, how);
		say_printf(&cli->out, "  ");
		say_glyph(&cli->out, node->state, node->reason);
		say_printf(&cli->out, " %s  %s\n", node->id, how);
		if (first == NULL) {
			first = node->id;
			say_tail(cli, mirror, node->id);
		}
	}
	if (count > NAMES_SHOWN) {
		say_printf(&cli->out, "  and %u more failed\n", count - NAMES_SHOWN);
	}
	say_not_started(cli, mirror);
	say_changed_files(cli, mirror);
	if (first != NULL) {
		say_ways(cli, mirror, first);
	}
}

/* What became of each node that took part; the list is the answer, the lines before it may have
 * begun in the middle. */
static void say_rolled_back(struct cli *cli, const struct mirror *mirror)
{
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (node->state == STATE_RECOVERED) {
			say_printf(&cli->out, "  ");
			say_glyph(&cli->out, node->state, node->reason);
			say_printf(&cli->out, " %s  %s\n", node->id,
				   show_word(node->state, node->reason));
		}
	}
	say_printf(&cli->out, "  the service is not verified\n");
	say_printf(&cli->out, "  run again: hlp retry %s\n  end it:    hlp cancel %s\n",
		   mirror->name, mirror->name);
}

static void say_outcome(struct cli *cli, const struct mirror *mirror)
{
	char counts[SHOW_TEXT], took[16] = "";
	show_counts(mirror->counts, mirror->nodes_count, counts);
	if (mirror->started_us > 0 && mirror->ended_us >= mirror->started_us) {
		show_duration(mirror->ended_us - mirror->started_us, took);
	}
	say_glyph(&cli->out, mirror->state, mirror->reason);
	say_printf(&cli->out, " %s  %s  %s%s%s\n", mirror->name,
		   show_execution_word(mirror->state, mirror->reason), counts,
		   took[0] != '\0' ? "  in " : "", took);
}

int answer_end(struct cli *cli, const struct mirror *mirror)
{
	if (cli->json) {
		int code = status_print_json(cli, mirror->id);
		return code != 0 ? code : (int)follow_exit(mirror);
	}
	say_outcome(cli, mirror);
	if (follow_is_waiting(mirror) && !follow_is_over(mirror)) {
		(void)questions_say(cli, mirror);
	} else if (mirror->state == STATE_FAILED) {
		say_failures(cli, mirror);
	} else if (mirror->reason == REASON_ROLLED_BACK) {
		say_rolled_back(cli, mirror);
	}
	return (int)follow_exit(mirror);
}
