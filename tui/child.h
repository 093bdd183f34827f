/* SPDX-License-Identifier: MIT
 *
 * A command whose output a view shows, such as Git's history of a file: started without a shell,
 * read as it comes, its standard input empty. Nothing waits for it. One thread.
 */
#ifndef HLP_TUI_CHILD_H
#define HLP_TUI_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

#define CHILD_BYTES ((size_t)1024 * 1024) /* of what it prints that are kept */

struct child {
	pid_t pid; /* 0: none */
	int fd;	   /* what it prints, both streams; -1: none */
	struct buf out;
	bool ended;
	int status; /* as waitpid(2) has it, once it has ended */
};

void child_init(struct child *child);
/* Ends one that runs, and forgets what it printed. */
void child_stop(struct child *child);
void child_release(struct child *child);
/* Waits until one that runs has ended by itself. For what must not be ended half way. */
void child_finish(struct child *child);

/* `words` ends with NULL; the first is looked up in PATH. One that runs is ended before. */
int child_start(struct child *child, const char *const *words, struct err *err);
/* Reads what is there; true when there was something new, or its end. Never blocks. */
bool child_read(struct child *child);
bool child_succeeded(const struct child *child);

#endif
