/* SPDX-License-Identifier: MIT
 *
 * The refs of checkpoints, refs/hlp/checkpoints/EXECUTION/NAME. Both names are plain enough for Git
 * as they are. Private to engine/store.
 */
#ifndef HLP_STORE_CHECKPOINT_REF_H
#define HLP_STORE_CHECKPOINT_REF_H

#include <git2.h>
#include <stddef.h>

#define CHECKPOINT_REFS	 "refs/hlp/checkpoints/"
#define CHECKPOINT_STATE "state" /* the text in its tree */

/* The caller frees it. */
char *checkpoint_ref_name(const char *execution, const char *name);

/* Removes all refs of the execution but those of these names. libgit2's code. */
struct checkpoint_refs {
	const char *execution;
	const char *const *kept;
	size_t kept_count;
};
int checkpoint_ref_drop(git_repository *git, const struct checkpoint_refs *refs);

#endif
