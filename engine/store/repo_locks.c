/* SPDX-License-Identifier: MIT
 *
 * Git guards a ref with a file beside it, and a writer that is killed leaves that file behind: from
 * then on nobody could write the ref. This engine is the only writer of its repository, so what it
 * finds when it opens it is nobody's.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/repo.h"

static void remove_lock(const char *path)
{
	if (unlink(path) == 0)
		log_info("removed '%s', which an engine that died left behind", path);
}

void repo_remove_locks(const char *repository)
{
	char *refs = mem_printf("%s/refs", repository);
	char *packed = mem_printf("%s/packed-refs.lock", repository);
	char *const roots[] = {refs, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV | FTS_NOSTAT, NULL);

	remove_lock(packed);
	if (walk) {
		for (FTSENT *entry = fts_read(walk); entry; entry = fts_read(walk))
			if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP &&
			    text_ends_with(entry->fts_name, ".lock"))
				remove_lock(entry->fts_path);
		(void)fts_close(walk); /* only read */
	}
	free(packed);
	free(refs);
}
