/* SPDX-License-Identifier: MIT
 *
 * Where a workflow stands in Git: the commit that is checked out around it, and which of the files
 * that it names are not as that commit has them. Asks the program git, which changes nothing.
 */
#ifndef HLP_CLI_REVISION_H
#define HLP_CLI_REVISION_H

#include "cli/source.h"

struct revision_state {
	const char *commit;   /* forty digits; "" outside Git */
	const char **changed; /* the files that differ, relative to the workflow's folder */
	size_t changed_count;
	size_t known_count; /* of these, from the front: Git has a version of them */
};

/* What it finds lies in the arena. Without git, or outside of a repository: no commit. */
void revision_find(const struct source *source, struct arena *arena, struct revision_state *out);
/* Says how the files differ from the commit. */
void revision_say_diff(struct cli *cli, const struct source *source,
		       const struct revision_state *revision);

#endif
