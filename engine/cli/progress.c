/* SPDX-License-Identifier: MIT
 *
 * Lines and the live block. See progress.h.
 */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/questions.h"
#include "cli/show.h"

#define BLOCK_NODES 8	/* running nodes in the block */
#define MANY_NODES  200 /* above this a terminal gets no line for what goes well */

struct progress_seen {
	enum state state;
	enum reason reason;
	uint32_t attempt;
	bool question;
};

void progress_init(struct progress *progress, const struct progress_how *how, struct say *say,
		   const struct mirror *mirror)
{
	*progress = (struct progress){.how = *how, .mirror = mirror, .say = say};
	progress->live = say->terminal && say->colour && !how->lines_only && !how->quiet;
	progress->only_grave = progress->live && mirror->nodes_count > MANY_NODES;
	progress->seen = mem_calloc(mirror->nodes_count + 1, sizeof *progress->seen);
}

void progress_release(struct progress *progress)
{
	free(progress->seen);
}

/* ---- lines ------------------------------------------------------------------------------- */

/* The moment of what is said: the engine's time where it gave one. */
static int64_t moment_of(const struct mirror_node *node)
{
	if (node->state == STATE_RUNNING && node->started_us > 0)
		return node->started_us;
	if ((node->state == STATE_COMPLETED || node->state == STATE_FAILED) && node->ended_us > 0 &&
	    node->reason != REASON_CHECK /* what looked at its files ended later */)
		return node->ended_us;
	return show_now_us();
}

static void say_node(struct progress *p, uint32_t index)
{
	const struct mirror_node *node = &p->mirror->nodes[index];
	struct show_node show = show_of_mirror(node);
	char clock[16], how[SHOW_TEXT];
	int64_t at = moment_of(node);
	if (node->reason == REASON_STARTING || node->reason == REASON_CAPTURING) {
		show.reason =
			REASON_RUNNING; /* a step on the way: the line stands for the attempt */
	}
	show_clock(at, clock);
	show_how(&show, at, how);
	say_style(p->say, ROLE_dim);
	say_text(p->say, clock, strlen(clock));
	say_plain(p->say);
	say_printf(p->say, " ");
	if (p->live) {
		say_glyph(p->say, node->state, node->reason);
		say_printf(p->say, " ");
	}
	say_printf(p->say, "%s  %s%s\n", node->id, how,
		   node->state == STATE_RUNNING && node->attempt > 1 ? "  again" : "");
}

/* A change that is worth a line: no step between, and running once an attempt. */
static bool is_worth_a_line(const struct progress *p, const struct mirror_node *node,
			    const struct progress_seen *seen)
{
	bool grave = node->state == STATE_FAILED || node->state == STATE_PAUSED ||
		     node->state == STATE_RECOVERED || node->reason == REASON_BACKOFF ||
		     node->reason == REASON_UNREACHABLE;
	if (p->only_grave)
		return grave;
	if (node->state == STATE_PENDING) {
		return node->reason == REASON_BACKOFF || seen->state == STATE_RECOVERED ||
		       seen->state == STATE_FAILED;
	}
	if (node->state == STATE_RUNNING && seen->state == STATE_RUNNING) {
		return node->attempt != seen->attempt || node->reason == REASON_STOPPING ||
		       node->reason == REASON_UNREACHABLE;
	}
	return true;
}

static void note_node(struct progress *p, uint32_t index)
{
	const struct mirror_node *node = &p->mirror->nodes[index];
	struct progress_seen *seen = &p->seen[index];
	bool question = node->question != NULL && node->question[0] != '\0';
	bool same = seen->state == node->state && seen->reason == node->reason &&
		    seen->attempt == node->attempt && seen->question == question;
	bool old = p->how.from_now && !p->begun;
	if (!same && !old && is_worth_a_line(p, node, seen))
		say_node(p, index);
	*seen = (struct progress_seen){node->state, node->reason, node->attempt, question};
}

struct dated {
	int64_t at_us;
	uint32_t node;
};

static int compare_dated(const void *a, const void *b)
{
	const struct dated *left = a, *right = b;
	if (left->at_us != right->at_us)
		return left->at_us < right->at_us ? -1 : 1;
	return left->node < right->node ? -1 : left->node > right->node;
}

/* The first rows tell what has happened so far: told in the order of time. */
static void note_all_by_time(struct progress *p)
{
	uint32_t count = p->mirror->nodes_count;
	struct dated *list = mem_calloc(count + 1, sizeof *list);
	for (uint32_t i = 0; i < count; i++)
		list[i] = (struct dated){moment_of(&p->mirror->nodes[i]), i};
	qsort(list, count, sizeof *list, compare_dated);
	for (uint32_t i = 0; i < count; i++)
		note_node(p, list[i].node);
	free(list);
}

