/* SPDX-License-Identifier: MIT
 *
 * What a rollback is asked for: how much goes back, and the words that were said for what needs one
 * (a point of no return that is passed, a file that somebody else wrote since, what is left as it
 * is). One thread.
 */
#ifndef HLP_TUI_ROLLBACK_H
#define HLP_TUI_ROLLBACK_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/hlp.pb-c.h"

#define ROLLBACK_WORDS 16

#define ROLLBACK_CHECKPOINTS 9 /* to choose from by a digit: the newest */

enum rollback_level {
	ROLLBACK_NODE,
	ROLLBACK_PHASE,
	ROLLBACK_ALL,
	ROLLBACK_FILE,
	ROLLBACK_CHECKPOINT
};

struct rollback_words {
	char *list[ROLLBACK_WORDS]; /* owned */
	size_t count;
};

struct rollback {
	enum rollback_level level;
	char target[400];  /* node, phase, execution, checkpoint, or NODE:PATH */
	char revision[24]; /* of a file; "": what it was before its node ran */
	struct rollback_words past, overwrite, exclude;
};

void rollback_forget(struct rollback *rollback);
void rollback_set(struct rollback *rollback, enum rollback_level level, const char *target,
		  const char *revision);
/* What must be typed to carry it out: of a file its path alone. */
const char *rollback_name(const struct rollback *rollback);
/* Takes "past NODE", "overwrite FILE" or "leave NODE"; false for anything else. */
bool rollback_take_word(struct rollback *rollback, const char *line);
/* The n-th that can be gone back to, the newest first, from 1; NULL: there are fewer. */
const Hlp__V1__Checkpoint *rollback_checkpoint(const Hlp__V1__CheckpointList *list, unsigned n);
/* Fills in what is asked for; borrows from the rollback. */
void rollback_fill(struct rollback *rollback, Hlp__V1__RollbackRequest *request);

#endif
