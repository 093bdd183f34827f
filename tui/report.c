/* SPDX-License-Identifier: MIT
 *
 * The file lies where the console was started, or at home where nothing may be written there. One
 * that is there already is left alone: somebody may have written on it.
 */
#include "tui/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "tui/app.h"

#define NAMES_MOST 100

void report_init(struct app *app)
{
	child_init(&app->report);
}

void report_release(struct app *app)
{
	child_release(&app->report);
}

/* The folder to write to; the caller frees it. */
static char *find_folder(void)
{
	const char *home = getenv("HOME");
	char *here = getcwd(NULL, 0);

	if (here != NULL && access(here, W_OK | X_OK) == 0)
		return here;
	free(here);
	return mem_strdup(home != NULL && home[0] != '\0' ? home : "/tmp");
}

/* "edge-cert-2-report.md", or the next one that is not there; the caller frees it. */
static char *find_file(const char *folder, const char *execution)
{
	char *name = mem_strdup(execution), *hash = strchr(name, '#'), *path = NULL;

	if (hash != NULL)
		*hash = '-'; /* shells and links take it for something else */
	for (int i = 1; i <= NAMES_MOST; i++) {
		char number[16] = "";
		free(path);
		if (i > 1)
			(void)snprintf(number, sizeof(number), "-%d", i);
		path = mem_printf("%s/%s-report%s.md", folder, name, number);
		if (!file_exists(path))
			break;
	}
	free(name);
	return path;
}

static void start(struct app *app, const char *program, const char *path)
{
	const char *words[] = {program, "report", app->execution, "--to", path, NULL};
	struct err err;

	if (child_start(&app->report, words, &err) < 0)
		app_say(app, ROLE_error, "%s", err.message);
	else
		app_say(app, ROLE_dim, "writing the report");
}

void report_write(struct app *app)
{
	char *program = NULL;
	struct err err;

	if (app->mirror.name == NULL) { /* or none that the engine knows, or has told yet */
		app_say(app, ROLE_dim, "there is no run to report");
		return;
	}
	if (proc_find_program("hlp", &program, &err) < 0) {
		app_say(app, ROLE_error, "%s", err.message);
		return;
	}
	char *folder = find_folder();
	char *path = find_file(folder, app->mirror.name);
	start(app, program, path);
	free(path);
	free(folder);
	free(program);
}

void report_tick(struct app *app)
{
	struct child *child = &app->report;

	if (!child_read(child) || !child->ended)
		return;
	const char *said = buf_text(&child->out);
	app_say(app, child_succeeded(child) ? ROLE_text : ROLE_error, "%.*s",
		(int)strcspn(said, "\n"), said);
}
