/* SPDX-License-Identifier: MIT
 *
 * The summary: name and state, counts, what failed, and how to come back.
 */
#include "tui/summary.h"

#include "base/clock.h"
#include "base/text.h"
#include "tui/coach.h"
#include "tui/words.h"

#define NAMES_MAX 6

static void add_counts(const struct mirror *mirror, struct buf *out)
{
	bool first = true;

	for (int state = 0; state < STATES; state++) {
		if (mirror->counts[state] == 0)
			continue;
		buf_printf(out, "%s%u %s", first ? "" : ", ", mirror->counts[state],
			   state == STATE_RECOVERED ? "rolled back"
						    : state_word((enum state)state, REASON_NONE));
		first = false;
	}
}

static void add_problems(const struct mirror *mirror, struct buf *out)
{
	uint32_t count = 0;
	char word[64];

	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (!words_is_problem(node))
			continue;
		if (count++ >= NAMES_MAX)
			continue;
		words_node(mirror, node, word, sizeof(word));
		buf_printf(out, "%s%s (%s)", count > 1 ? ", " : "", node->id, word);
	}
	if (count > NAMES_MAX)
		buf_printf(out, " and %u more", count - NAMES_MAX);
	if (count == 0)
		buf_add_text(out, "none");
}

void summary_write(const struct app *app, struct buf *out)
{
	const struct mirror *mirror = &app->mirror;
	struct buf text;
	char word[80];

	if (!mirror->has_rows)
		return;
	buf_init(&text, 16 * 1024);
	words_execution(mirror, word, sizeof(word));
	buf_printf(&text, "%s: %s%s\n", mirror->name, word,
		   app->lost_us ? " (as last seen; the engine was lost)" : "");
	buf_add_text(&text, "nodes:    ");
	add_counts(mirror, &text);
	buf_add_text(&text, "\nproblems: ");
	add_problems(mirror, &text);
	buf_printf(&text, "\ncome back: hlp-console %s%s\n", mirror->name,
		   mirror->ended || mirror->state == STATE_PAUSED ? ""
								  : " (it goes on without you)");
	const char *rest = "The run goes on without the console.";
	if (coach_is_on(app))
		rest = "Your own: write NAME.yaml ('hlp schema' says how), then "
		       "'hlp run NAME.yaml'.";
	else if (mirror->ended)
		rest = "The run has ended.";
	else if (mirror->state == STATE_PAUSED)
		rest = "The run waits for a person.";
	buf_printf(&text, "%s\n", rest);
	text_gate(out, buf_text(&text), text.length, TEXT_KEEP_LINES);
	buf_release(&text);
}
