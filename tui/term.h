/* SPDX-License-Identifier: MIT
 *
 * The terminal: shows canvases, reads keys, and leaves the terminal as it was on every way out. The
 * only user of curses. The main thread, except term_rescue, which a signal handler may call.
 */
#ifndef HLP_TUI_TERM_H
#define HLP_TUI_TERM_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#include "base/err.h"
#include "draw/canvas.h"
#include "tui/theme.h"

/* What a signal handler needs to put the terminal back. Lives in main.c, since a handler can reach
 * nothing else. */
struct term_rescue {
	volatile sig_atomic_t armed;
	volatile sig_atomic_t stop_asked, continued; /* TSTP and CONT came */
	struct termios saved;
	char sequences[256]; /* leave the alternate screen, show the cursor, plain text */
	size_t sequences_length;
};

struct term;

enum term_colour { TERM_COLOUR_AUTO, TERM_COLOUR_NONE };

struct term_options {
	const struct theme *theme;
	enum term_colour colour;
	struct term_rescue *rescue;
};

/* Standard input and output must be a terminal that curses knows; ERR_UNSUPPORTED otherwise. */
int term_open(const struct term_options *options, struct term **out, struct err *err);
void term_close(struct term *term); /* accepts NULL; the terminal is as it was */

void term_size(struct term *term, int *out_width, int *out_height);

/* Whether a frame is still on its way: then none may be shown. Never blocks. */
bool term_is_busy(struct term *term);
int term_fd(const struct term *term); /* to poll for writing while a frame is on its way; or -1 */
bool term_is_slow(const struct term *term); /* a serial line: one frame a second, no clock */

/* Is given the bytes of each frame, for a recording. */
typedef void term_tap(void *ctx, const char *bytes, size_t length);
void term_set_tap(struct term *term, term_tap *tap, void *ctx);
/* Puts a text into the terminal's clipboard, where it has one (OSC 52). */
void term_copy(struct term *term, const char *text);
/* Puts the canvas on the screen; only what changed is sent. The cursor goes to (x, y), where a
 * screen reader looks for it; `visible` when something is typed there. */
struct term_cursor {
	int x, y;
	bool visible;
};
void term_show(struct term *term, const struct canvas *canvas, struct term_cursor cursor);
void term_redraw(struct term *term); /* the next term_show sends everything */
void term_beep(struct term *term);

/* The next key that is waiting, or PRESS_NONE. Never blocks. */
uint32_t term_key(struct term *term);
/* Whether clicks and the wheel come as keys. While they do, the terminal's own selecting needs
 * Shift. */
void term_set_mouse(struct term *term, bool on);
void term_click(const struct term *term, int *out_x, int *out_y); /* of the last PRESS_CLICK */

/* Gives the terminal back to whoever had it, for a while, and takes it again. */
void term_give(struct term *term);
void term_retake(struct term *term);

/* Gives the terminal back, stops this process, and takes it again when it is continued. */
void term_suspend(struct term *term);
/* What signals asked for since the last turn: suspends, or takes the terminal again from whoever
 * had it while this process was stopped. True when it must be drawn anew. */
bool term_heed_signals(struct term *term);

/* Async-signal-safe: writes the saved sequences and the saved settings. */
void term_rescue(const struct term_rescue *rescue);

/* Whether the locale's characters are UTF-8. */
bool term_is_utf8(void);

#endif
