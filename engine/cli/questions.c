/* SPDX-License-Identifier: MIT
 *
 * Questions and the ways to answer them. See questions.h.
 */
#include "cli/questions.h"

#include <stdlib.h>
#include <string.h>

#include "cli/show.h"

static const struct question_way lost[] = {
	{"hlp answer %s happened", "it did happen: go on"},
	{"hlp answer %s again", "it did not: run it again"},
	{"hlp answer %s undo", "take back what it did"},
	{"hlp answer %s by-hand", "I did it by hand: go on"},
	{"hlp answer %s leave", "leave it failed"},
	{NULL, NULL},
};
static const struct question_way risk[] = {
	{"hlp answer %s again", "run it again"},
	{"hlp answer %s undo", "take back what it did"},
	{"hlp answer %s by-hand", "I did it by hand: go on"},
	{"hlp answer %s leave", "leave it failed"},
	{NULL, NULL},
};
static const struct question_way undo_failed[] = {
	{"hlp answer %s again", "try the undo again"},
	{"hlp answer %s by-hand", "I undid it by hand"},
	{"hlp answer %s leave", "leave what it did"},
	{NULL, NULL},
};

static const struct question_kind kinds[] = {
	{"lost", lost},
	{"risk", risk},
	{"undo_failed", undo_failed},
};

const struct question_kind *question_kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			return &kinds[i];
		}
	}
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

static void say_node(struct cli *cli, const struct mirror *mirror, const struct mirror_node *node)
{
	struct show_node show = show_of_mirror(node);
	char how[SHOW_TEXT];
	char *target = mem_printf("%s/%s", mirror->name, node->id);
	show_how(&show, show_now_us(), how);
	say_printf(&cli->out, "  ");
	say_glyph(&cli->out, node->state, node->reason);
	say_printf(&cli->out, " %s  %s\n", node->id, how);
	if (question_is_open(node)) {
		say_ways(cli, node, target);
	} else if (node->reason == REASON_HELD) {
		say_way(&cli->out, "let it start", "hlp release %s", target);
	} else if (node->reason == REASON_FROZEN) {
		say_way(&cli->out, "let it go on", "hlp thaw %s", target);
	}
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
	if (mirror->paused) {
		say_way(&cli->out, "go on", "hlp resume %s", mirror->name);
	}
	return count;
}
