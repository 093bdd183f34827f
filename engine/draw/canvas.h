/* SPDX-License-Identifier: MIT
 *
 * A grid of character cells: what views and graphs draw into, and what tests compare. Knows nothing
 * of terminals. Text passes the gate of base/text.h here, so nothing drawn can carry a control.
 * Everything is clipped to the canvas and, inside it, to the clip rectangle. One thread.
 */
#ifndef HLP_DRAW_CANVAS_H
#define HLP_DRAW_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "draw/role.h"

enum cell_attribute { CELL_BOLD = 1, CELL_REVERSE = 2, CELL_UNDERLINE = 4, CELL_DIM = 8 };

struct cell {
	uint32_t code;	    /* code point; 0: the right half of a wide one */
	uint8_t role;	    /* enum role */
	uint8_t attributes; /* set of enum cell_attribute */
};

struct canvas {
	struct cell *cells; /* height rows of width cells; owned */
	int width, height;
	int clip_x, clip_y, clip_width, clip_height;
	bool ascii; /* draw only ASCII: box lines and glyphs are replaced */
};

void canvas_init(struct canvas *canvas, int width, int height);
void canvas_release(struct canvas *canvas);
void canvas_resize(struct canvas *canvas, int width, int height); /* contents are cleared */
void canvas_clear(struct canvas *canvas);			  /* blanks of ROLE_text */
void canvas_clip(struct canvas *canvas, int x, int y, int width, int height);
void canvas_unclip(struct canvas *canvas);

void canvas_put(struct canvas *canvas, int x, int y, uint32_t code, enum role role,
		unsigned attributes);
/* Draws text from outside or ours, one line, at most `columns` wide (-1: to the edge); what does
 * not fit ends in '…' ('~' in ASCII). Returns the columns drawn. */
int canvas_text(struct canvas *canvas, int x, int y, int columns, enum role role,
		unsigned attributes, const char *text);
int canvas_printf(struct canvas *canvas, int x, int y, int columns, enum role role,
		  unsigned attributes, const char *format, ...)
	__attribute__((format(printf, 7, 8)));
void canvas_fill(struct canvas *canvas, int x, int y, int width, int height, uint32_t code,
		 enum role role, unsigned attributes);
void canvas_box(struct canvas *canvas, int x, int y, int width, int height, enum role role,
		const char *title);
/* Adds attributes to cells that are there (selection). */
void canvas_mark(struct canvas *canvas, int x, int y, int width, unsigned attributes);

/* Lines of box drawing by direction masks that are OR-ed where they meet: U1 D2 L4 R8; +16 heavy. A
 * crossing is drawn as such only by the mask of all four. */
enum line_mask { LINE_UP = 1, LINE_DOWN = 2, LINE_LEFT = 4, LINE_RIGHT = 8, LINE_HEAVY = 16 };
uint32_t canvas_line_glyph(unsigned mask, bool ascii);

/* The canvas as lines of UTF-8 text, trailing blanks cut; for tests, pipes and `hlp graph`. */
void canvas_to_text(const struct canvas *canvas, struct buf *out);

#endif
