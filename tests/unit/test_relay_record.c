/* SPDX-License-Identifier: MIT
 *
 * The recording of a shell: as the terminal showed it, no secret in it however it came there, and
 * nothing out of its place.
 */
#include "relay/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/scratch.h"

#define SECRET "s3cr3t value"

static void hide(struct mask *mask, const char *secret)
{
	mask_add(mask, secret, strlen(secret));
	record_hide(mask, secret, strlen(secret));
}

/* What is recorded of a text that comes in pieces; the caller frees it. */
static char *record(void **state, const char *text, size_t piece, int64_t most)
{
	const size_t length = strlen(text);
	const char *path = scratch_path(state, "shells/one.log");
	struct mask mask = {0};
	struct record record;
	struct err err;
	char *out;
	size_t out_length;

	hide(&mask, SECRET);
	hide(&mask, "-----\nkey of\nlines");
	assert_int_equal(record_open(&record, path, most, &mask, &err), 0);
	for (size_t at = 0; at < length; at += piece)
		record_take(&record, text + at, length - at < piece ? length - at : piece);
	record_close(&record);
	assert_int_equal(file_read(path, 1 << 20, &out, &out_length, &err), 0);
	mask_release(&mask);
	unlink(path);
	unlink(scratch_path(state, "shells/one.log.times"));
	return out;
}

static void assert_records(void **state, const char *text, const char *wanted)
{
	for (size_t piece = 1; piece <= strlen(text); piece++) {
		char *out = record(state, text, piece, 0);

		assert_string_equal(out, wanted);
		free(out);
	}
}

static void what_is_no_secret_is_recorded_as_it_was(void **state)
{
	assert_records(state, "$ ls\r\n\033[1ma\033[m  b\r\n", "$ ls\r\n\033[1ma\033[m  b\r\n");
	assert_records(state, "s3c\b \b\b \bx\r\n", "s3c\b \b\b \bx\r\n");
	assert_records(state, "gr\303\274n \033(B\033[?25h", "gr\303\274n \033(B\033[?25h");
}

static void controls_keep_their_place(void **state)
{
	/* What could be the beginning of a secret is held back; the colour after it too. */
	assert_records(state, "s3\033[31mcr\033[mX", "s3\033[31mcr\033[mX");
	assert_records(state, "s3c\033[K", "s3c\033[K");
}

static void a_secret_in_pieces_is_hidden(void **state)
{
	assert_records(state, "<" SECRET ">", "<***>");
	assert_records(state, "<s3cr\033[31m3t\033[m value>", "<***\033[31m\033[m>");
	assert_records(state, "<s3cr3t va \rlue>", "<*** \r>");	  /* as bash breaks a line */
	assert_records(state, "<s3cr3t \r\nvalue>", "<***\r\n>"); /* as a terminal does */
	assert_records(state, "<s3cr3t\r\n value>", "<***\r\n>");
	assert_records(state, SECRET "\r\n" SECRET "\r\n", "***\r\n***\r\n");
	assert_records(state, "-----\r\nkey of\r\nlines\r\n", "***\r\n\r\n\r\n");
}

static void what_terminals_do_not_show_is_left_out(void **state)
{
	assert_records(state, "a\033]0;" SECRET "\ab", "ab");
	assert_records(state, "a\033]8;;http://" SECRET "\033\\b", "ab");
	assert_records(state, "a\033P" SECRET "\033\\b", "ab");
	assert_records(state, "a\033]0;never ended\nb", "ab");
}

static void digits_of_a_sequence_can_be_a_secret(void **state)
{
	const char *path = scratch_path(state, "digits.log");
	struct mask mask = {0};
	struct record one;
	struct err err;
	char *out;
	size_t length;

	hide(&mask, "123456");
	assert_int_equal(record_open(&one, path, 0, &mask, &err), 0);
	record_take(&one, "\033[123456m\033[12m", 14);
	record_close(&one);
	assert_int_equal(file_read(path, 1000, &out, &length, &err), 0);
	assert_string_equal(out, "\033[12m");
	mask_release(&mask);
	free(out);
}

static void the_size_of_the_terminal_stands_in_it(void **state)
{
	const char *path = scratch_path(state, "size.log");
	const struct winsize size = {.ws_row = 24, .ws_col = 80};
	struct mask mask = {0};
	struct stat info;
	struct record one;
	struct err err;
	char *out;
	size_t length;

	assert_int_equal(record_open(&one, path, 0, &mask, &err), 0);
	record_size(&one, &size);
	record_take(&one, "a", 1);
	record_close(&one);
	assert_int_equal(file_read(path, 1000, &out, &length, &err), 0);
	assert_string_equal(out, "\033[8;24;80ta");
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_int_equal(record_open(&one, path, 0, &mask, &err), -ERR_EXISTS);
	mask_release(&mask);
	free(out);
}

static void it_has_a_bound(void **state)
{
	char *out = record(state, "0123456789abcdef", 4, 6);

	assert_string_equal(out, "01234567");
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_secret_is_recorded_as_it_was),
		cmocka_unit_test(controls_keep_their_place),
		cmocka_unit_test(a_secret_in_pieces_is_hidden),
		cmocka_unit_test(what_terminals_do_not_show_is_left_out),
		cmocka_unit_test(digits_of_a_sequence_can_be_a_secret),
		cmocka_unit_test(the_size_of_the_terminal_stands_in_it),
		cmocka_unit_test(it_has_a_bound),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
