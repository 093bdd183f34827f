/* SPDX-License-Identifier: MIT
 *
 * What the files of contents (content.c and content_*.c) share. Private to engine/store.
 */
#ifndef HLP_STORE_CONTENT_OWN_H
#define HLP_STORE_CONTENT_OWN_H

#include <sys/stat.h>

#include "store/bigfile.h"
#include "store/content.h"
#include "store/place.h"
#include "store/repo.h"

struct content {
	const struct home *home; /* borrowed */
	struct repo repo;
	struct bigfile large;
	uint32_t packs;
	uint32_t packs_left; /* after they were merged the last time */
	int64_t keep_up_to;  /* bytes of a file; 0: no bound */
	bool may_fill;	     /* 5 % of the disk need not stay free */
};

/* Runs git on the repository, with these words (at most CONTENT_OWN_GIT_WORDS) and NULL. */
#define CONTENT_OWN_GIT_WORDS 8
int content_own_git(const struct content *content, const char *const *words, struct err *err);
/* The whole command; owned by the caller, who gives it back with content_own_git_release. */
struct content_git {
	char *argv[CONTENT_OWN_GIT_WORDS + 5];
};
int content_own_git_words(const struct content *content, const char *const *words,
			  struct content_git *out, struct err *err);
void content_own_git_release(struct content_git *git);
/* Counts the packs anew. */
void content_own_count_packs(struct content *content);
/* What stat says about a file, into an item. */
void content_own_describe(const struct stat *info, struct event_item *out);
/* Which folder holds it, if there is one. */
void content_own_locate(const struct place *place, const char *path, struct event_item *out);
/* Whether the file at `fd` has these recorded contents. 1 yes, 0 no. */
int content_own_is_same(struct content *content, int fd, const struct stat *info, const char *blob,
			struct err *err);

#endif
