/* SPDX-License-Identifier: MIT
 *
 * The words with a remote shell: nothing is sent before it has answered, answers are found in a
 * stream cut anywhere, and what only looks like an answer is none. And the note that tells the
 * launcher of the end.
 */
#include "relay/remote.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "launch/note.h"
#include "relay/brief.h"
#include "tests/unit/scratch.h"

#define NONCE "0123456789abcdef0123456789abcdef"

struct fixture {
	struct remote remote;
	struct buf noise;
};

static void open_fixture(struct fixture *f, enum remote_outputs outputs)
{
	struct buf setup;

	buf_init(&setup, 1000);
	buf_add_text(&setup, "hlp_script='the step'\n");
	remote_init(&f->remote, NONCE, &setup, outputs);
	buf_release(&setup);
	buf_init(&f->noise, 100000);
}

static void close_fixture(struct fixture *f)
{
	remote_release(&f->remote);
	buf_release(&f->noise);
}

static void say(struct fixture *f, const char *text)
{
	remote_take(&f->remote, text, strlen(text), &f->noise);
}

static void the_script_waits_for_the_shell(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, REMOTE_WITHOUT_OUTPUTS);
	assert_null(strstr(buf_text(&f.remote.to_send), "the step"));
	say(&f, "Welcome to the machine\n");
	assert_int_equal(f.remote.phase, REMOTE_CALLING);
	assert_null(strstr(buf_text(&f.remote.to_send), "the step"));
	say(&f, NONCE " ready\n");
	assert_int_equal(f.remote.phase, REMOTE_SENT);
	assert_non_null(strstr(buf_text(&f.remote.to_send), "the step"));
	assert_string_equal(buf_text(&f.noise), "Welcome to the machine\n");
	close_fixture(&f);
}

static void answers_are_found_however_they_are_cut(void **state)
{
	static const char all[] = "greeting\n" NONCE " ready\n" NONCE " exit 7 9\na=1\nb=" NONCE;
	const size_t length = strlen(all) - strlen(NONCE) + 3;

	(void)state;
	for (size_t cut = 0; cut <= length; cut++) {
		struct fixture f;

		open_fixture(&f, REMOTE_WITH_OUTPUTS);
		remote_take(&f.remote, all, cut, &f.noise);
		remote_take(&f.remote, all + cut, length - cut, &f.noise);
		assert_int_equal(f.remote.phase, REMOTE_ENDED);
		assert_int_equal(f.remote.status, 7);
		assert_string_equal(buf_text(&f.remote.outputs), "a=1\nb=012");
		assert_string_equal(buf_text(&f.noise), "greeting\n");
		close_fixture(&f);
	}
}

static void what_is_no_answer_is_none(void **state)
{
	static const char *const wrong[] = {
		"exit 0 0 0",	      "exit",  "exit -1 0", "exit 256 0",
		"exit 0 99999999999", "ready", "",	    "exit 0 x"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct fixture f;
		char line[200];

		open_fixture(&f, REMOTE_WITHOUT_OUTPUTS);
		say(&f, NONCE " ready\n");
		(void)snprintf(line, sizeof(line), NONCE " %s\n", wrong[i]);
		say(&f, line);
		assert_int_equal(f.remote.phase, REMOTE_GARBLED);
		close_fixture(&f);
	}
}

static void another_number_is_noise(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, REMOTE_WITHOUT_OUTPUTS);
	say(&f, "fffffffffffffffffffffffffffffff0 ready\n" NONCE " ready\n");
	say(&f, "fffffffffffffffffffffffffffffff0 exit 0 0\n");
	assert_int_equal(f.remote.phase, REMOTE_SENT);
	close_fixture(&f);
}

static void a_line_without_end_is_refused(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, REMOTE_WITHOUT_OUTPUTS);
	say(&f, NONCE " ready");
	for (int i = 0; i < 40; i++)
		say(&f, "xxxxxxxxxx");
	assert_int_equal(f.remote.phase, REMOTE_GARBLED);
	close_fixture(&f);
}

/* ---- the note -------------------------------------------------------------------------------- */

static void a_note_says_how_an_attempt_ended(void **state)
{
	struct launch_message note = {.kind = LAUNCH_EXITED,
				      .attempt = "01x-a-run-1",
				      .exit = LAUNCH_EXIT_LAUNCH,
				      .code = 255,
				      .text = "why"};
	char *path = note_path(scratch_path(state, "a.log"));
	struct launch_message read;
	struct arena arena = {0};
	struct err err;

	assert_int_equal(note_read(path, "01x-a-run-1", &arena, &read, &err), -ERR_NOT_FOUND);
	assert_int_equal(note_write(path, &note, &err), 0);
	assert_int_equal(note_read(path, "01x-a-run-1", &arena, &read, &err), 0);
	assert_int_equal(read.code, 255);
	assert_string_equal(read.text, "why");
	assert_int_equal(note_read(path, "01x-a-run-2", &arena, &read, &err), -ERR_CORRUPT);
	note.exit = LAUNCH_EXIT_TIMEOUT; /* not a relay's to say */
	assert_int_equal(note_write(path, &note, &err), 0);
	assert_int_equal(note_read(path, "01x-a-run-1", &arena, &read, &err), -ERR_CORRUPT);
	assert_int_equal(file_replace(path, "\x01\x02", 2, 0600, &err), 0);
	assert_true(note_read(path, "01x-a-run-1", &arena, &read, &err) < 0);
	arena_release(&arena);
	free(path);
}

/* ---- the brief ---------------------------------------------------------------------------------
 */

static void a_brief_is_options_and_a_command(void **state)
{
	char secret[] = "TOKEN=/s/token";
	char *argv[] = {"hlp-relay", "--note", "/n", "--secret", secret, "--", "cat", "--", NULL};
	char *no_note[] = {"hlp-relay", "--", "cat", NULL};
	char *no_command[] = {"hlp-relay", "--note", "/n", "--", NULL};
	char *no_value[] = {"hlp-relay", "--note", NULL};
	char *unknown[] = {"hlp-relay", "--note", "/n", "--what", "x", "--", "cat", NULL};
	struct brief brief;
	struct err err;

	(void)state;
	assert_int_equal(brief_read(argv, &brief, &err), 0);
	assert_string_equal(brief.note, "/n");
	assert_int_equal(brief.secrets_count, 1);
	assert_string_equal(brief.secrets[0].name, "TOKEN");
	assert_string_equal(brief.secrets[0].path, "/s/token");
	assert_string_equal(brief.argv[0], "cat");
	assert_string_equal(brief.argv[1], "--");
	brief_release(&brief);
	assert_int_equal(brief_read(no_note, &brief, &err), -ERR_INVALID);
	assert_int_equal(brief_read(no_command, &brief, &err), -ERR_INVALID);
	assert_int_equal(brief_read(no_value, &brief, &err), -ERR_INVALID);
	assert_int_equal(brief_read(unknown, &brief, &err), -ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_script_waits_for_the_shell),
		cmocka_unit_test(answers_are_found_however_they_are_cut),
		cmocka_unit_test(what_is_no_answer_is_none),
		cmocka_unit_test(another_number_is_noise),
		cmocka_unit_test(a_line_without_end_is_refused),
		cmocka_unit_test_setup_teardown(a_note_says_how_an_attempt_ended, scratch_setup,
						scratch_teardown),
		cmocka_unit_test(a_brief_is_options_and_a_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
