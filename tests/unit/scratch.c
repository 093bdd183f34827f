/* SPDX-License-Identifier: MIT
 *
 * The test's own folder.
 */
#include "tests/unit/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

struct scratch {
	char path[256]; /* first: the state is the path */
	struct arena arena;
};

int scratch_setup(void **state)
{
	const char *parent = getenv("TMPDIR");
	struct scratch *scratch = mem_zalloc(sizeof(*scratch));

	(void)snprintf(scratch->path, sizeof(scratch->path), "%s/hlp-test-XXXXXX",
		       parent ? parent : "/tmp");
	if (!mkdtemp(scratch->path)) {
		free(scratch);
		return -1;
	}
	*state = scratch;
	return 0;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *where)
{
	(void)info;
	(void)kind;
	(void)where;
	return remove(path);
}

int scratch_teardown(void **state)
{
	struct scratch *scratch = *state;
	int rc = nftw(scratch->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);

	arena_release(&scratch->arena);
	free(scratch);
	return rc;
}

const char *scratch_path(void **state, const char *name)
{
	struct scratch *scratch = *state;
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", scratch->path, name);
	return arena_strdup(&scratch->arena, path);
}

const char *scratch_write(void **state, const char *name, const char *text)
{
	const char *path = scratch_path(state, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	return path;
}
