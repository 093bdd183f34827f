/* SPDX-License-Identifier: MIT
 *
 * hlp shell: the folder and environment of a node in a recorded shell on this terminal. That it is
 * opened and how it ended stands in the journal. On leaving it asks what became of the node.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "cli/act.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/policy.h"
#include "cli/questions.h"
#include "cli/show.h"
#include "cli/snapshot.h"
#include "cli/visit.h"

struct shelling {
	struct cli *cli;
	const char *target; /* as typed */
	char *execution, *node;
	uint64_t seq; /* of the act that opened it */
	Hlp__V1__ShellReply *shell;
	int64_t opened_us;
	int status;
};

static const struct mirror_node *look(struct shelling *s, struct mirror *mirror, int *out_code)
{
	*out_code = snapshot_take(s->cli, s->execution, mirror);
	if (*out_code != 0)
		return NULL;
	int64_t index = mirror_find(mirror, s->node);
	if (index < 0) {
		*out_code = snapshot_refuse_node(s->cli, mirror, s->node);
		return NULL;
	}
	return &mirror->nodes[index];
}

/* ---- opening ----------------------------------------------------------------------------- */

/* The name may have been @latest; from here on it is the one that was looked at. */
static int prepare(struct shelling *s)
{
	struct mirror mirror = {0};
	int code = listing_check_latest(s->cli, s->execution);
	const struct mirror_node *node = code == 0 ? look(s, &mirror, &code) : NULL;
	if (node != NULL) {
		free(s->execution);
		s->execution = mem_strdup(mirror.name);
	}
	if (node != NULL && node->state == STATE_RUNNING && !s->cli->yes) {
		say_printf(&s->cli->out,
			   "  %s is running: the shell is in its folder, beside its processes\n",
			   s->node);
		code = policy_ask(s->cli, POLICY_YES, "open a shell", s->node);
	}
	mirror_release(&mirror);
	return code;
}

static int send_act(struct shelling *s, Hlp__V1__ActRequest *request, uint64_t *out_seq)
{
	ProtobufCMessage *reply = NULL;
	char id[27];
	request->request = client_request_id(id);
	request->execution = s->execution;
	request->node = s->node;
	request->confirmed = true;
	int code = cli_call(s->cli, "Act", &request->base, &hlp__v1__act_reply__descriptor, &reply);
	if (code == 0) {
		*out_seq = ((const Hlp__V1__ActReply *)reply)->seq;
		protobuf_c_message_free_unpacked(reply, NULL);
	}
	return code;
}

static int open_shell(struct shelling *s)
{
	Hlp__V1__ActRequest act = HLP__V1__ACT_REQUEST__INIT;
	Hlp__V1__ShellRequest request = HLP__V1__SHELL_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	act.verb = (char *)"shell";
	act.note = (char *)s->cli->reason;
	int code = send_act(s, &act, &s->seq);
	if (code != 0)
		return code;
	request.execution = s->execution;
	request.node = s->node;
	request.seq = s->seq;
	code = cli_call(s->cli, "GetShell", &request.base, &hlp__v1__shell_reply__descriptor,
			&reply);
	s->shell = (Hlp__V1__ShellReply *)reply;
	return code;
}

/* ---- being in it ------------------------------------------------------------------------- */

static void say_hello(struct shelling *s)
{
	say_printf(&s->cli->out, "  %s/%s, in %s\n", s->execution, s->node, s->shell->folder);
	say_paragraph(&s->cli->out,
		      "What this shell shows is recorded; there, not here, secrets are hidden. "
		      "'exit' leaves it.");
	say_flush(&s->cli->out);
}

/* Folder, secrets and recording lie where the engine is. */
static int be_in_it(struct shelling *s)
{
	struct err err = {0};
	char here[PROC_BOOT_ID_TEXT];
	proc_boot_id(here);
	s->status = -1;
	if (strcmp(here, s->shell->boot_id) != 0) {
		return cli_refuse(s->cli, CLI_OTHER,
				  "the engine is on another machine: a shell there is not "
				  "supported yet");
	}
	say_hello(s);
	char *prompt = mem_printf("%s/%s", s->execution, s->node);
	client_close(s->cli->client); /* it would not outlive the hours that this may take */
	s->cli->client = NULL;
	s->status = visit_run(s->shell, prompt, &err);
	free(prompt);
	return s->status < 0 ? cli_fail(s->cli, &err) : CLI_OK;
}

static int tell_end(struct shelling *s)
{
	Hlp__V1__ActRequest act = HLP__V1__ACT_REQUEST__INIT;
	char *note = s->status < 0 ? mem_strdup("it could not be started")
				   : mem_printf("exit %d", s->status);
	uint64_t seq;
	act.verb = (char *)"left-shell";
	act.shell = s->shell->number;
	act.exit_code = s->status < 0 ? 126 : s->status;
	act.took_us = show_now_us() - s->opened_us;
	act.note = note;
	int code = send_act(s, &act, &seq);
	free(note);
	return code;
}

