/* SPDX-License-Identifier: MIT
 *
 * One turn: wait for a key, the engine or a deadline; take what came; draw if anything changed.
 * Keys are answered at once, news at most twenty times a second.
 */
#include "tui/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "tui/console.h"
#include "tui/mouse.h"

#define FRAME_US (CLOCK_SECOND_US / 20)

struct turn {
	int64_t drawn_us; /* the last frame */
	bool pressed;	  /* a key came in this turn */
	int out_fd;	  /* the terminal while a frame is on its way; else -1 */
	int64_t frame_us; /* least time between frames that no key asked for */
};

static void set_time(struct app *app)
{
	app->now_us = loop_now_us();
	app->wall_us = clock_wall_us(clock_system());
}

static int64_t next_us(const struct app *app, const struct turn *turn)
{
	int64_t next = console_deadline_us(app);
	int64_t engine = client_deadline_us(app->client);

	if (engine < next)
		next = engine;
	/* While a frame is on its way, that it has left is what is waited for. */
	if (app->changed && turn->out_fd < 0 && turn->drawn_us + turn->frame_us < next)
		next = turn->drawn_us + turn->frame_us;
	return next;
}

/* Returns -1 when the terminal is gone. */
static int wait_for(struct app *app, const struct turn *turn, const sigset_t *waiting)
{
	int fd = client_fd(app->client);
	/* poll(2) passes over a negative descriptor */
	struct pollfd fds[5] = {{.fd = STDIN_FILENO, .events = POLLIN},
				{.fd = fd, .events = client_poll_events(app->client)},
				{.fd = app->workflows.git.fd, .events = POLLIN},
				{.fd = turn->out_fd, .events = POLLOUT},
				{.fd = app->report.fd, .events = POLLIN}};
	int64_t next = next_us(app, turn);
	int64_t wait_us = next > app->now_us ? next - app->now_us : 0;
	struct timespec timeout = {.tv_sec = wait_us / CLOCK_SECOND_US,
				   .tv_nsec = wait_us % CLOCK_SECOND_US * 1000};

	int status = ppoll(fds, 5, next == INT64_MAX ? NULL : &timeout, waiting);
	if (status < 0)
		return errno == EINTR ? 0 : -1;
	return fds[0].revents & (POLLHUP | POLLERR | POLLNVAL) ? -1 : 0;
}

static void take_mouse(struct app *app, struct term *term, uint32_t key)
{
	int x, y;

	term_click(term, &x, &y);
	if (key == PRESS_CLICK)
		mouse_click(app, x, y);
	else if (key != PRESS_LET_GO)
		mouse_wheel(app, key == PRESS_WHEEL_UP);
}

static void take_keys(struct app *app, struct term *term, struct turn *turn)
{
	for (uint32_t key = term_key(term); key != PRESS_NONE && !app->leave;
	     key = term_key(term)) {
		turn->pressed = true;
		if (key >= PRESS_WHEEL_UP && key <= PRESS_LET_GO)
			take_mouse(app, term, key);
		else
			console_key(app, key);
	}
}

static void run_errand(struct app *app, struct term *term)
{
	struct errand errand = app->errand;

	app->errand = (struct errand){0};
	int status = errand_run(&errand, term);
	if (errand.then != NULL)
		errand.then(app, status);
	errand_forget(&errand);
	app->changed = app->urgent = true;
}

static void show(struct app *app, struct term *term, struct turn *turn)
{
	int width, height;

	if (app->suspend) {
		app->suspend = false;
		term_suspend(term);
		app->changed = true;
	}
	if (term_heed_signals(term))
		app->changed = app->urgent = true;
	if (app->errand.command != NULL)
		run_errand(app, term);
	term_size(term, &width, &height);
	app_resize(app, width, height);
	term_set_mouse(term, app->mouse);
	if (app->redraw)
		term_redraw(term);
	app->redraw = false;
	if (app->copy != NULL)
		term_copy(term, app->copy);
	free(app->copy);
	app->copy = NULL;
	if (app->beep)
		term_beep(term);
	app->beep = false;
	bool due = turn->pressed || app->urgent || app->now_us - turn->drawn_us >= turn->frame_us;
	bool busy = term_is_busy(term);
	turn->out_fd = term_fd(term);
	if (!app->changed || !due || busy)
		return;
	app->urgent = false;
	console_draw(app);
	term_show(term, &app->canvas, app->cursor);
	turn->drawn_us = app->now_us;
	turn->out_fd = term_fd(term);
}

int loop_console(struct app *app, struct term *term, const sigset_t *waiting, struct err *err)
{
	struct turn turn = {.out_fd = -1,
			    .frame_us = term_is_slow(term) ? CLOCK_SECOND_US : FRAME_US};

	app->quiet = term_is_slow(term);

	while (!app->leave) {
		set_time(app);
		turn.pressed = false;
		take_keys(app, term, &turn);
		client_process(app->client);
		console_tick(app);
		show(app, term, &turn);
		if (!app->leave && wait_for(app, &turn, waiting) < 0)
			return err_set(err, ERR_IO, "the terminal is gone");
	}
	return 0;
}
