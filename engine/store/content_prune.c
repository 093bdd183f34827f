/* SPDX-License-Identifier: MIT
 *
 * The log of contents is one line of commits, and a commit keeps everything before it. So what is
 * kept is gathered, from all trees of the log and from the journal's own list, into one commit
 * without a parent, from which the log goes on; what only the old line led to is then garbage,
 * which plain git collects. Each step leaves a repository in which all that is kept can be reached.
 */
#include "store/content_prune.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/checkpoint_ref.h"
#include "store/content_own.h"

#define LOG_REF	       "refs/hlp/log"
#define ARTIFACTS_REFS "refs/hlp/artifacts/"
#define DEPTH_MAX      64
#define PINS	       "pins" /* the newest of each workflow; every execution keeps its own */

/* ---- what must stay ----------------------------------------------------------------------- */

void content_keep_name(struct content_keep *keep, const char *name)
{
	(void)map_add_text(&keep->names, arena_strdup(&keep->arena, name),
			   (union map_value){0}); /* known already is well */
}

void content_keep_blob(struct content_keep *keep, const char *name, const char *path,
		       const char *blob)
{
	if (!*blob)
		return;
	keep->blobs = mem_grow(keep->blobs, &keep->capacity, keep->count + 1, sizeof(*keep->blobs));
	keep->blobs[keep->count].name = arena_strdup(&keep->arena, name);
	keep->blobs[keep->count].path = arena_strdup(&keep->arena, path);
	memset(keep->blobs[keep->count].blob, 0, sizeof(keep->blobs[0].blob));
	memcpy(keep->blobs[keep->count++].blob, blob, strnlen(blob, REPO_ID_TEXT - 1));
}

void content_keep_release(struct content_keep *keep)
{
	map_release(&keep->names);
	free(keep->blobs);
	arena_release(&keep->arena);
	*keep = (struct content_keep){0};
}

/* ---- gathering ---------------------------------------------------------------------------- */

struct gathering {
	struct content *content;
	const struct content_keep *keep;
	struct arena arena;
	struct map paths;   /* taken already: a later commit's is the newer one */
	struct map trees;   /* folders seen already, by path and id */
	struct map blobs;   /* ids that are kept */
	struct map pointed; /* names of large files that are kept */
	bool has_foreign;   /* there is something of an execution that is gone */
};

/* A kept blob may be the pointer to a large file. */
static int note_pointer(struct gathering *gathering, const git_oid *id)
{
	struct bigfile_pointer pointer;
	git_object_t type;
	git_odb_object *object = NULL;
	size_t length;
	int result = git_odb_read_header(&length, &type, gathering->content->repo.odb, id);

	if (result < 0 || length > BIGFILE_POINTER_MAX)
		return result;
	result = git_odb_read(&object, gathering->content->repo.odb, id);
	if (result == 0 && bigfile_parse(git_odb_object_data(object), length, &pointer))
		(void)map_add_text(&gathering->pointed,
				   arena_strdup(&gathering->arena, pointer.name),
				   (union map_value){0}); /* may be pointed at twice */
	git_odb_object_free(object);
	return result;
}

static int take_blob(struct gathering *gathering, const char *path, const git_oid *id)
{
	char text[REPO_ID_TEXT];

	if (!map_add_text(&gathering->paths, arena_strdup(&gathering->arena, path),
			  (union map_value){0}))
		return 0;
	repo_id_text(id, text);
	repo_keep(&gathering->content->repo, path, id);
	if (!map_add_text(&gathering->blobs, arena_strdup(&gathering->arena, text),
			  (union map_value){0}))
		return 0;
	return note_pointer(gathering, id);
}

static bool is_new_tree(struct gathering *gathering, const char *path, const git_oid *id)
{
	char text[REPO_ID_TEXT], *key;
	bool is_new;

	repo_id_text(id, text);
	key = mem_printf("%s %s", text, path);
	is_new = map_add_text(&gathering->trees, arena_strdup(&gathering->arena, key),
			      (union map_value){0});
	free(key);
	return is_new;
}

static int take_tree(struct gathering *gathering, const char *path, const git_oid *id, int depth)
{
	git_tree *tree = NULL;
	int result;

	if (!is_new_tree(gathering, path, id))
		return 0;
	result = depth < DEPTH_MAX ? git_tree_lookup(&tree, gathering->content->repo.git, id)
				   : GIT_EINVALID;
	for (size_t i = 0; result == 0 && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		char *below = mem_printf("%s/%s", path, git_tree_entry_name(entry));

		result = git_tree_entry_type(entry) == GIT_OBJECT_TREE
				 ? take_tree(gathering, below, git_tree_entry_id(entry), depth + 1)
				 : take_blob(gathering, below, git_tree_entry_id(entry));
		free(below);
	}
	git_tree_free(tree);
	return result;
}

