/* SPDX-License-Identifier: MIT
 *
 * Searches go to the engine part by part; only hits come back.
 */
#include "tui/found.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/feed.h"
#include "tui/views.h"
#include "tui/words.h"

#define KEPT_MOST 5000 /* lines; the oldest go */
#define KEPT_STEP 200  /* asked for at once */

static const Hlp__V1__FindReply *reply_of(const struct app *app)
{
	return (const Hlp__V1__FindReply *)app->found.answer.message;
}

/* ---- the next hit ------------------------------------------------------------------------ */

static void take_hit(struct app *app);

static void look(struct app *app, int64_t from)
{
	struct found_state *found = &app->found;
	struct find_question about = {.text = found->text,
				      .errors = found->errors,
				      .backwards = found->backwards,
				      .from = from,
				      .lines = 1};

	found->busy = true;
	feed_find(app, &about, take_hit);
}

static void go_to(struct app *app, const Hlp__V1__FoundLine *line)
{
	app->found.hit = line->offset;
	app->found.past = line->offset + (int64_t)line->text.len + 1;
	tail_goto(&app->tail, line->offset);
	app->tail_moved = true;
	app->changed = true;
}

static void take_hit(struct app *app)
{
	struct found_state *found = &app->found;
	const Hlp__V1__FindReply *reply = reply_of(app);
	const char *what = found->errors ? "no line that looks like an error" : found->text;
	char bytes[24];

	found->busy = false;
	if (reply->n_lines > 0) {
		go_to(app, reply->lines[0]);
		return;
	}
	if (reply->done) {
		app_say(app, ROLE_dim, "%s%s further %s", found->errors ? "" : "not found: ", what,
			found->backwards ? "up" : "down");
		return;
	}
	words_bytes(found->backwards ? reply->size - reply->scanned : reply->scanned, bytes,
		    sizeof(bytes));
	app_say(app, ROLE_dim, "looking: %s looked through; Esc ends it", bytes);
	look(app, reply->scanned);
}

/* From the last hit if it is near what is in sight, else from what is in sight. */
static int64_t place(const struct app *app, bool backwards)
{
	const struct found_state *found = &app->found;
	const struct tail *tail = &app->tail;

	if (found->hit >= 0 && !tail->follow)
		return backwards ? found->hit : found->past;
	if (tail->follow)
		return -1;
	return tail_top(tail);
}

void found_search(struct app *app, const char *text, bool backwards)
{
	struct found_state *found = &app->found;

	if (text[0] == '\0')
		return;
	(void)snprintf(found->text, sizeof(found->text), "%s", text);
	found->errors = false;
	found->backwards = backwards;
	look(app, place(app, backwards));
}

void found_again(struct app *app, bool other_way)
{
	struct found_state *found = &app->found;
	bool backwards = found->backwards != other_way;

	if (found->text[0] == '\0') {
		app_say(app, ROLE_dim, "nothing was looked for yet: / does");
		return;
	}
	found->errors = false;
	struct find_question about = {.text = found->text,
				      .backwards = backwards,
				      .from = place(app, backwards),
				      .lines = 1};
	found->busy = true;
	feed_find(app, &about, take_hit);
}

void found_error(struct app *app, bool backwards)
{
	app->found.errors = true;
	app->found.backwards = backwards;
	look(app, place(app, backwards));
}

bool found_stop(struct app *app)
{
	if (!app->found.busy)
		return false;
	app->found.busy = false;
	feed_find_stop(app);
	app_say(app, ROLE_dim, "the search was ended");
	return true;
}

/* ---- keep-only --------------------------------------------------------------------------- */

static void drop_lines(struct found_state *found)
{
	for (size_t i = 0; i < found->count; i++)
		free(found->lines[i].text);
	found->count = 0;
}

void found_forget(struct found_state *found)
{
	drop_lines(found);
	free(found->lines);
	feed_forget(&found->answer);
	*found = (struct found_state){.hit = -1};
}

static struct found_line line_of(const Hlp__V1__FoundLine *line)
{
	return (struct found_line){line->offset,
				   mem_strndup((const char *)line->text.data, line->text.len)};
}

/* They come newest first and go in front. */
static void add_above(struct found_state *found, const Hlp__V1__FindReply *reply)
{
	size_t more = reply->n_lines;

	if (found->count + more > KEPT_MOST) {
		found->all_above = true; /* as much as is kept */
		more = KEPT_MOST - found->count;
	}
	found->lines = mem_grow(found->lines, &found->capacity, found->count + more + 1,
				sizeof(*found->lines));
	memmove(found->lines + more, found->lines, found->count * sizeof(*found->lines));
	for (size_t i = 0; i < more; i++)
		found->lines[more - 1 - i] = line_of(reply->lines[i]);
	found->count += more;
	found->selected += more;
	if (found->count == more)
		found->selected = more > 0 ? more - 1 : 0;
}

static void add_below(struct found_state *found, const Hlp__V1__FindReply *reply)
{
	bool at_end = found->selected + 1 >= found->count;

	for (size_t i = 0; i < reply->n_lines; i++) {
		if (found->count == KEPT_MOST) {
			free(found->lines[0].text);
			memmove(found->lines, found->lines + 1,
				--found->count * sizeof(*found->lines));
			found->selected -= found->selected > 0;
		}
		found->lines = mem_grow(found->lines, &found->capacity, found->count + 1,
					sizeof(*found->lines));
		found->lines[found->count++] = line_of(reply->lines[i]);
	}
	if (at_end && found->count > 0)
		found->selected = found->count - 1;
}

