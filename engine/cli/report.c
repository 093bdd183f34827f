/* SPDX-License-Identifier: MIT
 *
 * hlp report: what happened, as Markdown, for whoever writes the post-mortem: what is left, what
 * was done in which order and by whom, the steps, what failed, and what changed in which file.
 * Times are local and UTC. Made from what any client may read; what nodes printed and people typed
 * passes the gate, since a report is read in terminals too.
 */
#include "cli/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/show.h"
#include "cli/status.h"
#include "cli/verify.h"

#define REPORT_MAX ((size_t)128 * 1024 * 1024)

/* ---- what is left ------------------------------------------------------------------------- */

/* A line with the nodes for which `is` holds; nothing when there are none. */
static void add_nodes(struct report *report, const char *what,
		      bool (*is)(const struct report *report, const struct show_node *node))
{
	struct buf *out = &report->out;
	char message[SHOW_TEXT];
	bool any = false;
	for (size_t i = 0; i < report->status->n_nodes; i++) {
		const Hlp__V1__Node *node = report->status->nodes[i];
		struct show_node show = show_of_row(node, message);
		if (!is(report, &show))
			continue;
		buf_printf(out, any ? ", %s" : "- %s: %s", any ? node->id : what, node->id);
		any = true;
	}
	if (any)
		buf_add_text(out, "\n");
}

static bool is_failed(const struct report *report, const struct show_node *node)
{
	(void)report;
	return node->state == STATE_FAILED && node->reason != REASON_LOST;
}

static bool is_unknown(const struct report *report, const struct show_node *node)
{
	(void)report;
	return node->state == STATE_FAILED && node->reason == REASON_LOST;
}

static bool waits_for_a_person(const struct report *report, const struct show_node *node)
{
	(void)report;
	return node->state == STATE_PAUSED || node->reason == REASON_UNDO_ASKING;
}

static bool is_live(const struct report *report, const struct show_node *node)
{
	(void)report;
	return node->state == STATE_RUNNING ||
	       (node->state == STATE_RECOVERING && node->reason != REASON_UNDO_ASKING);
}

static bool is_undone(const struct report *report, const struct show_node *node)
{
	(void)report;
	return node->reason == REASON_UNDONE || node->reason == REASON_RESTORED;
}

static bool is_accepted(const struct report *report, const struct show_node *node)
{
	(void)report;
	return node->reason == REASON_ACCEPTED;
}

static bool is_by_hand(const struct report *report, const struct show_node *node)
{
	(void)report;
	return node->reason == REASON_BY_HAND;
}

static bool is_tolerated(const struct report *report, const struct show_node *node)
{
	(void)report;
	return node->reason == REASON_TOLERATED;
}

static bool is_skipped(const struct report *report, const struct show_node *node)
{
	(void)report;
	return node->reason == REASON_SKIPPED;
}

static bool is_stale(const struct report *report, const struct show_node *node)
{
	(void)report;
	return node->stale;
}

static bool did_not_start(const struct report *report, const struct show_node *node)
{
	return report->status->execution->ended && node->state == STATE_PENDING &&
	       node->attempt == 0;
}

void report_add_left(struct report *report)
{
	const Hlp__V1__Execution *execution = report->status->execution;
	enum state state;
	enum reason reason;
	show_parse(execution->state, execution->reason, &state, &reason);
	buf_printf(&report->out, "\n## Left as\n\n- %s: %s%s\n", execution->name,
		   show_execution_word(state, reason),
		   execution->ended ? "" : "; it has not ended");
	add_nodes(report, "waits for a person", waits_for_a_person);
	add_nodes(report, "under way", is_live);
	add_nodes(report, "failed", is_failed);
	add_nodes(report, "outcome unknown", is_unknown);
	add_nodes(report, "undone, service not verified", is_undone);
	add_nodes(report, "rolled back, but left as it is", is_accepted);
	add_nodes(report, "by hand", is_by_hand);
	add_nodes(report, "failure ignored", is_tolerated);
	add_nodes(report, "skipped", is_skipped);
	add_nodes(report, "stale: used what was since taken back", is_stale);
	add_nodes(report, "did not start", did_not_start);
}

/* ---- steps -------------------------------------------------------------------------------- */

