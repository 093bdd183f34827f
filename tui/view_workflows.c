/* SPDX-License-Identifier: MIT
 *
 * The workflows that can be started by name: what each is for and how it ended last; who changed
 * it, by Git; edited in $EDITOR, checked, committed. Enter opens the form that starts one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "client/sources.h"
#include "model/limits.h"
#include "model/workflow.h"
#include "tui/feed.h"
#include "tui/start.h"
#include "tui/views.h"
#include "tui/words.h"

static const struct sources_entry *selected(const struct app *app)
{
	const struct workflows_state *state = &app->workflows;

	return state->selected < state->count ? &state->entries[state->selected] : NULL;
}

static void read_all(struct app *app)
{
	struct workflows_state *state = &app->workflows;

	arena_release(&state->arena);
	state->count = sources_list(&state->arena, &state->entries);
	if (state->selected >= state->count)
		state->selected = 0;
}

/* Ends what Git is telling. Not a commit: ended half way it would leave Git's lock behind. */
static bool leave_git(struct app *app)
{
	if (app->workflows.committing) {
		app_say(app, ROLE_warning, "Git still commits: wait until it has");
		return false;
	}
	child_stop(&app->workflows.git);
	app->workflows.git_title[0] = '\0';
	return true;
}

static void workflows_open(struct app *app)
{
	if (!app->workflows.committing)
		(void)leave_git(app); /* it tells nothing that cannot be asked for again */
	read_all(app);
	if (app->feed != NULL)
		feed_runs(app);
}

/* ---- Git --------------------------------------------------------------------------------- */

/* Runs Git in the file's folder on the file. */
static void git(struct app *app, const char *title, const char *const *what, size_t count)
{
	struct workflows_state *state = &app->workflows;
	const struct sources_entry *entry = selected(app);
	const char *words[16] = {"git", "-C"};
	struct err err = {0};
	size_t at = 2;

	if (entry == NULL || !leave_git(app))
		return;
	char *folder = file_folder(entry->file);
	const char *name = strrchr(entry->file, '/');
	words[at++] = folder;
	words[at++] = "--no-pager";
	for (size_t i = 0; i < count && at < 13; i++)
		words[at++] = what[i];
	words[at++] = "--";
	words[at] = name ? name + 1 : entry->file;
	(void)snprintf(state->git_title, sizeof(state->git_title), "%s: %.80s", title, entry->name);
	state->page.top = 0;
	if (child_start(&state->git, words, &err) < 0)
		app_say(app, ROLE_error, "%s", err.message);
	free(folder);
}

static void show_history(struct app *app)
{
	static const char *const LOG[] = {"log", "--follow", "--date=short",
					  "--format=%h  %ad  %an  %s", "-200"};

	git(app, "who changed it", LOG, sizeof(LOG) / sizeof(LOG[0]));
}

/* What is not committed; where all is, what the last commit changed. */
static void show_diff(struct app *app)
{
	static const char *const DIFF[] = {"log", "-p", "-2", "--date=short",
					   "--format=%h  %ad  %an  %s"};
	static const char *const WORK[] = {"diff", "HEAD"};

	if (app->workflows.diff_of_commits)
		git(app, "the last two commits", DIFF, sizeof(DIFF) / sizeof(DIFF[0]));
	else
		git(app, "not committed", WORK, sizeof(WORK) / sizeof(WORK[0]));
	app->workflows.diff_of_commits = !app->workflows.diff_of_commits;
}

static void ask_commit(struct app *app)
{
	struct act act = {.action = ACTION_COMMIT, .node = ACT_WHOLE_RUN};

	if (app->read_only) {
		app_say(app, ROLE_error, "commit: this console was started with --read-only");
		return;
	}
	form_clear(&app->form);
	(void)form_add(&app->form, "message", "what was changed, and why", "");
	app_open_dialog(app, DIALOG_FORM, &act);
}

void workflows_commit(struct app *app, const char *message)
{
	const char *const words[] = {"commit", "--quiet", "-m", message};

	git(app, "commit", words, sizeof(words) / sizeof(words[0]));
	app->workflows.committing = app->workflows.git.pid > 0;
}

static bool close_git(struct app *app)
{
	if (app->workflows.git_title[0] == '\0')
		return false;
	(void)leave_git(app); /* it has said why not */
	return true;
}