static void keep_above(struct app *app);

static void take_above(struct app *app)
{
	struct found_state *found = &app->found;
	const Hlp__V1__FindReply *reply = reply_of(app);

	found->busy = false;
	found->all_above = reply->done;
	found->above = reply->scanned;
	if (found->below < 0)
		found->below = reply->size;
	add_above(found, reply);
	if (found->count < (size_t)app->body.height)
		keep_above(app); /* until the screen is full */
}

static void keep_above(struct app *app)
{
	struct found_state *found = &app->found;
	struct find_question about = {
		.text = found->text, .backwards = true, .from = found->above, .lines = KEPT_STEP};

	if (found->busy || found->all_above)
		return;
	found->busy = true;
	feed_find(app, &about, take_above);
}

static void take_below(struct app *app)
{
	app->found.busy = false;
	app->found.below = reply_of(app)->scanned;
	add_below(&app->found, reply_of(app));
}

void found_tick(struct app *app)
{
	const struct attempt_name *shown = &app->attempts.shown;
	struct found_state *found = &app->found;

	if (found->node != app->tail_node || found->of.number != shown->number ||
	    strcmp(found->of.kind, shown->kind) != 0) { /* of another output: it is over */
		feed_find_stop(app);
		found_forget(found);
		found->node = app->tail_node;
		found->of = *shown;
	}
	if (!found->keeping || found->busy || found->below < 0 || app->tail.size <= found->below)
		return;
	struct find_question about = {
		.text = found->text, .from = found->below, .lines = KEPT_STEP};
	found->busy = true;
	feed_find(app, &about, take_below);
}

void found_keep(struct app *app, const char *text)
{
	struct found_state *found = &app->found;

	feed_find_stop(app);
	drop_lines(found);
	found->keeping = text[0] != '\0';
	(void)snprintf(found->text, sizeof(found->text), "%s", text);
	found->errors = false;
	found->backwards = true;
	found->hit = found->past = -1;
	found->above = found->below = -1;
	found->all_above = false;
	found->selected = 0;
	found->top = 0;
	found->busy = false;
	app->changed = true;
	if (found->keeping)
		keep_above(app);
}

static void open_selected(struct app *app)
{
	struct found_state *found = &app->found;
	const struct found_line *line = &found->lines[found->selected];
	int64_t offset = line->offset;
	int64_t past = offset + (int64_t)strlen(line->text) + 1;

	found_keep(app, "");
	found->hit = offset;
	found->past = past;
	tail_goto(&app->tail, offset);
	app->tail_moved = true;
}

bool found_act(struct app *app, enum action action, int height)
{
	struct found_state *found = &app->found;
	int step;

	if (action == ACTION_OPEN && found->count > 0) {
		open_selected(app);
		return true;
	}
	if (action == ACTION_BACK) {
		found_keep(app, "");
		return true;
	}
	if (!action_moves(action, height - 1, (int)found->count, &step))
		return false;
	int64_t at = (int64_t)found->selected + step, last = (int64_t)found->count - 1;
	if (at < 0)
		keep_above(app);
	found->selected = (size_t)(at < 0 || last < 0 ? 0 : at > last ? last : at);
	return true;
}

void found_draw(struct app *app, struct canvas *canvas, struct area area)
{
	struct found_state *found = &app->found;

	if (found->count == 0) {
		canvas_printf(canvas, area.x, area.y, area.width, ROLE_dim, 0, "%s '%s'",
			      found->busy ? "looking for lines with" : "no line has", found->text);
		return;
	}
	found->top = view_keep(found->top, (int)found->selected, area.height, (int)found->count);
	for (int row = 0; row < area.height; row++) {
		size_t at = (size_t)(found->top + row);
		if (at >= found->count)
			break;
		canvas_text(canvas, area.x, area.y + row, area.width, ROLE_text, 0,
			    found->lines[at].text);
		if (at != found->selected)
			continue;
		canvas_put(canvas, area.x - 1, area.y + row, '>', ROLE_prompt, CELL_BOLD);
		app->cursor = (struct term_cursor){area.x - 1, area.y + row, false};
	}
	found_mark(found, canvas, area);
}

/* ---- marking ----------------------------------------------------------------------------- */

static bool is_at(const struct cell *cells, const char *text)
{
	for (; *text != '\0'; text++, cells++)
		if (cells->code > 0x7f ||
		    tolower((int)cells->code) != tolower((unsigned char)*text))
			return false;
	return true;
}

void found_mark(const struct found_state *found, struct canvas *canvas, struct area area)
{
	int length = (int)strlen(found->text);

	if (length == 0 || found->errors)
		return;
	for (int y = area.y; y < area.y + area.height && y < canvas->height; y++) {
		for (int x = area.x;
		     x + length <= area.x + area.width && x + length <= canvas->width; x++)
			if (is_at(&canvas->cells[y * canvas->width + x], found->text))
				canvas_mark(canvas, x, y, length, CELL_REVERSE);
	}
}
