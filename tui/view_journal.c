/* SPDX-License-Identifier: MIT
 *
 * Who did what: the acts of people with their reasons, or every event. The newest is at the end and
 * stays in sight while nobody has gone up. Enter goes to the node.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tui/feed.h"
#include "tui/journal.h"
#include "tui/views.h"
#include "tui/words.h"

static void journal_open(struct app *app)
{
	app->journal.selected = 0;
	feed_journal(app);
}

static bool is_shown(const struct journal_state *journal, size_t at)
{
	return journal->all || journal_is_act(&journal->rows[at]);
}

static int shown_count(const struct journal_state *journal)
{
	int count = 0;

	for (size_t i = 0; i < journal->count; i++)
		count += is_shown(journal, i);
	return count;
}

/* The place of a shown row, or of the nearest before it; the last one for 0. */
static int place_of(const struct journal_state *journal, uint64_t seq)
{
	int place = -1;

	for (size_t i = 0; i < journal->count; i++) {
		if (seq != 0 && journal->rows[i].seq > seq)
			break;
		place += is_shown(journal, i);
	}
	return place < 0 ? 0 : place;
}

static const struct journal_row *row_at(const struct journal_state *journal, int place)
{
	for (size_t i = 0; i < journal->count; i++)
		if (is_shown(journal, i) && place-- == 0)
			return &journal->rows[i];
	return NULL;
}

/* ---- drawing ----------------------------------------------------------------------------- */

static enum role role_of_row(const struct journal_row *row)
{
	enum reason reason = REASON_NONE;
	enum state state;

	if (journal_is_act(row))
		return ROLE_prompt;
	if (row->state[0] == '\0' || !state_parse(row->state, &state))
		return ROLE_dim;
	(void)reason_parse(row->reason, &reason);
	return words_role(state, reason);
}

static void draw_row(struct app *app, struct canvas *canvas, struct area line,
		     const struct journal_row *row, bool selected)
{
	char clock[16], text[1200];

	words_clock(row->time_us, clock, sizeof(clock));
	journal_text(row, text, sizeof(text));
	canvas_printf(canvas, line.x + 1, line.y, 9, ROLE_dim, 0, "%s", clock);
	int who = line.width < 60 ? 0 : 10;
	if (who > 0)
		canvas_text(canvas, line.x + 11, line.y, who, ROLE_text, 0,
			    row->actor[0] ? row->actor : "-");
	canvas_text(canvas, line.x + 12 + who, line.y, line.width - 12 - who, role_of_row(row), 0,
		    text);
	if (!selected)
		return;
	canvas_put(canvas, line.x, line.y, '>', ROLE_prompt, 0);
	canvas_mark(canvas, line.x, line.y, line.width, CELL_REVERSE);
	app->cursor = (struct term_cursor){line.x, line.y, false};
}

/* The selected row in full, since it may be longer than its line. */
static void draw_selected(struct app *app, struct canvas *canvas, struct area area,
			  const struct journal_row *row)
{
	struct page page;
	char text[1200];

	journal_text(row, text, sizeof(text));
	page_init(&page);
	page_start(&page, area.width - 2);
	page_addf(&page, ROLE_text, 0, 2, "%" PRIu64 "  %s%s%s%s%s", row->seq, row->actor,
		  row->origin[0] ? ", " : "", row->origin, row->actor[0] ? ": " : "", text);
	struct area inner = {area.x + 1, area.y + 1, area.width - 2, area.height - 1};
	view_rule(canvas, area,
		  app->journal.all ? "every event; o: acts only" : "acts; o: every event");
	page_draw(&page, canvas, inner);
	page_release(&page);
}

