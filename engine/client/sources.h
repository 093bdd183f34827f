/* SPDX-License-Identifier: MIT
 *
 * Where workflows are kept, so that a name is enough: this folder, workflows/ in it, the folders of
 * HLP_WORKFLOWS (parted by colons), and those that came with the program. In each, NAME/NAME.yaml
 * and NAME.yaml, and but for this folder any FOLDER/NAME.yaml; the first found is the one that a
 * name means.
 */
#ifndef HLP_CLIENT_SOURCES_H
#define HLP_CLIENT_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct sources_entry {
	const char *name;	 /* the workflow's, or its file's when it is not valid */
	const char *file;	 /* as `hlp run` takes it */
	const char *description; /* "" without */
	bool valid;
	bool bundled; /* it came with the program */
};

/* The file of a name, to be freed; NULL when there is none. */
char *sources_find(const char *name);
/* All workflows, each name once: one's own by name, then those that came with the program. What is
 * plainly no workflow is passed over. Returns their number; *out lies in the arena. */
size_t sources_list(struct arena *arena, struct sources_entry **out);

#endif
