/* SPDX-License-Identifier: MIT
 *
 * The frame. What does not fit is left out from the least important on: the execution's state
 * always stays.
 */
#include "tui/frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tui/coach.h"
#include "tui/words.h"

static enum role header_role(const struct app *app)
{
	return app_is_armed(app) ? ROLE_header_armed : ROLE_header;
}

static const char *arm_word(const struct app *app)
{
	if (app->read_only)
		return "READ-ONLY";
	return app_is_armed(app) ? "ARMED" : "looking";
}

static const char *link_word(const struct app *app)
{
	if (app->past != 0)
		return "PAST";
	if (app->lost_us == 0)
		return app->host != NULL ? app->host : "live";
	return "ENGINE LOST";
}

/* The right end of the header, longest first; the first that fits is taken. */
static void header_right(struct app *app, int level, char *out, size_t size)
{
	const struct mirror *mirror = &app->mirror;
	char clock[16], pin[48] = "";

	words_clock(app->wall_us, clock, sizeof(clock));
	if (!app_is_moving(app)) /* "03:14Z": once a minute is enough */
		(void)snprintf(clock + 5, sizeof(clock) - 5, "Z");
	if (mirror->revision != NULL && mirror->revision[0] != '\0')
		(void)snprintf(pin, sizeof(pin), "%.7s%s  ", mirror->revision,
			       mirror->dirty ? " DIRTY" : "");
	else if (mirror->dirty)
		(void)snprintf(pin, sizeof(pin), "DIRTY  ");
	if (level == 0 && app->quiet)
		level = 1;
	if (level == 0)
		(void)snprintf(out, size, "%s%s  %s  %s ", pin, arm_word(app), link_word(app),
			       clock);
	else if (level == 1)
		(void)snprintf(out, size, "%s%s  %s ", pin, arm_word(app), link_word(app));
	else if (level == 2)
		(void)snprintf(out, size, "%s  %s ", arm_word(app), link_word(app));
	else
		(void)snprintf(out, size, "%s ", app->lost_us ? "LOST" : arm_word(app));
}

/* At 80 columns the caution behind a state leaves no room for the rest; the second line has it. */
static void header_state(const struct app *app, bool brief, char *out, size_t size)
{
	words_execution(&app->mirror, out, size);
	char *caution = strstr(out, "service not verified");
	if (brief && caution != NULL && caution > out + 2)
		caution[-2] = '\0';
}

static void draw_header(struct app *app)
{
	struct canvas *canvas = &app->canvas;
	const struct mirror *mirror = &app->mirror;
	enum role role = header_role(app);
	char left[200], state[80], right[120];

	canvas_fill(canvas, 0, 0, canvas->width, 1, ' ', role, 0);
	if (app->execution[0] == '\0' || !mirror->has_rows) {
		(void)snprintf(left, sizeof(left), " hlp  %.100s", app->execution);
	} else {
		header_state(app, canvas->width < 100, state, sizeof(state));
		const char *glyph = words_glyph(canvas, mirror->state, mirror->reason);
		/* On a narrow screen the state comes first: the name is known. */
		if (canvas->width < 40)
			(void)snprintf(left, sizeof(left), " %s %s  %.70s", glyph, state,
				       mirror->name);
		else
			(void)snprintf(left, sizeof(left), " %.70s  %s %s", mirror->name, glyph,
				       state);
	}
	int used = canvas_text(canvas, 0, 0, -1, role, CELL_BOLD, left);
	for (int level = 0; level < 4; level++) {
		header_right(app, level, right, sizeof(right));
		int wide = (int)text_width(right);
		if (used + 2 + wide > canvas->width)
			continue;
		canvas_text(canvas, canvas->width - wide, 0, wide, role, 0, right);
		break;
	}
}

/* ---- the second line --------------------------------------------------------------------- */

