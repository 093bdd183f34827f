/* SPDX-License-Identifier: MIT
 *
 * hlp artifacts and hlp diff: the revisions of files that nodes wrote, and what changed in them.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/show.h"

static void print_revision(struct cli *cli, const Hlp__V1__Revision *revision)
{
	char clock[16];
	show_clock(revision->time_us, clock);
	say_printf(&cli->out, "  ");
	say_cell(&cli->out, 8, revision->id);
	say_cell(&cli->out, 9, revision->moment);
	say_cell(&cli->out, 8, revision->attempt);
	if (revision->absent) {
		say_printf(&cli->out, " absent");
	} else {
		say_printf(&cli->out, " %.10s %8lld bytes  %04o", revision->blob,
			   (long long)revision->size, revision->mode & 07777);
	}
	say_printf(&cli->out, "  %s%s\n", clock, revision->current ? "  newest" : "");
}

static void print_text(struct cli *cli, const Hlp__V1__ArtifactList *list)
{
	const char *node = "", *path = "";
	for (size_t i = 0; i < list->n_revisions; i++) {
		const Hlp__V1__Revision *revision = list->revisions[i];
		if (strcmp(revision->node, node) != 0 || strcmp(revision->path, path) != 0) {
			node = revision->node;
			path = revision->path;
			say_style(&cli->out, ROLE_title);
			say_printf(&cli->out, "%s:%s", node, path);
			say_plain(&cli->out);
			say_printf(&cli->out, "\n");
		}
		print_revision(cli, revision);
	}
	if (list->n_revisions == 0) {
		say_printf(&cli->out, "no revisions\n");
	}
}

static int exec_artifacts(struct cli *cli)
{
	Hlp__V1__ArtifactsRequest request = HLP__V1__ARTIFACTS_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	cli_split_target(cli_argument(cli, 0), &request.execution, &request.node);
	int code = cli_call(cli, "ListArtifacts", &request.base,
			    &hlp__v1__artifact_list__descriptor, &reply);
	free(request.execution);
	free(request.node);
	if (code != 0) {
		return code;
	}
	if (cli->json) {
		struct buf out;
		json_out_begin(&out);
		json_artifacts(&out, (const Hlp__V1__ArtifactList *)reply);
		json_out(cli, &out);
	} else {
		print_text(cli, (const Hlp__V1__ArtifactList *)reply);
	}
	protobuf_c_message_free_unpacked(reply, NULL);
	return CLI_OK;
}

/* ---- diff -------------------------------------------------------------------------------- */

static void print_diff(struct cli *cli, const Hlp__V1__DiffReply *reply)
{
	if (cli->json) {
		struct buf out;
		json_out_begin(&out);
		json_message(&out, &reply->base);
		json_out(cli, &out);
		return;
	}
	if (reply->same) {
		say_printf(&cli->out, "no difference\n");
		return;
	}
	say_diff(&cli->out, (const char *)reply->text.data, reply->text.len);
}

static int exec_diff(struct cli *cli)
{
	Hlp__V1__DiffRequest request = HLP__V1__DIFF_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	struct err err = {0};
	int64_t context;
	if (cli->options.arguments_count == 3) {
		return cli_refuse(cli, CLI_USAGE, "give two revisions, or none");
	}
	if (options_number(&cli->options, "context", 1, 3, &context, &err) < 0) {
		return cli_fail(cli, &err);
	}
	request.execution = (char *)cli_argument(cli, 0);
	request.artifact = (char *)cli_argument(cli, 1);
	if (cli->options.arguments_count == 4) {
		request.old_revision = (char *)cli_argument(cli, 2);
		request.new_revision = (char *)cli_argument(cli, 3);
	}
	request.context = (uint32_t)context;
	int code = cli_call(cli, "DiffArtifact", &request.base, &hlp__v1__diff_reply__descriptor,
			    &reply);
	if (code == 0) {
		print_diff(cli, (const Hlp__V1__DiffReply *)reply);
		protobuf_c_message_free_unpacked(reply, NULL);
	}
	return code;
}

static const struct option_spec diff_options[] = {
	{"context", 'U', OPTION_VALUE, "N", "lines around a change (default 3)"},
	{0},
};

const struct cli_command artifacts_command = {
	.name = "artifacts",
	.arguments = "EXECUTION[/NODE]",
	.help = "revisions of the files that nodes wrote",
	.least = 1,
	.most = 1,
	.exec = exec_artifacts,
};

const struct cli_command diff_command = {
	.name = "diff",
	.arguments = "EXECUTION ARTIFACT [REV REV]",
	.help = "what changed in a file (ARTIFACT: its path, NODE:PATH, or a pinned file)",
	.options = diff_options,
	.least = 2,
	.most = 4,
	.exec = exec_diff,
};
