/* SPDX-License-Identifier: MIT
 *
 * Secrets in the store: their contents lie in the execution's own folder and nowhere else, come
 * back from there, and are gone when they are forgotten.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "store/content.h"
#include "tests/unit/content_fixture.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

#define EXECUTION "01jd0000000000000000000000"
#define OLD	  "the old key\n"
#define NEW	  "the new key\n"

static struct event_item capture(struct fixture *fixture)
{
	struct event_item item = {.kind = "artifact", .name = "key"};
	struct err err = {0};

	if (content_add_secret_file(fixture->content, EXECUTION, "x#1/key", fixture->folder, NULL,
				    0, "key", &item, &err) < 0 ||
	    content_commit(fixture->content, "capture", &err) < 0)
		fail_msg("%s", err.message);
	return item;
}

static int compare(struct fixture *fixture, const struct event_item *recorded)
{
	return content_compare(fixture->content, fixture->folder, NULL, 0, "key", recorded, NULL);
}

/* All that Git holds, in one text; the caller frees it. */
static char *objects(struct fixture *fixture)
{
	char *folder = mem_printf("--git-dir=%s", fixture->home->content);
	char *argv[] = {"git",	    "-c",      "safe.directory=*",    folder,
			"cat-file", "--batch", "--batch-all-objects", NULL};
	struct buf out;

	buf_init(&out, 1 << 20);
	assert_int_equal(proc_run(argv, NULL, &out, NULL), 0);
	buf_add(&out, "", 1);
	for (size_t i = 0; i + 1 < out.length; i++)
		out.data[i] = out.data[i] ? out.data[i] : '.';
	free(folder);
	return buf_steal(&out);
}

static void git_gets_a_hash_only(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item item;
	char *all, *data;
	size_t length;

	(void)scratch_write(state, "work/key", OLD);
	item = capture(&fixture);
	assert_int_equal(item.size, strlen(OLD));
	all = objects(&fixture);
	assert_null(strstr(all, "the old key"));
	assert_non_null(strstr(all, "secret " EXECUTION));
	assert_int_equal(content_read(fixture.content, item.blob, 1 << 20, &data, &length, NULL),
			 -ERR_DENIED);
	free(all);
	fixture_end(&fixture);
}

static void others_may_not_look(void **state)
{
	struct fixture fixture = fixture_begin(state);
	char *folder = file_join(fixture.home->path, "secret/" EXECUTION);
	struct stat info;

	(void)scratch_write(state, "work/key", OLD);
	(void)capture(&fixture);
	assert_int_equal(stat(folder, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	free(folder);
	fixture_end(&fixture);
}

static void a_secret_is_compared_and_restored(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item old, new, now = {0};
	size_t length;
	char *data;

	(void)scratch_write(state, "work/key", OLD);
	old = capture(&fixture);
	assert_int_equal(compare(&fixture, &old), 0);
	(void)scratch_write(state, "work/key", NEW);
	new = capture(&fixture);
	assert_string_not_equal(old.blob, new.blob);
	assert_int_equal(compare(&fixture, &new), 0);
	assert_int_equal(compare(&fixture, &old), 1);
	assert_int_equal(
		content_restore(fixture.content, fixture.folder, NULL, 0, "key", &old, &now, NULL),
		0);
	assert_int_equal(file_read(scratch_path(state, "work/key"), 100, &data, &length, NULL), 0);
	assert_string_equal(data, OLD);
	assert_int_equal(compare(&fixture, &old), 0);
	free(data);
	fixture_end(&fixture);
}

/* A revision and another one, or the file. */
static void expect_secret(struct fixture *fixture, const char *old_blob, const char *new_blob,
			  const struct content_file *file)
{
	struct content_side old = {0}, new = {0};
	struct buf out;

	buf_init(&out, 1 << 20);
	assert_int_equal(content_side_read(fixture->content, old_blob, &old, NULL), 0);
	if (file)
		assert_int_equal(content_side_of_file(file, &new, NULL), 0);
	else
		assert_int_equal(content_side_read(fixture->content, new_blob, &new, NULL), 0);
	assert_false(content_side_same(&old, &new));
	assert_int_equal(content_diff(&old, &new, (struct content_names){"a", "b"}, 3, &out, NULL),
			 0);
	assert_non_null(strstr(buf_text(&out), "what is in them is secret"));
	assert_null(strstr(buf_text(&out), "key\n"));
	buf_release(&out);
	content_side_release(&old);
	content_side_release(&new);
}

static void a_diff_says_that_it_differs(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct content_file file = {.folder = fixture.folder, .path = "key"};
	struct event_item old, new;

	(void)scratch_write(state, "work/key", OLD);
	old = capture(&fixture);
	(void)scratch_write(state, "work/key", NEW);
	new = capture(&fixture);
	expect_secret(&fixture, old.blob, new.blob, NULL);
	expect_secret(&fixture, "", new.blob, NULL);
	expect_secret(&fixture, old.blob, "", &file);
	file.secret = true; /* where there is no revision to tell */
	expect_secret(&fixture, "", "", &file);
	fixture_end(&fixture);
}

static void what_was_forgotten_is_named(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct event_item old, now = {0};
	struct err err;

	(void)scratch_write(state, "work/key", OLD);
	old = capture(&fixture);
	(void)scratch_write(state, "work/key", NEW);
	assert_int_equal(content_keep_secret(fixture.content, EXECUTION, "token", "value", 5, &err),
			 0);
	assert_int_equal(content_forget_secrets(fixture.home, EXECUTION, &err), 0);
	assert_int_equal(content_forget_secrets(fixture.home, EXECUTION, &err), 0);
	assert_int_equal(
		content_restore(fixture.content, fixture.folder, NULL, 0, "key", &old, &now, &err),
		-ERR_NOT_FOUND);
	assert_non_null(strstr(err.message, "cannot restore 'key': its contents were secret and "
					    "have been forgotten"));
	fixture_end(&fixture);
}

static bool is_ours(void *ctx, const char *execution)
{
	return !strcmp(execution, ctx);
}

static void secrets_of_nobody_are_swept_away(void **state)
{
	static const char other[] = "01jd0000000000000000000001";
	struct fixture fixture = fixture_begin(state);
	char *ours = mem_printf("%s/%s/token", fixture.home->secret, EXECUTION);
	char *theirs = mem_printf("%s/%s", fixture.home->secret, other);
	struct err err;

	assert_int_equal(content_sweep_secrets(fixture.home, is_ours, (void *)EXECUTION, &err), 0);
	assert_int_equal(content_keep_secret(fixture.content, EXECUTION, "token", "value", 5, &err),
			 0);
	assert_int_equal(content_keep_secret(fixture.content, other, "token", "value", 5, &err), 0);
	assert_int_equal(content_sweep_secrets(fixture.home, is_ours, (void *)EXECUTION, &err), 0);
	assert_true(file_exists(ours));
	assert_false(file_exists(theirs));
	free(ours);
	free(theirs);
	fixture_end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(git_gets_a_hash_only, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(others_may_not_look, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(a_secret_is_compared_and_restored, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(a_diff_says_that_it_differs, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(secrets_of_nobody_are_swept_away, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(what_was_forgotten_is_named, scratch_setup,
						scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