static void draw_lost(struct app *app)
{
	char since[CLOCK_DURATION_TEXT];
	struct canvas *canvas = &app->canvas;

	clock_format_duration((app->now_us - app->lost_us) / CLOCK_SECOND_US * CLOCK_SECOND_US,
			      since);
	canvas_fill(canvas, 0, 1, canvas->width, 1, ' ', ROLE_error, CELL_REVERSE);
	canvas_printf(canvas, 1, 1, -1, ROLE_error, CELL_REVERSE,
		      "engine lost %s ago: last picture, stale; reconnecting", since);
}

/* The point of no return that was passed last, or NULL. */
static const struct mirror_node *past_return(const struct mirror *mirror)
{
	const struct mirror_node *found = NULL;

	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (node->irreversible == NULL || node->irreversible[0] == '\0' ||
		    node->state != STATE_COMPLETED)
			continue;
		if (found == NULL || node->ended_us > found->ended_us)
			found = node;
	}
	return found;
}

static int draw_counts(struct app *app, int x)
{
	static const enum state ORDER[] = {STATE_FAILED,     STATE_PAUSED,    STATE_RUNNING,
					   STATE_RECOVERING, STATE_RECOVERED, STATE_COMPLETED,
					   STATE_PENDING};
	const struct mirror *mirror = &app->mirror;

	x += canvas_printf(&app->canvas, x, 1, -1, ROLE_text, 0, "%u node%s ", mirror->nodes_count,
			   mirror->nodes_count == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(ORDER) / sizeof(ORDER[0]); i++) {
		enum state state = ORDER[i];
		if (mirror->counts[state] == 0)
			continue;
		x += canvas_printf(&app->canvas, x, 1, -1, words_role(state, REASON_NONE), 0,
				   " %s%u", words_glyph(&app->canvas, state, REASON_NONE),
				   mirror->counts[state]);
	}
	return x;
}

static int draw_progress(struct app *app, int x)
{
	const struct mirror *mirror = &app->mirror;
	const struct mirror_node *past = past_return(mirror);
	char elapsed[CLOCK_DURATION_TEXT], left[CLOCK_DURATION_TEXT], at[16];
	int64_t end_us = mirror->ended ? mirror->ended_us : app->wall_us;

	if (mirror->started_us > 0 && end_us >= mirror->started_us) {
		int64_t took_us = end_us - mirror->started_us;
		/* Below a second it stands still only once it has ended. */
		if (!mirror->ended)
			took_us -= took_us % CLOCK_SECOND_US;
		clock_format_duration(took_us, elapsed);
		x += canvas_printf(&app->canvas, x, 1, -1, ROLE_text, 0, "   %s", elapsed);
	}
	int64_t estimate_us = mirror->ended ? -1 : mirror_estimate_us(mirror, app->wall_us);
	if (estimate_us >= CLOCK_SECOND_US) {
		clock_format_duration(estimate_us / 1000000 * 1000000, left);
		x += canvas_printf(&app->canvas, x, 1, -1, ROLE_dim, 0, ", about %s left", left);
	}
	if (mirror->quarantined) {
		x += canvas_printf(&app->canvas, x, 1, -1, ROLE_error, 0,
				   "   quarantined, read-only: %s", mirror->quarantine);
	} else if (past != NULL) {
		words_clock(past->ended_us, at, sizeof(at));
		x += canvas_printf(&app->canvas, x, 1, -1, ROLE_warning, 0,
				   "   point of no return passed %.5s at %s", at, past->id);
	} else if (mirror->state == STATE_RECOVERED || mirror->reason == REASON_ROLLED_BACK) {
		x += canvas_text(&app->canvas, x, 1, -1, ROLE_recovered, 0,
				 mirror->ended
					 ? "   service not verified"
					 : "   service not verified; R retries, X ends the run");
	} else if (mirror->cancelled && !mirror->ended) {
		x += canvas_text(&app->canvas, x, 1, -1, ROLE_warning, 0,
				 "   cancelled: nothing more starts");
	}
	return x;
}

