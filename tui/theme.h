/* SPDX-License-Identifier: MIT
 *
 * A theme: what each role looks like. Files are lines of `role = [COLOUR] [on COLOUR]
 * [attribute…]`; see themes/default.theme. Knows nothing of terminals.
 */
#ifndef HLP_TUI_THEME_H
#define HLP_TUI_THEME_H

#include "base/buf.h"
#include "base/err.h"
#include "draw/canvas.h"

struct theme_look {
	int foreground, background; /* 0 … 255 of the terminal's palette; -1: its default */
	unsigned attributes;	    /* with colour */
	unsigned plain;		    /* without colour: `mono …` of the line, else `attributes` */
};

struct theme {
	int foreground, background; /* of what names no colour; -1: the terminal's */
	struct theme_look looks[ROLES];
};

/* The look that is built in; the same as themes/default.theme. */
void theme_default(struct theme *theme);
/* Changes what the text names. A line that is not understood is skipped and named in `problems`
 * ("FILE:line: …" each). Returns how many there were. */
int theme_parse(struct theme *theme, const char *file, const char *text, size_t length,
		struct buf *problems);
/* Reads the named theme, or the default one when `name` is NULL, from beside the program or from
 * share/hlp/themes; a missing default file is fine. A name with a '/' is a path. */
int theme_load(struct theme *theme, const char *name, struct buf *problems, struct err *err);

#endif