/* ---- checking ---------------------------------------------------------------------------- */

static void check(struct app *app)
{
	const struct sources_entry *entry = selected(app);
	struct workflow *workflow = NULL;
	struct err err = {0};
	struct buf problems;
	char *text = NULL;
	size_t length = 0;

	if (entry == NULL)
		return;
	buf_init(&problems, 1024 * 1024);
	if (file_read(entry->file, LIMIT_WORKFLOW_BYTES, &text, &length, &err) < 0)
		app_say(app, ROLE_error, "%s", err.message);
	else if (workflow_read(entry->file, text, length, &workflow, &problems) < 0)
		app_say(app, ROLE_error, "%.*s", (int)strcspn(buf_text(&problems), "\n"),
			buf_text(&problems));
	else
		app_say(app, ROLE_text, "%s: valid, %u node%s; C commits it", entry->file,
			workflow->nodes_count, workflow->nodes_count == 1 ? "" : "s");
	workflow_free(workflow);
	free(text);
	buf_release(&problems);
	(void)close_git(app); /* what it showed was before the change */
	app->workflows.diff_of_commits = false;
	read_all(app);
}

static void edited(struct app *app, int status)
{
	if (status < 0)
		app_say(app, ROLE_error, "the editor cannot be started");
	else
		check(app);
}

/* The editor may be given with options, so the shell takes that apart; not the file's name. */
static void open_editor(struct app *app, const char *file)
{
	struct buf command;

	buf_init(&command, 64 * 1024);
	buf_add_text(&command, "exec ${VISUAL:-${EDITOR:-vi}} ");
	text_shell_quote(&command, file, strlen(file));
	app->errand = (struct errand){.command = buf_steal(&command), .then = edited};
}

static void edit(struct app *app)
{
	const struct sources_entry *entry = selected(app);

	if (app->read_only)
		app_say(app, ROLE_error, "edit: this console was started with --read-only");
	else if (entry != NULL)
		open_editor(app, entry->file);
}

/* ---- drawing ----------------------------------------------------------------------------- */

static const Hlp__V1__Execution *last_run(const struct app *app, const char *workflow)
{
	const Hlp__V1__ExecutionList *list =
		(const Hlp__V1__ExecutionList *)app->runs.answer.message;

	for (size_t i = 0; list != NULL && i < list->n_executions; i++)
		if (strcmp(list->executions[i]->workflow, workflow) == 0)
			return list->executions[i];
	return NULL;
}

static void draw_last(struct app *app, struct canvas *canvas, struct area area,
		      const struct sources_entry *entry)
{
	const Hlp__V1__Execution *run = last_run(app, entry->name);
	enum state state = STATE_PENDING;
	enum reason reason = REASON_NONE;
	char word[80];

	if (!entry->valid) {
		canvas_text(canvas, area.x, area.y, area.width, ROLE_error, 0, "not valid");
		return;
	}
	if (run == NULL) {
		canvas_text(canvas, area.x, area.y, area.width, ROLE_dim, 0, "never run here");
		return;
	}
	(void)state_parse(run->state, &state);
	(void)reason_parse(run->reason, &reason);
	words_of_execution(state, reason, word, sizeof(word));
	canvas_printf(canvas, area.x, area.y, area.width, words_role(state, reason), 0, "%s %s: %s",
		      words_glyph(canvas, state, reason), run->name, word);
}

static void draw_entry(struct app *app, struct canvas *canvas, struct area line,
		       const struct sources_entry *entry)
{
	int name = line.width < 60 ? line.width / 2 : 28;
	struct area last = {line.x + name + 2, line.y, line.width - name - 2, 1};

	canvas_text(canvas, line.x + 2, line.y, name - 1, ROLE_text, 0, entry->name);
	draw_last(app, canvas, last, entry);
	if (entry != selected(app))
		return;
	canvas_put(canvas, line.x, line.y, '>', ROLE_prompt, 0);
	canvas_mark(canvas, line.x, line.y, line.width, CELL_REVERSE);
	app->cursor = (struct term_cursor){line.x, line.y, false};
}

static enum role role_of_line(const char *line)
{
	if (line[0] == '+')
		return ROLE_diff_add;
	if (line[0] == '-')
		return ROLE_diff_del;
	return strncmp(line, "@@", 2) == 0 ? ROLE_diff_hunk : ROLE_text;
}

