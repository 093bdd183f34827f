/* SPDX-License-Identifier: MIT
 *
 * content.git through libgit2: opening, objects in memory, one pack and one ref per batch. Knows
 * nothing of files and nodes. Private to engine/store. One thread per struct repo.
 */
#ifndef HLP_STORE_REPO_H
#define HLP_STORE_REPO_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define REPO_ID_TEXT 41

struct repo_entry {
	char *name; /* path in the commit's tree; owned */
	git_oid id;
	git_filemode_t mode;
};

struct repo {
	char *path;
	git_repository *git;
	git_odb *odb;
	git_odb_backend *memory;    /* owned by the odb; NULL when opened for reading */
	struct repo_entry *entries; /* of the batch under way */
	size_t entries_count, entries_capacity;
	git_oid *fresh; /* objects in memory that no pack holds yet */
	size_t fresh_count, fresh_capacity;
	size_t fresh_bytes;
	unsigned reads;
};

enum repo_mode { REPO_WRITE, REPO_READ };

/* Opens the repository, and makes it when it is missing. */
int repo_open(struct repo *repo, const char *path, enum repo_mode mode, struct err *err);
/* Removes what a writer that was killed left: guards of refs, half of a pack; only the one writer
 * may. */
void repo_remove_locks(const char *repository);
void repo_close(struct repo *repo); /* accepts a zeroed one */
/* Opens it anew, outside a batch: libgit2 keeps what it has mapped of packs that are gone. A reader
 * does so by itself from time to time. */
int repo_reopen(struct repo *repo, struct err *err);

/* Adds a blob to the batch, and its name to the tree of the batch's commit. */
int repo_add(struct repo *repo, const char *name, const void *data, size_t length, git_oid *out_id,
	     struct err *err);
/* Adds an object that the repository has to the tree of the batch's commit. */
void repo_keep(struct repo *repo, const char *name, const git_oid *id);
void repo_keep_as(struct repo *repo, const char *name, const git_oid *id, git_filemode_t mode);
/* Keeps an object in memory for the batch's pack, unless a pack has it already. libgit2's code. */
int repo_put(struct repo *repo, git_object_t type, const void *data, size_t length, git_oid *out);
/* The tree of the batch's entries, after the tree of the
 * commit before (or NULL). libgit2's code. */
int repo_tree_build(struct repo *repo, const git_tree *before, git_oid *out);
/* A synced pack with all new objects, then the synced ref refs/hlp/log. On failure the batch is
 * dropped. 1 when a pack was written, 0 for an empty batch. */
int repo_commit(struct repo *repo, const char *message, struct err *err);
void repo_drop(struct repo *repo);
/* The same, but refs/hlp/log begins anew with this batch; an empty one leaves no log. */
int repo_begin(struct repo *repo, const char *message, struct err *err);

/* Appends a blob's bytes; bounded by the buffer (ERR_LIMIT). */
int repo_read(struct repo *repo, const char *id, struct buf *out, struct err *err);
void repo_hash(const void *data, size_t length, char out_id[REPO_ID_TEXT]);
void repo_id_text(const git_oid *id, char out[REPO_ID_TEXT]);

/* Outside a batch: a tree of the entries that were kept since the last one, and a pack of what is
 * in memory; 1 when one was written. repo_tree_only gives libgit2's code. */
int repo_tree_only(struct repo *repo, git_oid *out);
int repo_flush(struct repo *repo, struct err *err);
/* A commit of which nothing changes from one making to the next. libgit2's code. */
struct repo_commit_text {
	git_oid tree;
	const git_oid *parent; /* NULL: none */
	int64_t time_us;
	const char *message; /* with its newline */
};
int repo_put_commit(struct repo *repo, const struct repo_commit_text *commit, git_oid *out);

/* Points a ref to a commit, if it points to `from` or that is NULL. A lock that an engine left
 * which was killed does not stand in the way. libgit2's code. */
int repo_set_ref(struct repo *repo, const char *ref_name, const git_oid *from, const git_oid *to);

/* libgit2 with our settings, counted; repo_open does it by itself. Negative: libgit2's code. */
int repo_library_open(void);
void repo_library_close(void);

/* The error for a failed call of libgit2, with what libgit2 says. */
int repo_error(int result, struct err *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
