/* SPDX-License-Identifier: MIT
 *
 * How it ended. See answer_end.h.
 */
#include "cli/answer_end.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/follow.h"
#include "cli/questions.h"
#include "cli/show.h"
#include "cli/status.h"
#include "cli/tail.h"

#define NAMES_SHOWN 12
#define NAMES_BYTES ((size_t)64 * 1024)

/* Returns of which kind of attempt they are. */
static const char *say_tail(struct cli *cli, const struct mirror *mirror,
			    const struct mirror_node *node)
{
	struct buf text;
	const char *kind = tail_read(cli, mirror, node, &text);
	const char *means = tail_means(node, &text);
	if (text.length > 0) {
		say_printf(&cli->out, "  its last lines:\n");
		tail_say(cli, &text);
	}
	if (means != NULL) {
		say_printf(&cli->out, "  which means:\n");
		say_paragraph_at(&cli->out, 4, means);
	}
	buf_release(&text);
	return kind;
}

/* ---- what else --------------------------------------------------------------------------- */

/* "  LABEL: a, b and 3 more", on as many lines as it takes. */
static void say_names(struct cli *cli, const char *label, const char *const *names, size_t count)
{
	struct buf line;
	if (count == 0)
		return;
	buf_init(&line, NAMES_BYTES);
	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
		buf_printf(&line, "%s%s", i == 0 ? "" : ", ", names[i]);
	if (count > NAMES_SHOWN)
		buf_printf(&line, " and %zu more", count - NAMES_SHOWN);
	say_printf(&cli->out, "  %s:", label);
	say_wrapped(&cli->out, 4, (int)strlen(label) + 3, buf_text(&line));
	buf_release(&line);
}

static void say_not_started(struct cli *cli, const struct mirror *mirror)
{
	const char **names = mem_calloc(mirror->nodes_count + 1, sizeof *names);
	size_t count = 0;
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (node->state == STATE_PENDING && node->attempt == 0)
			names[count++] = node->id;
	}
	say_names(cli, "did not start", names, count);
	free(names);
}

/* Whether a file's newest contents differ from those before the node first ran. */
static bool has_changed(const Hlp__V1__ArtifactList *list, size_t newest)
{
	const Hlp__V1__Revision *now = list->revisions[newest];
	for (size_t i = 0; i < list->n_revisions; i++) {
		const Hlp__V1__Revision *old = list->revisions[i];
		if (strcmp(old->path, now->path) == 0 && strcmp(old->node, now->node) == 0 &&
		    strcmp(old->moment, "before") == 0)
			return strcmp(old->blob, now->blob) != 0 || old->absent != now->absent;
	}
	return false;
}

/* Whoever left it: what a failed attempt did to a file is what one must know. */
static bool is_newest(const Hlp__V1__ArtifactList *list, size_t at)
{
	for (size_t i = at + 1; i < list->n_revisions; i++)
		if (strcmp(list->revisions[i]->path, list->revisions[at]->path) == 0)
			return false;
	return true;
}

static void say_changed_files(struct cli *cli, const struct mirror *mirror)
{
	Hlp__V1__ArtifactsRequest request = HLP__V1__ARTIFACTS_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	struct err err = {0};
	size_t count = 0;
	request.execution = mirror->id;
	if (client_call(cli->client, "ListArtifacts", &request.base,
			&hlp__v1__artifact_list__descriptor, CLI_CALL_TIMEOUT_US, &reply, &err) < 0)
		return;
	const Hlp__V1__ArtifactList *list = (const Hlp__V1__ArtifactList *)reply;
	const char **paths = mem_calloc(list->n_revisions + 1, sizeof *paths);
	for (size_t i = 0; i < list->n_revisions; i++)
		if (is_newest(list, i) && has_changed(list, i))
			paths[count++] = list->revisions[i]->path;
	say_names(cli, "changed files", paths, count);
	free(paths);
	protobuf_c_message_free_unpacked(reply, NULL);
}

static bool can_be_undone(const struct mirror_node *node)
{
	return node->attempt > 0 && (node->has_undo || node->artifacts_count > 0);
}

/* The node whose undo would help: the failed one, or else the last that began of those that have
 * something to take back; a check that fails changed nothing itself. NULL: there is none. */
static const struct mirror_node *worth_undoing(const struct mirror *mirror,
					       const struct mirror_node *failed)
{
	const struct mirror_node *last = NULL;
	if (can_be_undone(failed))
		return failed;
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (can_be_undone(node) && (last == NULL || node->started_us > last->started_us))
			last = node;
	}
	return last;
}

