/* SPDX-License-Identifier: MIT
 *
 * What a process was working on when it died of its own doing: each thread says what it works on,
 * and a fatal signal writes that of the thread it struck into a file, for the next start to read.
 * A signal that another process sent leaves no word. One box a process.
 */
#ifndef HLP_BASE_BLACKBOX_H
#define HLP_BASE_BLACKBOX_H

#include "base/err.h"

#define BLACKBOX_TEXT 32

struct blackbox_record {
	int signal; /* 0: there is no record */
	char about[BLACKBOX_TEXT];
};

/* Opens the file NAME of a folder, takes out what the last process left, and has this process's
 * fatal signals recorded from now on. */
int blackbox_open(int folder_fd, const char *name, struct blackbox_record *out, struct err *err);
/* Gives the calling thread a stack for fatal signals, unless it has one: with it a thread whose own
 * stack is full leaves its word too. The thread that opens the box has one by that. */
void blackbox_watch_thread(void);
/* What the calling thread works on from now on; NULL: on nothing in particular. Longer texts are
 * cut. Costs a copy of a few bytes. */
void blackbox_about(const char *what);

#endif
