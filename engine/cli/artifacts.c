/* SPDX-License-Identifier: MIT
 *
 * hlp artifacts and hlp history: the revisions of files that nodes wrote, in one execution or in
 * all.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/show.h"

/* What a failed attempt left is never current. */
static const char *standing_of(const Hlp__V1__Revision *revision)
{
	if (revision->failed)
		return "  failed";
	return revision->current ? "  current" : "";
}

static void print_revision(struct cli *cli, const Hlp__V1__Revision *revision)
{
	char clock[16];
	show_clock(revision->time_us, clock);
	say_printf(&cli->out, "  ");
	say_cell(&cli->out, 8, revision->id);
	say_cell(&cli->out, 9, revision->moment);
	say_cell(&cli->out, 8, revision->attempt);
	if (revision->absent) {
		say_cell(&cli->out, 33, " no file");
	} else {
		say_printf(&cli->out, " %-10.10s %8lld bytes  %04o  ",
			   *revision->blob ? revision->blob : "not kept", (long long)revision->size,
			   revision->mode & 07777);
	}
	say_printf(&cli->out, "%s%s\n", clock, standing_of(revision));
}

static bool same_file(const Hlp__V1__Revision *a, const Hlp__V1__Revision *b)
{
	return strcmp(a->node, b->node) == 0 && strcmp(a->path, b->path) == 0;
}

static bool is_first_of_file(const Hlp__V1__ArtifactList *list, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (same_file(list->revisions[i], list->revisions[at]))
			return false;
	return true;
}

static void print_file(struct cli *cli, const Hlp__V1__ArtifactList *list, size_t first)
{
	const Hlp__V1__Revision *of = list->revisions[first];
	say_style(&cli->out, ROLE_title);
	say_printf(&cli->out, "%s:%s", of->node, of->path);
	say_plain(&cli->out);
	say_printf(&cli->out, "\n");
	for (size_t i = first; i < list->n_revisions; i++)
		if (same_file(list->revisions[i], of))
			print_revision(cli, list->revisions[i]);
}

/* File by file, in the order in which they were first seen. */
static void print_text(struct cli *cli, const Hlp__V1__ArtifactList *list)
{
	for (size_t i = 0; i < list->n_revisions; i++)
		if (is_first_of_file(list, i))
			print_file(cli, list, i);
	if (list->n_revisions == 0)
		say_printf(&cli->out, "no node here has recorded a file\n");
}

static int fetch(struct cli *cli, Hlp__V1__ArtifactsRequest *request,
		 void (*print)(struct cli *cli, const Hlp__V1__ArtifactList *list))
{
	ProtobufCMessage *reply = NULL;
	int code = cli_call(cli, "ListArtifacts", &request->base,
			    &hlp__v1__artifact_list__descriptor, &reply);
	if (code != 0)
		return code;
	if (cli->json) {
		struct buf out;
		json_out_begin(&out);
		json_artifacts(&out, (const Hlp__V1__ArtifactList *)reply);
		json_out(cli, &out);
	} else {
		print(cli, (const Hlp__V1__ArtifactList *)reply);
	}
	protobuf_c_message_free_unpacked(reply, NULL);
	return CLI_OK;
}

static int exec_artifacts(struct cli *cli)
{
	Hlp__V1__ArtifactsRequest request = HLP__V1__ARTIFACTS_REQUEST__INIT;
	cli_split_target(cli_argument(cli, 0), &request.execution, &request.node);
	int code = fetch(cli, &request, print_text);
	free(request.execution);
	free(request.node);
	return code;
}

/* ---- of all executions ------------------------------------------------------------------- */

/* Two nodes, or two folders, may have a file of the same name. */
static bool same_past(const Hlp__V1__Revision *a, const Hlp__V1__Revision *b)
{
	return strcmp(a->execution, b->execution) == 0 && same_file(a, b);
}

static void print_history(struct cli *cli, const Hlp__V1__ArtifactList *list)
{
	for (size_t i = 0; i < list->n_revisions; i++) {
		const Hlp__V1__Revision *revision = list->revisions[i];
		if (i == 0 || !same_past(list->revisions[i - 1], revision)) {
			char day[16];
			show_day(revision->time_us, day);
			say_style(&cli->out, ROLE_title);
			say_printf(&cli->out, "%s  %s:%s", revision->execution, revision->node,
				   revision->path);
			say_plain(&cli->out);
			say_printf(&cli->out, "  %s in %s\n", day, revision->folder);
		}
		print_revision(cli, revision);
	}
}

static int exec_history(struct cli *cli)
{
	Hlp__V1__ArtifactsRequest request = HLP__V1__ARTIFACTS_REQUEST__INIT;
	request.path = (char *)cli_argument(cli, 0);
	if (request.path[0] == '\0')
		return cli_refuse(cli, CLI_USAGE, "a file's name is empty");
	return fetch(cli, &request, print_history);
}

const struct cli_command history_command = {
	.name = "history",
	.arguments = "NAME",
	.help = "the revisions of one file in all executions, the oldest first",
	.more = "  NAME is a path as a workflow declares it, or the end of it: proxy.conf.\n"
		"  The newest hundred executions that wrote it are looked at. To compare two:\n"
		"  hlp diff web#4 proxy.conf web#3\n",
	.least = 1,
	.most = 1,
	.exec = exec_history,
};

const struct cli_command artifacts_command = {
	.name = "artifacts",
	.arguments = "EXECUTION[/NODE]",
	.help = "the revisions of the files that nodes wrote",
	.more = "  A revision is made before and after each attempt, and by a rollback.\n"
		"  current   the newest of its file that stands\n"
		"  failed    what a failed attempt left: kept to be looked at, never current\n"
		"  hlp diff EXECUTION PATH r12 r15 compares two; hlp restore brings one back.\n",
	.least = 1,
	.most = 1,
	.exec = exec_artifacts,
};
