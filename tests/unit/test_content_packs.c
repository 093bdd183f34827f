/* SPDX-License-Identifier: MIT
 *
 * Few packs: they are merged, nothing is lost by it, and nothing stays of those that are gone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/content_fixture.h"
#include "tests/unit/scratch.h"

static void keep_up(struct fixture *fixture, bool idle)
{
	struct err err = {0};

	if (content_upkeep(fixture->content, idle, &err) < 0)
		fail_msg("%s", err.message);
}

static void what_a_batch_names_is_reached_after_packs_were_merged(void **state)
{
	struct fixture fixture = fixture_begin(state);
	char blobs[40][41], text[12];
	struct buf out;

	for (int i = 0; i < 40; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		assert_int_equal(
			content_add(fixture.content, "a", text, strlen(text), blobs[i], NULL), 0);
		fixture_commit(&fixture);
		if (i == 6) {
			keep_up(&fixture, true);
			assert_int_equal(content_packs_count(fixture.content), 7);
		}
		if (i % 10 == 9)
			keep_up(&fixture, true);
	}
	assert_true(content_packs_count(fixture.content) <= 8);
	for (int i = 0; i < 40; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		fixture_expect_text(fixture.content, blobs[i], text);
	}
	assert_int_equal(fixture_git(&fixture, &out, "fsck", "--strict"), 0);
	buf_release(&out);
	fixture_end(&fixture);
}

/* How much of packs that are gone is still mapped into this process. */
static int count_ghosts(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[600];
	int count = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		count += strstr(line, "/objects/pack/") && strstr(line, "(deleted)");
	(void)fclose(maps); /* only read */
	return count;
}

static void a_pack_that_is_gone_is_not_kept_in_memory(void **state)
{
	struct fixture fixture = fixture_begin(state);
	struct content *reader;
	char blob[41], text[12];

	assert_int_equal(content_open(fixture.home, CONTENT_READ, &reader, NULL), 0);
	for (int i = 0; i < 60; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		assert_int_equal(content_add(fixture.content, "a", text, strlen(text), blob, NULL),
				 0);
		fixture_commit(&fixture);
		for (int again = 0; again < 5; again++)
			fixture_expect_text(reader, blob, text);
		if (i % 10 == 9)
			keep_up(&fixture, true);
	}
	assert_true(count_ghosts() < 40); /* the reader's, of its last 44 reads */
	content_close(reader);
	assert_int_equal(count_ghosts(), 0);
	fixture_end(&fixture);
}

static void work_is_held_up_only_for_many(void **state)
{
	struct fixture fixture = fixture_begin(state);
	char blob[41];

	for (int i = 0; i < 41; i++) {
		assert_int_equal(content_add(fixture.content, "a", &i, sizeof(i), blob, NULL), 0);
		fixture_commit(&fixture);
		if (i == 38) {
			keep_up(&fixture, false);
			assert_int_equal(content_packs_count(fixture.content), 39);
		}
	}
	keep_up(&fixture, false);
	assert_true(content_packs_count(fixture.content) <= 8);
	fixture_end(&fixture);
}

static void half_a_pack_that_was_left_goes(void **state)
{
	static const char *const names[] = {"tmp_pack_x", ".tmp-7-pack-x.pack", "pack_git2_x"};
	struct fixture fixture = fixture_begin(state);
	char *left;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		left = mem_printf("%s/objects/pack/%s", fixture.home->content, names[i]);
		assert_int_equal(file_replace(left, "PACK", 4, 0600, NULL), 0);
		content_close(fixture.content);
		assert_int_equal(content_open(fixture.home, CONTENT_READ, &fixture.content, NULL),
				 0);
		assert_true(file_exists(left)); /* a reader leaves it to the writer */
		content_close(fixture.content);
		assert_int_equal(content_open(fixture.home, CONTENT_WRITE, &fixture.content, NULL),
				 0);
		assert_false(file_exists(left));
		free(left);
	}
	fixture_end(&fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_a_batch_names_is_reached_after_packs_were_merged),
		TEST(a_pack_that_is_gone_is_not_kept_in_memory),
		TEST(work_is_held_up_only_for_many),
		TEST(half_a_pack_that_was_left_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