/* "failed: exit 7", "did not start", "undone" */
static void add_how(struct report *report, const struct show_node *node)
{
	struct buf *out = &report->out;
	bool failed = node->state == STATE_FAILED && node->reason != REASON_LOST;
	if (did_not_start(report, node)) {
		buf_add_text(out, "did not start");
		return;
	}
	buf_printf(out, "%s%s", failed ? "failed: " : "", show_word(node->state, node->reason));
	if (node->reason == REASON_EXIT && node->has_exit_code)
		buf_printf(out, " %d", (int)node->exit_code);
}

static void add_step(struct report *report, const Hlp__V1__Node *node)
{
	struct buf *out = &report->out;
	char message[SHOW_TEXT], clock[16] = "";
	struct show_node show = show_of_row(node, message);
	buf_printf(out, "| %s | ", node->id);
	add_how(report, &show);
	buf_printf(out, " | %u | ", node->attempt);
	if (node->started_us != 0 && node->ended_us != 0)
		report_add_duration(out, node->ended_us - node->started_us);
	if (node->started_us != 0)
		show_clock(node->started_us, clock);
	buf_printf(out, " | %s |\n", clock);
}

static void add_steps(struct report *report)
{
	buf_add_text(&report->out,
		     "\n## Steps\n\n| step | how it ended | attempts | took | began |\n"
		     "|---|---|---|---|---|\n");
	for (size_t i = 0; i < report->status->n_nodes; i++)
		add_step(report, report->status->nodes[i]);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static int fetch_artifacts(struct report *report)
{
	Hlp__V1__ArtifactsRequest request = HLP__V1__ARTIFACTS_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = report->status->execution->id;
	int code = cli_call(report->cli, "ListArtifacts", &request.base,
			    &hlp__v1__artifact_list__descriptor, &reply);
	report->artifacts = (Hlp__V1__ArtifactList *)reply;
	return code;
}

static int fetch_attempts(struct report *report)
{
	Hlp__V1__AttemptsRequest request = HLP__V1__ATTEMPTS_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = report->status->execution->id;
	int code = cli_call(report->cli, "ListAttempts", &request.base,
			    &hlp__v1__attempt_list__descriptor, &reply);
	report->attempts = (Hlp__V1__AttemptList *)reply;
	for (size_t i = 0; code == 0 && i < report->attempts->n_attempts; i++) {
		Hlp__V1__Attempt *attempt = report->attempts->attempts[i];
		char *key = mem_printf("%s %s %u", attempt->node, attempt->kind, attempt->number);
		(void)map_add_text(&report->attempt_of, arena_strdup(&report->facts.arena, key),
				   (union map_value){.pointer = attempt});
		free(key);
	}
	return code;
}

static void add_head(struct report *report)
{
	const Hlp__V1__Execution *execution = report->status->execution;
	struct buf *out = &report->out;
	buf_printf(out, "# %s\n\n- workflow: %s", execution->name, execution->workflow);
	if (execution->revision[0] != '\0') {
		buf_printf(out, " at %s%s", execution->revision,
			   execution->dirty ? ", changed since" : "");
	}
	buf_printf(out, " in `%s`\n", execution->folder);
	if (report->facts.params.length > 0)
		buf_printf(out, "- params: %s\n", buf_text(&report->facts.params));
	buf_add_text(out, "- started by: ");
	report_add_word(out, execution->actor);
	if (report->facts.origin != NULL && report->facts.origin[0] != '\0') {
		buf_add_text(out, ", ");
		report_add_word(out, report->facts.origin);
	}
	if (execution->note[0] != '\0') {
		buf_add_text(out, ": ");
		report_add_word(out, execution->note);
	}
	buf_add_text(out, "\n- began: ");
	report_add_time(out, execution->created_us);
	if (execution->ended_us != 0) {
		buf_add_text(out, "\n- ended: ");
		report_add_time(out, execution->ended_us);
		buf_add_text(out, ", after ");
		report_add_duration(out, execution->ended_us - execution->created_us);
	}
	buf_add_text(out, "\n");
}

static int add_all(struct report *report)
{
	char zone[16];
	int code = fetch_artifacts(report);
	code = code != 0 ? code : fetch_attempts(report);
	code = code != 0 ? code : report_read_record(report);
	if (code != 0)
		return code;
	add_head(report);
	report_add_left(report);
	code = report_add_files_left(report);
	buf_add_text(&report->out, buf_text(&report->facts.rollbacks));
	buf_add_text(&report->out, buf_text(&report->facts.notes));
	show_zone(report->status->execution->created_us, zone);
	buf_printf(&report->out, "\n## What happened\n\nTimes are local (%s), and UTC (Z).\n\n%s",
		   zone, buf_text(&report->timeline));
	code = code != 0 ? code : report_add_failures(report);
	add_steps(report);
	return code != 0 ? code : report_add_files(report);
}

/* What there is already, a person may have written on: it is not touched. */
static int write_file(struct report *report, const char *path)
{
	struct cli *cli = report->cli;
	struct buf text;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return cli_refuse(cli, CLI_OTHER, "cannot write '%s': %s", path, strerror(errno));
	buf_init(&text, REPORT_MAX);
	text_gate(&text, buf_text(&report->out), report->out.length, TEXT_KEEP_LINES);
	int code = file_write_fd(fd, buf_text(&text), text.length);
	if (close(fd) != 0 || code != 0)
		code = cli_refuse(cli, CLI_OTHER, "cannot write '%s': %s", path, strerror(errno));
	else
		say_printf(&cli->out, "the report is in %s\n", path);
	buf_release(&text);
	return code;
}

static void say_report(struct report *report)
{
	struct cli *cli = report->cli;
	struct buf document;
	if (!cli->json) {
		say_text(&cli->out, buf_text(&report->out), report->out.length);
		return;
	}
	json_out_begin(&document);
	buf_add_text(&document, "{\"execution\":");
	text_json_quote(&document, report->status->execution->name,
			strlen(report->status->execution->name));
	buf_add_text(&document, ",\"markdown\":");
	text_json_quote(&document, buf_text(&report->out), report->out.length);
	buf_add_text(&document, "}");
	json_out(cli, &document);
}

static void release(struct report *report)
{
	protobuf_c_message_free_unpacked((ProtobufCMessage *)report->artifacts, NULL);
	protobuf_c_message_free_unpacked((ProtobufCMessage *)report->attempts, NULL);
	hlp__v1__status__free_unpacked(report->status, NULL);
	map_release(&report->attempt_of);
	arena_release(&report->facts.arena);
	buf_release(&report->facts.params);
	buf_release(&report->facts.notes);
	buf_release(&report->facts.rollbacks);
	buf_release(&report->timeline);
	buf_release(&report->out);
}

static int exec(struct cli *cli)
{
	struct report report = {.cli = cli};
	if (options_has(&cli->options, "verify"))
		return verify_run(cli, cli_argument(cli, 0));
	buf_init(&report.facts.params, REPORT_MAX);
	buf_init(&report.facts.notes, REPORT_MAX);
	buf_init(&report.facts.rollbacks, REPORT_MAX);
	buf_init(&report.timeline, REPORT_MAX);
	buf_init(&report.out, REPORT_MAX);
	int code = status_fetch(cli, cli_argument(cli, 0), &report.status);
	code = code != 0 ? code : add_all(&report);
	const char *path = options_value(&cli->options, "to");
	if (code == 0 && path != NULL)
		code = write_file(&report, path);
	else if (code == 0)
		say_report(&report);
	release(&report);
	return code;
}

static const struct option_spec options[] = {
	{"to", 0, OPTION_VALUE, "FILE", "write it into a new file"},
	{"verify", 0, OPTION_FLAG, NULL,
	 "instead: whether the chain of acts and the checkpoints are as recorded"},
	{0},
};

const struct cli_command report_command = {
	.name = "report",
	.arguments = "EXECUTION",
	.help = "the record of a run as Markdown, for the post-mortem",
	.options = options,
	.more = "  On top what is left: what differs from before, what was undone, done by hand\n"
		"  or ignored, and the notes. Then who did what and why, what ran and for how\n"
		"  long, what failed with its last lines, and how files differ.\n"
		"  hlp report web#3 --to web-3.md\n",
	.least = 1,
	.most = 1,
	.exec = exec,
};
