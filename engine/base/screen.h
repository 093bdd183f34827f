/* SPDX-License-Identifier: MIT
 *
 * What goes to a terminal, taken apart: text, and the controls between it (cursor movements,
 * colours, ends of lines), so that a secret is found though a terminal breaks it into lines. Pure.
 */
#ifndef HLP_BASE_SCREEN_H
#define HLP_BASE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define SCREEN_CONTROL_MAX ((size_t)128) /* bytes; longer ones are left out */

enum screen_state {
	SCREEN_TEXT,
	SCREEN_ESCAPE,
	SCREEN_SEQUENCE, /* ESC [ … */
	SCREEN_STRING, /* ESC ] … and its like: a title, a link; left out, for it may say anything
			*/
	SCREEN_STRING_END
};

struct screen {
	enum screen_state state;
	/* Held back: a blank, and a return after it. Together, and not at a line's end, they are
	 * how a shell breaks a line. */
	bool blank, blank_return;
	struct buf control;
	/* Called with each piece, in order. */
	void (*text)(void *ctx, char byte);
	void (*controls)(void *ctx, const char *data, size_t length);
	void *ctx;
};

void screen_init(struct screen *screen);
void screen_release(struct screen *screen);
void screen_take(struct screen *screen, const char *data, size_t length);
/* What is held back comes out. */
void screen_end(struct screen *screen);

/* Whether a byte is text to screen_take where no sequence is under way. */
bool screen_is_text(char byte);

#endif
