/* SPDX-License-Identifier: MIT
 *
 * Recordings of the console, as asciicast v2: what was sent to the terminal, with its times. What
 * is secret is never drawn, so none is in them. Playing one sends to the terminal only what the
 * console itself sends; anything else in a file is left out. One thread.
 */
#ifndef HLP_TUI_CAST_H
#define HLP_TUI_CAST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct cast;

/* Makes the file, readable for its owner alone. */
int cast_open(const char *file, int width, int height, struct cast **out, struct err *err);
void cast_frame(void *cast, const char *bytes, size_t length); /* a term_tap */
int cast_close(struct cast *cast, struct err *err);	       /* accepts NULL */

/* Plays a recording on standard output, pauses cut to two seconds. */
int cast_play(const char *file, struct err *err);

/* Appends what of a frame may go to a terminal. Pure. */
void cast_filter(struct buf *out, const char *bytes, size_t length);
/* Reads a line `[TIME, "o", "DATA"]`; false for any other. Pure. */
bool cast_read_line(const char *line, double *out_time, struct buf *out_data);

#endif
