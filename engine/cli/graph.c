/* SPDX-License-Identifier: MIT
 *
 * hlp graph: a workflow or an execution as a drawing of boxes and lines, or for dot. A file needs
 * no engine; an execution shows its states.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/show.h"
#include "cli/snapshot.h"
#include "cli/source.h"
#include "draw/layout.h"

#define BOX_WIDEST   40
#define BOX_NARROW   18
#define ROWS_AT_ONCE 256
#define WIDTH_MOST   20000 /* columns beyond which a row is cut */

static const struct option_spec options[] = {
	{"dot", 0, OPTION_FLAG, NULL, "for dot of graphviz, instead of a drawing"},
	{"ascii", 0, OPTION_FLAG, NULL, "draw with ASCII characters only"},
	{"width", 'w', OPTION_VALUE, "N",
	 "columns to fit, 0 for no wish (default: the terminal's)"},
	{0},
};

/* What both kinds of graphs come down to. */
struct picture {
	struct arena arena;
	struct layout_graph graph;
	const char **names;
	const struct mirror *mirror; /* NULL: a file, without states */
	bool ascii;
};

static void take_workflow(struct picture *p, const struct workflow *workflow)
{
	uint32_t n = workflow->nodes_count, edges = 0;
	for (uint32_t i = 0; i < n; i++)
		edges += workflow->nodes[i].needs_count;
	uint32_t *start = arena_alloc(&p->arena, (n + 1) * sizeof *start);
	uint32_t *needs = arena_alloc(&p->arena, (edges + 1) * sizeof *needs);
	int32_t *phase = arena_alloc(&p->arena, (n + 1) * sizeof *phase);
	p->names = arena_alloc(&p->arena, (n + 1) * sizeof *p->names);
	for (uint32_t i = 0; i < n; i++) {
		const struct node_spec *node = &workflow->nodes[i];
		p->names[i] = node->id;
		phase[i] = node->phase;
		start[i + 1] = start[i] + node->needs_count;
		for (uint32_t k = 0; k < node->needs_count; k++)
			needs[start[i] + k] = node->needs[k];
	}
	p->graph = (struct layout_graph){
		n, start, needs, phase, workflow->phases, workflow->phases_count};
}

static void take_mirror(struct picture *p, const struct mirror *mirror)
{
	uint32_t n = mirror->nodes_count, edges = 0;
	for (uint32_t i = 0; i < n; i++)
		edges += mirror->nodes[i].needs_count;
	uint32_t *start = arena_alloc(&p->arena, (n + 1) * sizeof *start);
	uint32_t *needs = arena_alloc(&p->arena, (edges + 1) * sizeof *needs);
	int32_t *phase = arena_alloc(&p->arena, (n + 1) * sizeof *phase);
	p->names = arena_alloc(&p->arena, (n + 1) * sizeof *p->names);
	for (uint32_t i = 0; i < n; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		p->names[i] = node->id;
		phase[i] = node->phase_index;
		start[i + 1] = start[i] + node->needs_count;
		for (uint32_t k = 0; k < node->needs_count; k++)
			needs[start[i] + k] = node->needs[k];
	}
	p->mirror = mirror;
	p->graph =
		(struct layout_graph){n, start, needs, phase, mirror->phases, mirror->phases_count};
}

/* ---- drawing ----------------------------------------------------------------------------- */

static void draw_box(void *ctx, struct canvas *canvas, uint32_t node, int x, int y, int width)
{
	const struct picture *p = ctx;
	int text = x + 1, room = width - 2;
	canvas_fill(canvas, x, y, width, 1, ' ', ROLE_text, 0);
	canvas_put(canvas, x, y, '[', ROLE_border, 0);
	canvas_put(canvas, x + width - 1, y, ']', ROLE_border, 0);
	if (p->mirror != NULL) {
		const struct mirror_node *row = &p->mirror->nodes[node];
		canvas_text(canvas, text, y, 1, role_of(state_role(row->state, row->reason)),
			    CELL_BOLD,
			    p->ascii ? state_ascii(row->state, row->reason)
				     : state_glyph(row->state, row->reason));
		text += 2;
		room -= 2;
	}
	canvas_text(canvas, text, y, room, ROLE_text, 0, p->names[node]);
}

static int box_width(const struct picture *p, int most)
{
	size_t longest = 1;
	for (uint32_t i = 0; i < p->graph.nodes_count; i++) {
		size_t length = strlen(p->names[i]);
		longest = length > longest ? length : longest;
	}
	int width = (int)longest + 2 + (p->mirror != NULL ? 2 : 0);
	return width < most ? width : most;
}

static struct layout *make_layout(const struct picture *p, int wanted)
{
	struct layout_options how = {.box_width = box_width(p, BOX_WIDEST), .width_wanted = wanted};
	struct layout *layout = layout_new(&p->graph, &how);
	if (wanted > 0 && layout_width(layout) > wanted && how.box_width > BOX_NARROW) {
		layout_free(layout);
		how.box_width = BOX_NARROW;
		layout = layout_new(&p->graph, &how);
	}
	return layout;
}

static int row_end(const struct canvas *canvas, int y)
{
	int end = canvas->width;
	while (end > 0 &&
	       canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)end - 1].code == ' ')
		end--;
	return end;
}

