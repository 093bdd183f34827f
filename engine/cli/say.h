/* SPDX-License-Identifier: MIT
 *
 * The one place of hlp that writes. Whatever is said passes the gate of base/text.h, so no byte
 * from outside can steer a terminal; colours and cursor movements are our own, and only for
 * terminals. Writing is gathered until say_flush or the end. One thread.
 */
#ifndef HLP_CLI_SAY_H
#define HLP_CLI_SAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "draw/role.h"
#include "model/state.h"

struct say {
	int fd;
	bool terminal;
	bool colour; /* NO_COLOR, TERM=dumb and pipes say no */
	bool utf8;
	bool failed; /* the reader went away */
	bool titled; /* the window has a name of ours */
	struct buf pending;
};

void say_init(struct say *say, int fd);
void say_release(struct say *say); /* flushes */
void say_flush(struct say *say);
int say_columns(const struct say *say); /* of the terminal now; 80 elsewhere */

/* Text, ours or from outside: newlines and tabs pass, other controls are shown as escapes. */
void say_text(struct say *say, const char *data, size_t length);
void say_printf(struct say *say, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* At most `columns` columns of one line; what does not fit ends in "…" or "~". */
void say_fit(struct say *say, int columns, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Text, then blanks up to `columns`. Longer text is not cut. */
void say_cell(struct say *say, int columns, const char *text);
/* A way out, indented: a command to type and what it would do. */
void say_way(struct say *say, const char *meaning, const char *command, ...)
	__attribute__((format(printf, 3, 4)));
/* A document for programs: as it is into a file or pipe, through the gate on a terminal. */
void say_document(struct say *say, const char *data, size_t length);
/* Bytes as they are; only what the caller was asked for with --raw. */
void say_raw(struct say *say, const void *data, size_t length);

void say_style(struct say *say, enum role role); /* until say_plain; nothing without colour */
void say_plain(struct say *say);
/* The glyph of a state in its colour, or its ASCII form. */
void say_glyph(struct say *say, enum state state, enum reason reason);

/* Words of a text, broken between them within the terminal, each line after two blanks, or as many
 * as `indent` says. A single newline is a blank: the terminal's width decides. */
void say_paragraph(struct say *say, const char *text);
void say_paragraph_at(struct say *say, int indent, const char *text);
/* The same behind `used` columns that are there already. */
void say_wrapped(struct say *say, int indent, int used, const char *text);

/* Our own movements; nothing happens off a terminal. */
void say_erase_lines(struct say *say,
		     int lines); /* the last `lines` lines, cursor at their start */

/* Names the terminal's window, until say_title_end gives it back the name it had. */
void say_title(struct say *say, const char *text);
void say_title_end(struct say *say);
void say_bell(struct say *say);

#endif
