/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "launch/log.h"

struct place {
	char folder[32];
	char *path;
	char ids[4096]; /* what was read: the attempts' ids, each with a blank */
};

static int set_up(void **state)
{
	struct place *place = mem_zalloc(sizeof(*place));

	memcpy(place->folder, "/tmp/hlp-log-XXXXXX", 20);
	assert_non_null(mkdtemp(place->folder));
	place->path = file_join(place->folder, "log");
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	(void)unlink(place->path);
	(void)rmdir(place->folder);
	free(place->path);
	free(place);
	return 0;
}

static void remember(void *ctx, const struct launch_message *record)
{
	struct place *place = ctx;
	const size_t length = strlen(place->ids);

	(void)snprintf(place->ids + length, sizeof(place->ids) - length, "%s ", record->attempt);
}

static void open_log(struct place *place, struct launch_log *log, size_t cut)
{
	size_t found;
	struct err err;

	place->ids[0] = '\0';
	if (launch_log_open(log, place->path, remember, place, &found, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(found, cut);
}

static void add(struct launch_log *log, const char *attempt)
{
	launch_log_add(log,
		       &(struct launch_message){.kind = LAUNCH_ACKNOWLEDGE, .attempt = attempt});
}

static void write_three(struct place *place)
{
	struct launch_log log;

	open_log(place, &log, 0);
	add(&log, "a");
	assert_int_equal(launch_log_flush(&log, NULL), 0);
	add(&log, "b");
	add(&log, "c");
	assert_int_equal(launch_log_flush(&log, NULL), 0);
	launch_log_close(&log);
}

static void records_are_read_back_in_order(void **state)
{
	struct place *place = *state;
	struct launch_log log;

	write_three(place);
	open_log(place, &log, 0);
	assert_string_equal(place->ids, "a b c ");
	launch_log_close(&log);
}

static void unflushed_records_are_not_on_file(void **state)
{
	struct place *place = *state;
	struct launch_log log;

	open_log(place, &log, 0);
	add(&log, "a");
	launch_log_close(&log);
	open_log(place, &log, 0);
	assert_string_equal(place->ids, "");
	launch_log_close(&log);
}

static void torn_tail_is_cut_at_every_length(void **state)
{
	struct place *place = *state;
	struct launch_log log;
	char *data;
	size_t length, two;

	write_three(place);
	assert_int_equal(file_read(place->path, 1 << 20, &data, &length, NULL), 0);
	two = length - (length - 19) / 3;
	for (size_t kept = two; kept < length; kept++) {
		assert_int_equal(file_replace(place->path, data, kept, 0600, NULL), 0);
		open_log(place, &log, kept - two);
		assert_string_equal(place->ids, "a b ");
		add(&log, "d");
		assert_int_equal(launch_log_flush(&log, NULL), 0);
		launch_log_close(&log);
		open_log(place, &log, 0);
		assert_string_equal(place->ids, "a b d ");
		launch_log_close(&log);
	}
	free(data);
}

static void damage_is_noticed_at_every_byte(void **state)
{
	struct place *place = *state;
	struct launch_log log;
	char *data;
	size_t length;

	write_three(place);
	assert_int_equal(file_read(place->path, 1 << 20, &data, &length, NULL), 0);
	for (size_t at = 19; at < length; at++) {
		size_t cut;

		data[at] ^= 0x20;
		assert_int_equal(file_replace(place->path, data, length, 0600, NULL), 0);
		place->ids[0] = '\0';
		assert_int_equal(launch_log_open(&log, place->path, remember, place, &cut, NULL),
				 0);
		assert_true(cut > 0);
		assert_true(strlen(place->ids) < strlen("a b c "));
		launch_log_close(&log);
		data[at] ^= 0x20;
	}
	free(data);
}

static void log_of_something_else_is_left_alone(void **state)
{
	struct place *place = *state;
	struct launch_log log;
	size_t cut;
	char *data;
	struct err err;

	assert_int_equal(file_replace(place->path, "SQLite format 3", 15, 0600, NULL), 0);
	assert_int_equal(launch_log_open(&log, place->path, remember, place, &cut, &err),
			 -ERR_CORRUPT);
	assert_int_equal(file_read(place->path, 100, &data, NULL, NULL), 0);
	assert_string_equal(data, "SQLite format 3");
	free(data);
}

static void write_b_and_d(void *ctx, struct launch_log *log)
{
	(void)ctx;
	add(log, "b");
	add(log, "d");
}

static void rewriting_replaces_all(void **state)
{
	struct place *place = *state;
	struct launch_log log;
	const size_t before = 100;
	size_t after;

	write_three(place);
	open_log(place, &log, 0);
	add(&log, "forgotten"); /* what is rewritten is the state, which knows of it or not */
	assert_int_equal(launch_log_rewrite(&log, write_b_and_d, NULL, NULL), 0);
	after = log.size;
	assert_true(after < before);
	add(&log, "e");
	assert_int_equal(launch_log_flush(&log, NULL), 0);
	launch_log_close(&log);
	open_log(place, &log, 0);
	assert_string_equal(place->ids, "b d e ");
	launch_log_close(&log);
}

/* A limit on the file's size stands for a full disk: a part is written, the rest is refused. */
static void failed_write_is_mended_and_tried_again(void **state)
{
	struct place *place = *state;
	struct launch_log log;
	struct rlimit limit, before;
	struct err err;

	write_three(place);
	open_log(place, &log, 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = log.size + 10;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	add(&log, "d");
	assert_true(launch_log_flush(&log, &err) < 0);
	assert_true(launch_log_flush(&log, &err) < 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(launch_log_flush(&log, &err), 0);
	launch_log_close(&log);
	open_log(place, &log, 0);
	assert_string_equal(place->ids, "a b c d ");
	launch_log_close(&log);
}

#define WITH_PLACE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(records_are_read_back_in_order),
		WITH_PLACE(unflushed_records_are_not_on_file),
		WITH_PLACE(torn_tail_is_cut_at_every_length),
		WITH_PLACE(damage_is_noticed_at_every_byte),
		WITH_PLACE(log_of_something_else_is_left_alone),
		WITH_PLACE(rewriting_replaces_all),
		WITH_PLACE(failed_write_is_mended_and_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
