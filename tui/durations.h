/* SPDX-License-Identifier: MIT
 *
 * How long the completed runs of a workflow took, so that "it takes long today" can be told from
 * "it always does". Pure.
 */
#ifndef HLP_TUI_DURATIONS_H
#define HLP_TUI_DURATIONS_H

#include <stddef.h>
#include <stdint.h>

#include "draw/canvas.h"
#include "tui/page.h"

#define DURATIONS_BUCKETS 40
#define DURATIONS_ROWS	  4

struct durations {
	size_t count;
	int64_t least_us, median_us, nine_of_ten_us, most_us;
	size_t buckets[DURATIONS_BUCKETS]; /* from least to most, each of the same width */
	size_t filled;			   /* buckets that are used: one, when all took the same */
};

/* Sorts `values`. Nothing is known of none. */
void durations_of(int64_t *values, size_t count, struct durations *out);
/* How many of `values`, sorted, are less. */
size_t durations_faster(const int64_t *values, size_t count, int64_t than_us);
/* DURATIONS_ROWS lines at (area.x, area.y); `own_us` is marked, -1: none. */
void durations_draw(const struct durations *durations, struct canvas *canvas, struct area area,
		    int64_t own_us);

#endif
