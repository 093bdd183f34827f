/* SPDX-License-Identifier: MIT
 *
 * Verifying a checkpoint: its ref, its commit, every tree and blob below it, and its text against
 * the journal's SHA-256; each artifact against the SHA-256 in that text. A repository of its own is
 * opened, so that nothing is answered from memory: libgit2 compares what it reads with its id.
 */
#include "store/content_checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "store/checkpoint_ref.h"
#include "store/content_own.h"

#define DEPTH_MAX 64
#define BLOB_MAX  ((size_t)512 * 1024 * 1024)

struct verifying {
	struct content *content;
	const struct content_checkpoint_id *id;
	struct map digests; /* of the text: blob → SHA-256 of its contents */
	struct arena arena;
	struct err *err;
};

static int damaged(struct verifying *verifying, const char *what, const char *how)
{
	return err_set(verifying->err, ERR_CORRUPT, "%s: %s", what, how);
}

/* What libgit2 says when something cannot be read. */
static int unreadable(struct verifying *verifying, const char *what)
{
	const git_error *last = git_error_last();

	return damaged(verifying, what,
		       last && last->message ? last->message : "it cannot be read");
}

/* ---- the text ----------------------------------------------------------------------------- */

/* "file BLOB DIGEST …" */
static void note_line(struct verifying *verifying, const char *line)
{
	char blob[REPO_ID_TEXT], digest[DIGEST_TEXT];

	if (sscanf(line, "file %40[0-9a-f] %64[0-9a-f] ", blob, digest) == 2)
		(void)map_add_text(
			&verifying->digests, arena_strdup(&verifying->arena, blob),
			(union map_value){.pointer = arena_strdup(&verifying->arena, digest)});
}

static int check_text(struct verifying *verifying, const git_tree *tree)
{
	const git_tree_entry *entry = git_tree_entry_byname(tree, CHECKPOINT_STATE);
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT], blob[REPO_ID_TEXT];
	struct buf data;
	int rc;

	if (!entry)
		return damaged(verifying, CHECKPOINT_STATE, "it is missing");
	buf_init(&data, BLOB_MAX);
	repo_id_text(git_tree_entry_id(entry), blob);
	rc = repo_read(&verifying->content->repo, blob, &data, NULL);
	if (rc < 0) {
		buf_release(&data);
		return unreadable(verifying, CHECKPOINT_STATE);
	}
	digest_of(data.data, data.length, digest);
	digest_text(digest, text);
	if (strcmp(text, verifying->id->digest) != 0)
		rc = damaged(verifying, CHECKPOINT_STATE, "its SHA-256 is not that of the journal");
	for (const char *line = buf_text(&data); rc == 0 && line; line = strchr(line, '\n'))
		note_line(verifying, line += *line == '\n');
	buf_release(&data);
	return rc;
}

/* ---- the artifacts ------------------------------------------------------------------------ */

/* What lies beside the repository; a secret may have been forgotten. */
static int check_beside(struct verifying *verifying, const char *path,
			const struct bigfile_pointer *pointer)
{
	struct bigfile_pointer now = {0};
	int fd = bigfile_open(&verifying->content->large, pointer, NULL), rc;

	if (fd < 0 && pointer->secret[0])
		return 0;
	if (fd < 0)
		return damaged(verifying, path, "its contents are missing beside the repository");
	rc = bigfile_digest_fd(fd, &now, verifying->err);
	(void)close(fd); /* only read */
	if (rc == 0 && strcmp(now.name, pointer->name) != 0)
		rc = damaged(verifying, path, "its SHA-256 is not that of the checkpoint");
	return rc;
}

static int check_contents(struct verifying *verifying, const char *path, const char *blob,
			  const struct buf *data)
{
	const union map_value *known = map_find_text(&verifying->digests, blob);
	struct bigfile_pointer pointer = {0};
	uint8_t digest[DIGEST_SIZE];
	int rc = 0;

	if (!known)
		return damaged(verifying, path, "the checkpoint's text does not name it");
	if (bigfile_parse(buf_text(data), data->length, &pointer)) {
		rc = check_beside(verifying, path, &pointer);
	} else {
		digest_of(data->data, data->length, digest);
		digest_text(digest, pointer.name);
	}
	if (rc == 0 && strcmp(pointer.name, known->pointer) != 0)
		rc = damaged(verifying, path, "its SHA-256 is not that of the checkpoint");
	return rc;
}