static void journal_draw(struct app *app, struct canvas *canvas, struct area area)
{
	struct journal_state *journal = &app->journal;
	int count = shown_count(journal), selected = place_of(journal, journal->selected);
	int below = area.height > 10 ? 4 : 0;
	struct area rows = {area.x, area.y, area.width, area.height - below};

	if (count == 0) {
		canvas_text(canvas, area.x + 1, area.y, -1, ROLE_dim, 0,
			    journal->error[0] ? journal->error
			    : journal->all    ? "asking the engine"
					      : "nobody has done anything yet; o: every event");
		return;
	}
	journal->top = view_keep(journal->top, selected, rows.height, count);
	int place = 0;
	for (size_t i = 0; i < journal->count; i++) {
		if (!is_shown(journal, i))
			continue;
		int y = place++ - journal->top;
		struct area line = {rows.x, rows.y + y, rows.width, 1};
		if (y >= 0 && y < rows.height)
			draw_row(app, canvas, line, &journal->rows[i], place - 1 == selected);
	}
	struct area last = {area.x, area.y + rows.height, area.width, below};
	if (below > 0)
		draw_selected(app, canvas, last, row_at(journal, selected));
}

/* ---- keys -------------------------------------------------------------------------------- */

static void move(struct app *app, int step)
{
	struct journal_state *journal = &app->journal;
	int count = shown_count(journal), place = place_of(journal, journal->selected) + step;

	place = place < 0 ? 0 : place >= count ? count - 1 : place;
	const struct journal_row *row = count > 0 ? row_at(journal, place) : NULL;
	/* At the end it follows what comes. */
	journal->selected = row == NULL || place == count - 1 ? 0 : row->seq;
}

static void open_node(struct app *app)
{
	const struct journal_row *row =
		row_at(&app->journal, place_of(&app->journal, app->journal.selected));
	int64_t node = row && row->node[0] ? mirror_find(&app->mirror, row->node) : -1;

	if (node < 0) {
		app_say(app, ROLE_dim, "it concerns the whole run");
		return;
	}
	app_select(app, (uint32_t)node);
	app_show(app, VIEW_NODE);
}

static void go_to_past(struct app *app)
{
	struct journal_state *journal = &app->journal;
	const struct journal_row *row = row_at(journal, place_of(journal, journal->selected));

	if (row != NULL)
		feed_past(app, row->seq, row->time_us);
}

void journal_step(struct app *app, int step)
{
	const struct journal_state *journal = &app->journal;
	int64_t at = (int64_t)journal->count;

	feed_journal(app); /* the first time it is not known yet */
	for (size_t i = 0; app->past != 0 && i < journal->count; i++)
		if (journal->rows[i].seq == app->past)
			at = (int64_t)i;
	at += step;
	if (journal->count == 0) {
		app_say(app, ROLE_dim, "asking for the journal; once more");
	} else if (at < 0) {
		app_say(app, ROLE_dim, "it began here");
	} else if (at >= (int64_t)journal->count) {
		feed_now(app);
		app_say(app, ROLE_text, "this is now");
	} else {
		feed_past(app, journal->rows[at].seq, journal->rows[at].time_us);
		char text[300];
		journal_text(&journal->rows[at], text, sizeof(text));
		app_say(app, ROLE_dim, "%s", text);
	}
}

static bool journal_act(struct app *app, enum action action)
{
	int page = app->body.height > 6 ? app->body.height - 5 : 1, step;

	if (action == ACTION_MARK)
		action = ACTION_PAGE_DOWN;
	if (action_moves(action, page, shown_count(&app->journal), &step)) {
		move(app, step);
		return true;
	}
	switch (action) {
	case ACTION_NEXT:
	case ACTION_PREVIOUS:
		move(app, action == ACTION_NEXT ? 1 : -1);
		return true;
	case ACTION_ORDER:
		app->journal.all = !app->journal.all;
		return true;
	case ACTION_OPEN:
		open_node(app);
		return true;
	case ACTION_TIMES:
		if (app->past != 0)
			return false; /* back to now */
		go_to_past(app);
		return true;
	default:
		return false;
	}
}

static const struct hint HINTS[] = {{ACTION_OPEN, "the node"}, {ACTION_ORDER, "every event"},
				    {ACTION_TIMES, "as then"}, {ACTION_NOTE, NULL},
				    {ACTION_LAST, "newest"},   {ACTION_NONE, NULL}};

const struct view_ops view_journal = {.title = "journal",
				      .hints = HINTS,
				      .open = journal_open,
				      .draw = journal_draw,
				      .act = journal_act};
