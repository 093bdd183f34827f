/* SPDX-License-Identifier: MIT
 *
 * Help: written from the table of actions, so it cannot differ from what the keys do.
 */
#include <stdio.h>

#include "tui/views.h"

static void add_group(struct page *page, const char *title, enum action_group group)
{
	char key[ACTION_KEY_TEXT], other[ACTION_KEY_TEXT], keys[32];

	page_add(page, ROLE_phase, CELL_BOLD, 0, title);
	for (int i = 1; i < ACTIONS; i++) {
		const struct action_info *info = action_info((enum action)i);
		if (info->group != group)
			continue;
		action_key_text(info->key, key);
		action_key_text(info->other, other);
		(void)snprintf(keys, sizeof(keys), "%s %s", key, other);
		page_addf(page, ROLE_text, 0, 31, "  %-10s %-17s %s", keys, info->name, info->help);
	}
	page_add(page, ROLE_text, 0, 0, "");
}

static void help_draw(struct app *app, struct canvas *canvas, struct area area)
{
	struct page *page = &app->help;
	struct area inner = {area.x + 1, area.y, area.width - 2, area.height};

	page_start(page, inner.width);
	page_add(page, ROLE_text, 0, 0,
		 "Lower case looks, upper case acts. Enter never confirms, Esc never acts, and "
		 "leaving the console leaves the run alone.");
	page_add(page, ROLE_text, 0, 0, "");
	add_group(page, "Look", ACTION_GROUP_LOOK);
	add_group(page, "Act", ACTION_GROUP_ACT);
	add_group(page, "Move", ACTION_GROUP_MOVE);
	page_draw(page, canvas, inner);
}

static bool help_act(struct app *app, enum action action)
{
	if (action == ACTION_HELP) {
		app_back(app);
		return true;
	}
	return page_act(&app->help, action, app->body.height);
}

static const struct hint HINTS[] = {{ACTION_PAGE_DOWN, "more"}, {ACTION_NONE, NULL}};

const struct view_ops view_help = {
	.title = "help", .hints = HINTS, .draw = help_draw, .act = help_act};
