/* SPDX-License-Identifier: MIT
 *
 * What attempts printed: one file an attempt beneath $HLP_HOME/output, written by the launcher's
 * child, read here by byte range, never as a whole. Any thread.
 */
#ifndef HLP_STORE_OUTPUT_H
#define HLP_STORE_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads up to `length` bytes from `offset` (negative: that many before the end) into `out`.
 * *out_size is the file's size now, *out_offset where the bytes begin. A file that is not there
 * (nothing printed) has size 0. */
int output_read(const char *path, int64_t offset, size_t length, struct buf *out,
		int64_t *out_offset, int64_t *out_size, struct err *err);
/* The file's size now; 0 if it is not there. */
int64_t output_size(const char *path);
/* When bytes came: at that time so many had been printed. */
struct output_time {
	int64_t bytes, time_us;
};
/* The samples from the first one of at least `from` bytes to the first of at least `to`, at most
 * OUTPUT_TIMES of them; none is no failure. The caller frees *out. */
#define OUTPUT_TIMES ((size_t)2000)
size_t output_times(const char *path, int64_t from, int64_t to, struct output_time **out);
/* Removes an execution's folder of outputs. */
int output_remove(const char *folder, struct err *err);

#endif
