/* SPDX-License-Identifier: MIT
 *
 * The last word of hlp-relay about an attempt, for the launcher: an exit status of a process has
 * eight bits, which cannot say "the remote end is not known". A file of one protocol frame
 * beside the attempt's output, EXITED or LOST, replaced as a whole. It is written before the
 * attempt's end could be unknown, and again when the end is known; so a relay that is killed
 * leaves a true word too. Any thread.
 */
#ifndef HLP_LAUNCH_NOTE_H
#define HLP_LAUNCH_NOTE_H

#include "launch/protocol.h"

/* The relay's exit status that means: read the note. */
#define NOTE_STATUS 125

/* The note's path, from that of the attempt's output. The caller frees it. */
char *note_path(const char *output);

int note_write(const char *path, const struct launch_message *note, struct err *err);
/* ERR_NOT_FOUND when there is none, ERR_CORRUPT when it is not of this attempt; texts of *out lie
 * in `arena`. */
int note_read(const char *path, const char *attempt, struct arena *arena,
	      struct launch_message *out, struct err *err);

#endif
