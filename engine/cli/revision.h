/* SPDX-License-Identifier: MIT
 *
 * Where a workflow stands in Git: the commit that is checked out around it, and which of the files
 * that it names are not as that commit has them.
 */
#ifndef HLP_CLI_REVISION_H
#define HLP_CLI_REVISION_H

#include "base/git_state.h"
#include "cli/source.h"

/* What it finds lies in the arena. */
void revision_find(const struct source *source, struct arena *arena, struct git_state *out);
/* Says how the files differ from the commit. */
void revision_say_diff(struct cli *cli, const struct source *source,
		       const struct git_state *revision);

#endif