/* Who else is here, armed ones first: two people who act on one run must know of each other. */
static void people_text(const struct people *people, char *out, size_t size)
{
	size_t at = 0;
	uint32_t named = 0;

	out[0] = '\0';
	for (int armed = 1; armed >= 0; armed--) {
		for (uint32_t i = 0; i < people->count && at < size; i++) {
			const struct person *person = &people->list[i];
			if (person->armed != (armed == 1) || named == 3)
				continue;
			at += (size_t)snprintf(out + at, size - at, "%s%.20s%s",
					       named++ ? ", " : "", person->name,
					       armed ? " ARMED" : "");
		}
	}
	uint32_t rest = people->count + people->more - named;
	if (rest > 0 && at < size)
		(void)snprintf(out + at, size - at, " and %u more", rest);
}

static void draw_people(struct app *app, int used)
{
	const struct people *people = &app->people;
	char names[120], text[160];

	if (people->count == 0)
		return;
	people_text(people, names, sizeof(names));
	(void)snprintf(text, sizeof(text), "also here: %s ", names);
	int wide = (int)text_width(text);
	bool armed = strstr(names, " ARMED") != NULL;
	if (used + 2 + wide <= app->canvas.width)
		canvas_text(&app->canvas, app->canvas.width - wide, 1, wide,
			    armed ? ROLE_warning : ROLE_dim, 0, text);
	else if (used + 4 < app->canvas.width) /* at least how many */
		canvas_printf(&app->canvas, app->canvas.width - 4, 1, 4,
			      armed ? ROLE_warning : ROLE_dim, CELL_BOLD, "+%u%s",
			      people->count + people->more, armed ? "!" : "");
}

/* Nobody may take the past for the present. */
static void draw_past(struct app *app)
{
	struct canvas *canvas = &app->canvas;
	char clock[16];

	words_clock(app->past_us, clock, sizeof(clock));
	canvas_fill(canvas, 0, 1, canvas->width, 1, ' ', ROLE_warning, CELL_REVERSE);
	canvas_printf(canvas, 1, 1, -1, ROLE_warning, CELL_REVERSE,
		      "as it was at %s, event %" PRIu64 "   < > step by event, t goes back to now",
		      clock, app->past);
}

static void draw_second(struct app *app)
{
	if (app->lost_us != 0) {
		draw_lost(app);
	} else if (app->past != 0) {
		draw_past(app);
	} else if (app_view(app) == VIEW_WORKFLOWS) {
		canvas_text(&app->canvas, 1, 1, -1, ROLE_dim, 0,
			    "workflows, from this folder, workflows/ and $HLP_WORKFLOWS");
	} else if (app_view(app) == VIEW_RUNS || app->execution[0] == '\0') {
		canvas_text(&app->canvas, 1, 1, -1, ROLE_dim, 0, "executions, the newest first");
	} else if (!app->mirror.has_rows) {
		canvas_text(&app->canvas, 1, 1, -1, ROLE_dim, 0, "waiting for the engine's answer");
	} else {
		draw_people(app, draw_progress(app, draw_counts(app, 1)));
	}
}

/* ---- the bottom -------------------------------------------------------------------------- */

#define MESSAGE_LINES 5

/* Draws the message with its last line at `y` and returns the further lines it takes above. A
 * refusal is read whole or not at all, so a long one takes room from the view. */
static int draw_message(struct app *app, int y)
{
	const struct message *message = &app->message;
	struct page page;
	int most = y > 12 ? MESSAGE_LINES : 1;

	if (message->text[0] == '\0')
		return 0;
	page_init(&page);
	page_start(&page, app->canvas.width - 2);
	page_add(&page, message->role, 0, 2, message->text);
	int lines = (int)page.count < most ? (int)page.count : most;
	struct area area = {1, y - lines + 1, app->canvas.width - 1, lines};
	if (lines == 1)
		canvas_text(&app->canvas, 1, y, area.width, message->role, 0, message->text);
	else
		page_draw(&page, &app->canvas, area);
	page_release(&page);
	return lines - 1;
}

