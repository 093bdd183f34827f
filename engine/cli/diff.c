/* SPDX-License-Identifier: MIT
 *
 * hlp diff: what changed in a file between two revisions, attempts or executions.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/diff_print.h"
#include "cli/json_out.h"
#include "client/compared.h"

static struct diff *diff_of(const struct cli *cli, const Hlp__V1__DiffReply *reply)
{
	struct diff *diff;
	if (compared_by_structure(reply)) {
		struct tree_change *changes = compared_changes(reply);
		diff = diff_of_changes(changes, reply->n_changes, !cli->out.utf8);
		free(changes);
	} else {
		diff = diff_parse((const char *)reply->text.data, reply->text.len);
	}
	if (reply->note[0] != '\0')
		diff_add_note(diff, reply->note);
	return diff;
}

/* Which revisions they are, above changes that have no lines to say it. */
static void print_end(struct cli *cli, const char *sign, const Hlp__V1__Revision *revision)
{
	say_style(&cli->out, ROLE_title);
	if (revision == NULL) {
		say_printf(&cli->out, "%s %s (now)\n", sign, cli_argument(cli, 1));
	} else {
		say_printf(&cli->out, "%s %s (%s%s%s)\n", sign, revision->path, revision->execution,
			   revision->execution[0] != '\0' ? " " : "", revision->id);
	}
	say_plain(&cli->out);
}

static void print_reply(struct cli *cli, const Hlp__V1__DiffReply *reply)
{
	if (cli->json) {
		json_out_message(cli, &reply->base);
	} else if (reply->same) {
		say_printf(&cli->out, "no difference\n");
	} else if (options_has(&cli->options, "patch")) {
		say_document(&cli->out, (const char *)reply->text.data, reply->text.len);
	} else {
		bool sides = options_has(&cli->options, "side-by-side");
		if (compared_by_structure(reply)) {
			print_end(cli, "---", reply->old_revision);
			print_end(cli, "+++", reply->new_revision);
		}
		struct diff *diff = diff_of(cli, reply);
		diff_print(&cli->out, diff, sides ? DIFF_SIDES : DIFF_BELOW);
		diff_free(diff);
	}
}

/* How to compare, as the options say; NULL (said) when they contradict each other. */
static const char *way_to_compare(struct cli *cli)
{
	bool structure = options_has(&cli->options, "structure");
	bool lines = options_has(&cli->options, "text") || options_has(&cli->options, "patch") ||
		     options_has(&cli->options, "side-by-side");
	if (structure && lines) {
		(void)cli_refuse(cli, CLI_USAGE,
				 "--structure shows no lines: leave out --text, --side-by-side and "
				 "--patch");
		return NULL;
	}
	return structure ? "structure" : lines ? "text" : "";
}

static int exec(struct cli *cli)
{
	Hlp__V1__DiffRequest request = HLP__V1__DIFF_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	struct err err = {0};
	int64_t context;
	const char *compare = way_to_compare(cli);
	if (compare == NULL)
		return CLI_USAGE;
	if (options_number(&cli->options, "context", 1, 3, &context, &err) < 0)
		return cli_fail(cli, &err);
	request.execution = (char *)cli_argument(cli, 0);
	request.artifact = (char *)cli_argument(cli, 1);
	if (cli->options.arguments_count > 2)
		request.old_revision = (char *)cli_argument(cli, 2);
	if (cli->options.arguments_count > 3)
		request.new_revision = (char *)cli_argument(cli, 3);
	request.context = (uint32_t)context;
	request.compare = (char *)compare;
	int code = cli_call(cli, "DiffArtifact", &request.base, &hlp__v1__diff_reply__descriptor,
			    &reply);
	if (code == 0) {
		print_reply(cli, (const Hlp__V1__DiffReply *)reply);
		protobuf_c_message_free_unpacked(reply, NULL);
	}
	return code;
}

static const struct option_spec options[] = {
	{"side-by-side", 's', OPTION_FLAG, NULL, "both versions beside each other"},
	{"context", 'U', OPTION_VALUE, "N", "lines around a change (default 3)"},
	{"text", 0, OPTION_FLAG, NULL, "line by line, even JSON and YAML"},
	{"structure", 0, OPTION_FLAG, NULL, "by structure, whatever its name ends with"},
	{"patch", 0, OPTION_FLAG, NULL, "without marks: for patch and git apply"},
	{0},
};

const struct cli_command diff_command = {
	.name = "diff",
	.arguments = "EXECUTION ARTIFACT [OLD [NEW]]",
	.help = "what changed in a file, between two revisions, attempts or executions",
	.more = "  ARTIFACT is a path as the workflow declares it, NODE:PATH, or a pinned file.\n"
		"  OLD and NEW are each one of\n"
		"    r12            a revision, as 'hlp artifacts' lists them\n"
		"    before         what it was before its node ran (OLD, if left out)\n"
		"    newest         the newest revision (NEW, if left out)\n"
		"    now            what the file holds now\n"
		"    run-2, or 2    what the second attempt left\n"
		"    web#3          of another execution; also web#3@run-2, web#3@before\n"
		"  hlp diff web site.conf 1 2      what the second attempt did otherwise\n"
		"  hlp diff web site.conf web#3    how the newest run differs from the third\n"
		"  JSON and YAML are compared by structure: the order of keys, spacing and quotes\n"
		"  do not count. Binary, large and secret files are told by size and digest.\n",
	.options = options,
	.least = 2,
	.most = 4,
	.exec = exec,
};
