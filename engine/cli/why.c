/* SPDX-License-Identifier: MIT
 *
 * hlp why: why a node stands as it does, in words.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/questions.h"
#include "cli/show.h"
#include "cli/snapshot.h"
#include "cli/tail.h"

static void print_json(struct cli *cli, const struct mirror_node *node, const char *how,
		       const char *why, const char *means)
{
	struct buf out;
	json_out_begin(&out);
	const char *parts[][2] = {{"node", node->id},
				  {"state", state_name(node->state)},
				  {"reason", reason_name(node->reason)},
				  {"how", how},
				  {"why", why},
				  {"means", means != NULL ? means : ""}};
	buf_add_text(&out, "{");
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		buf_add_text(&out, i > 0 ? ", " : "");
		text_json_quote(&out, parts[i][0], strlen(parts[i][0]));
		buf_add_text(&out, ": ");
		text_json_quote(&out, parts[i][1], strlen(parts[i][1]));
	}
	buf_add_text(&out, "}");
	json_out(cli, &out);
}

static void print_text(struct cli *cli, const struct mirror *mirror, const struct mirror_node *node,
		       const char *how, const char *why, const char *means)
{
	const char *message = node->message != NULL ? node->message : "";
	bool asks = question_is_open(node);
	say_glyph(&cli->out, node->state, node->reason);
	say_printf(&cli->out, " %s/%s  %s\n", mirror->name, node->id, how);
	/* Of what has ended the first line has said all but its own words. */
	if (why[0] != '\0' && (!state_is_terminal(node->state) || asks))
		say_printf(&cli->out, "  %s\n", why);
	if ((node->state == STATE_FAILED || asks) && message[0] != '\0' &&
	    strstr(how, message) == NULL)
		say_printf(&cli->out, "  it says: %s\n", message);
	if (means != NULL) {
		say_printf(&cli->out, "  which means:\n");
		say_paragraph_at(&cli->out, 4, means);
	}
}

static int explain(struct cli *cli, const struct mirror *mirror, const char *name)
{
	char how[SHOW_TEXT], why[SHOW_TEXT];
	int64_t index = mirror_find(mirror, name);
	if (index < 0)
		return snapshot_refuse_node(cli, mirror, name);
	const struct mirror_node *node = &mirror->nodes[index];
	struct show_node show = show_of_mirror(node);
	struct buf tail;
	show.over = mirror->ended;
	show_how(&show, show_now_us(), how);
	mirror_why(mirror, (uint32_t)index, show_now_us(), why, sizeof why);
	(void)tail_read(cli, mirror, node, &tail);
	const char *means = tail_means(node, &tail);
	if (cli->json)
		print_json(cli, node, how, why, means);
	else
		print_text(cli, mirror, node, how, why, means);
	buf_release(&tail);
	return CLI_OK;
}

static int exec(struct cli *cli)
{
	struct mirror mirror;
	char *execution, *node;
	cli_split_target(cli_argument(cli, 0), &execution, &node);
	int code = CLI_USAGE;
	if (node[0] == '\0')
		cli_refuse(cli, CLI_USAGE, "why needs a node: hlp why EXECUTION/NODE");
	else
		code = snapshot_take(cli, execution, &mirror);
	if (code == 0) {
		code = explain(cli, &mirror, node);
		mirror_release(&mirror);
	}
	free(execution);
	free(node);
	return code;
}

const struct cli_command why_command = {
	.name = "why",
	.arguments = "EXECUTION/NODE",
	.help = "why a node does not run now, or how it ended",
	.least = 1,
	.most = 1,
	.exec = exec,
};
