/* SPDX-License-Identifier: MIT
 *
 * Contents: files as revisions in content.git, a bare repository that plain git can read. One batch
 * is one synced pack and then one synced ref (refs/hlp/log) that reaches all of it; only after
 * content_commit may an event name the ids. Large files go beside the repository, named by hash.
 * One thread (content) for writing; content_read may be used with a struct content of its own per
 * thread.
 */
#ifndef HLP_STORE_CONTENT_H
#define HLP_STORE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/home.h"
#include "model/event.h"

struct content;

enum content_mode { CONTENT_WRITE, CONTENT_READ };
int content_open(const struct home *home, enum content_mode mode, struct content **out,
		 struct err *err);
void content_close(struct content *content); /* accepts NULL */

/* Adds bytes to the batch under way; `name` is its path in the tree of the batch's commit
 * ("edge-cert#12/swap/run-1/before/proxy.conf"). Fills the id (hex). */
int content_add(struct content *content, const char *name, const void *data, size_t length,
		char out_blob[41], struct err *err);
/* Adds a file as it is now: opened beneath `folder` (or a root, when absolute), never through a
 * symbolic link that leads out; a file that changes while it is read is read again. Fills all of
 * the item but kind and name; a missing file is `absent`. ERR_FULL when it would leave less than 5
 * % of the disk free. */
int content_add_file(struct content *content, const char *name, const char *folder,
		     const char *const *roots, size_t roots_count, const char *path,
		     struct event_item *out, struct err *err);
/* The same of a file with the execution's secrets: Git gets no more than its hash. */
int content_add_secret_file(struct content *content, const char *execution, const char *name,
			    const char *folder, const char *const *roots, size_t roots_count,
			    const char *path, struct event_item *out, struct err *err);
/* Whether what is added from now on may use up the last 5 % of the disk; at first it may not. */
void content_may_fill(struct content *content, bool may_fill);
/* The contents of a larger file that is added from now on are not kept: it is described, with blob
 * "". 0, as at first: no bound. */
void content_keep_up_to(struct content *content, int64_t size);
/* Which folder really holds a file of a node; false when there is none yet, or it may not be looked
 * at. */
bool content_locate(const char *folder, const char *const *roots, size_t roots_count,
		    const char *path, uint64_t *out_device, uint64_t *out_folder);
/* Makes the batch durable: pack, sync, ref, sync. An empty batch does nothing; a failed one is
 * forgotten. */
int content_commit(struct content *content, const char *message, struct err *err);

/* Reads an object; ERR_LIMIT over `max`, ERR_NOT_FOUND, ERR_DENIED for a secret. The caller frees
 * *out. */
int content_read(struct content *content, const char *blob, size_t max, char **out,
		 size_t *out_length, struct err *err);

/* What is on disk now compared with a recorded revision, by size, times and inode, and by contents
 * only if those differ: 0 the same, 1 different. */
int content_compare(struct content *content, const char *folder, const char *const *roots,
		    size_t roots_count, const char *path, const struct event_item *recorded,
		    struct err *err);
/* What stat says of a file now; ERR_NOT_FOUND when there is none. */
int content_look(const char *folder, const char *const *roots, size_t roots_count, const char *path,
		 struct event_item *out, struct err *err);
/* Puts a file back as recorded: temporary file, sync, rename, sync of the folder; mode and owner as
 * recorded; `absent` removes it. Does nothing when it is the same already. Fills *out with what
 * is there now. */
int content_restore(struct content *content, const char *folder, const char *const *roots,
		    size_t roots_count, const char *path, const struct event_item *recorded,
		    struct event_item *out, struct err *err);

/* One side of a comparison: a recorded revision, or what a file holds. */
struct content_side {
	char *data; /* owned; NULL when absent, secret, or too large to be read for this */
	size_t length;
	int64_t size;
	char sha256[65];
	uint32_t mode;	      /* 0: not known */
	bool present, secret; /* of a secret no more is told than its size and digest */
};
struct content_file {
	const char *folder, *path;
	const char *const *roots;
	size_t roots_count;
	bool secret;
};
/* The caller releases what they fill; blob "" is an absent file. The mode of a revision is the
 * caller's to fill in. */
int content_side_read(struct content *content, const char *blob, struct content_side *out,
		      struct err *err);
int content_side_of_file(const struct content_file *file, struct content_side *out,
			 struct err *err);
void content_side_release(struct content_side *side);	    /* accepts a zeroed one */
bool content_side_is_text(const struct content_side *side); /* absent is no lines */
bool content_side_same(const struct content_side *a, const struct content_side *b);

/* A unified diff of two sides that differ, appended to `out`; what is no text, large or secret by
 * size, digest and first difference. The names go into the header lines. */
struct content_names {
	const char *old, *new;
};
int content_diff(const struct content_side *old, const struct content_side *new,
		 struct content_names names, uint32_t context_lines, struct buf *out,
		 struct err *err);

/* The workflow's place in its own Git repository, if it has one: commit (hex, "" outside Git) and
 * whether its file, or one of those that it names beside it, is not as that commit has it. */
void content_describe(const char *path, const char *const *named, size_t count, char out_commit[41],
		      bool *out_dirty);

/* How many packs there are, as far as is known. */
uint32_t content_packs_count(const struct content *content);
/* Keeps them few: has git merge some when there are many more than after the last time; when the
 * caller is idle, soon. Waits for that. To be called between batches. */
int content_upkeep(struct content *content, bool idle, struct err *err);

/* The home that it was opened with. */
const struct home *content_home(const struct content *content);
/* Keeps a value where only secrets lie, durably, until the execution's are forgotten. */
int content_keep_secret(struct content *content, const char *execution, const char *name,
			const char *value, size_t length, struct err *err);
/* Removes the secrets of all executions that are not known: they were kept for one that never came
 * to be. Nothing else may be keeping any. */
int content_sweep_secrets(const struct home *home,
			  bool (*is_known)(void *ctx, const char *execution), void *ctx,
			  struct err *err);
/* Removes the contents of one secret file; of any other nothing. */
int content_forget_file(struct content *content, const char *blob, struct err *err);
/* Removes all secrets of an execution; none is fine. Any thread. */
int content_forget_secrets(const struct home *home, const char *execution, struct err *err);

#endif