static void say_row(struct say *say, const struct canvas *canvas, int y)
{
	int role = -1, end = row_end(canvas, y);
	for (int x = 0; x < end; x++) {
		const struct cell *cell =
			&canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
		char bytes[4];
		if (cell->code == 0)
			continue;
		if (cell->role != role) {
			say_plain(say);
			say_style(say, (enum role)cell->role);
			role = cell->role;
		}
		say_text(say, bytes, text_encode(cell->code, bytes));
	}
	say_plain(say);
	say_printf(say, "\n");
}

static void draw(struct cli *cli, struct picture *p, const struct layout *layout)
{
	struct canvas canvas;
	int width = layout_width(layout) < WIDTH_MOST ? layout_width(layout) : WIDTH_MOST;
	canvas_init(&canvas, width, ROWS_AT_ONCE);
	canvas.ascii = p->ascii;
	for (int y = 0; y < layout_height(layout); y += ROWS_AT_ONCE) {
		struct layout_view view = {.scroll_y = y, .hot = -1, .box = draw_box, .ctx = p};
		canvas_clear(&canvas);
		layout_draw(layout, &view, &canvas);
		for (int row = 0; row < ROWS_AT_ONCE && y + row < layout_height(layout); row++)
			say_row(&cli->out, &canvas, row);
	}
	canvas_release(&canvas);
	if (layout_edges_cut(layout) > 0) {
		say_printf(&cli->err, "hlp: %u long edges are not drawn\n",
			   layout_edges_cut(layout));
	}
}

/* ---- dot --------------------------------------------------------------------------------- */

static void print_dot(struct cli *cli, const struct picture *p, const char *name)
{
	const struct layout_graph *graph = &p->graph;
	say_printf(&cli->out, "digraph \"%s\" {\n\tnode [shape=box];\n", name);
	for (uint32_t phase = 0; phase < graph->phases_count; phase++) {
		say_printf(&cli->out, "\tsubgraph \"cluster_%s\" {\n\t\tlabel=\"%s\";\n",
			   graph->phases[phase], graph->phases[phase]);
		for (uint32_t i = 0; i < graph->nodes_count; i++)
			if (graph->phase[i] == (int32_t)phase)
				say_printf(&cli->out, "\t\t\"%s\";\n", p->names[i]);
		say_printf(&cli->out, "\t}\n");
	}
	for (uint32_t i = 0; i < graph->nodes_count; i++) {
		say_printf(&cli->out, "\t\"%s\"", p->names[i]);
		if (p->mirror != NULL) {
			const struct mirror_node *node = &p->mirror->nodes[i];
			say_printf(&cli->out, " [label=\"%s\\n%s\"]", p->names[i],
				   show_word(node->state, node->reason));
		}
		say_printf(&cli->out, ";\n");
		for (uint32_t k = graph->needs_start[i]; k < graph->needs_start[i + 1]; k++) {
			say_printf(&cli->out, "\t\"%s\" -> \"%s\";\n", p->names[graph->needs[k]],
				   p->names[i]);
		}
	}
	say_printf(&cli->out, "}\n");
}

static int print(struct cli *cli, struct picture *p, const char *name)
{
	int64_t width;
	struct err err = {0};
	if (options_number(&cli->options, "width", 0, say_columns(&cli->out), &width, &err) < 0)
		return cli_fail(cli, &err);
	p->ascii = !cli->out.utf8 || options_has(&cli->options, "ascii");
	if (options_has(&cli->options, "dot")) {
		print_dot(cli, p, name);
		return CLI_OK;
	}
	struct layout *layout = make_layout(p, width > INT16_MAX ? INT16_MAX : (int)width);
	draw(cli, p, layout);
	layout_free(layout);
	return CLI_OK;
}

/* ---- the two kinds ----------------------------------------------------------------------- */

static int print_file(struct cli *cli, const char *word)
{
	struct source source;
	struct picture p = {0};
	int code = source_read(cli, word, &source);
	if (code != 0)
		return code;
	take_workflow(&p, source.workflow);
	code = print(cli, &p, source.workflow->name);
	arena_release(&p.arena);
	source_release(&source);
	return code;
}

static int print_execution_json(struct cli *cli, const char *execution)
{
	Hlp__V1__GraphRequest request = HLP__V1__GRAPH_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	struct buf out;
	request.execution = (char *)execution;
	int code = cli_call(cli, "GetGraph", &request.base, &hlp__v1__graph__descriptor, &reply);
	if (code == 0) {
		json_out_begin(&out);
		json_graph(&out, (const Hlp__V1__Graph *)reply);
		json_out(cli, &out);
		protobuf_c_message_free_unpacked(reply, NULL);
	}
	return code;
}

static int exec(struct cli *cli)
{
	const char *word = cli_argument(cli, 0);
	struct mirror mirror;
	struct picture p = {0};
	if (source_is_file(word))
		return print_file(cli, word);
	if (cli->json)
		return print_execution_json(cli, word);
	int code = snapshot_take(cli, word, &mirror);
	if (code != 0)
		return code;
	take_mirror(&p, &mirror);
	code = print(cli, &p, mirror.name);
	arena_release(&p.arena);
	mirror_release(&mirror);
	return code;
}

const struct cli_command graph_command = {
	.name = "graph",
	.arguments = "FILE|EXECUTION",
	.help = "draw a workflow, or an execution with its states",
	.options = options,
	.least = 1,
	.most = 1,
	.exec = exec,
};
