/* SPDX-License-Identifier: MIT
 *
 * One turn after the other, as the loop of a terminal has them, with the script's next step between
 * two turns.
 */
#include "tui/headless.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/text.h"
#include "tui/console.h"

#define SCRIPT_BYTES ((size_t)1024 * 1024)
#define WAIT_US	     (15 * CLOCK_SECOND_US)
#define TURN_US	     (CLOCK_SECOND_US / 50)
#define SCREEN_BYTES ((size_t)8 * 1024 * 1024)

struct script {
	struct app *app;
	char *rest; /* of the text */
	int line;
	char *wanted;	  /* of a wait; NULL: none */
	bool gone;	  /* it is waited for that it is not there */
	int64_t until_us; /* of a pause or a wait; 0: none */
};

static void turn(struct app *app)
{
	struct pollfd fds[3] = {
		{.fd = client_fd(app->client), .events = client_poll_events(app->client)},
		{.fd = app->workflows.git.fd, .events = POLLIN},
		{.fd = app->report.fd, .events = POLLIN}};

	(void)poll(fds, 3, (int)(TURN_US / 1000)); /* a signal only ends the wait */
	app->now_us = loop_now_us();
	app->wall_us = clock_wall_us(clock_system());
	client_process(app->client);
	console_tick(app);
	app->redraw = app->suspend = app->beep = false;
	if (app->errand.command != NULL) {
		errand_forget(&app->errand);
		app_say(app, ROLE_error, "there is no terminal that could be given away");
	}
	console_draw(app);
}

static int write_screen(struct app *app, const char *file, struct err *err)
{
	struct buf text;
	FILE *to = file == NULL || strcmp(file, "-") == 0 ? stdout : fopen(file, "we");

	if (to == NULL)
		return err_errno(err, errno, "cannot write '%s'", file);
	console_draw(app);
	buf_init(&text, SCREEN_BYTES);
	canvas_to_text(&app->canvas, &text);
	bool failed = fputs(buf_text(&text), to) < 0;
	buf_release(&text);
	if (to != stdout ? fclose(to) != 0 : fflush(to) != 0)
		failed = true;
	return failed ? err_set(err, ERR_IO, "cannot write the screen") : 0;
}

static bool shows(struct app *app, const char *wanted)
{
	struct buf text;

	buf_init(&text, SCREEN_BYTES);
	canvas_to_text(&app->canvas, &text);
	bool found = strstr(buf_text(&text), wanted) != NULL;
	buf_release(&text);
	return found;
}

/* ---- steps ------------------------------------------------------------------------------- */

static void type(struct app *app, const char *text)
{
	size_t length = strlen(text);

	for (size_t at = 0; at < length;) {
		uint32_t code = '?';
		size_t step = text_decode(text + at, length - at, &code);
		console_key(app, code);
		console_draw(app);
		at += step ? step : 1;
	}
}

static int press(struct app *app, char *names, struct err *err)
{
	char *rest = NULL;

	for (char *name = strtok_r(names, " ", &rest); name != NULL;
	     name = strtok_r(NULL, " ", &rest)) {
		uint32_t key = action_key_of(name);
		if (key == PRESS_NONE)
			return err_set(err, ERR_INVALID, "'%s' is no key", name);
		console_key(app, key);
		console_draw(app);
	}
	return 0;
}

static void wait_for(struct script *script, const char *text, bool gone)
{
	free(script->wanted);
	script->wanted = mem_strdup(text);
	script->gone = gone;
	script->until_us = script->app->now_us + WAIT_US;
}

static int step(struct script *script, char *line, struct err *err)
{
	char *rest = line + strcspn(line, " ");

	if (*rest != '\0')
		*rest++ = '\0';
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	if (strcmp(line, "press") == 0)
		return press(script->app, rest, err);
	if (strcmp(line, "dump") == 0)
		return write_screen(script->app, rest, err);
	if (strcmp(line, "type") == 0)
		type(script->app, rest);
	else if (strcmp(line, "wait") == 0 || strcmp(line, "gone") == 0)
		wait_for(script, rest, line[0] == 'g');
	else if (strcmp(line, "pause") == 0)
		script->until_us =
			script->app->now_us + (int64_t)(strtod(rest, NULL) * CLOCK_SECOND_US);
	else
		return err_set(err, ERR_INVALID,
			       "'%s' is no step: type, press, wait, gone, pause or dump", line);
	return 0;
}

/* Whether the script may go on; negative when what it waits for did not come. */
static int is_due(struct script *script, struct err *err)
{
	struct app *app = script->app;

	if (script->wanted != NULL && shows(app, script->wanted) != script->gone) {
		free(script->wanted);
		script->wanted = NULL;
		script->until_us = 0;
	}
	if (app->now_us < script->until_us)
		return 0;
	if (script->wanted != NULL)
		return err_set(err, ERR_TIMEOUT, "line %d: in vain waited for: %s%s", script->line,
			       script->gone ? "no " : "", script->wanted);
	script->until_us = 0;
	return 1;
}

static int run_script(struct script *script, struct err *err)
{
	while (!script->app->leave) {
		turn(script->app);
		int due = is_due(script, err);
		if (due < 0)
			return due;
		if (due == 0)
			continue;
		char *line = strsep(&script->rest, "\n");
		if (line == NULL)
			return 0;
		script->line++;
		int status = step(script, line, err);
		if (status < 0)
			return status;
	}
	return 0;
}

/* Without a script: until there is something to see. */
static int wait_for_picture(struct app *app, struct err *err)
{
	int64_t until_us = loop_now_us() + WAIT_US;

	for (;;) {
		turn(app);
		bool listed = app_view(app) == VIEW_RUNS && app->runs.answer.message != NULL &&
			      !app->runs.open_live;
		if (listed || (app->mirror.has_graph && app->mirror.has_rows))
			return 0;
		if (app->now_us > until_us)
			return err_set(err, ERR_TIMEOUT, "the engine does not answer");
	}
}

int headless_run(struct app *app, const struct headless_options *options, struct err *err)
{
	struct script script = {.app = app};
	char *text = NULL;
	size_t length = 0;
	int status;

	app_resize(app, options->width, options->height);
	if (options->script == NULL) {
		status = wait_for_picture(app, err);
	} else {
		status = file_read(options->script, SCRIPT_BYTES, &text, &length, err);
		script.rest = text;
		status = status < 0 ? status : run_script(&script, err);
	}
	free(script.wanted);
	free(text);
	struct err ignored = {0}; /* of two failures the first counts */
	int wrote = write_screen(app, options->dump, status < 0 ? &ignored : err);
	return status < 0 ? status : wrote;
}
