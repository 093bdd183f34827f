/* SPDX-License-Identifier: MIT
 *
 * The fixture of the tests of contents.
 */
#include "tests/unit/content_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/proc.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

struct fixture fixture_begin(void **state)
{
	struct fixture fixture = {.state = state};
	struct err err = {0};

	fixture.home = store_home(state);
	fixture.folder = scratch_path(state, "work");
	assert_int_equal(mkdir(fixture.folder, 0755), 0);
	if (content_open(fixture.home, CONTENT_WRITE, &fixture.content, &err) < 0)
		fail_msg("%s", err.message);
	return fixture;
}

void fixture_end(struct fixture *fixture)
{
	content_close(fixture->content);
	store_home_free(fixture->home);
}

void fixture_commit(struct fixture *fixture)
{
	struct err err = {0};

	if (content_commit(fixture->content, "record revisions", &err) < 0)
		fail_msg("%s", err.message);
}

void fixture_expect_text(struct content *content, const char *blob, const char *text)
{
	struct err err = {0};
	size_t length;
	char *data;

	if (content_read(content, blob, 1 << 20, &data, &length, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(length, strlen(text));
	assert_memory_equal(data, text, length);
	free(data);
}

int fixture_git(struct fixture *fixture, struct buf *out, const char *a, const char *b)
{
	char *where = mem_printf("--git-dir=%s", fixture->home->content), *path;
	char safe[] = "safe.directory=*", flag[] = "-c";
	int rc;

	buf_init(out, 1 << 20);
	assert_int_equal(proc_find_program("git", &path, NULL), 0);
	rc = proc_run((char *[]){path, flag, safe, where, (char *)a, (char *)b, NULL}, NULL, out,
		      NULL);
	free(path);
	free(where);
	return rc;
}
