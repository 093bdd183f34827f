/* SPDX-License-Identifier: MIT
 *
 * Reading the last error of a program back from a log.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/log.h"
#include "tests/unit/scratch.h"

#define JSON(level, program, message)                                                              \
	"{\"time\":\"2026-01-01T00:00:00.000000Z\",\"level\":\"" level "\",\"program\":\"" program \
	"\",\"message\":\"" message "\"}\n"

static void expect(void **state, const char *log, size_t from, const char *wanted)
{
	char text[40];

	log_last_error(scratch_write(state, "engine.log", log), (off_t)from, "hlpd", text,
		       sizeof(text));
	assert_string_equal(text, wanted);
}

static void last_error_of_the_program_is_found(void **state)
{
	expect(state,
	       JSON("error", "hlpd", "first") JSON("error", "hlpd", "second")
		       JSON("info", "hlpd", "third") JSON("error", "hlp-launcher", "fourth"),
	       0, "second");
}

static void quotes_are_taken_back(void **state)
{
	expect(state, JSON("error", "hlpd", "a \\\"b\\\" and \\\\"), 0, "a \"b\" and \\");
}

static void text_lines_are_read_too(void **state)
{
	expect(state, "2026-01-01T00:00:00.000000Z error hlpd: no \"way\"\n", 0, "no \"way\"");
}

static void older_errors_are_left_alone(void **state)
{
	const char *log = JSON("error", "hlpd", "old") JSON("info", "hlpd", "new");

	expect(state, log, strlen(JSON("error", "hlpd", "old")), "");
	expect(state, log, strlen(log) + 100, "");
}

static void long_message_is_cut(void **state)
{
	expect(state, JSON("error", "hlpd", "0123456789012345678901234567890123456789 and more"), 0,
	       "012345678901234567890123456789012345678");
}

static void long_log_is_read_from_its_end(void **state)
{
	struct buf log;

	buf_init(&log, 1000000);
	while (log.length < 100000)
		buf_add_text(&log, JSON("error", "hlpd", "again"));
	buf_add_text(&log, JSON("error", "hlpd", "last"));
	expect(state, buf_text(&log), 0, "last");
	buf_release(&log);
}

static void missing_log_has_no_error(void **state)
{
	char text[10] = "x";

	(void)state;

	log_last_error("/nonexistent/engine.log", 0, "hlpd", text, sizeof(text));
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_error_of_the_program_is_found),
		cmocka_unit_test(quotes_are_taken_back),
		cmocka_unit_test(text_lines_are_read_too),
		cmocka_unit_test(older_errors_are_left_alone),
		cmocka_unit_test(long_message_is_cut),
		cmocka_unit_test(long_log_is_read_from_its_end),
		cmocka_unit_test(missing_log_has_no_error),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
