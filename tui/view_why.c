/* SPDX-License-Identifier: MIT
 *
 * Why a node stands where it stands: its own reason, what it needs and what waits for it, its
 * attempts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tui/feed.h"
#include "tui/views.h"
#include "tui/words.h"

static void why_open(struct app *app)
{
	feed_forget(&app->attempts.list);
	app->why.top = 0;
	feed_attempts(app);
}

static void add_state(struct app *app, struct page *page, const struct mirror_node *node)
{
	char word[64], why[512] = "";

	words_node(&app->mirror, node, word, sizeof(word));
	/* "swap failed: exit 3", but "swap is not started" */
	page_addf(page, words_role(node->state, node->reason), CELL_BOLD, 2, "%s %s%s", node->id,
		  strncmp(word, "failed", 6) == 0 ? "" : "is ", word);
	bool asks = node->question != NULL && node->question[0] != '\0';
	if (asks || (!state_is_terminal(node->state) && node->reason != REASON_RUNNING))
		mirror_why(&app->mirror, app->selected, app->wall_us, why, sizeof(why));
	if (why[0] != '\0')
		page_addf(page, ROLE_text, 0, 2, "  %s", why);
	if (node->message != NULL && node->message[0] != '\0')
		page_addf(page, ROLE_text, 0, 2, "  it says: %s", node->message);
	if (asks)
		page_add(page, ROLE_asking, 0, 2, "  A answers it");
	if (node->reason == REASON_LOST)
		page_add(page, ROLE_warning, 0, 2,
			 "  its processes are gone and no exit is known: look at what it changed");
	if (node->stale)
		page_add(page, ROLE_warning, 0, 2,
			 "  stale: it started after something that was taken back since");
	if (node->state == STATE_RECOVERED)
		page_add(page, ROLE_recovered, 0, 2, "  service not verified");
}

static void add_neighbours(struct app *app, struct page *page, const char *title,
			   const uint32_t *nodes, uint32_t count)
{
	char word[64];

	page_add(page, ROLE_text, 0, 0, "");
	page_add(page, ROLE_phase, CELL_BOLD, 0, title);
	for (uint32_t i = 0; i < count && i < 200; i++) {
		const struct mirror_node *node = &app->mirror.nodes[nodes[i]];
		words_node(&app->mirror, node, word, sizeof(word));
		page_addf(page, words_role(node->state, node->reason), 0, 4, "  %s %-24s %s",
			  words_glyph(&app->canvas, node->state, node->reason), node->id, word);
	}
}

/* A phase is a barrier: what stands in it needs all that stands in the phases before. */
static void add_phases(const struct app *app, struct page *page, const struct mirror_node *node)
{
	const struct mirror *mirror = &app->mirror;
	char names[512] = "";
	size_t at = 0;

	for (int32_t i = 0; i < node->phase_index && i < (int32_t)mirror->phases_count; i++) {
		int wrote = snprintf(names + at, sizeof(names) - at, "%s%s", i ? ", " : "",
				     mirror->phases[i]);
		if (wrote < 0 || at + (size_t)wrote >= sizeof(names))
			break;
		at += (size_t)wrote;
	}
	if (at > 0)
		page_addf(page, ROLE_text, 0, 4, "  all of the %s before its own: %s",
			  node->phase_index == 1 ? "phase" : "phases", names);
}

static void add_attempt(struct page *page, const Hlp__V1__Attempt *attempt)
{
	char at[16] = "", took[CLOCK_DURATION_TEXT] = "", bytes[24] = "", end[64] = "no exit known";

	if (attempt->started_us > 0)
		words_clock(attempt->started_us, at, sizeof(at));
	if (attempt->ended_us > attempt->started_us && attempt->started_us > 0)
		clock_format_duration(attempt->ended_us - attempt->started_us, took);
	if (strcmp(attempt->exit_kind, "status") == 0)
		(void)snprintf(end, sizeof(end), "exit %" PRId32, attempt->code);
	else if (attempt->exit_kind[0] != '\0')
		(void)snprintf(end, sizeof(end), "%.20s %" PRId32, attempt->exit_kind,
			       attempt->code);
	if (attempt->output_bytes > 0)
		words_bytes(attempt->output_bytes, bytes, sizeof(bytes));
	page_addf(page, ROLE_text, 0, 4, "  %-5s %2u  %s  %7s  %-14s %s%s", attempt->kind,
		  attempt->number, at, took, end, bytes[0] ? "printed " : "", bytes);
}

static void add_attempts(const struct app *app, struct page *page)
{
	const Hlp__V1__AttemptList *list = (const Hlp__V1__AttemptList *)app->attempts.list.message;

	if (app->attempts.list.error[0] != '\0')
		page_addf(page, ROLE_error, 0, 2, "attempts: %s", app->attempts.list.error);
	if (list == NULL)
		return;
	page_addf(page, ROLE_phase, CELL_BOLD, 0, "Attempts%s", list->n_attempts ? "" : " none");
	for (size_t i = 0; i < list->n_attempts; i++)
		add_attempt(page, list->attempts[i]);
}

static void why_draw(struct app *app, struct canvas *canvas, struct area area)
{
	struct page *page = &app->why;
	const struct mirror_node *node = app_node(app);
	struct area inner = {area.x + 1, area.y, area.width - 2, area.height};

	if (node == NULL)
		return;
	page_start(page, inner.width);
	add_state(app, page, node);
	bool waits = node->needs_count > 0 || node->phase_index > 0;
	add_neighbours(app, page, waits ? "It needs" : "It needs nothing", node->needs,
		       node->needs_count);
	add_phases(app, page, node);
	add_neighbours(app, page, node->dependents_count > 0 ? "It frees" : "It frees nothing",
		       node->dependents, node->dependents_count);
	page_add(page, ROLE_text, 0, 0, "");
	add_attempts(app, page);
	page_draw(page, canvas, inner);
}

static bool why_act(struct app *app, enum action action)
{
	return page_act(&app->why, action, app->body.height);
}

static const struct hint HINTS[] = {{ACTION_OUTPUT, NULL},
				    {ACTION_DIFF, NULL},
				    {ACTION_UNDO, NULL},
				    {ACTION_NEXT, NULL},
				    {ACTION_NONE, NULL}};

const struct view_ops view_why = {
	.title = "why", .hints = HINTS, .open = why_open, .draw = why_draw, .act = why_act};
