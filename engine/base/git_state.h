/* SPDX-License-Identifier: MIT
 *
 * What the program git says of files in a folder: the commit that is checked out around them, and
 * which of them are not as that commit has them. One function for whoever must tell, before a start
 * or of it. It changes nothing, runs no program that the repository's settings name for a diff, and
 * takes a repository of another user for none. Blocks while git runs; any thread.
 */
#ifndef HLP_BASE_GIT_STATE_H
#define HLP_BASE_GIT_STATE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/mem.h"

struct git_state {
	char commit[41];      /* hex; "" outside Git, or without the program */
	const char **changed; /* the files that differ, relative to the folder */
	size_t changed_count;
	size_t known_count; /* of these, from the front: Git has a version of them */
};

/* `files` relative to the folder; those that are not there, or not in it, are passed over, and so
 * are those beyond the 2,000th. What it finds lies in the arena. */
void git_state_find(const char *folder, const char *const *files, size_t count, struct arena *arena,
		    struct git_state *out);
/* How the changed files differ from the commit. Negative when git cannot tell. */
int git_state_diff(const char *folder, const struct git_state *state, struct buf *out);

#endif
