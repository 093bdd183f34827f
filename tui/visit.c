/* SPDX-License-Identifier: MIT
 *
 * An errand. What hlp refuses is read before the console covers it.
 */
#include "tui/visit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/proc.h"
#include "base/text.h"
#include "tui/acting.h"

#define COMMAND_BYTES ((size_t)16 * 1024)

static void left(struct app *app, int status)
{
	if (status < 0)
		app_say(app, ROLE_error, "the shell cannot be opened");
}

static char *command_of(const struct app *app, const char *hlp, const struct mirror_node *node)
{
	struct buf command;

	buf_init(&command, COMMAND_BYTES);
	text_shell_quote(&command, hlp, strlen(hlp));
	/* Names of ours need no quoting. */
	buf_printf(&command,
		   " shell %s/%s || { printf 'Enter goes back to the console '; read -r line; }",
		   app->mirror.id, node->id);
	return buf_steal(&command);
}

void visit_open(struct app *app)
{
	const struct mirror_node *node = app_node(app);
	struct err err;
	char *hlp;

	if (!acting_may(app, ACTION_SHELL))
		return;
	if (node == NULL) {
		app_say(app, ROLE_dim, "no node is selected");
		return;
	}
	if (app->host != NULL) {
		app_say(app, ROLE_error, "a shell on %s is not supported yet", app->host);
		return;
	}
	if (proc_find_program("hlp", &hlp, &err) < 0) {
		app_say(app, ROLE_error, "%s", err.message);
		return;
	}
	errand_forget(&app->errand);
	app->errand = (struct errand){.command = command_of(app, hlp, node), .then = left};
	free(hlp);
}