static int check_blob(struct verifying *verifying, const char *path, const git_oid *id)
{
	char blob[REPO_ID_TEXT];
	struct buf data;
	int rc;

	if (strcmp(path, CHECKPOINT_STATE) == 0)
		return 0;
	buf_init(&data, BLOB_MAX);
	repo_id_text(id, blob);
	rc = repo_read(&verifying->content->repo, blob, &data, NULL) < 0
		     ? unreadable(verifying, path)
		     : check_contents(verifying, path, blob, &data);
	buf_release(&data);
	return rc;
}

static int check_tree(struct verifying *verifying, const char *path, const git_tree *tree,
		      int depth);

static int check_folder(struct verifying *verifying, const char *path, const git_oid *id, int depth)
{
	git_tree *tree = NULL;
	int rc;

	if (depth > DEPTH_MAX)
		return damaged(verifying, path, "its folders are too deep");
	if (git_tree_lookup(&tree, verifying->content->repo.git, id) < 0)
		return unreadable(verifying, path);
	rc = check_tree(verifying, path, tree, depth);
	git_tree_free(tree);
	return rc;
}

static int check_tree(struct verifying *verifying, const char *path, const git_tree *tree,
		      int depth)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		char *below =
			mem_printf("%s%s%s", path, *path ? "/" : "", git_tree_entry_name(entry));

		rc = git_tree_entry_type(entry) == GIT_OBJECT_TREE
			     ? check_folder(verifying, below, git_tree_entry_id(entry), depth + 1)
			     : check_blob(verifying, below, git_tree_entry_id(entry));
		free(below);
	}
	return rc;
}

/* ---- the commit --------------------------------------------------------------------------- */

static int check_ref(struct verifying *verifying, const git_oid *wanted)
{
	char *ref = checkpoint_ref_name(verifying->id->execution, verifying->id->name);
	git_oid id;
	int rc = 0;

	if (git_reference_name_to_id(&id, verifying->content->repo.git, ref) < 0)
		rc = unreadable(verifying, ref);
	else if (!git_oid_equal(&id, wanted))
		rc = damaged(verifying, ref, "it leads to another commit than the journal says");
	free(ref);
	return rc;
}

static int check_commit(struct verifying *verifying)
{
	git_repository *git = verifying->content->repo.git;
	char *what = mem_printf("commit %s", verifying->id->commit);
	git_commit *commit = NULL;
	git_tree *tree = NULL;
	git_oid id;
	int rc = git_oid_fromstr(&id, verifying->id->commit) < 0
			 ? damaged(verifying, what, "the journal's name of it is none")
			 : check_ref(verifying, &id);

	if (rc == 0 && git_commit_lookup(&commit, git, &id) < 0)
		rc = unreadable(verifying, what);
	if (rc == 0 && git_commit_tree(&tree, commit) < 0)
		rc = unreadable(verifying, "its tree");
	if (rc == 0)
		rc = check_text(verifying, tree);
	if (rc == 0)
		rc = check_tree(verifying, "", tree, 0);
	git_tree_free(tree);
	git_commit_free(commit);
	free(what);
	return rc;
}

int content_checkpoint_verify(const struct home *home, const struct content_checkpoint_id *id,
			      struct err *err)
{
	struct err own = {0};
	struct verifying verifying = {.id = id, .err = &own};
	int rc = content_open(home, CONTENT_READ, &verifying.content, err);

	if (rc < 0)
		return rc;
	rc = check_commit(&verifying);
	if (rc < 0)
		(void)err_set(err, ERR_CORRUPT, "%s", own.message);
	map_release(&verifying.digests);
	arena_release(&verifying.arena);
	content_close(verifying.content);
	return rc < 0 ? -ERR_CORRUPT : 0;
}