static void note_execution(struct progress *p)
{
	const struct mirror *mirror = p->mirror;
	if (mirror->state == p->state && mirror->reason == p->reason)
		return;
	bool worth = mirror->state == STATE_PAUSED || mirror->state == STATE_RECOVERING ||
		     (p->begun && p->state == STATE_PAUSED);
	p->state = mirror->state;
	p->reason = mirror->reason;
	if (worth && !(p->how.from_now && !p->begun)) {
		char clock[16];
		show_clock(show_now_us(), clock);
		say_printf(p->say, "%s %s  %s\n", clock, mirror->name,
			   show_execution_word(mirror->state, mirror->reason));
	}
}

static void take_block_away(struct progress *p)
{
	if (p->lines > 0) {
		say_erase_lines(p->say, p->lines);
		p->lines = 0;
	}
}

/* ---- the window -------------------------------------------------------------------------- */

static bool is_person_wanted(const struct mirror *mirror)
{
	if (mirror->state == STATE_PAUSED && mirror->reason != REASON_ROLLED_BACK)
		return true;
	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		if (question_is_open(&mirror->nodes[i]))
			return true;
	return false;
}

/* The bell rings once each time somebody begins to be wanted. */
static void name_window(struct progress *p)
{
	const struct mirror *mirror = p->mirror;
	char title[PROGRESS_TITLE];
	bool wanted = is_person_wanted(mirror);
	snprintf(title, sizeof title, "%s%s %s %u/%u", wanted ? "YOU: " : "", mirror->name,
		 show_execution_word(mirror->state, mirror->reason),
		 mirror->counts[STATE_COMPLETED], mirror->nodes_count);
	if (strcmp(title, p->title) != 0) {
		memcpy(p->title, title, sizeof title);
		say_title(p->say, title);
	}
	if (wanted && !p->wanted)
		say_bell(p->say);
	p->wanted = wanted;
}

void progress_note(struct progress *p, const Hlp__V1__Update *update)
{
	if (p->how.quiet)
		return;
	take_block_away(p);
	if (p->begun) {
		for (size_t i = 0; i < update->n_nodes; i++)
			if (update->nodes[i]->index < p->mirror->nodes_count)
				note_node(p, update->nodes[i]->index);
	} else {
		note_all_by_time(p);
	}
	note_execution(p);
	p->begun = true;
}

/* ---- the block --------------------------------------------------------------------------- */

static void end_block_line(struct progress *p)
{
	say_printf(p->say, "\n");
	p->lines++;
}

static void draw_header(struct progress *p, int columns, bool disconnected)
{
	const struct mirror *mirror = p->mirror;
	char counts[SHOW_TEXT], elapsed[16], left[16] = "";
	int64_t now = show_now_us(), estimate = mirror_estimate_us(mirror, now);
	show_counts(mirror->counts, mirror->nodes_count, counts);
	show_duration(mirror->started_us > 0 ? now - mirror->started_us : 0, elapsed);
	if (estimate >= 0)
		show_duration(estimate, left);
	say_style(p->say, ROLE_title);
	say_fit(p->say, columns, "%s  %s  %s  %s%s%s%s", mirror->name,
		show_execution_word(mirror->state, mirror->reason), counts, elapsed,
		estimate >= 0 ? ", about " : "", left, estimate >= 0 ? " left" : "");
	say_plain(p->say);
	end_block_line(p);
	if (disconnected) {
		say_style(p->say, ROLE_warning);
		say_fit(p->say, columns, "the engine is away; what runs goes on; reconnecting");
		say_plain(p->say);
		end_block_line(p);
	}
}

static bool is_in_block(const struct mirror_node *node)
{
	return node->state == STATE_RUNNING || node->state == STATE_RECOVERING ||
	       node->state == STATE_PAUSED || node->reason == REASON_BACKOFF;
}

static void draw_node(struct progress *p, const struct mirror_node *node, int columns)
{
	struct show_node show = show_of_mirror(node);
	char how[SHOW_TEXT];
	show_how(&show, show_now_us(), how);
	say_printf(p->say, "  ");
	say_glyph(p->say, node->state, node->reason);
	say_printf(p->say, " ");
	say_fit(p->say, columns - 4, "%s  %s", node->id, how);
	end_block_line(p);
}

void progress_draw(struct progress *p, bool disconnected)
{
	if (!p->live || !p->mirror->has_rows) {
		say_flush(p->say);
		return;
	}
	int columns = say_columns(p->say) - 1, shown = 0;
	uint32_t more = 0;
	take_block_away(p);
	name_window(p);
	draw_header(p, columns, disconnected);
	for (uint32_t i = 0; i < p->mirror->nodes_count; i++) {
		if (!is_in_block(&p->mirror->nodes[i]))
			continue;
		if (shown++ < BLOCK_NODES)
			draw_node(p, &p->mirror->nodes[i], columns);
		else
			more++;
	}
	if (more > 0) {
		say_fit(p->say, columns, "  and %u more", more);
		end_block_line(p);
	}
	say_flush(p->say);
}

void progress_pause(struct progress *p)
{
	take_block_away(p);
	if (p->live)
		name_window(p);
	say_flush(p->say);
}

void progress_end(struct progress *p)
{
	take_block_away(p);
	say_title_end(p->say);
	say_flush(p->say);
}
