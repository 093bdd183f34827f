/* SPDX-License-Identifier: MIT
 *
 * The mask: no form of a secret passes, however the stream is cut; everything else passes
 * unchanged.
 */
#include "relay/mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "relay/forms.h"

/* Passes a text in pieces of `piece` bytes; the caller frees what comes out. */
static char *pass(const struct mask *mask, const char *text, size_t length, size_t piece)
{
	struct mask_stream stream;
	struct buf out;

	buf_init(&out, 4000000);
	mask_stream_init(&stream);
	for (size_t at = 0; at < length; at += piece)
		mask_pass(mask, &stream, text + at, length - at < piece ? length - at : piece,
			  MASK_MORE, &out);
	mask_pass(mask, &stream, NULL, 0, MASK_LAST, &out);
	mask_stream_release(&stream);
	return buf_steal(&out);
}

static void assert_passes(const struct mask *mask, const char *text, const char *wanted)
{
	const size_t length = strlen(text);

	for (size_t piece = 1; piece <= length + 1; piece++) {
		char *out = pass(mask, text, length, piece);

		assert_string_equal(out ? out : "", wanted);
		free(out);
	}
}

static void add(struct mask *mask, const char *secret)
{
	mask_add(mask, secret, strlen(secret));
}

static void a_secret_is_hidden_at_every_cut(void **state)
{
	struct mask mask = {0};

	(void)state;
	add(&mask, "s3cr3t-v4lue");
	assert_passes(&mask, "", "");
	assert_passes(&mask, "s3cr3t-v4lue", "***");
	assert_passes(&mask, "a s3cr3t-v4lue b\n", "a *** b\n");
	assert_passes(&mask, "s3cr3t-v4lues3cr3t-v4lue", "***");
	assert_passes(&mask, "s3cr3t-v4lu", "s3cr3t-v4lu");
	assert_passes(&mask, "s3cr3t-s3cr3t-v4lue", "s3cr3t-***");
	assert_passes(&mask, "nothing to hide: s3cr3", "nothing to hide: s3cr3");
	mask_release(&mask);
}

static void overlapping_secrets_are_hidden_together(void **state)
{
	struct mask mask = {0};

	(void)state;
	add(&mask, "abcdefgh");
	add(&mask, "efghijkl");
	add(&mask, "abcdefghijklmnop");
	assert_passes(&mask, "<abcdefghijkl>", "<***>");
	assert_passes(&mask, "<abcdefghijklmnop>", "<***>");
	assert_passes(&mask, "<abcdefghi>", "<***i>");
	mask_release(&mask);
}

static void every_form_is_hidden(void **state)
{
	static const char *const forms[] = {
		"p\"a/s s'w\xc3\xb6rd\\&", /* itself */
		"cCJhL3Mgcyd3w7ZyZFwm",	   /* base64: 15 bytes, all digits are its own */
		"p%22a%2Fs%20s%27w%C3%B6rd%5C%26",
		"p%22a%2fs%20s%27w%c3%b6rd%5c%26",
		"p%22a%2Fs+s%27w%C3%B6rd%5C%26",
		"p%22a%2Fs%20s'w%C3%B6rd%5C%26",
		"p\\\"a/s s'w\xc3\xb6rd\\\\&",
		"p\\\"a\\/s s'w\xc3\xb6rd\\\\&",
		"p\\\"a/s s'w\\u00f6rd\\\\&",
		"p\\\"a/s s'w\\u00F6rd\\\\&",
		"p\"a/s s'\\''w\xc3\xb6rd\\&",
		"p\"a/s s'\"'\"'w\xc3\xb6rd\\&",
	};
	struct mask mask = {0};

	(void)state;
	add(&mask, forms[0]);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		char *text = mem_printf("[%s]", forms[i]);

		assert_passes(&mask, text, "[***]");
		free(text);
	}
	mask_release(&mask);
}

