/* SPDX-License-Identifier: MIT
 *
 * Where a workflow file stands in the Git repository that its authors keep it in. Only looks: the
 * repository may belong to somebody else, so nothing of it is run or changed.
 */
#include <git2.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/content.h"
#include "store/repo.h"

/* The path inside the repository's working tree; NULL when it is not in there. Caller frees. */
static char *path_inside(git_repository *git, const char *path)
{
	const char *root = git_repository_workdir(git);
	char *real = realpath(path, NULL), *real_root = root ? realpath(root, NULL) : NULL;
	size_t length = real_root ? strlen(real_root) : 0;
	char *inside = NULL;

	if (real && real_root && strncmp(real, real_root, length) == 0 && real[length] == '/')
		inside = mem_strdup(real + length + 1);
	free(real);
	free(real_root);
	return inside;
}

static bool differs(git_repository *git, const git_oid *commit_id, const char *inside)
{
	git_commit *commit = NULL;
	git_tree *tree = NULL;
	git_tree_entry *entry = NULL;
	bool same = false;
	git_oid now;

	if (git_commit_lookup(&commit, git, commit_id) == 0 &&
	    git_commit_tree(&tree, commit) == 0 &&
	    git_tree_entry_bypath(&entry, tree, inside) == 0 &&
	    git_repository_hashfile(&now, git, inside, GIT_OBJECT_BLOB, NULL) == 0)
		same = git_oid_equal(&now, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	git_tree_free(tree);
	git_commit_free(commit);
	return !same;
}

static void describe(git_repository *git, const char *path, char out_commit[41], bool *out_dirty)
{
	char *inside = path_inside(git, path);
	git_oid head;

	if (inside && git_reference_name_to_id(&head, git, "HEAD") == 0) {
		repo_id_text(&head, out_commit);
		*out_dirty = differs(git, &head, inside);
	}
	free(inside);
}

int content_describe_file(const char *path, char out_commit[41], bool *out_dirty, struct err *err)
{
	git_repository *git = NULL;
	char *folder;
	int result;

	if (!file_exists(path))
		return err_set(err, ERR_NOT_FOUND, "there is no file '%s'", path);
	result = repo_library_open();
	if (result < 0)
		return repo_error(result, err, "cannot set up libgit2");
	folder = file_folder(path);
	out_commit[0] = '\0';
	*out_dirty = false;
	/* Outside Git, or in a repository that cannot be read: the bytes are pinned anyway. */
	if (git_repository_open_ext(&git, folder, 0, NULL) == 0)
		describe(git, path, out_commit, out_dirty);
	git_repository_free(git);
	free(folder);
	repo_library_close();
	return 0;
}
