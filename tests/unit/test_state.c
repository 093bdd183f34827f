/* SPDX-License-Identifier: MIT
 *
 * The table of transitions, row by row, and the names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/state.h"

/* 'm': the machine may; 'a': only an act; '.': never. Columns as rows:
 * PENDING RUNNING PAUSED COMPLETED FAILED RECOVERING RECOVERED. */
static const char *const table[STATES] = {
	[STATE_PENDING] = "mmmmmm.",   [STATE_RUNNING] = "mmmmmm.", [STATE_PAUSED] = "mmmmmaa",
	[STATE_COMPLETED] = "...a.a.", [STATE_FAILED] = "aaaaaa.",  [STATE_RECOVERING] = "...mmmm",
	[STATE_RECOVERED] = "a.a..aa",
};

static void every_row_of_the_table(void **state)
{
	(void)state;
	for (int from = 0; from < STATES; from++) {
		for (int to = 0; to < STATES; to++) {
			char who = table[from][to];
			enum state a = (enum state)from, b = (enum state)to;

			assert_int_equal(transition_is_legal(a, b, CAUSE_MACHINE), who == 'm');
			assert_int_equal(transition_is_legal(a, b, CAUSE_ACT), who != '.');
		}
	}
}

static void a_terminal_state_is_left_by_an_act_only(void **state)
{
	(void)state;
	for (int from = 0; from < STATES; from++) {
		for (int to = 0; to < STATES; to++) {
			if (state_is_terminal((enum state)from))
				assert_false(transition_is_legal((enum state)from, (enum state)to,
								 CAUSE_MACHINE));
		}
	}
	assert_true(state_is_terminal(STATE_COMPLETED));
	assert_true(state_is_terminal(STATE_FAILED));
	assert_true(state_is_terminal(STATE_RECOVERED));
	assert_false(state_is_terminal(STATE_RECOVERING));
}

static void every_reason_has_a_name_of_its_own_and_a_look(void **state)
{
	(void)state;
	for (int i = 1; i < REASONS; i++) {
		enum reason reason = (enum reason)i, parsed;
		enum state of;

		if (!reason_is_known(i))
			continue;
		of = reason_state(reason);
		assert_true(reason_parse(reason_name(reason), &parsed));
		assert_int_equal(parsed, reason);
		assert_true(state_word(of, reason)[0]);
		assert_true(state_glyph(of, reason)[0]);
		assert_int_equal(strlen(state_ascii(of, reason)), 1);
		assert_int_equal(strlen(state_letter(of, reason)), 1);
		assert_true(state_role(of, reason)[0]);
	}
	assert_false(reason_is_known(-1));
	assert_false(reason_is_known(5));
	assert_false(reason_is_known(REASONS));
	assert_string_equal(reason_name((enum reason)5), "");
	assert_string_equal(reason_name(REASON_NONE), "");
}

static void words_are_for_people_names_for_programs(void **state)
{
	enum reason reason;
	enum state parsed;

	(void)state;
	assert_string_equal(reason_name(REASON_BY_HAND), "by_hand");
	assert_string_equal(state_word(STATE_COMPLETED, REASON_BY_HAND), "by hand");
	assert_string_equal(state_word(STATE_FAILED, REASON_LOST), "outcome unknown");
	assert_string_equal(state_word(STATE_PENDING, REASON_NONE), "pending");
	assert_string_equal(state_name(STATE_RECOVERED), "RECOVERED");
	assert_true(state_parse("recovered", &parsed));
	assert_int_equal(parsed, STATE_RECOVERED);
	assert_false(state_parse("DONE", &parsed));
	assert_false(reason_parse("by hand", &reason));
}

static void what_was_undone_never_says_recovered_nor_is_green(void **state)
{
	(void)state;
	for (int i = REASON_UNDONE; i <= REASON_ACCEPTED; i++) {
		assert_null(strstr(state_word(STATE_RECOVERED, (enum reason)i), "recovered"));
		assert_string_not_equal(state_role(STATE_RECOVERED, (enum reason)i), "completed");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_table),
		cmocka_unit_test(a_terminal_state_is_left_by_an_act_only),
		cmocka_unit_test(every_reason_has_a_name_of_its_own_and_a_look),
		cmocka_unit_test(words_are_for_people_names_for_programs),
		cmocka_unit_test(what_was_undone_never_says_recovered_nor_is_green),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
