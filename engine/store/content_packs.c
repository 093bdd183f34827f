/* SPDX-License-Identifier: MIT
 *
 * Few packs. Every batch leaves one, and a repository of hundreds is slow to read; so git merges
 * the small ones into larger ones. Only what came since the last time is looked at, and each pack
 * becomes at least twice as large as all smaller ones together: the work stays in proportion to
 * what is kept, and few packs are left. The writer stands still meanwhile, since libgit2 does not
 * always find what moves from one pack to another under its hands; so it is done in quiet moments,
 * and among work only when there are many.
 */
#include <dirent.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/content_own.h"

/* So many packs more than were left the last time are merged. */
#define MORE_IDLE 8
#define MORE_BUSY 40

static uint32_t count_packs(const char *repository)
{
	char *path = mem_printf("%s/objects/pack", repository);
	DIR *folder = opendir(path);
	uint32_t count = 0;

	free(path);
	if (!folder)
		return 0;
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		count += text_ends_with(entry->d_name, ".pack");
	(void)closedir(folder); /* only read */
	return count;
}

void content_own_count_packs(struct content *content)
{
	content->packs = count_packs(content->home->content);
}

uint32_t content_packs_count(const struct content *content)
{
	return content->packs;
}

int content_upkeep(struct content *content, bool idle, struct err *err)
{
	static const char *const words[] = {"repack", "--geometric=2", "-d", "-q", "-n", NULL};
	uint32_t before = content->packs_left + (idle ? MORE_IDLE : MORE_BUSY);
	int rc;

	if (content->packs < before)
		return 0;
	content->packs_left = content->packs; /* if there is no git, not again at once */
	rc = content_own_git(content, words, err);
	if (rc < 0)
		return rc;
	content_own_count_packs(content);
	content->packs_left = content->packs;
	/* Of the packs that are gone nothing may stay mapped. */
	return repo_reopen(&content->repo, err);
}
