/* SPDX-License-Identifier: MIT
 *
 * Diffs of revisions: unified for texts, a summary for what is binary or large, and bounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/bigfile.h"
#include "store/content.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

struct fixture {
	struct home *home;
	struct content *content;
};

static struct fixture begin(void **state)
{
	struct fixture fixture = {.home = store_home(state)};

	assert_int_equal(content_open(fixture.home, CONTENT_WRITE, &fixture.content, NULL), 0);
	return fixture;
}

static void end(struct fixture *fixture)
{
	content_close(fixture->content);
	store_home_free(fixture->home);
}

static void keep(struct fixture *fixture, const void *data, size_t length, char out_blob[41])
{
	assert_int_equal(content_add(fixture->content, "a", data, length, out_blob, NULL), 0);
	assert_int_equal(content_commit(fixture->content, "keep", NULL), 0);
}

/* Two revisions, without a mode. */
static int diff_blobs(struct fixture *fixture, const char *old_blob, const char *new_blob,
		      uint32_t context, struct buf *out, struct err *err)
{
	struct content_side old = {0}, new = {0};
	int rc = content_side_read(fixture->content, old_blob, &old, err);

	if (rc >= 0)
		rc = content_side_read(fixture->content, new_blob, &new, err);
	if (rc >= 0)
		rc = content_diff(&old, &new,
				  (struct content_names){"proxy.conf r1", "proxy.conf r2"}, context,
				  out, err);
	content_side_release(&old);
	content_side_release(&new);
	return rc;
}

/* The diff of two texts (NULL: absent); the caller releases it. */
static struct buf diff(struct fixture *fixture, const char *old, const char *new, uint32_t context)
{
	char old_blob[41] = "", new_blob[41] = "";
	struct err err = {0};
	struct buf out;

	buf_init(&out, (size_t)8 << 20);
	if (old)
		keep(fixture, old, strlen(old), old_blob);
	if (new)
		keep(fixture, new, strlen(new), new_blob);
	if (diff_blobs(fixture, old_blob, new_blob, context, &out, &err) < 0)
		fail_msg("%s", err.message);
	return out;
}

