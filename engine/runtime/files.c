/* SPDX-License-Identifier: MIT
 *
 * Where a node's files are and what was recorded of them.
 */
#include "runtime/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

const char *files_folder(const struct execution *execution, const struct node_spec *spec,
			 struct arena *arena)
{
	char *joined = file_join(execution->folder, spec->workdir);
	char *kept = arena_strdup(arena, joined);

	free(joined);
	return kept;
}

void files_item(const struct execution *execution, const struct revision *revision,
		struct event_item *out)
{
	*out = (struct event_item){
		.kind = "artifact",
		.name = execution->workflow->nodes[revision->node]
				.artifacts[revision->artifact]
				.path,
		.number = revision->artifact,
		.absent = revision->absent,
		.size = revision->size,
		.mode = revision->mode,
		.uid = revision->uid,
		.gid = revision->gid,
		.mtime_ns = revision->mtime_ns,
		.inode = revision->inode,
	};
	memcpy(out->blob, revision->blob, sizeof(out->blob));
}
