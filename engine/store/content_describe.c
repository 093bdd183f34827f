/* SPDX-License-Identifier: MIT
 *
 * Where a workflow stands in the Git repository that its authors keep it in. Git is asked by
 * base/git_state.h, as before a start, so that both say the same.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/git_state.h"
#include "store/content.h"

void content_describe(const char *path, const char *const *named, size_t count, char out_commit[41],
		      bool *out_dirty)
{
	struct arena arena = {0};
	const char **files = arena_alloc(&arena, (count + 1) * sizeof(*files));
	char *folder = file_folder(path);
	struct git_state state;

	files[0] = strrchr(path, '/') + 1;
	if (count)
		memcpy(files + 1, named, count * sizeof(*files));
	git_state_find(folder, files, count + 1, &arena, &state);
	memcpy(out_commit, state.commit, sizeof(state.commit));
	*out_dirty = state.changed_count > 0;
	free(folder);
	arena_release(&arena);
}
