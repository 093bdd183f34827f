/* SPDX-License-Identifier: MIT
 *
 * The tree of a batch's commit, written by ourselves: libgit2's builders look through the folder of
 * packs once for each tree that they write, and a batch has several trees a node.
 *
 * A tree carries on the entries of the tree before it while they are few, so that
 * `git log -p refs/hlp/log` shows what a batch added and not what it left out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/repo.h"

#define CARRY_ROOT   32	 /* folders (executions) that the root carries on */
#define CARRY_FOLDER 256 /* entries (nodes) that a folder carries on */
#define DEPTH_MAX    64
#define TREE_BYTES   ((size_t)64 * 1024 * 1024)

struct child {
	const char *name; /* not NUL-ended; borrowed */
	size_t length;
	git_oid id;
	git_filemode_t mode;
	bool is_new;
};

struct children {
	struct child *list;
	size_t count, capacity;
};

static void add_child(struct children *children, struct child child)
{
	children->list = mem_grow(children->list, &children->capacity, children->count + 1,
				  sizeof(*children->list));
	children->list[children->count++] = child;
}

static int compare_bytes(const struct child *a, const struct child *b)
{
	size_t shorter = a->length < b->length ? a->length : b->length;
	int order = memcmp(a->name, b->name, shorter);

	return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* By name; of two by one name the new one first. */
static int compare_names(const void *x, const void *y)
{
	const struct child *a = x, *b = y;
	int order = compare_bytes(a, b);

	return order ? order : b->is_new - a->is_new;
}

/* Git's order: a folder's name counts as if it ended in '/'. */
static int compare_git(const void *x, const void *y)
{
	const struct child *a = x, *b = y;
	size_t shorter = a->length < b->length ? a->length : b->length;
	int order = memcmp(a->name, b->name, shorter), ends[2];

	if (order)
		return order;
	ends[0] = a->length > shorter ? (unsigned char)a->name[shorter]
				      : (a->mode == GIT_FILEMODE_TREE ? '/' : 0);
	ends[1] = b->length > shorter ? (unsigned char)b->name[shorter]
				      : (b->mode == GIT_FILEMODE_TREE ? '/' : 0);
	return ends[0] - ends[1];
}

static void drop_replaced(struct children *children)
{
	size_t kept = 0;

	qsort(children->list, children->count, sizeof(*children->list), compare_names);
	for (size_t i = 0; i < children->count; i++)
		if (kept == 0 || compare_bytes(&children->list[kept - 1], &children->list[i]) != 0)
			children->list[kept++] = children->list[i];
	children->count = kept;
	qsort(children->list, children->count, sizeof(*children->list), compare_git);
}

static int write_tree(struct repo *repo, struct children *children, git_oid *out)
{
	struct buf data;
	int result;

	if (children->count > 0)
		drop_replaced(children);
	buf_init(&data, TREE_BYTES);
	for (size_t i = 0; i < children->count; i++) {
		const struct child *child = &children->list[i];

		buf_printf(&data, "%o ", (unsigned)child->mode);
		buf_add(&data, child->name, child->length);
		buf_add_char(&data, '\0');
		buf_add(&data, child->id.id, sizeof(child->id.id));
	}
	result = data.overflow ? GIT_EINVALID
			       : repo_put(repo, GIT_OBJECT_TREE, buf_text(&data), data.length, out);
	buf_release(&data);
	return result;
}

/* Entries `first` up to `end`, whose names agree up to `offset`. */
struct range {
	size_t first, end, offset;
};

static int build(struct repo *repo, struct range range, const git_tree *before, int depth,
		 git_oid *out);

/* The folder that these entries share, after the one by that name before. */
static int build_folder(struct repo *repo, struct range range, const git_tree *before, int depth,
			struct child *child)
{
	char *name = mem_strndup(child->name, child->length);
	const git_tree_entry *old = before ? git_tree_entry_byname(before, name) : NULL;
	git_tree *folder = NULL;
	int result = 0;

	free(name);
	if (old && git_tree_entry_type(old) == GIT_OBJECT_TREE)
		result = git_tree_lookup(&folder, repo->git, git_tree_entry_id(old));
	if (result == 0)
		result = build(repo, range, folder, depth + 1, &child->id);
	git_tree_free(folder);
	return result;
}

static int add_new(struct repo *repo, struct range range, const git_tree *before, int depth,
		   struct children *children)
{
	int result = 0;

	for (size_t i = range.first, end; result == 0 && i < range.end; i = end) {
		const char *name = repo->entries[i].name + range.offset;
		size_t length = strcspn(name, "/");
		struct child child = {.name = name,
				      .length = length,
				      .id = repo->entries[i].id,
				      .mode = name[length] ? GIT_FILEMODE_TREE
							   : repo->entries[i].mode,
				      .is_new = true};

		end = i + 1;
		while (name[length] && end < range.end &&
		       strncmp(repo->entries[end].name + range.offset, name, length + 1) == 0)
			end++;
		if (name[length])
			result = build_folder(repo,
					      (struct range){i, end, range.offset + length + 1},
					      before, depth, &child);
		add_child(children, child);
	}
	return result;
}

static void add_old(const git_tree *before, struct children *children)
{
	for (size_t i = 0; i < git_tree_entrycount(before); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(before, i);
		const char *name = git_tree_entry_name(entry);

		add_child(children, (struct child){.name = name,
						   .length = strlen(name),
						   .id = *git_tree_entry_id(entry),
						   .mode = git_tree_entry_filemode(entry)});
	}
}

static int build(struct repo *repo, struct range range, const git_tree *before, int depth,
		 git_oid *out)
{
	size_t most = depth == 0 ? CARRY_ROOT : CARRY_FOLDER;
	struct children children = {0};
	int result;

	if (depth > DEPTH_MAX)
		return GIT_EINVALID;
	if (before && git_tree_entrycount(before) > most)
		before = NULL;
	if (before)
		add_old(before, &children);
	result = add_new(repo, range, before, depth, &children);
	if (result == 0)
		result = write_tree(repo, &children, out);
	free(children.list);
	return result;
}

/* Names that cannot stand together in one tree (a file and a folder of one name) would lose the
 * whole batch; then it is listed by object id instead. */
static int build_flat(struct repo *repo, git_oid *out)
{
	char(*names)[REPO_ID_TEXT] = mem_calloc(repo->entries_count, sizeof(*names));
	struct children children = {0};
	int result;

	for (size_t i = 0; i < repo->entries_count; i++) {
		repo_id_text(&repo->entries[i].id, names[i]);
		add_child(&children, (struct child){.name = names[i],
						    .length = REPO_ID_TEXT - 1,
						    .id = repo->entries[i].id,
						    .mode = GIT_FILEMODE_BLOB});
	}
	result = write_tree(repo, &children, out);
	free(children.list);
	free(names);
	return result;
}

/* Slashes sort first, so that what is below a folder stands together. */
static int compare_entries(const void *x, const void *y)
{
	const char *a = ((const struct repo_entry *)x)->name;
	const char *b = ((const struct repo_entry *)y)->name;

	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (!*a || !*b || (*a != '/' && *b != '/'))
		return (unsigned char)*a - (unsigned char)*b;
	return *a == '/' ? -1 : 1;
}

/* Whether one name is the folder of another, or the same: these are neighbours when sorted. */
static bool has_clash(const struct repo *repo)
{
	for (size_t i = 0; i + 1 < repo->entries_count; i++) {
		const char *name = repo->entries[i].name, *next = repo->entries[i + 1].name;
		size_t length = strlen(name);

		if (strncmp(next, name, length) == 0 &&
		    (next[length] == '/' || next[length] == '\0'))
			return true;
	}
	return false;
}

int repo_tree_build(struct repo *repo, const git_tree *before, git_oid *out)
{
	struct range all = {0, repo->entries_count, 0};
	int result = GIT_EINVALID;

	qsort(repo->entries, repo->entries_count, sizeof(*repo->entries), compare_entries);
	if (!has_clash(repo))
		result = build(repo, all, before, 0, out);
	return result == GIT_EINVALID ? build_flat(repo, out) : result;
}
