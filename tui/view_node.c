/* SPDX-License-Identifier: MIT
 *
 * The node inspector: what the node is, where it stands and why, and below that what it prints.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tui/views.h"
#include "tui/words.h"

static bool has(const char *text)
{
	return text != NULL && text[0] != '\0';
}

void node_title(struct app *app, struct canvas *canvas, struct area area, uint32_t index)
{
	const struct mirror_node *node = &app->mirror.nodes[index];
	enum role role = words_role(node->state, node->reason);
	char word[64], elapsed[16];

	words_node(&app->mirror, node, word, sizeof(word));
	words_elapsed(node, app->wall_us, elapsed, sizeof(elapsed));
	int x = area.x + 1;
	x += canvas_text(canvas, x, area.y, area.width / 2, ROLE_title, CELL_BOLD, node->id) + 2;
	x += canvas_printf(canvas, x, area.y, -1, role, 0, "%s %s %s",
			   words_glyph(canvas, node->state, node->reason),
			   state_letter(node->state, node->reason), word);
	if (node->attempt > 0)
		x += canvas_printf(canvas, x, area.y, -1, ROLE_text, 0, "  attempt %u",
				   node->attempt);
	if (elapsed[0] != '\0')
		x += canvas_printf(canvas, x, area.y, -1, ROLE_text, 0, "  %s", elapsed);
	if (has(node->risk_name) && strcmp(node->risk_name, "low") != 0)
		canvas_printf(canvas, x, area.y, -1, ROLE_warning, 0, "  risk %s", node->risk_name);
}

/* ---- facts ------------------------------------------------------------------------------- */

/* The names of neighbours, with their glyphs, as many as a line takes. */
static void list_names(struct app *app, const uint32_t *nodes, uint32_t count, char *out,
		       size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (uint32_t i = 0; i < count; i++) {
		const struct mirror_node *node = &app->mirror.nodes[nodes[i]];
		int wrote =
			snprintf(out + at, size - at, "%s%s %s", i ? "  " : "",
				 words_glyph(&app->canvas, node->state, node->reason), node->id);
		if (wrote < 0 || at + (size_t)wrote >= size)
			break;
		at += (size_t)wrote;
	}
}

static void fact(struct page *page, const char *name, const char *value)
{
	if (has(value))
		page_addf(page, ROLE_text, 0, 8, "%-7s %s", name, value);
}

static void add_files(struct page *page, const struct mirror_node *node)
{
	char files[1024] = "";
	size_t at = 0;

	for (uint32_t i = 0; i < node->artifacts_count; i++) {
		int wrote = snprintf(files + at, sizeof(files) - at, "%s%s", i ? ", " : "",
				     node->artifacts[i]);
		if (wrote < 0 || at + (size_t)wrote >= sizeof(files))
			break;
		at += (size_t)wrote;
	}
	fact(page, "files", files);
}

static void fill_facts(struct app *app, struct page *page, uint32_t index)
{
	const struct mirror_node *node = &app->mirror.nodes[index];
	char text[1024];

	if (has(node->description))
		page_add_prose(page, ROLE_dim, 0, node->description);
	fact(page, "runs", node->command);
	fact(page, "on", node->host);
	fact(page, "by hand", node->manual);
	fact(page, "gate", node->approval);
	fact(page, "undo", node->has_undo ? node->undo : "");
	if (has(node->irreversible))
		page_addf(page, ROLE_warning, 0, 8, "%-7s %s", "no way back", node->irreversible);
	add_files(page, node);
	list_names(app, node->needs, node->needs_count, text, sizeof(text));
	fact(page, "needs", text);
	list_names(app, node->dependents, node->dependents_count, text, sizeof(text));
	fact(page, "frees", text);
	if (has(node->question))
		page_add(page, ROLE_asking, 0, 8, "asks    A answers it");
	if (has(node->message))
		page_addf(page, words_is_problem(node) ? ROLE_error : ROLE_text, 0, 8, "%-7s %s",
			  "says", node->message);
	mirror_why(&app->mirror, index, app->wall_us, text, sizeof(text));
	if (node->state == STATE_PENDING || node->state == STATE_PAUSED || has(node->question) ||
	    (node->more != NULL && has(node->more->checking)))
		fact(page, "why", text);
	if (node->state == STATE_FAILED || node->state == STATE_RECOVERING ||
	    node->state == STATE_RECOVERED)
		fact(page, "rule", app->mirror.policy);
	if (node->state == STATE_RECOVERED)
		page_add(page, ROLE_recovered, 0, 8, "service not verified");
}

int node_facts(struct app *app, struct canvas *canvas, struct area area, uint32_t index)
{
	struct page page;

	page_init(&page);
	page_start(&page, area.width - 2);
	fill_facts(app, &page, index);
	struct area inner = {area.x + 1, area.y, area.width - 2, area.height};
	if (inner.height > (int)page.count)
		inner.height = (int)page.count;
	page_draw(&page, canvas, inner);
	page_release(&page);
	return inner.height;
}

static void node_draw(struct app *app, struct canvas *canvas, struct area area)
{
	uint32_t index = app->selected;

	if (app_node(app) == NULL)
		return;
	node_title(app, canvas, area, index);
	struct area facts = {area.x, area.y + 1, area.width, area.height - 1};
	if (facts.height > area.height * 6 / 10)
		facts.height = area.height * 6 / 10;
	int used = node_facts(app, canvas, facts, index) + 1;
	struct area rest = {area.x, area.y + used, area.width, area.height - used};
	output_part(app, canvas, rest, index);
	app->cursor = (struct term_cursor){area.x, area.y, false};
}

/* ---- keys -------------------------------------------------------------------------------- */

static bool node_act(struct app *app, enum action action)
{
	if (action == ACTION_OPEN) {
		app_show(app, VIEW_OUTPUT);
		return true;
	}
	/* These are about the output where it has the whole screen. */
	if (action == ACTION_NEXT_PROBLEM || action == ACTION_PREVIOUS_PROBLEM ||
	    action == ACTION_FIND || action == ACTION_RUN)
		return false;
	return view_output.act(app, action);
}

static const struct hint NODE_HINTS[] = {
	{ACTION_OUTPUT, NULL}, {ACTION_DIFF, NULL}, {ACTION_WHY, NULL},	   {ACTION_UNDO, NULL},
	{ACTION_RETRY, NULL},  {ACTION_NEXT, NULL}, {ACTION_CANCEL, NULL}, {ACTION_NONE, NULL}};
const struct view_ops view_node = {
	.title = "node", .hints = NODE_HINTS, .draw = node_draw, .act = node_act};
