/* SPDX-License-Identifier: MIT
 *
 * The recording of a person's shell: what its terminal showed, secrets hidden before anything
 * reaches the disk, and beside it when how much was there (store/output.h reads both, as it reads
 * what attempts printed). The size of the terminal stands in it as the sequence that sets it. One
 * thread.
 */
#ifndef HLP_RELAY_RECORD_H
#define HLP_RELAY_RECORD_H

#include <stdint.h>
#include <sys/ioctl.h>

#include "base/err.h"
#include "base/screen.h"
#include "relay/mask.h"

struct record_control {
	uint64_t place; /* before this byte of the text */
	size_t length;
};

struct record {
	int fd, times_fd; /* -1: not open, or given up */
	const struct mask *mask;
	struct mask_stream stream;
	struct screen screen;
	uint64_t put, decided;		 /* bytes of text so far */
	struct record_control *controls; /* those that wait for the text before them */
	size_t controls_first, controls_count, controls_capacity;
	struct buf control_bytes; /* of them, one after the other */
	struct buf out;
	int64_t most, written; /* most 0: no bound */
	int64_t sampled_us;    /* wall clock */
	int error;	       /* errno that ended it early; 0 */
};

/* What hides a secret in a terminal's text, which has no line ends: beside mask_add. */
void record_hide(struct mask *mask, const char *secret, size_t length);

/* Makes the files and the folders above them. The mask is borrowed. */
int record_open(struct record *record, const char *path, int64_t most, const struct mask *mask,
		struct err *err);
void record_size(struct record *record, const struct winsize *size);
void record_take(struct record *record, const char *data, size_t length);
/* Writes what was held back, and closes. */
void record_close(struct record *record);

#endif
