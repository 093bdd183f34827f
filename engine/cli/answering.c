/* SPDX-License-Identifier: MIT
 *
 * Prompts of a run that is followed. See answering.h.
 */
#include "cli/answering.h"

#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/act.h"
#include "cli/follow_state.h"
#include "cli/questions.h"

#define NEXT_STEP (-1)

void answering_init(struct answering *answering, struct cli *cli, const struct mirror *mirror)
{
	*answering = (struct answering){.cli = cli, .mirror = mirror};
	answering->passed = mem_calloc(mirror->nodes_count + 1, sizeof *answering->passed);
}

void answering_release(struct answering *answering)
{
	free(answering->passed);
}

/* ---- what to ask ------------------------------------------------------------------------- */

static bool is_wanted(const struct answering *a, uint32_t index)
{
	const struct mirror_node *node = &a->mirror->nodes[index];
	return question_is_open(node) && question_kind_of(node->question) != NULL &&
	       a->passed[index] != node->version;
}

static int64_t first_wanted(const struct answering *a)
{
	for (uint32_t i = 0; i < a->mirror->nodes_count; i++)
		if (is_wanted(a, i))
			return i;
	return NEXT_STEP;
}

/* Held so that it waits for Enter: by whoever began the run here, or step by step elsewhere. */
static bool is_step(const struct answering *a, const struct mirror_node *node)
{
	return node->state == STATE_PAUSED && node->reason == REASON_HELD &&
	       (a->step || (node->more != NULL && strcmp(node->more->held_note, "step") == 0));
}

/* Nothing runs, nothing else is asked, and something that is held could start. */
static bool is_step_due(const struct answering *a)
{
	if (!follow_is_waiting(a->mirror))
		return false;
	bool held = false;
	for (uint32_t i = 0; i < a->mirror->nodes_count; i++) {
		const struct mirror_node *node = &a->mirror->nodes[i];
		if (question_is_open(node))
			return false;
		held = held || is_step(a, node);
	}
	return held;
}

bool answering_is_due(const struct answering *a)
{
	return !a->closed && !a->asking && a->mirror->has_rows && !follow_is_over(a->mirror) &&
	       (first_wanted(a) != NEXT_STEP || is_step_due(a));
}

/* ---- asking ------------------------------------------------------------------------------ */

static void ask_step(struct answering *a)
{
	struct say *out = &a->cli->out;
	const char *comma = "";
	say_printf(out, "  held: ");
	for (uint32_t i = 0; i < a->mirror->nodes_count; i++) {
		const struct mirror_node *node = &a->mirror->nodes[i];
		if (node->state == STATE_PAUSED && node->reason == REASON_HELD) {
			say_printf(out, "%s%s", comma, node->id);
			comma = ", ";
		}
	}
	say_printf(out, "\n  Enter lets the next one go, Ctrl-C leaves: ");
}

static void ask_node(struct answering *a, const struct mirror_node *node)
{
	struct say *out = &a->cli->out;
	const struct question_way *way = question_kind_of(node->question)->ways;
	question_say(a->cli, a->mirror, node);
	for (; way->command != NULL; way++)
		say_printf(out, "    %c  %s\n", way->letter, way->meaning);
	say_printf(out, "  %s (Enter: not now): ", node->id);
}

void answering_ask(struct answering *a)
{
	a->node = first_wanted(a);
	a->asking = true;
	if (a->node == NEXT_STEP) {
		ask_step(a);
	} else {
		a->version = a->mirror->nodes[a->node].version;
		ask_node(a, &a->mirror->nodes[a->node]);
	}
	say_flush(&a->cli->out);
}

bool answering_is_settled(struct answering *a)
{
	bool open = a->node == NEXT_STEP ? is_step_due(a)
					 : question_is_open(&a->mirror->nodes[a->node]) &&
						   a->mirror->nodes[a->node].version == a->version;
	if (!a->asking || open)
		return false;
	a->asking = false;
	(void)tcflush(STDIN_FILENO, TCIFLUSH); /* half a word belongs to no other question */
	say_printf(&a->cli->out, "\n  answered elsewhere\n");
	return true;
}

/* ---- answers ----------------------------------------------------------------------------- */

static void act(struct answering *a, const struct question_way *way, const char *target)
{
	struct outputs outputs = {0};
	struct act act = {.verb = way->verb,
			  .words = way->answer,
			  .answer = way->answer,
			  .failed = way->failed,
			  .targets = ACT_NODE,
			  .chosen = true};
	if (strcmp(way->verb, "skip") == 0) {
		act.tells = ACT_TELLS_STARTS | ACT_TELLS_MISSING;
		act.chosen = false; /* what it leads to is read first */
	} else if (strcmp(way->verb, "done") == 0 && !way->failed) {
		act.outputs = &outputs;
	}
	bool yes = a->cli->yes;
	a->cli->yes = false;		     /* that was said to the start, not to this */
	(void)act_run(a->cli, &act, target); /* a refusal is said; the question stands */
	a->cli->yes = yes;
	outputs_release(&outputs);
}

static void take_answer(struct answering *a, const char *line)
{
	const struct mirror_node *node = &a->mirror->nodes[a->node];
	const struct question_way *way = question_kind_of(node->question)->ways;
	if (line[0] == '\0') {
		a->passed[a->node] = node->version;
		return;
	}
	while (way->command != NULL && (line[0] != way->letter || line[1] != '\0'))
		way++;
	if (way->command == NULL) {
		say_printf(&a->cli->out, "  '%s' is none of these\n", line);
		return;
	}
	char *target = mem_printf("%s/%s", a->mirror->name, node->id);
	uint64_t version = node->version;
	uint32_t index = (uint32_t)a->node;
	act(a, way, target);
	free(target);
	/* Done or refused: what is still asked is asked again only when something has changed. */
	a->passed[index] = version;
}

static void take_step(struct answering *a, const char *line)
{
	struct act act = {.verb = "release", .targets = ACT_EXECUTION, .free = true, .next = true};
	if (line[0] != '\0') {
		say_printf(&a->cli->out, "  only Enter lets a node go\n");
		return;
	}
	(void)act_run(a->cli, &act, a->mirror->name); /* a refusal is said */
}

void answering_take(struct answering *a)
{
	char *line = cli_read_line();
	a->asking = false;
	if (line == NULL) {
		a->closed = true;
		say_printf(&a->cli->out, "\n");
	} else if (a->node == NEXT_STEP) {
		take_step(a, line);
	} else {
		take_answer(a, line);
	}
	free(line);
}
