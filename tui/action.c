/* SPDX-License-Identifier: MIT
 *
 * The table of actions and what follows from it.
 */
#include "tui/action.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* As action.def has it, and then as a keys file changes it. */
static struct action_info INFO[ACTIONS] = {
	[ACTION_NONE] = {"", 0, 0, ACTION_GROUP_LOOK, ""},
#define ACTION(name, word, key, other, group, help)                                                \
	[ACTION_##name] = {word, key, other, ACTION_GROUP_##group, help},
#include "tui/action.def"
};

const struct action_info *action_info(enum action action)
{
	return &INFO[(unsigned)action < ACTIONS ? action : ACTION_NONE];
}

enum action action_of_key(uint32_t prefix, uint32_t key)
{
	if (prefix != 0)
		key = ACTION_AFTER_Z(key);
	for (int i = 1; key != 0 && i < ACTIONS; i++)
		if (INFO[i].key == key || INFO[i].other == key)
			return (enum action)i;
	return ACTION_NONE;
}

void action_bind(enum action action, uint32_t key, uint32_t other)
{
	INFO[action].key = key;
	INFO[action].other = other;
}

enum action action_of_name(const char *name)
{
	for (int i = 1; i < ACTIONS; i++)
		if (strcmp(INFO[i].name, name) == 0)
			return (enum action)i;
	return ACTION_NONE;
}

bool action_moves(enum action action, int page, int all, int *out_step)
{
	switch (action) {
	case ACTION_DOWN:
		*out_step = 1;
		return true;
	case ACTION_UP:
		*out_step = -1;
		return true;
	case ACTION_PAGE_DOWN:
		*out_step = page;
		return true;
	case ACTION_PAGE_UP:
		*out_step = -page;
		return true;
	case ACTION_FIRST:
		*out_step = -all;
		return true;
	case ACTION_LAST:
		*out_step = all;
		return true;
	default:
		return false;
	}
}

static const struct {
	uint32_t key;
	const char *text;
} NAMES[] = {
	{PRESS_ENTER, "Enter"},	   {PRESS_ESCAPE, "Esc"}, {PRESS_UP, "Up"},
	{PRESS_DOWN, "Down"},	   {PRESS_LEFT, "Left"},  {PRESS_RIGHT, "Right"},
	{PRESS_PAGE_UP, "PgUp"},   {PRESS_HOME, "Home"},  {PRESS_END, "End"},
	{PRESS_PAGE_DOWN, "PgDn"}, {PRESS_TAB, "Tab"},	  {' ', "Space"},
	{PRESS_BACKSPACE, "Bksp"},
};
#define NAMES_COUNT (sizeof(NAMES) / sizeof(NAMES[0]))

uint32_t action_key_of(const char *name)
{
	uint32_t code = PRESS_NONE;

	for (size_t i = 0; i < NAMES_COUNT; i++)
		if (strcmp(NAMES[i].text, name) == 0)
			return NAMES[i].key;
	if (name[0] == '^' && name[1] >= '@' && name[1] <= '_' && name[2] == '\0')
		return (uint32_t)(name[1] - '@');
	size_t length = strlen(name), step = text_decode(name, length, &code);
	return step == length && step > 0 ? code : PRESS_NONE;
}

void action_key_text(uint32_t key, char out[ACTION_KEY_TEXT])
{
	if (key > ACTION_AFTER_Z(0)) {
		(void)snprintf(out, ACTION_KEY_TEXT, "z%c", (char)(key - ACTION_AFTER_Z(0)));
		return;
	}
	for (size_t i = 0; i < NAMES_COUNT; i++) {
		if (NAMES[i].key == key) {
			(void)snprintf(out, ACTION_KEY_TEXT, "%s", NAMES[i].text);
			return;
		}
	}
	if (key > 0 && key < ' ')
		(void)snprintf(out, ACTION_KEY_TEXT, "^%c", (char)('@' + key));
	else if (key > ' ' && key < 0x7f)
		(void)snprintf(out, ACTION_KEY_TEXT, "%c", (char)key);
	else
		(void)snprintf(out, ACTION_KEY_TEXT, "%s", key == 0 ? "" : "that key");
}