static void expect_diff(struct fixture *fixture, const char *old, const char *new,
			const char *expected)
{
	struct buf out = diff(fixture, old, new, 1);

	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void texts_are_compared_line_by_line(void **state)
{
	struct fixture fixture = begin(state);

	expect_diff(&fixture, "a\nb\nc\nd\ne\n", "a\nb\nX\nd\ne\n",
		    "--- proxy.conf r1\n+++ proxy.conf r2\n@@ -2,3 +2,3 @@ a\n b\n-c\n+X\n d\n");
	end(&fixture);
}

static void an_absent_side_is_the_null_device(void **state)
{
	struct fixture fixture = begin(state);

	expect_diff(&fixture, NULL, "a\n", "--- /dev/null\n+++ proxy.conf r2\n@@ -0,0 +1 @@\n+a\n");
	expect_diff(&fixture, "a\n", NULL, "--- proxy.conf r1\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
	end(&fixture);
}

static void the_same_revision_has_no_diff(void **state)
{
	struct fixture fixture = begin(state);

	expect_diff(&fixture, "a\n", "a\n", "");
	end(&fixture);
}

static void a_missing_last_newline_is_said(void **state)
{
	struct fixture fixture = begin(state);
	struct buf out = diff(&fixture, "a\n", "a", 1);

	assert_non_null(strstr(buf_text(&out), "-a\n+a\n\\ No newline at end of file\n"));
	buf_release(&out);
	end(&fixture);
}

static void binary_files_are_told_by_size_and_first_difference(void **state)
{
	struct fixture fixture = begin(state);
	char old_blob[41], new_blob[41];
	struct buf out;

	buf_init(&out, 1 << 20);
	keep(&fixture, "ab\0cd", 5, old_blob);
	keep(&fixture, "ab\0cXef", 7, new_blob);
	assert_int_equal(diff_blobs(&fixture, old_blob, new_blob, 3, &out, NULL), 0);
	assert_non_null(strstr(buf_text(&out), "old: 5 bytes, sha256 "));
	assert_non_null(strstr(buf_text(&out), "new: 7 bytes, sha256 "));
	assert_non_null(strstr(buf_text(&out), "first difference at byte 4\n"));
	assert_int_equal(strlen(buf_text(&out)), out.length);
	buf_release(&out);
	end(&fixture);
}

static void large_files_are_told_without_reading_them(void **state)
{
	struct fixture fixture = begin(state);
	size_t length = (size_t)BIGFILE_FROM + 1;
	char *data = mem_zalloc(length), blob[41];
	struct buf out;

	buf_init(&out, 1 << 20);
	keep(&fixture, data, length, blob);
	assert_int_equal(diff_blobs(&fixture, blob, "", 3, &out, NULL), 0);
	assert_non_null(strstr(buf_text(&out), "old: 8388609 bytes"));
	assert_non_null(strstr(buf_text(&out), "new: absent"));
	buf_release(&out);
	free(data);
	end(&fixture);
}

static void a_long_diff_is_cut_and_says_so(void **state)
{
	struct fixture fixture = begin(state);
	struct buf text, out;

	buf_init(&text, (size_t)4 << 20);
	for (int i = 0; i < 200000; i++)
		buf_printf(&text, "line %d\n", i);
	out = diff(&fixture, NULL, text.data, 3);
	assert_true(out.length < ((size_t)1 << 20) + 200);
	assert_non_null(strstr(buf_text(&out), "cut here"));
	buf_release(&out);
	buf_release(&text);
	end(&fixture);
}

static void a_small_buffer_is_filled_and_never_overflows(void **state)
{
	struct fixture fixture = begin(state);
	char blob[41];
	struct buf text, out;

	buf_init(&text, 4 << 20);
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "line %d\n", i);
	keep(&fixture, text.data, text.length, blob);
	buf_init(&out, 500);
	assert_int_equal(diff_blobs(&fixture, "", blob, 3, &out, NULL), 0);
	assert_false(out.overflow);
	assert_non_null(strstr(buf_text(&out), "cut here"));
	buf_release(&out);
	buf_release(&text);
	end(&fixture);
}

static void an_unknown_revision_is_an_error(void **state)
{
	struct fixture fixture = begin(state);
	struct buf out;

	buf_init(&out, 500);
	assert_int_equal(
		diff_blobs(&fixture, "0123456789012345678901234567890123456789", "", 3, &out, NULL),
		-ERR_NOT_FOUND);
	assert_int_equal(out.length, 0);
	buf_release(&out);
	end(&fixture);
}

static struct content_side text_side(const char *text, uint32_t mode)
{
	struct content_side side = {.data = mem_strdup(text),
				    .length = strlen(text),
				    .size = (int64_t)strlen(text),
				    .mode = mode,
				    .present = true};

	(void)snprintf(side.sha256, sizeof(side.sha256), "sum of %s", text);
	return side;
}

static void another_mode_is_a_difference(void **state)
{
	struct content_side a = text_side("x", 0644), b = text_side("x", 0600),
			    c = text_side("x", 0);
	struct buf out;

	(void)state;
	buf_init(&out, 500);
	assert_false(content_side_same(&a, &b));
	assert_true(content_side_same(&a, &c)); /* one that is not known */
	assert_int_equal(content_diff(&a, &b, (struct content_names){"a", "b"}, 3, &out, NULL), 0);
	assert_string_equal(buf_text(&out), "old mode 0644\nnew mode 0600\n");
	buf_release(&out);
	content_side_release(&a);
	content_side_release(&b);
	content_side_release(&c);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(texts_are_compared_line_by_line),
		TEST(an_absent_side_is_the_null_device),
		TEST(the_same_revision_has_no_diff),
		TEST(a_missing_last_newline_is_said),
		TEST(binary_files_are_told_by_size_and_first_difference),
		TEST(large_files_are_told_without_reading_them),
		TEST(a_long_diff_is_cut_and_says_so),
		TEST(a_small_buffer_is_filled_and_never_overflows),
		TEST(an_unknown_revision_is_an_error),
		TEST(another_mode_is_a_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
