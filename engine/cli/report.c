/* SPDX-License-Identifier: MIT
 *
 * hlp report: what happened, as Markdown, for whoever writes the post-mortem: what is left, what
 * was done in which order and by whom, the steps, and what changed in which file. Times are local
 * and UTC. Made from what any client may read.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/status.h"
#include "cli/verify.h"

struct report {
	struct cli *cli;
	Hlp__V1__Status *status;
	Hlp__V1__ArtifactList *artifacts;
};

static void say_time(struct say *say, int64_t wall_us)
{
	time_t seconds = (time_t)(wall_us / CLOCK_SECOND_US);
	char utc[CLOCK_TIME_TEXT], local[40] = "";
	struct tm parts;
	clock_format_time(wall_us, utc);
	if (localtime_r(&seconds, &parts) != NULL) {
		(void)strftime(local, sizeof local, "%Y-%m-%d %H:%M:%S",
			       &parts); /* "" if it fails */
	}
	say_printf(say, "%s (%.19sZ)", local, utc);
}

static enum reason reason_of(const Hlp__V1__Node *node)
{
	enum state state;
	enum reason reason;
	show_parse(node->state, node->reason, &state, &reason);
	return reason;
}

/* ---- what is left ------------------------------------------------------------------------- */

/* A line with the nodes whose reason is one of these; nothing when there are none. */
static void say_nodes(struct report *r, const char *what, const enum reason *reasons, size_t count)
{
	struct say *say = &r->cli->out;
	bool any = false;
	for (size_t i = 0; i < r->status->n_nodes; i++) {
		const Hlp__V1__Node *node = r->status->nodes[i];
		for (size_t k = 0; k < count; k++) {
			if (reason_of(node) != reasons[k]) {
				continue;
			}
			say_printf(say, any ? ", %s" : "- %s: %s", any ? node->id : what, node->id);
			any = true;
		}
	}
	if (any) {
		say_printf(say, "\n");
	}
}

/* The first and the last revision of the file that row `at` begins; NULL when it is no beginning.
 */
static const Hlp__V1__Revision *last_of(const Hlp__V1__ArtifactList *list, size_t at)
{
	const Hlp__V1__Revision *first = list->revisions[at], *last = first;
	for (size_t i = 0; i < list->n_revisions; i++) {
		const Hlp__V1__Revision *other = list->revisions[i];
		if (strcmp(other->path, first->path) != 0) {
			continue;
		}
		if (i < at) {
			return NULL;
		}
		last = other;
	}
	return last;
}

static bool differs(const Hlp__V1__Revision *a, const Hlp__V1__Revision *b)
{
	return a->absent != b->absent || strcmp(a->blob, b->blob) != 0 || a->mode != b->mode;
}

static void say_files(struct report *r)
{
	for (size_t i = 0; i < r->artifacts->n_revisions; i++) {
		const Hlp__V1__Revision *first = r->artifacts->revisions[i];
		const Hlp__V1__Revision *last = last_of(r->artifacts, i);
		if (last != NULL && differs(first, last)) {
			say_printf(&r->cli->out, "- differs from before: `%s` (%s, was %s)\n",
				   first->path, last->absent ? "absent" : last->id,
				   first->absent ? "absent" : first->id);
		}
	}
}

static void say_left(struct report *r)
{
	static const enum reason undone[] = {REASON_UNDONE, REASON_RESTORED};
	static const enum reason kept[] = {REASON_ACCEPTED};
	static const enum reason by_hand[] = {REASON_BY_HAND};
	static const enum reason ignored[] = {REASON_TOLERATED};
	static const enum reason unknown[] = {REASON_LOST};
	const Hlp__V1__Execution *execution = r->status->execution;
	enum state state;
	enum reason reason;
	show_parse(execution->state, execution->reason, &state, &reason);
	say_printf(&r->cli->out, "\n## Left as\n\n- %s: %s\n", execution->name,
		   show_execution_word(state, reason));
	say_files(r);
	say_nodes(r, "undone, service not verified", undone, 2);
	say_nodes(r, "rolled back, but left as it is", kept, 1);
	say_nodes(r, "by hand", by_hand, 1);
	say_nodes(r, "failure ignored", ignored, 1);
	say_nodes(r, "outcome unknown", unknown, 1);
}

