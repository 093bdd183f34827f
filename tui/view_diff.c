/* SPDX-License-Identifier: MIT
 *
 * How a node changed its files: before it, and now. One file at a time; J and K go through them,
 * then to the next node.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/feed.h"
#include "tui/views.h"
#include "tui/words.h"

static void ask(struct app *app)
{
	struct diff_state *diff = &app->diff;
	const struct mirror_node *node = app_node(app);

	if (diff->reply != NULL)
		hlp__v1__diff_reply__free_unpacked(diff->reply, NULL);
	diff->reply = NULL;
	diff->error[0] = '\0';
	diff->page.top = 0;
	if (node != NULL && diff->artifact < node->artifacts_count)
		feed_diff(app, app->selected, node->artifacts[diff->artifact]);
}

static void diff_open(struct app *app)
{
	app->diff.artifact = 0;
	ask(app);
}

/* ---- drawing ----------------------------------------------------------------------------- */

static enum role line_role(const char *line)
{
	if (strncmp(line, "@@", 2) == 0)
		return ROLE_diff_hunk;
	if (strncmp(line, "+++", 3) == 0 || strncmp(line, "---", 3) == 0)
		return ROLE_dim;
	if (line[0] == '+')
		return ROLE_diff_add;
	return line[0] == '-' ? ROLE_diff_del : ROLE_text;
}

static void fill(struct page *page, const Hlp__V1__DiffReply *reply)
{
	const char *text = (const char *)reply->text.data;
	size_t length = reply->text.len;

	for (size_t at = 0; at < length;) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t count = end ? (size_t)(end - text) - at : length - at;
		char *line = mem_strndup(text + at, count);
		page_add(page, line_role(line), 0, 1, line);
		free(line);
		at += count + 1;
	}
}

static void revision_text(const Hlp__V1__Revision *revision, char *out, size_t size)
{
	char bytes[24];

	if (revision == NULL || revision->id[0] == '\0') {
		(void)snprintf(out, size, "nothing recorded");
		return;
	}
	words_bytes(revision->size, bytes, sizeof(bytes));
	(void)snprintf(out, size, "%.20s %.20s%s%.20s%s%s", revision->id, revision->moment,
		       revision->attempt[0] ? " " : "", revision->attempt,
		       revision->absent ? ", no file" : ", ", revision->absent ? "" : bytes);
}

static void draw_head(struct app *app, struct canvas *canvas, struct area area)
{
	const struct mirror_node *node = app_node(app);
	const struct diff_state *diff = &app->diff;
	char before[120] = "", after[120] = "";

	int x = area.x + 1;
	x += canvas_text(canvas, x, area.y, area.width / 2, ROLE_title, CELL_BOLD,
			 node->artifacts[diff->artifact]);
	canvas_printf(canvas, x, area.y, -1, ROLE_text, 0, "   of %s, file %u of %u", node->id,
		      diff->artifact + 1, node->artifacts_count);
	if (diff->reply == NULL)
		return;
	revision_text(diff->reply->old_revision, before, sizeof(before));
	revision_text(diff->reply->new_revision, after, sizeof(after));
	canvas_printf(canvas, area.x + 1, area.y + 1, -1, ROLE_dim, 0, "- %s   + %s", before,
		      after);
}

static void diff_draw(struct app *app, struct canvas *canvas, struct area area)
{
	struct diff_state *diff = &app->diff;
	const struct mirror_node *node = app_node(app);
	struct area body = {area.x + 1, area.y + 2, area.width - 1, area.height - 2};

	if (node == NULL)
		return;
	if (node->artifacts_count == 0) {
		canvas_printf(canvas, area.x + 1, area.y, -1, ROLE_text, 0,
			      "%s declares no artifact, so nothing of it is compared", node->id);
		return;
	}
	draw_head(app, canvas, area);
	page_start(&diff->page, body.width);
	if (diff->error[0] != '\0')
		page_add(&diff->page, ROLE_error, 0, 0, diff->error);
	else if (diff->reply == NULL)
		page_add(&diff->page, ROLE_dim, 0, 0, "asking the engine");
	else if (diff->reply->same)
		page_add(&diff->page, ROLE_text, 0, 0, "The file is as it was before the node.");
	else
		fill(&diff->page, diff->reply);
	if (body.height > 0)
		page_draw(&diff->page, canvas, body);
}

/* ---- keys -------------------------------------------------------------------------------- */

static void to_hunk(struct app *app, int step)
{
	struct page *page = &app->diff.page;
	int height = app->body.height - 2;

	for (int at = page->top + step; at >= 0 && at < (int)page->count; at += step) {
		if (page->lines[at].role != ROLE_diff_hunk)
			continue;
		page->top = at;
		page_scroll(page, 0, height);
		return;
	}
	app_say(app, ROLE_dim, step > 0 ? "no change further down" : "no change further up");
}

/* True while there is another file of this node in that direction. */
static bool to_file(struct app *app, int step)
{
	const struct mirror_node *node = app_node(app);
	int64_t next = (int64_t)app->diff.artifact + step;

	if (node == NULL || next < 0 || next >= (int64_t)node->artifacts_count)
		return false;
	app->diff.artifact = (uint32_t)next;
	ask(app);
	return true;
}

static bool diff_act(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_NEXT_PROBLEM:
		to_hunk(app, 1);
		return true;
	case ACTION_PREVIOUS_PROBLEM:
		to_hunk(app, -1);
		return true;
	case ACTION_NEXT:
		return to_file(app, 1);
	case ACTION_PREVIOUS:
		return to_file(app, -1);
	default:
		return page_act(&app->diff.page, action, app->body.height - 2);
	}
}

static const struct hint HINTS[] = {{ACTION_NEXT_PROBLEM, "change"},
				    {ACTION_PREVIOUS_PROBLEM, "change before"},
				    {ACTION_NEXT, "file"},
				    {ACTION_BACK, NULL},
				    {ACTION_UNDO, NULL},
				    {ACTION_OUTPUT, NULL},
				    {ACTION_NONE, NULL}};

const struct view_ops view_diff = {
	.title = "diff", .hints = HINTS, .open = diff_open, .draw = diff_draw, .act = diff_act};