/* `kind`: of the attempt whose output says why it failed. */
static void say_ways(struct cli *cli, const struct mirror *mirror, const struct mirror_node *failed,
		     const char *kind)
{
	const struct mirror_node *undone = worth_undoing(mirror, failed);
	const char *node = failed->id;
	struct say *out = &cli->out;
	say_printf(out, "  retry:     hlp retry %s/%s\n", mirror->name, node);
	if (undone != NULL && undone != failed && undone->phase_index >= 0) {
		say_printf(out, "  roll back: hlp rollback %s --phase %s --plan\n", mirror->name,
			   undone->phase);
	} else if (undone != NULL) {
		say_printf(out, "  roll back: hlp rollback %s --node %s --plan\n", mirror->name,
			   undone->id);
	}
	say_printf(out, "  by hand:   hlp done %s/%s\n", mirror->name, node);
	say_printf(out, "  look:      hlp logs %s/%s%s%s\n", mirror->name, node,
		   strcmp(kind, "run") != 0 ? " --kind " : "",
		   strcmp(kind, "run") != 0 ? kind : "");
}

/* ---- ends -------------------------------------------------------------------------------- */

static void say_how(struct cli *cli, const struct mirror_node *node)
{
	char how[SHOW_TEXT];
	struct show_node show = show_of_mirror(node);
	show_how(&show, node->ended_us, how);
	say_printf(&cli->out, "  ");
	say_glyph(&cli->out, node->state, node->reason);
	say_printf(&cli->out, " %s  %s\n", node->id, how);
}

/* A run that went well may have passed over something. */
static void say_ignored(struct cli *cli, const struct mirror *mirror)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		if (mirror->nodes[i].reason == REASON_TOLERATED && ++count <= NAMES_SHOWN)
			say_how(cli, &mirror->nodes[i]);
	if (count > NAMES_SHOWN)
		say_printf(&cli->out, "  and %u more failures were ignored\n", count - NAMES_SHOWN);
}

static void say_failures(struct cli *cli, const struct mirror *mirror)
{
	const struct mirror_node *first = NULL;
	const char *kind = "run";
	uint32_t count = 0;
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (node->state != STATE_FAILED || ++count > NAMES_SHOWN)
			continue;
		say_how(cli, node);
		if (first == NULL) {
			first = node;
			kind = say_tail(cli, mirror, node);
		}
	}
	if (count > NAMES_SHOWN)
		say_printf(&cli->out, "  and %u more failed\n", count - NAMES_SHOWN);
	say_ignored(cli, mirror);
	say_not_started(cli, mirror);
	say_changed_files(cli, mirror);
	if (first != NULL)
		say_ways(cli, mirror, first, kind);
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
	if (questions_say(cli, mirror) > 0)
		return; /* first that; what else there is comes with its answer */
	say_printf(&cli->out, "  run again: hlp retry %s\n  end it:    hlp cancel %s\n",
		   mirror->name, mirror->name);
}

static void say_outcome(struct cli *cli, const struct mirror *mirror)
{
	char counts[SHOW_TEXT], took[16] = "";
	show_counts(mirror->counts, mirror->nodes_count, counts);
	if (mirror->started_us > 0 && mirror->ended_us >= mirror->started_us)
		show_duration(mirror->ended_us - mirror->started_us, took);
	say_glyph(&cli->out, mirror->state, mirror->reason);
	say_printf(&cli->out, " %s  %s  %s%s%s\n", mirror->name,
		   show_execution_word(mirror->state, mirror->reason), counts,
		   took[0] != '\0' ? "  in " : "", took);
}

/* What the workflow itself decided, and what came of it. */
static void say_rule(struct cli *cli, const struct mirror *mirror)
{
	if (mirror->policy == NULL || mirror->policy[0] == '\0')
		return;
	say_printf(&cli->out, "  ");
	say_fit(&cli->out, 400, "%sby rule %s",
		mirror->reason == REASON_ROLLED_BACK ? "rolled back " : "", mirror->policy);
	say_printf(&cli->out, "\n");
}

int answer_end(struct cli *cli, const struct mirror *mirror)
{
	if (cli->json) {
		int code = status_print_json(cli, mirror->id);
		return code != 0 ? code : (int)follow_exit(mirror);
	}
	say_outcome(cli, mirror);
	say_rule(cli, mirror);
	/* A rollback that stands at a question is RECOVERING, not PAUSED. */
	if (!follow_is_over(mirror) && (follow_is_waiting(mirror) || mirror->rolling_back))
		(void)questions_say(cli, mirror);
	else if (mirror->state == STATE_FAILED)
		say_failures(cli, mirror);
	else if (mirror->reason == REASON_ROLLED_BACK)
		say_rolled_back(cli, mirror);
	else if (mirror->state == STATE_COMPLETED)
		say_ignored(cli, mirror);
	return (int)follow_exit(mirror);
}
