/* SPDX-License-Identifier: MIT
 *
 * Failures explained: by the last line that is known, the special before the general, and by the
 * end alone. Some of the lines are those that the programs here really print.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/proc.h"
#include "model/explain.h"

static const char *explain(const char *output)
{
	return explain_output(output, strlen(output));
}

#define MEANS(output, part)                                                                        \
	do {                                                                                       \
		const char *means = explain(output);                                               \
		assert_non_null(means);                                                            \
		assert_non_null(strstr(means, part));                                              \
	} while (0)

static void known_lines_are_explained(void **state)
{
	(void)state;
	MEANS("sudo: a terminal is required to read the password; either use -S\n", "NOPASSWD");
	MEANS("root@db1: Permission denied (publickey,password).\n", "SSH_AUTH_SOCK");
	MEANS("cp: error writing 'x': No space left on device", "df -i");
	MEANS("psql: error: connection to server failed: Connection refused\n", "listens");
	MEANS("fatal: could not read Username for 'https://x': No such device\n", "git");
}

static void the_special_comes_before_the_general(void **state)
{
	(void)state;
	MEANS("ana@db1: Permission denied (publickey).\n", "ssh");
	MEANS("cat: x: Permission denied\n", "chmod");
	MEANS("sh: 1: [[: not found\n", "shell: bash");
	MEANS("sh: 1: frob: not found\n", "PATH");
	MEANS("sudo: a password is required: No such file or directory\n", "NOPASSWD");
}

static void the_last_known_line_decides(void **state)
{
	(void)state;
	MEANS("x: Connection refused\ny: No space left on device\ngiving up\n\n", "disk");
	MEANS("y: No space left on device\nx: Connection refused\n", "listens");
	MEANS("y: No space left on device\nx: Connection refused", "listens");
}

static void what_is_not_known_is_not_explained(void **state)
{
	(void)state;
	assert_null(explain(""));
	assert_null(explain("\n"));
	assert_null(explain("\n\n\n"));
	assert_null(explain("error 42\nsomething went wrong\n"));
	/* Not across lines. */
	assert_null(explain("Connection\nrefused\n"));
}

static void bytes_of_any_kind_are_looked_at(void **state)
{
	static const char bytes[] = "\0\xff\x1b[31m No space left on device\0\0";
	(void)state;
	assert_non_null(explain_output(bytes, sizeof bytes - 1));
}

static void an_end_without_words_is_explained_by_its_number(void **state)
{
	(void)state;
	assert_non_null(strstr(explain_end(127, 0), "PATH"));
	assert_non_null(strstr(explain_end(126, 0), "chmod"));
	assert_non_null(strstr(explain_end(0, 9), "memory"));
	assert_ptr_equal(explain_end(137, 0), explain_end(0, 9));
	assert_null(explain_end(1, 0));
	assert_null(explain_end(3, 0));
	assert_null(explain_end(255, 0));
	assert_null(explain_end(0, 15));
	assert_null(explain_end(INT32_MAX, 0));
}

/* What the programs of this machine say, not what we think that they do. */
static void the_shells_here_say_what_we_know(void **state)
{
	static const char *const lines[][2] = {
		{"no-such-program-at-all", "PATH"},
		{"set -u; echo \"$NOT_SET_AT_ALL\"", "pass_env"},
		{"[[ a = a ]] || exit 1", "shell: bash"},
		{"cat /no/such/file", "node's folder"},
		{"cat /proc/version >/dev/full", "df -i"},
		{"echo \"${x/a/b}\"", "shell: bash"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct buf out;
		char *text = mem_printf("exec 2>&1; LC_ALL=C sh -c '%s' || true", lines[i][0]);
		buf_init(&out, 65536);
		assert_int_equal(
			proc_run((char *[]){"/bin/sh", "-c", text, NULL}, NULL, &out, NULL), 0);
		MEANS(buf_text(&out), lines[i][1]);
		buf_release(&out);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_lines_are_explained),
		cmocka_unit_test(the_special_comes_before_the_general),
		cmocka_unit_test(the_last_known_line_decides),
		cmocka_unit_test(what_is_not_known_is_not_explained),
		cmocka_unit_test(bytes_of_any_kind_are_looked_at),
		cmocka_unit_test(an_end_without_words_is_explained_by_its_number),
		cmocka_unit_test(the_shells_here_say_what_we_know),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
