/* SPDX-License-Identifier: MIT
 *
 * Keys and actions: which key means what, from action.def. Keys are code points, or one of
 * enum press for what has none. Pure.
 */
#ifndef HLP_TUI_ACTION_H
#define HLP_TUI_ACTION_H

#include <stdbool.h>
#include <stdint.h>

/* Keys without a character; beyond the code points of Unicode. */
enum press {
	PRESS_NONE = 0,
	PRESS_ENTER = 13,
	PRESS_ESCAPE = 27,
	PRESS_BACKSPACE = 0x110000,
	PRESS_UP,
	PRESS_DOWN,
	PRESS_LEFT,
	PRESS_RIGHT,
	PRESS_PAGE_UP,
	PRESS_PAGE_DOWN,
	PRESS_HOME,
	PRESS_END,
	PRESS_TAB = 9,
	PRESS_BREAK = 3,	 /* Ctrl-C */
	PRESS_RESIZE = 0x110100, /* the terminal has another size now */
	PRESS_WHEEL_UP,
	PRESS_WHEEL_DOWN,
	PRESS_CLICK,  /* where is known to who reads keys */
	PRESS_LET_GO, /* of the mouse, what means nothing */
	PRESS_UNKNOWN
};

/* A key that counts only after z. */
#define ACTION_AFTER_Z(key) (0x120000u + (key))

enum action_group { ACTION_GROUP_MOVE, ACTION_GROUP_LOOK, ACTION_GROUP_ACT };

enum action {
	ACTION_NONE,
#define ACTION(name, word, key, other, group, help) ACTION_##name,
#include "tui/action.def"
	ACTIONS
};

struct action_info {
	const char *name;
	uint32_t key, other; /* 0: none */
	enum action_group group;
	const char *help;
};

const struct action_info *action_info(enum action action);
/* ACTION_NONE when the key means nothing; `prefix` is the key before it, or 0. */
enum action action_of_key(uint32_t prefix, uint32_t key);
/* Another key for an action, for this process; see tui/keys.h, which minds that it fits. */
void action_bind(enum action action, uint32_t key, uint32_t other);
enum action action_of_name(const char *name);

/* Whether an action moves through lines, and by how many; `page` of `all` are seen at once. */
bool action_moves(enum action action, int page, int all, int *out_step);

/* The key of a name as below, or of a single character; PRESS_NONE for anything else. */
uint32_t action_key_of(const char *name);
/* The key as a person reads it: "j", "Enter", "PgDn", "^L". */
#define ACTION_KEY_TEXT 12
void action_key_text(uint32_t key, char out[ACTION_KEY_TEXT]);

#endif
