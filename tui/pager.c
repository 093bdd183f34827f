/* SPDX-License-Identifier: MIT
 *
 * An output may be larger than memory, so the pager reads it from `hlp logs`. Any other view is
 * drawn once more, onto a canvas that is high enough. Either way all of it has passed the gate.
 */
#include "tui/pager.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/proc.h"
#include "base/text.h"

#define ROWS_MOST  4000
#define TEXT_BYTES ((size_t)16 * 1024 * 1024)
#define PAGER	   "${PAGER:-less}"

static void add_quoted(struct buf *command, const char *word)
{
	text_shell_quote(command, word, strlen(word));
}

static char *logs_command(const struct app *app, const struct mirror_node *node)
{
	char *program = NULL;
	struct buf command, target;
	struct err ignored = {0};

	if (proc_find_program("hlp", &program, &ignored) < 0)
		program = mem_strdup("hlp"); /* the shell says that it is not there */
	buf_init(&command, 64 * 1024);
	buf_init(&target, 1024);
	buf_printf(&target, "%s/%s", app->mirror.id, node->id);
	add_quoted(&command, program);
	buf_printf(&command, " logs --kind %s --attempt %u ", app->attempts.shown.kind,
		   app->tail.attempt);
	add_quoted(&command, buf_text(&target));
	buf_add_text(&command, " | " PAGER);
	buf_release(&target);
	free(program);
	return buf_steal(&command);
}

/* These are read from a place on; their text begins at the beginning. */
static bool is_page(enum view_id view)
{
	return view == VIEW_DIFF || view == VIEW_WHY || view == VIEW_COMPARE || view == VIEW_HELP;
}

char *pager_text(struct app *app)
{
	const struct view_ops *view = app->views[app_view(app)];
	struct area body = app->body, all = {0, 0, app->canvas.width, ROWS_MOST};
	struct term_cursor cursor = app->cursor;
	struct canvas tall;
	struct buf text;

	if (is_page(app_view(app)))
		(void)view->act(app, ACTION_FIRST);
	canvas_init(&tall, all.width, all.height);
	tall.ascii = app->ascii;
	app->body = all;
	view->draw(app, &tall, all);
	app->body = body;
	app->cursor = cursor;
	buf_init(&text, TEXT_BYTES);
	if (app->mirror.name != NULL)
		buf_printf(&text, "%s  %s\n\n", app->mirror.name, view->title);
	canvas_to_text(&tall, &text);
	while (text.length > 1 && text.data[text.length - 2] == '\n')
		text.length--; /* the rows that are left over */
	text.data[text.length] = '\0';
	canvas_release(&tall);
	return buf_steal(&text);
}

static void ended(struct app *app, int status)
{
	if (status < 0)
		app_say(app, ROLE_error, "the pager cannot be started; $PAGER names another");
}

void pager_open(struct app *app)
{
	const struct mirror_node *node = app_node(app);
	enum view_id view = app_view(app);
	bool output = view == VIEW_OUTPUT || view == VIEW_NODE;

	if (output && (node == NULL || app->tail.attempt == 0)) {
		app_say(app, ROLE_dim, "there is no output yet");
		return;
	}
	errand_forget(&app->errand);
	app->errand.then = ended;
	if (output) {
		app->errand.command = logs_command(app, node);
	} else {
		app->errand.command = mem_strdup("exec " PAGER);
		app->errand.text = pager_text(app);
	}
}