/* "user:" before it moves the digits by two bytes; those at the ends are shared. */
static void base64_is_hidden_at_each_alignment(void **state)
{
	struct mask mask = {0};

	(void)state;
	add(&mask, "hunter2hunter2");
	assert_passes(&mask, "aHVudGVyMmh1bnRlcjI=", "***I=");
	assert_passes(&mask, "Omh1bnRlcjJodW50ZXIy", "Om***");
	assert_passes(&mask, "dXNlcjpodW50ZXIyaHVudGVyMg==", "dXNlcjp***g==");
	mask_release(&mask);
}

static void lines_of_a_key_are_hidden_one_by_one(void **state)
{
	struct mask mask = {0};

	(void)state;
	add(&mask, "-----BEGIN KEY-----\nAAAABBBBCCCC\nDDDDEEEEFFFF\n-----END KEY-----");
	assert_passes(&mask, "> AAAABBBBCCCC\n> DDDDEEEEFFFF\n", "> ***\n> ***\n");
	mask_release(&mask);
}

/* A long value as base64(1) prints it, in lines of 76. */
static void base64_in_lines_is_hidden(void **state)
{
	struct mask mask = {0};
	char secret[121], text[200];

	(void)state;
	for (size_t i = 0; i < 120; i++)
		secret[i] = (char)('a' + i % 7);
	secret[120] = '\0';
	add(&mask, secret);
	(void)snprintf(
		text, sizeof(text), "%s\n%s\n",
		"YWJjZGVmZ2FiY2RlZmdhYmNkZWZnYWJjZGVmZ2FiY2RlZmdhYmNkZWZnYWJjZGVmZ2FiY2RlZmdh",
		"YmNkZWZnYWJjZGVmZ2FiY2RlZmdhYmNkZWZnYWJjZGVmZ2FiY2RlZmdhYmNkZWZnYWJjZGVmZ2Fi");
	assert_passes(&mask, text, "***\n***\n");
	mask_release(&mask);
}

static void what_is_too_short_hides_nothing(void **state)
{
	struct mask mask = {0};

	(void)state;
	mask_add(&mask, "abcde", FORMS_SHORTEST - 1);
	assert_passes(&mask, "abcde", "abcde");
	mask_release(&mask);
	mask_add(&mask, "abcdef", FORMS_SHORTEST);
	assert_passes(&mask, "xabcdefx", "x***x");
	mask_release(&mask);
}

static void a_stream_without_secrets_is_not_touched(void **state)
{
	struct mask mask = {0};
	char bytes[256 * 3];
	char *out;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	out = pass(&mask, bytes, sizeof(bytes), 7);
	assert_memory_equal(out, bytes, sizeof(bytes));
	free(out);
}

static void the_longest_secret_is_hidden(void **state)
{
	struct mask mask = {0};
	const size_t length = (size_t)64 * 1024;
	char *secret = mem_alloc(length + 2), *out;

	(void)state;
	for (size_t i = 0; i < length; i++)
		secret[i] = (char)('a' + (i * i + i / 26) % 26);
	secret[length] = '!';
	secret[length + 1] = '\0';
	mask_add(&mask, secret, length);
	out = pass(&mask, secret, length + 1, 1000);
	assert_string_equal(out, "***!");
	free(out);
	free(secret);
	mask_release(&mask);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_hidden_at_every_cut),
		cmocka_unit_test(overlapping_secrets_are_hidden_together),
		cmocka_unit_test(every_form_is_hidden),
		cmocka_unit_test(base64_is_hidden_at_each_alignment),
		cmocka_unit_test(lines_of_a_key_are_hidden_one_by_one),
		cmocka_unit_test(base64_in_lines_is_hidden),
		cmocka_unit_test(what_is_too_short_hides_nothing),
		cmocka_unit_test(a_stream_without_secrets_is_not_touched),
		cmocka_unit_test(the_longest_secret_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