static const char *hint_word(struct hint hint)
{
	return hint.word != NULL ? hint.word : action_info(hint.action)->name;
}

static int hint_width(struct hint hint)
{
	char key[ACTION_KEY_TEXT];

	action_key_text(action_info(hint.action)->key, key);
	return (int)(strlen(key) + 1 + strlen(hint_word(hint)) + 2);
}

static int draw_hint(struct canvas *canvas, int x, int y, struct hint hint)
{
	char key[ACTION_KEY_TEXT];

	action_key_text(action_info(hint.action)->key, key);
	int drawn = canvas_text(canvas, x, y, -1, ROLE_key, 0, key) + 1;
	drawn += canvas_text(canvas, x + drawn, y, -1, ROLE_footer, 0, hint_word(hint));
	return drawn + 2;
}

/* Before any other key: a run that waits for an answer waits for nothing else. */
static bool is_asked(const struct app *app)
{
	const struct mirror_node *node = app_node(app);
	enum view_id view = app_view(app);
	bool shows_node =
		view == VIEW_LIST || view == VIEW_GRAPH || view == VIEW_NODE || view == VIEW_WHY;

	return shows_node && node != NULL && node->question != NULL && node->question[0] != '\0';
}

/* The way back and help come last and have their room; what does not fit before them is left out.
 */
static void draw_hints(struct app *app, int y)
{
	static const struct hint HELP = {ACTION_HELP, NULL}, LEAVE = {ACTION_LEAVE, NULL},
				 ANSWER = {ACTION_ANSWER, "answer"}, BACK = {ACTION_BACK, NULL};
	const struct hint *hints = app->views[app_view(app)]->hints;
	int x = 1;
	int room = app->canvas.width - hint_width(HELP) - hint_width(LEAVE) + 2;
	int back = app->depth > 1 ? hint_width(BACK) : 0;
	const char *coach = coach_line(app);

	if (coach != NULL) { /* instead of the keys: one thing at a time */
		canvas_fill(&app->canvas, 0, y, app->canvas.width, 1, ' ', ROLE_prompt,
			    CELL_REVERSE);
		canvas_printf(&app->canvas, x, y, -1, ROLE_prompt, CELL_REVERSE, "%s %s",
			      app->ascii ? "->" : "→", coach);
		return;
	}
	if (app->dialog.kind != DIALOG_NONE) {
		const char *text = app->dialog.kind == DIALOG_PLAN
					   ? "Esc leaves   Up Down PgUp PgDn scroll"
					   : "Esc leaves";
		canvas_text(&app->canvas, x, y, -1, ROLE_footer, 0, text);
		return;
	}
	if (is_asked(app))
		x += draw_hint(&app->canvas, x, y, ANSWER);
	for (size_t i = 0; hints[i].action != ACTION_NONE; i++)
		if (x + hint_width(hints[i]) <= room - back)
			x += draw_hint(&app->canvas, x, y, hints[i]);
	if (back > 0 && x + back <= room)
		x += draw_hint(&app->canvas, x, y, BACK);
	x += draw_hint(&app->canvas, x, y, HELP);
	draw_hint(&app->canvas, x, y, LEAVE);
}

struct area frame_draw(struct app *app)
{
	struct canvas *canvas = &app->canvas;
	struct area area = {0, 2, canvas->width, canvas->height - 4};

	if (canvas->height < 1)
		return (struct area){0};
	draw_header(app);
	if (canvas->height < 6) {
		/* Hardly any room: state above, message below, one line or two of the view. */
		area = (struct area){0, 1, canvas->width, canvas->height - 2};
		(void)draw_message(app, canvas->height - 1);
		return area;
	}
	draw_second(app);
	area.height -= draw_message(app, canvas->height - 2);
	draw_hints(app, canvas->height - 1);
	return area;
}