static void fill_git(struct app *app, struct page *page)
{
	const struct child *child = &app->workflows.git;
	const char *text = buf_text(&child->out);

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		char *line = mem_strndup(text, length);
		page_add(page, role_of_line(line), 0, 4, line);
		free(line);
		text += length + (text[length] == '\n');
	}
	if (child->ended && child->out.length == 0)
		page_add(page, ROLE_dim, 0, 0,
			 child_succeeded(child) ? "nothing" : "Git says nothing");
}

static void fill_about(struct app *app, struct page *page, const struct sources_entry *entry)
{
	page_addf(page, ROLE_text, 0, 6, "file  %s", entry->file);
	if (entry->description[0] != '\0')
		page_add_prose(page, ROLE_text, 0, entry->description);
	if (app->workflows.git_title[0] == '\0')
		page_add(page, ROLE_dim, 0, 0, "7 shows who changed it, d what changed.");
}

static void draw_below(struct app *app, struct canvas *canvas, struct area area,
		       const struct sources_entry *entry)
{
	struct workflows_state *state = &app->workflows;
	struct area inner = {area.x + 1, area.y + 1, area.width - 2, area.height - 1};
	bool git_shown = state->git_title[0] != '\0';

	if (area.height < 2)
		return;
	view_rule(canvas, area, git_shown ? state->git_title : entry->name);
	page_start(&state->page, inner.width);
	if (git_shown)
		fill_git(app, &state->page);
	else
		fill_about(app, &state->page, entry);
	page_draw(&state->page, canvas, inner);
}

static void workflows_draw(struct app *app, struct canvas *canvas, struct area area)
{
	struct workflows_state *state = &app->workflows;
	int rows = (int)state->count < area.height / 2 ? (int)state->count : area.height / 2;

	if (state->count == 0) {
		canvas_text(canvas, area.x + 1, area.y, -1, ROLE_text, 0,
			    "no workflow in this folder, in workflows/, or in $HLP_WORKFLOWS");
		return;
	}
	rows = rows < 1 ? 1 : rows;
	state->top = view_keep(state->top, (int)state->selected, rows, (int)state->count);
	for (int i = 0; i < rows && (size_t)(state->top + i) < state->count; i++) {
		struct area line = {area.x, area.y + i, area.width, 1};
		draw_entry(app, canvas, line, &state->entries[state->top + i]);
	}
	struct area below = {area.x, area.y + rows, area.width, area.height - rows};
	draw_below(app, canvas, below, selected(app));
}

/* ---- keys -------------------------------------------------------------------------------- */

static void move(struct app *app, int step)
{
	struct workflows_state *state = &app->workflows;
	int64_t at = (int64_t)state->selected + step, last = (int64_t)state->count - 1;

	if (state->count == 0 || !leave_git(app))
		return;
	state->selected = (size_t)(at < 0 ? 0 : at > last ? last : at);
	state->diff_of_commits = false;
}

static bool workflows_act(struct app *app, enum action action)
{
	struct workflows_state *state = &app->workflows;
	int step;

	if (action == ACTION_PAGE_DOWN || action == ACTION_PAGE_UP || action == ACTION_MARK)
		return page_act(&state->page, action, app->body.height / 2);
	if (action_moves(action, 1, (int)state->count, &step)) {
		move(app, step);
		return true;
	}
	switch (action) {
	case ACTION_OPEN:
		if (selected(app) != NULL)
			start_prepare(app, selected(app)->file);
		return true;
	case ACTION_JOURNAL:
		show_history(app);
		return true;
	case ACTION_DIFF:
		show_diff(app);
		return true;
	case ACTION_EDIT:
		edit(app);
		return true;
	case ACTION_COMMIT:
		ask_commit(app);
		return true;
	case ACTION_BACK:
		return close_git(app);
	default:
		return false;
	}
}

static const struct hint HINTS[] = {
	{ACTION_OPEN, "start"}, {ACTION_EDIT, NULL},   {ACTION_JOURNAL, "who changed it"},
	{ACTION_DIFF, "what"},	{ACTION_COMMIT, NULL}, {ACTION_RUNS, NULL},
	{ACTION_NONE, NULL}};

const struct view_ops view_workflows = {.title = "workflows",
					.hints = HINTS,
					.open = workflows_open,
					.draw = workflows_draw,
					.act = workflows_act};
