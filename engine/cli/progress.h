/* SPDX-License-Identifier: MIT
 *
 * What a person or a log sees of an execution that is followed: one line a change, and on a
 * terminal a block beneath that is drawn again, the window's name, and the bell when a person is
 * wanted.
 */
#ifndef HLP_CLI_PROGRESS_H
#define HLP_CLI_PROGRESS_H

#include "cli/say.h"
#include "client/mirror.h"

#define PROGRESS_TITLE 200

struct progress_how {
	bool lines_only; /* no block, also on a terminal */
	bool quiet;	 /* nothing at all */
	bool from_now;	 /* what has happened before is not said again */
};

struct progress {
	struct progress_how how;
	const struct mirror *mirror;
	struct say *say;
	bool live;		    /* a block is drawn */
	bool only_grave;	    /* too many nodes for a line each: what went wrong only */
	int lines;		    /* of the block on the screen */
	struct progress_seen *seen; /* per node: what was last said of it */
	enum state state;	    /* the execution's, as last said */
	enum reason reason;
	bool begun;  /* the first rows have come */
	bool wanted; /* a person is, and was told so */
	char title[PROGRESS_TITLE];
};

void progress_init(struct progress *progress, const struct progress_how *how, struct say *say,
		   const struct mirror *mirror);
void progress_release(struct progress *progress);
/* Says what the update (already applied to the mirror) changed. */
void progress_note(struct progress *progress, const Hlp__V1__Update *update);
/* Draws the block again and flushes. */
void progress_draw(struct progress *progress, bool disconnected);
/* Takes the block away until it is drawn again. */
void progress_pause(struct progress *progress);
/* Takes the block away for good. */
void progress_end(struct progress *progress);

#endif
