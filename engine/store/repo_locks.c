/* SPDX-License-Identifier: MIT
 *
 * Git guards a ref with a file beside it, and a writer that is killed leaves that file behind: from
 * then on nobody could write the ref. A pack that it was writing stays, too, under a name that
 * nobody looks for. This engine is the only writer of its repository, so what it finds when it
 * opens it is nobody's.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/repo.h"

static void remove_left(const char *path)
{
	if (unlink(path) == 0)
		log_info("removed '%s', which an engine that died left behind", path);
}

/* As git and libgit2 call what is no pack yet. */
static bool is_unfinished(const char *name)
{
	return text_starts_with(name, "tmp_") || text_starts_with(name, ".tmp-") ||
	       text_starts_with(name, "pack_git2_");
}

static void remove_unfinished_packs(const char *repository)
{
	char *path = mem_printf("%s/objects/pack", repository);
	DIR *folder = opendir(path);

	while (folder) {
		const struct dirent *entry = readdir(folder);
		char *file;

		if (!entry)
			break;
		if (!is_unfinished(entry->d_name))
			continue;
		file = mem_printf("%s/%s", path, entry->d_name);
		remove_left(file);
		free(file);
	}
	if (folder)
		(void)closedir(folder); /* only read */
	free(path);
}

void repo_remove_locks(const char *repository)
{
	char *refs = mem_printf("%s/refs", repository);
	char *packed = mem_printf("%s/packed-refs.lock", repository);
	char *const roots[] = {refs, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV | FTS_NOSTAT, NULL);

	remove_left(packed);
	if (walk) {
		for (FTSENT *entry = fts_read(walk); entry; entry = fts_read(walk))
			if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP &&
			    text_ends_with(entry->fts_name, ".lock"))
				remove_left(entry->fts_path);
		(void)fts_close(walk); /* only read */
	}
	free(packed);
	free(refs);
	remove_unfinished_packs(repository);
}
