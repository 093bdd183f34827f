/* SPDX-License-Identifier: MIT
 *
 * Questions and the ways to answer them. See questions.h.
 */
#include "cli/questions.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/show.h"

#define ANSWER(letter, word, meaning)                                                              \
	{                                                                                          \
		letter, "hlp answer %s " word, meaning, "answer", word, false                      \
	}
#define NO_WAY                                                                                     \
	{                                                                                          \
		0                                                                                  \
	}

static const struct question_way lost[] = {
	ANSWER('h', "happened", "it did happen: go on"),
	ANSWER('g', "again", "it did not: run it again"),
	ANSWER('u', "undo", "take back what it did"),
	ANSWER('b', "by-hand", "I did it by hand: go on"),
	ANSWER('l', "leave", "leave it failed"),
	NO_WAY,
};
static const struct question_way risk[] = {
	ANSWER('g', "again", "run it again"),
	ANSWER('u', "undo", "take back what it did"),
	ANSWER('b', "by-hand", "I did it by hand: go on"),
	ANSWER('l', "leave", "leave it failed"),
	NO_WAY,
};
static const struct question_way undo_failed[] = {
	ANSWER('g', "again", "try the undo again"),
	ANSWER('b', "by-hand", "I undid it by hand"),
	ANSWER('l', "leave", "leave what it did"),
	NO_WAY,
};
static const struct question_way manual[] = {
	{'d', "hlp done %s", "it is done", "done", NULL, false},
	{'f', "hlp done %s --failed", "it did not work", "done", NULL, true},
	NO_WAY,
};
static const struct question_way approval[] = {
	{'a', "hlp approve %s", "let it start", "answer", "approve", false},
	{'r', "hlp reject %s", "it shall not start", "answer", "reject", false},
	{'s', "hlp skip %s", "go on without it", "skip", NULL, false},
	NO_WAY,
};
static const struct question_way undo_manual[] = {
	{'d', "hlp done %s", "it is undone", "done", NULL, false},
	ANSWER('l', "leave", "leave what it did"),
	{'f', "hlp done %s --failed", "undoing it did not work", "done", NULL, true},
	NO_WAY,
};

static const struct question_way policy[] = {
	ANSWER('u', "undo", "roll back now: look again"),
	ANSWER('g', "again", "run it again"),
	ANSWER('l', "leave", "leave it failed, roll nothing back"),
	NO_WAY,
};
static const struct question_way security[] = {
	{'a', "hlp approve %s", "it may run again: then retry", "answer", "approve", false},
	{'r', "hlp reject %s", "it shall not: the run ends", "answer", "reject", false},
	NO_WAY,
};

static const struct question_kind kinds[] = {
	{"lost", lost},	    {"risk", risk},	    {"undo_failed", undo_failed},
	{"manual", manual}, {"approval", approval}, {"undo_manual", undo_manual},
	{"policy", policy}, {"security", security},
};

const struct question_kind *question_kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

bool question_is_open(const struct mirror_node *node)
{
	return node->question != NULL && node->question[0] != '\0';
}

static void say_ways(struct cli *cli, const struct mirror_node *node, const char *target)
{
	const struct question_kind *kind = question_kind_of(node->question);
	const struct question_way *way = kind != NULL ? kind->ways : NULL;
	for (; way != NULL && way->command != NULL; way++) {
		const char *at = strstr(way->command, "%s");
		say_way(&cli->out, way->meaning, "%.*s%s%s", (int)(at - way->command), way->command,
			target, at + 2);
	}
}

static void say_shown(struct say *say, const struct mirror_more *more)
{
	size_t width = 0;
	for (uint32_t i = 0; i < more->shown_count; i++) {
		size_t length = text_width(more->shown[i].name);
		width = length > width ? length : width;
	}
	for (uint32_t i = 0; i < more->shown_count; i++) {
		const struct mirror_param *shown = &more->shown[i];
		say_printf(say, "      ");
		say_cell(say, (int)width, shown->name);
		say_printf(say, "  %s\n", mirror_value(shown));
	}
}

void question_tell(struct cli *cli, const struct mirror_node *node)
{
	if (!question_is_open(node))
		return;
	if (node->message[0] != '\0')
		say_paragraph_at(&cli->out, 4, node->message);
	if (node->more != NULL)
		say_shown(&cli->out, node->more);
}

/* One line: what it asks, without the text that follows, or who holds it. */
static void say_head(struct cli *cli, const struct mirror *mirror, const struct mirror_node *node)
{
	struct show_node show = show_of_mirror(node);
	char how[SHOW_TEXT];
	if (question_is_open(node) && strcmp(node->question, "risk") != 0)
		show.message = "";
	if (question_is_open(node)) {
		show_how(&show, show_now_us(), how);
	} else {
		mirror_why(mirror, (uint32_t)(node - mirror->nodes), show_now_us(), how,
			   sizeof how);
	}
	say_printf(&cli->out, "  ");
	say_glyph(&cli->out, node->state, node->reason);
	say_printf(&cli->out, " %s  %s\n", node->id, how);
}

void question_say(struct cli *cli, const struct mirror *mirror, const struct mirror_node *node)
{
	say_head(cli, mirror, node);
	if (question_is_open(node) && strcmp(node->question, "risk") != 0)
		question_tell(cli, node);
}

static void say_node(struct cli *cli, const struct mirror *mirror, const struct mirror_node *node)
{
	char *target = mem_printf("%s/%s", mirror->name, node->id);
	question_say(cli, mirror, node);
	if (question_is_open(node))
		say_ways(cli, node, target);
	else if (node->reason == REASON_HELD)
		say_way(&cli->out, "let it start", "hlp release %s", target);
	else if (node->reason == REASON_FROZEN)
		say_way(&cli->out, "let it go on", "hlp thaw %s", target);
	free(target);
}

uint32_t questions_say(struct cli *cli, const struct mirror *mirror)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (node->state == STATE_PAUSED || question_is_open(node)) {
			say_node(cli, mirror, node);
			count++;
		}
	}
	if (mirror->paused)
		say_way(&cli->out, "go on", "hlp resume %s", mirror->name);
	return count;
}