/* The folders of a commit's root are executions. */
static int take_root(struct gathering *gathering, const git_commit *commit)
{
	git_tree *root = NULL;
	int result = git_commit_tree(&root, commit);

	for (size_t i = 0; result == 0 && i < git_tree_entrycount(root); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(root, i);
		const char *name = git_tree_entry_name(entry);

		if (map_find_text(&gathering->keep->names, name))
			result = take_tree(gathering, name, git_tree_entry_id(entry), 0);
		else if (strcmp(name, PINS) != 0)
			gathering->has_foreign = true;
	}
	git_tree_free(root);
	return result;
}

static int take_log(struct gathering *gathering)
{
	git_commit *commit = NULL, *parent;
	git_oid id;
	int result = git_reference_name_to_id(&id, gathering->content->repo.git, LOG_REF);

	if (result == GIT_ENOTFOUND)
		return 0;
	if (result == 0)
		result = git_commit_lookup(&commit, gathering->content->repo.git, &id);
	while (result == 0 && commit) {
		result = take_root(gathering, commit);
		parent = NULL;
		if (result == 0 && git_commit_parentcount(commit))
			result = git_commit_parent(&parent, commit, 0);
		git_commit_free(commit);
		commit = parent;
	}
	return result;
}

/* What the journal names and the log has no place for: workflows, pins, what was overwritten. */
static int take_named(struct gathering *gathering)
{
	const struct content_keep *keep = gathering->keep;
	int result = 0;

	for (size_t i = 0; result == 0 && i < keep->count; i++) {
		char *path = mem_printf("%s/%s", keep->blobs[i].name, keep->blobs[i].path);
		git_oid id;

		if (git_oid_fromstr(&id, keep->blobs[i].blob) == 0 &&
		    git_odb_exists(gathering->content->repo.odb, &id))
			result = take_blob(gathering, path, &id);
		free(path);
	}
	return result;
}

/* ---- letting go --------------------------------------------------------------------------- */

/* What stands behind the folder of an execution's refs; NULL for any other ref. */
static const char *below_folder(const char *ref)
{
	static const char *const folders[] = {ARTIFACTS_REFS, CHECKPOINT_REFS};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (text_starts_with(ref, folders[i]))
			return ref + strlen(folders[i]);
	return NULL;
}

/* refs/hlp/artifacts/NAME/… and refs/hlp/checkpoints/NAME/… of executions that are gone. */
static int drop_refs(struct gathering *gathering)
{
	git_repository *git = gathering->content->repo.git;
	git_strarray refs = {0};
	int result = git_reference_list(&refs, git);

	for (size_t i = 0; result == 0 && i < refs.count; i++) {
		const char *below = below_folder(refs.strings[i]);
		char *name;

		if (!below)
			continue;
		name = mem_strdup(below);
		name[strcspn(name, "/")] = '\0';
		if (!map_find_text(&gathering->keep->names, name))
			result = git_reference_remove(git, refs.strings[i]);
		free(name);
	}
	git_strarray_dispose(&refs);
	return result;
}

static int collect(const struct content *content, struct err *err)
{
	static const char *const repack[] = {"repack", "-a", "-d", "-q", "-n", NULL};
	static const char *const prune[] = {"prune", "--expire=now", NULL};
	int rc = content_own_git(content, repack, err);

	return rc < 0 ? rc : content_own_git(content, prune, err);
}

/* A large file is there before the pointer that names it; none is being added now. */
static int drop_large(const struct gathering *gathering, struct err *err)
{
	const char *path = gathering->content->large.folder;
	DIR *folder = opendir(path);

	if (!folder)
		return 0; /* there never was one */
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    map_find_text(&gathering->pointed, entry->d_name))
			continue;
		(void)unlinkat(dirfd(folder), entry->d_name, 0); /* one that stays goes next time */
	}
	(void)closedir(folder); /* only read */
	return file_sync_folder(path, err);
}

static void release(struct gathering *gathering)
{
	map_release(&gathering->paths);
	map_release(&gathering->trees);
	map_release(&gathering->blobs);
	map_release(&gathering->pointed);
	arena_release(&gathering->arena);
	repo_drop(&gathering->content->repo);
}

/* From here on nothing leads to what is not kept. */
static int let_go(struct gathering *gathering, struct err *err)
{
	struct content *content = gathering->content;
	int rc = repo_begin(&content->repo, "what is kept after a prune", err), result;

	if (rc < 0)
		return rc;
	result = drop_refs(gathering);
	if (result < 0)
		return repo_error(result, err, "cannot remove a ref of '%s'", content->repo.path);
	rc = collect(content, err);
	return rc < 0 ? rc : drop_large(gathering, err);
}

int content_prune(struct content *content, const struct content_keep *keep, bool anything,
		  struct err *err)
{
	struct gathering gathering = {.content = content, .keep = keep};
	int result = take_log(&gathering), rc = 0;

	anything = anything || gathering.has_foreign;
	if (result == 0 && anything)
		result = take_named(&gathering);
	if (result < 0)
		rc = repo_error(result, err, "cannot read the log of '%s'", content->repo.path);
	else if (anything)
		rc = let_go(&gathering, err);
	release(&gathering);
	return rc < 0 ? rc : anything;
}
