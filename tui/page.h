/* SPDX-License-Identifier: MIT
 *
 * A page: lines of wrapped text with a role each, taller than its window perhaps. Views fill it
 * anew for the width at hand and draw the part that is scrolled to. What is added passes the gate.
 * One thread.
 */
#ifndef HLP_TUI_PAGE_H
#define HLP_TUI_PAGE_H

#include <stddef.h>

#include "base/buf.h"
#include "draw/canvas.h"
#include "tui/action.h"

struct area {
	int x, y, width, height;
};

struct page_line {
	size_t offset; /* of its NUL-ended text */
	int indent;
	enum role role;
	unsigned attributes;
};

struct page {
	struct buf text;
	struct page_line *lines;
	size_t count, capacity;
	int width; /* that it is being filled for */
	int top;   /* first line shown; kept from one filling to the next */
};

void page_init(struct page *page);
void page_release(struct page *page);
void page_start(struct page *page, int width); /* forgets the lines, keeps `top` */

/* Adds text, wrapped at words; all lines but the first begin at column `hang`. */
void page_add(struct page *page, enum role role, unsigned attributes, int hang, const char *text);
void page_addf(struct page *page, enum role role, unsigned attributes, int hang, const char *format,
	       ...) __attribute__((format(printf, 5, 6)));

/* The same for prose whose line breaks are only where the writer's lines ended: they become blanks,
 * but for those between paragraphs. */
void page_add_prose(struct page *page, enum role role, unsigned attributes, const char *text);

void page_scroll(struct page *page, int lines, int height);
/* Scrolls as an action says; false when it is no scrolling. */
bool page_act(struct page *page, enum action action, int height);
/* Draws from `top`, which it first brings into range. */
void page_draw(struct page *page, struct canvas *canvas, struct area area);

#endif
