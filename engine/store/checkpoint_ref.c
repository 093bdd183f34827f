/* SPDX-License-Identifier: MIT
 *
 * Naming and removing refs of checkpoints.
 */
#include "store/checkpoint_ref.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

char *checkpoint_ref_name(const char *execution, const char *name)
{
	return mem_printf("%s%s/%s", CHECKPOINT_REFS, execution, name);
}

static bool is_kept(const struct checkpoint_refs *refs, const char *name)
{
	for (size_t i = 0; i < refs->kept_count; i++)
		if (strcmp(refs->kept[i], name) == 0)
			return true;
	return false;
}

int checkpoint_ref_drop(git_repository *git, const struct checkpoint_refs *refs)
{
	char *folder = checkpoint_ref_name(refs->execution, "");
	git_strarray all = {0};
	int result = git_reference_list(&all, git);

	for (size_t i = 0; result == 0 && i < all.count; i++) {
		const char *name = all.strings[i];

		if (strncmp(name, folder, strlen(folder)) == 0 &&
		    !is_kept(refs, name + strlen(folder)))
			result = git_reference_remove(git, name);
	}
	git_strarray_dispose(&all);
	free(folder);
	return result;
}