/* ---- what happened ------------------------------------------------------------------------ */

/* Events that people need in a record; the others say how the engine did it. */
static const char *words_of(const char *kind)
{
	static const char *const words[][2] = {
		{"created", "the run began"},
		{"act", ""},
		{"started", "started"},
		{"completed", "completed"},
		{"failed", "failed"},
		{"backoff", "failed, is tried again"},
		{"lost", "outcome unknown"},
		{"asked", "asks"},
		{"recovered", "taken back"},
		{"restored", "files brought back"},
		{"kept", "a file brought back"},
		{"rollback_started", "the rollback began"},
		{"ended", "the run ended"},
		{"rollback_ended", "the rollback ended"},
		{"checkpointed", "a checkpoint was recorded"},
		{"checkpoint_failed", "a checkpoint was not recorded"},
		{"draining", "starts nothing new after this failure"},
	};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i][0], kind) == 0) {
			return words[i][1];
		}
	}
	return NULL;
}

static const char *field_of(const Hlp__V1__EventRecord *event, const char *name)
{
	for (size_t i = 0; i < event->n_fields; i++) {
		if (strcmp(event->fields[i]->name, name) == 0) {
			return event->fields[i]->value;
		}
	}
	return "";
}

/* " by ana, /dev/pts/3 from 10.0.0.7" */
static void say_who(struct say *say, const Hlp__V1__EventRecord *event)
{
	const char *origin = field_of(event, "origin");
	say_printf(say, " by %s%s%s", event->actor, origin[0] != '\0' ? ", " : "", origin);
}

static int on_event(void *ctx, const ProtobufCMessage *message)
{
	const Hlp__V1__EventRecord *event = (const Hlp__V1__EventRecord *)message;
	struct report *r = ctx;
	struct say *say = &r->cli->out;
	const char *words = words_of(event->kind), *note = field_of(event, "note");
	if (words == NULL) {
		return 0;
	}
	say_printf(say, "- ");
	say_time(say, event->time_us);
	say_printf(say, " ");
	if (event->node[0] != '\0') {
		say_printf(say, " **%s**", event->node);
	}
	if (event->verb[0] != '\0') {
		say_printf(say, " %s", event->verb);
		say_who(say, event);
	}
	say_printf(say, " %s", words);
	if (strcmp(event->kind, "created") == 0) {
		say_who(say, event);
	}
	if (event->attempt[0] != '\0') {
		say_printf(say, " (%s)", event->attempt);
	}
	if (event->reason[0] != '\0' && strcmp(event->kind, "asked") != 0) {
		say_printf(say, ": %s", event->reason);
	}
	if (event->text.len > 0 && strcmp(event->kind, "rollback_started") != 0) {
		say_printf(say, ": %.*s", (int)event->text.len, (const char *)event->text.data);
	}
	if (note[0] != '\0') {
		say_printf(say, " (%s)", note);
	}
	say_printf(say, "\n");
	return 0;
}

static int say_timeline(struct report *r)
{
	Hlp__V1__EventsRequest request = HLP__V1__EVENTS_REQUEST__INIT;
	struct err err = {0};
	request.execution = r->status->execution->id;
	say_printf(&r->cli->out, "\n## What happened\n\n");
	int rc = client_stream(r->cli->client, "ListEvents", &request.base,
			       &hlp__v1__event_record__descriptor, on_event, r, &err);
	return rc < 0 ? cli_fail(r->cli, &err) : 0;
}

/* ---- steps and files ---------------------------------------------------------------------- */

static void say_steps(struct report *r)
{
	struct say *say = &r->cli->out;
	say_printf(say,
		   "\n## Steps\n\n| step | how it ended | attempts | took |\n|---|---|---|---|\n");
	for (size_t i = 0; i < r->status->n_nodes; i++) {
		const Hlp__V1__Node *node = r->status->nodes[i];
		char took[16] = "";
		enum state state;
		enum reason reason;
		show_parse(node->state, node->reason, &state, &reason);
		if (node->started_us != 0 && node->ended_us != 0) {
			show_duration(node->ended_us - node->started_us, took);
		}
		say_printf(say, "| %s | %s | %u | %s |\n", node->id, show_word(state, reason),
			   node->attempt, took);
	}
}