/* ---- leaving it -------------------------------------------------------------------------- */

static bool is_asked_of_a_person(const struct mirror_node *node)
{
	return node->question != NULL && (strcmp(node->question, "manual") == 0 ||
					  strcmp(node->question, "undo_manual") == 0);
}

/* Whether saying done can change anything. */
static bool is_open(const struct mirror *mirror, const struct mirror_node *node)
{
	if (is_asked_of_a_person(node))
		return true;
	return !mirror->rolling_back && node->state != STATE_COMPLETED &&
	       node->state != STATE_RECOVERED && node->state != STATE_RECOVERING;
}

static int say_done(struct shelling *s, const struct mirror_node *node, const char *target)
{
	struct outputs outputs = {0};
	struct act act = {.verb = "done",
			  .targets = ACT_NODE,
			  .words = "count as done by hand",
			  .tells = ACT_TELLS_STARTS,
			  .chosen = true,
			  .outputs = &outputs};
	outputs_take_file(s->cli, node, s->shell->outputs, &outputs);
	int code = act_run(s->cli, &act, target);
	outputs_release(&outputs);
	return code;
}

static int say_failed(struct shelling *s, const char *target)
{
	struct act act = {.verb = "done",
			  .targets = ACT_NODE,
			  .words = "give up",
			  .chosen = true,
			  .failed = true};
	say_printf(&s->cli->out, "  what went wrong: ");
	say_flush(&s->cli->out);
	char *note = cli_read_line();
	act.note = note != NULL && note[0] != '\0' ? note : NULL;
	int code = act_run(s->cli, &act, target);
	free(note);
	return code;
}

static void say_question(struct shelling *s, const struct mirror_node *node)
{
	struct say *out = &s->cli->out;
	say_printf(out, "  Is %s done?\n    d  done by hand%s\n", node->id,
		   node->state == STATE_RUNNING ? "; what runs is stopped" : "");
	if (is_asked_of_a_person(node))
		say_printf(out, "    f  it failed\n");
	say_printf(out, "  %s (Enter: leave it as it is): ", node->id);
	say_flush(out);
}

static int take_answer(struct shelling *s, const struct mirror_node *node, const char *target)
{
	for (;;) {
		say_question(s, node);
		char *line = cli_read_line();
		char letter = line != NULL && line[0] != '\0' && line[1] == '\0' ? line[0] : '\0';
		bool leaves = line == NULL || line[0] == '\0';
		free(line);
		if (leaves)
			return CLI_OK;
		if (letter == 'd')
			return say_done(s, node, target);
		if (letter == 'f' && is_asked_of_a_person(node))
			return say_failed(s, target);
		say_printf(&s->cli->out, "  that is none of these\n");
	}
}

static int ask(struct shelling *s)
{
	struct mirror mirror = {0};
	int code;
	char *target = mem_printf("%s/%s", s->execution, s->node);
	say_printf(&s->cli->out, "  left with %d; 'hlp logs %s --kind shell' shows it again\n",
		   s->status, target);
	const struct mirror_node *node = look(s, &mirror, &code);
	if (node != NULL && is_open(&mirror, node))
		code = take_answer(s, node, target);
	mirror_release(&mirror);
	free(target);
	return code;
}

/* ---- the command ------------------------------------------------------------------------- */

static int visit(struct shelling *s)
{
	int code = open_shell(s);
	if (s->shell == NULL)
		return code;
	s->opened_us = show_now_us();
	code = be_in_it(s);
	int told = tell_end(s);
	if (code != CLI_OK || told != CLI_OK)
		return code != CLI_OK ? code : told;
	/* Without a recording it never began, and has said why. */
	return file_exists(s->shell->recording) ? ask(s) : CLI_OTHER;
}

static int exec(struct cli *cli)
{
	struct shelling s = {.cli = cli, .target = cli_argument(cli, 0)};
	if (!cli->interactive)
		return cli_refuse(cli, CLI_OTHER, "a shell needs a terminal");
	cli_split_target(s.target, &s.execution, &s.node);
	int code = s.node[0] != '\0'
			   ? prepare(&s)
			   : cli_refuse(cli, CLI_USAGE, "which node? hlp shell EXECUTION/NODE");
	if (code == CLI_OK)
		code = visit(&s);
	if (s.shell != NULL)
		hlp__v1__shell_reply__free_unpacked(s.shell, NULL);
	free(s.execution);
	free(s.node);
	return code;
}

const struct cli_command shell_command = {
	.name = "shell",
	.arguments = "EXECUTION/NODE",
	.help = "the node's folder and environment in a recorded shell",
	.least = 1,
	.most = 1,
	.exec = exec,
};
