/* SPDX-License-Identifier: MIT
 *
 * The file into which an attempt prints: made before the start, watched while it grows, gone when
 * it stayed empty. That of a short silent attempt is kept for a moment as a spare: the next start
 * gives it its own name. Making a file where many were just deleted costs ext4 60 us and deleting
 * it 15, giving one another name 10. While it grows, FILE.times beside it gets pairs of int64_t
 * (offset, wall time in microseconds; the machine's byte order), so that output can be shown with
 * times; an attempt that ends before the first look has none.
 *
 * A file over its bound is cut, and says so: its first `max` bytes stay, then comes a line that
 * counts what was not kept, then the last lines. The node is not stopped for printing much. Between
 * two looks the file may be larger. One thread.
 */
#ifndef HLP_LAUNCHER_OUTPUT_H
#define HLP_LAUNCHER_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct output_watch {
	int64_t size;	 /* when last looked at */
	int64_t dropped; /* bytes not kept so far */
};

#define OUTPUT_SPARES 16
struct output_spares { /* zeroed when empty */
	char *paths[OUTPUT_SPARES];
	size_t count;
};

/* Opens the file for appending, with its folders, out of a spare if there is one; returns a
 * descriptor. */
int output_open(struct output_spares *spares, const char *path, struct err *err);
/* Makes the empty file for $HLP_OUTPUT. */
int output_make_empty(const char *path, struct err *err);

/* Looks at a growing file: samples its size, and cuts it when it is over `max` (0: no bound). */
void output_look(const char *path, int64_t max, int64_t wall_us, struct output_watch *watch);
/* Appends its last bytes, from the beginning of a line where there is one; nothing when it cannot
 * be read. Of a file to which nothing writes any more. */
#define OUTPUT_TAIL_BYTES 16384 /* also what a cut file keeps of the newest */
void output_tail(const char *path, struct buf *out);
/* The last look: removes an empty file, or keeps it as a spare when `spares` is not NULL. That may
 * be asked only when nothing that could still write to it is left. */
void output_finish(struct output_spares *spares, const char *path, int64_t max,
		   struct output_watch *watch);
/* Removes what nobody wanted. */
void output_drop_spares(struct output_spares *spares);

#endif