static int say_diff_of(struct report *r, const Hlp__V1__Revision *first,
		       const Hlp__V1__Revision *last)
{
	Hlp__V1__DiffRequest request = HLP__V1__DIFF_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = r->status->execution->id;
	request.artifact = first->path;
	request.old_revision = first->id;
	request.new_revision = last->id;
	int code = cli_call(r->cli, "DiffArtifact", &request.base, &hlp__v1__diff_reply__descriptor,
			    &reply);
	if (code != 0) {
		return code;
	}
	const Hlp__V1__DiffReply *diff = (const Hlp__V1__DiffReply *)reply;
	say_printf(&r->cli->out, "\n`%s`\n\n````diff\n", first->path);
	say_document(&r->cli->out, (const char *)diff->text.data, diff->text.len);
	say_printf(&r->cli->out, "````\n");
	protobuf_c_message_free_unpacked(reply, NULL);
	return 0;
}

static int say_diffs(struct report *r)
{
	int code = 0;
	say_printf(&r->cli->out, "\n## Files that differ from before\n");
	for (size_t i = 0; i < r->artifacts->n_revisions && code == 0; i++) {
		const Hlp__V1__Revision *first = r->artifacts->revisions[i];
		const Hlp__V1__Revision *last = last_of(r->artifacts, i);
		if (last != NULL && differs(first, last)) {
			code = say_diff_of(r, first, last);
		}
	}
	return code;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static int fetch_artifacts(struct report *r)
{
	Hlp__V1__ArtifactsRequest request = HLP__V1__ARTIFACTS_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = r->status->execution->id;
	int code = cli_call(r->cli, "ListArtifacts", &request.base,
			    &hlp__v1__artifact_list__descriptor, &reply);
	r->artifacts = (Hlp__V1__ArtifactList *)reply;
	return code;
}

static void say_head(struct report *r)
{
	const Hlp__V1__Execution *execution = r->status->execution;
	struct say *say = &r->cli->out;
	say_printf(say, "# %s\n\n- workflow: %s%s%s%s\n- started by: %s%s%s%s\n- began: ",
		   execution->name, execution->workflow,
		   execution->revision[0] != '\0' ? " at " : "", execution->revision,
		   execution->dirty ? ", changed since" : "", execution->actor,
		   execution->note[0] != '\0' ? " (" : "", execution->note,
		   execution->note[0] != '\0' ? ")" : "");
	say_time(say, execution->created_us);
	if (execution->ended_us != 0) {
		char took[16];
		show_duration(execution->ended_us - execution->created_us, took);
		say_printf(say, "\n- ended: ");
		say_time(say, execution->ended_us);
		say_printf(say, ", after %s", took);
	}
	say_printf(say, "\n");
}

static int say_all(struct report *r)
{
	int code = fetch_artifacts(r);
	if (code != 0) {
		return code;
	}
	say_head(r);
	say_left(r);
	code = say_timeline(r);
	if (code != 0) {
		return code;
	}
	say_steps(r);
	return say_diffs(r);
}

static int exec(struct cli *cli)
{
	struct report report = {.cli = cli};
	if (options_has(&cli->options, "verify")) {
		return verify_run(cli, cli_argument(cli, 0));
	}
	int code = status_fetch(cli, cli_argument(cli, 0), &report.status);
	if (code == 0) {
		code = say_all(&report);
	}
	protobuf_c_message_free_unpacked(report.artifacts != NULL ? &report.artifacts->base : NULL,
					 NULL);
	hlp__v1__status__free_unpacked(report.status, NULL);
	return code;
}

static const struct option_spec options[] = {
	{"verify", 0, OPTION_FLAG, NULL,
	 "instead: whether the chain of acts and the checkpoints are as recorded"},
	{0},
};

const struct cli_command report_command = {
	.name = "report",
	.arguments = "EXECUTION",
	.help = "the record of a run as Markdown, for the post-mortem",
	.options = options,
	.least = 1,
	.most = 1,
	.exec = exec,
};
