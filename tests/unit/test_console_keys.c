/* SPDX-License-Identifier: MIT
 *
 * Keys files: what they may change, and what they may not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/action.h"
#include "tui/keys.h"

static int parse(const char *text, const char *problem)
{
	struct buf problems;

	buf_init(&problems, 4096);
	int wrong = keys_parse("keys", text, strlen(text), &problems);
	if (problem != NULL)
		assert_non_null(strstr(buf_text(&problems), problem));
	buf_release(&problems);
	return wrong;
}

static void what_a_file_may_not_say_is_named(void **state)
{
	(void)state;
	assert_int_equal(parse("fly = x\n", "keys:1: no such action"), 1);
	assert_int_equal(parse("\nlist x\n", "keys:2: write ACTION = KEY"), 1);
	assert_int_equal(parse("list = Nokey\n", "no such key"), 1);
	assert_int_equal(parse("undo = u\n", "what acts stays on upper case letters"), 1);
	assert_int_equal(parse("undo = ^U\n", "what acts stays on upper case letters"), 1);
	assert_int_equal(parse("list = j\n", "that key does something else already"), 1);
	assert_int_equal(action_of_key(0, 'j'), ACTION_DOWN);
	assert_int_equal(action_of_key(0, 'U'), ACTION_UNDO);
}

static void keys_change_and_may_change_places(void **state)
{
	(void)state;
	char text[ACTION_KEY_TEXT];
	assert_int_equal(parse("# mine\nlist = L Home\nfirst = g\n", NULL), 0);
	assert_int_equal(action_of_key(0, 'L'), ACTION_LIST);
	assert_int_equal(action_of_key(0, PRESS_HOME), ACTION_LIST);
	assert_int_equal(action_of_key(0, '1'), ACTION_NONE);
	action_key_text(action_info(ACTION_LIST)->key, text);
	assert_string_equal(text, "L");
	assert_int_equal(parse("down = k\nup = j\n", NULL), 0);
	assert_int_equal(action_of_key(0, 'k'), ACTION_DOWN);
	assert_int_equal(action_of_key(0, 'j'), ACTION_UP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_file_may_not_say_is_named),
		cmocka_unit_test(keys_change_and_may_change_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
