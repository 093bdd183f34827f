/* SPDX-License-Identifier: MIT
 *
 * hlp plan: what a workflow would do, in order, without an engine: phases, needs, risk, the longest
 * way through it, and what could not be undone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/source.h"
#include "model/graph.h"

static void say_needs(struct cli *cli, const struct workflow *workflow,
		      const struct node_spec *node)
{
	for (uint32_t i = 0; i < node->needs_count; i++) {
		say_printf(&cli->out, "%s%s", i == 0 ? "  after " : ", ",
			   workflow->nodes[node->needs[i]].id);
	}
}

static void say_undo(struct cli *cli, const struct node_spec *node)
{
	if (node->irreversible != NULL) {
		say_style(&cli->out, ROLE_warning);
		say_printf(&cli->out, "  CANNOT BE UNDONE: %s", node->irreversible);
		say_plain(&cli->out);
	} else if (node->artifacts_count > 0) {
		say_printf(&cli->out, "  %srestores %u file%s", node->has_undo ? "undo, " : "",
			   node->artifacts_count, node->artifacts_count == 1 ? "" : "s");
	} else {
		say_printf(&cli->out, "  %s",
			   node->changes_nothing ? "changes nothing"
			   : node->has_undo	 ? "undo"
						 : "no undo");
	}
}

static void say_node(struct cli *cli, const struct workflow *workflow, uint32_t number,
		     uint32_t index, int width)
{
	const struct node_spec *node = &workflow->nodes[index];
	enum risk_level level = risk_level(node->risk);
	say_printf(&cli->out, " %4u  ", number);
	say_cell(&cli->out, width, node->id);
	say_printf(&cli->out, "  ");
	say_style(&cli->out, level >= RISK_HIGH ? ROLE_warning : ROLE_text);
	say_cell(&cli->out, 8, risk_name(level));
	say_plain(&cli->out);
	say_undo(cli, node);
	say_needs(cli, workflow, node);
	say_printf(&cli->out, "\n");
}

static void say_order(struct cli *cli, const struct workflow *workflow, const struct graph *graph)
{
	int32_t phase = -1;
	uint32_t number = 0;
	size_t width = 0;
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		size_t length = strlen(workflow->nodes[i].id);
		width = length > width ? length : width;
	}
	for (uint32_t i = 0; i < graph->vertices_count; i++) {
		uint32_t v = graph->order[i];
		if (graph_is_barrier(graph, v))
			continue;
		if (workflow->nodes[v].phase != phase) {
			phase = workflow->nodes[v].phase;
			say_style(&cli->out, ROLE_phase);
			say_printf(&cli->out, "%s", workflow->phases[phase]);
			say_plain(&cli->out);
			say_printf(&cli->out, "\n");
		}
		say_node(cli, workflow, ++number, v, (int)width);
	}
}

/* By the number of nodes: how long they take is known to an engine that ran them. */
static void critical_path(const struct workflow *workflow, const struct graph *graph,
			  uint32_t **out, uint32_t *out_count)
{
	double *weights = mem_calloc(workflow->nodes_count + 1, sizeof *weights);
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		weights[i] = 1;
	graph_critical_path(graph, weights, out, out_count);
	free(weights);
}

static void print_text(struct cli *cli, const struct workflow *workflow, const struct graph *graph)
{
	uint32_t *path = NULL, count = 0;
	critical_path(workflow, graph, &path, &count);
	say_style(&cli->out, ROLE_title);
	say_printf(&cli->out, "%s", workflow->name);
	say_plain(&cli->out);
	say_printf(&cli->out, "  %u node%s, %u phase%s, at most %u at a time\n",
		   workflow->nodes_count, workflow->nodes_count == 1 ? "" : "s",
		   workflow->phases_count, workflow->phases_count == 1 ? "" : "s",
		   workflow->max_parallel);
	say_order(cli, workflow, graph);
	say_printf(&cli->out, "longest way (%u node%s): ", count, count == 1 ? "" : "s");
	for (uint32_t i = 0; i < count; i++)
		say_printf(&cli->out, "%s%s", i > 0 ? " -> " : "", workflow->nodes[path[i]].id);
	say_printf(&cli->out, "\n");
	free(path);
}

/* ---- JSON -------------------------------------------------------------------------------- */

static void quote(struct buf *out, const char *text)
{
	if (text == NULL) {
		buf_add_text(out, "null");
		return;
	}
	text_json_quote(out, text, strlen(text));
}

static void json_node(struct buf *out, const struct workflow *workflow, uint32_t index)
{
	const struct node_spec *node = &workflow->nodes[index];
	buf_add_text(out, "{\"id\": ");
	quote(out, node->id);
	buf_add_text(out, ", \"phase\": ");
	quote(out, node->phase >= 0 ? workflow->phases[node->phase] : NULL);
	buf_add_text(out, ", \"risk\": ");
	quote(out, risk_name(risk_level(node->risk)));
	buf_printf(out, ", \"undo\": %s, \"irreversible\": ", node->has_undo ? "true" : "false");
	quote(out, node->irreversible);
	buf_add_text(out, ", \"needs\": [");
	for (uint32_t i = 0; i < node->needs_count; i++) {
		buf_add_text(out, i > 0 ? ", " : "");
		quote(out, workflow->nodes[node->needs[i]].id);
	}
	buf_add_text(out, "]}");
}

static void print_json(struct cli *cli, const struct workflow *workflow, const struct graph *graph)
{
	struct buf out;
	uint32_t *path = NULL, count = 0;
	critical_path(workflow, graph, &path, &count);
	json_out_begin(&out);
	buf_add_text(&out, "{\"workflow\": ");
	quote(&out, workflow->name);
	buf_printf(&out, ", \"max_parallel\": %u, \"order\": [", workflow->max_parallel);
	const char *comma = "";
	for (uint32_t i = 0; i < graph->vertices_count; i++) {
		if (!graph_is_barrier(graph, graph->order[i])) {
			buf_add_text(&out, comma);
			json_node(&out, workflow, graph->order[i]);
			comma = ",\n";
		}
	}
	buf_add_text(&out, "], \"critical_path\": [");
	for (uint32_t i = 0; i < count; i++) {
		buf_add_text(&out, i > 0 ? ", " : "");
		quote(&out, workflow->nodes[path[i]].id);
	}
	buf_add_text(&out, "]}");
	json_out(cli, &out);
	free(path);
}

static int exec(struct cli *cli)
{
	struct source source;
	struct graph *graph = NULL;
	struct err err = {0};
	int code = source_read(cli, cli_argument(cli, 0), &source);
	if (code != 0)
		return code;
	if (graph_compile(source.workflow, &graph, &err) < 0)
		code = cli_fail(cli, &err);
	else if (cli->json)
		print_json(cli, source.workflow, graph);
	else
		print_text(cli, source.workflow, graph);
	graph_free(graph);
	source_release(&source);
	return code;
}

const struct cli_command plan_command = {
	.name = "plan",
	.arguments = "FILE|NAME",
	.help = "what a workflow would do, in order (starts no engine)",
	.least = 1,
	.most = 1,
	.exec = exec,
};
