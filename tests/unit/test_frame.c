/* SPDX-License-Identifier: MIT
 *
 * Framing, status numbers, header texts, timeouts, checked unpacking.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire/frame.h"
#include "wire/grpc_status.h"
#include "wire/hlp.pb-c.h"
#include "wire/message.h"

/* ---- frames ------------------------------------------------------------------------------ */

static void message_arrives_byte_by_byte(void **state)
{
	static const uint8_t bytes[] = {0, 0, 0, 0, 3, 'a', 'b', 'c', 0, 0, 0, 0, 0};
	struct frame_reader reader;
	const uint8_t *message;
	size_t length;
	int found = 0;

	(void)state;
	frame_reader_init(&reader, 100);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		assert_int_equal(frame_reader_feed(&reader, bytes + i, 1, NULL), 0);
		while (frame_reader_next(&reader, &message, &length, NULL) == 1) {
			assert_int_equal(i, found == 0 ? 7 : 12);
			assert_int_equal(length, found == 0 ? 3 : 0);
			found++;
		}
	}
	assert_int_equal(found, 2);
	assert_int_equal(frame_reader_pending(&reader), 0);
	frame_reader_release(&reader);
}

static void several_messages_come_out_of_one_feed(void **state)
{
	uint8_t bytes[60];
	struct frame_reader reader;
	const uint8_t *message;
	size_t length;

	(void)state;
	for (size_t i = 0; i < 10; i++) {
		frame_write_prefix(bytes + 6 * i, 1);
		bytes[6 * i + 5] = (uint8_t)('0' + i);
	}
	frame_reader_init(&reader, 1);
	assert_int_equal(frame_reader_feed(&reader, bytes, sizeof(bytes), NULL), 0);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(frame_reader_next(&reader, &message, &length, NULL), 1);
		assert_int_equal(message[0], '0' + i);
	}
	assert_int_equal(frame_reader_next(&reader, &message, &length, NULL), 0);
	frame_reader_release(&reader);
}

static void message_bound_holds_at_n_and_one_more(void **state)
{
	uint8_t prefix[FRAME_PREFIX];
	struct frame_reader reader;
	struct err err;

	(void)state;
	frame_reader_init(&reader, 1000);
	frame_write_prefix(prefix, 1000);
	assert_int_equal(frame_reader_feed(&reader, prefix, FRAME_PREFIX, &err), 0);
	frame_reader_release(&reader);
	frame_reader_init(&reader, 1000);
	frame_write_prefix(prefix, 1001);
	assert_int_equal(frame_reader_feed(&reader, prefix, FRAME_PREFIX, &err), -ERR_LIMIT);
	frame_reader_release(&reader);
	frame_reader_init(&reader, FRAME_MESSAGE_MAX);
	frame_write_prefix(prefix, UINT32_MAX);
	assert_int_equal(frame_reader_feed(&reader, prefix, FRAME_PREFIX, &err), -ERR_LIMIT);
	frame_reader_release(&reader);
}

static void flags_but_plain_are_refused(void **state)
{
	static const uint8_t compressed[FRAME_PREFIX] = {1}, unknown[FRAME_PREFIX] = {0x80};
	struct frame_reader reader;

	(void)state;
	frame_reader_init(&reader, 10);
	assert_int_equal(frame_reader_feed(&reader, compressed, FRAME_PREFIX, NULL),
			 -ERR_UNSUPPORTED);
	frame_reader_release(&reader);
	frame_reader_init(&reader, 10);
	assert_int_equal(frame_reader_feed(&reader, unknown, FRAME_PREFIX, NULL), -ERR_PROTOCOL);
	frame_reader_release(&reader);
}

/* ---- how a call ends --------------------------------------------------------------------- */

static void every_code_has_a_number_and_comes_back_by_name(void **state)
{
	(void)state;
	assert_int_equal(grpc_status_of_error(ERR_NONE), 0);
	for (int code = 1; code < ERR_CODES; code++) {
		const char *name = err_code_name(code);
		int status = grpc_status_of_error(code);

		assert_in_range(status, 1, 16);
		assert_int_equal(grpc_status_of_error(-code), status);
		assert_int_equal(grpc_status_error_named(name, strlen(name)), code);
		assert_int_not_equal(grpc_status_to_error(status), ERR_NONE);
		/* Where a number stands for one code, it leads back to it. */
		if (status != 13 && status != 8)
			assert_int_equal(grpc_status_to_error(status), code);
	}
}

static void numbers_are_those_of_grpc(void **state)
{
	static const struct {
		int code, status;
	} pairs[] = {{ERR_CANCELLED, 1},    {ERR_INVALID, 3},	   {ERR_TIMEOUT, 4},
		     {ERR_NOT_FOUND, 5},    {ERR_EXISTS, 6},	   {ERR_DENIED, 7},
		     {ERR_FULL, 8},	    {ERR_LIMIT, 8},	   {ERR_REFUSED, 9},
		     {ERR_CONFLICT, 10},    {ERR_UNSUPPORTED, 12}, {ERR_IO, 13},
		     {ERR_UNAVAILABLE, 14}, {ERR_CORRUPT, 15}};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_int_equal(grpc_status_of_error(pairs[i].code), pairs[i].status);
}

static void unknown_numbers_and_names_are_internal(void **state)
{
	(void)state;
	assert_int_equal(grpc_status_to_error(2), ERR_INTERNAL);
	assert_int_equal(grpc_status_to_error(17), ERR_INTERNAL);
	assert_int_equal(grpc_status_to_error(-5), ERR_INTERNAL);
	assert_int_equal(grpc_status_of_error(1000), 13);
	assert_int_equal(grpc_status_error_named("none", 4), ERR_NONE);
	assert_int_equal(grpc_status_error_named("conf", 4), ERR_NONE);
}

static void any_text_survives_a_header(void **state)
{
	char all[255];
	struct buf escaped, back;

	(void)state;
	buf_init(&escaped, 4096);
	buf_init(&back, 4096);
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)(i + 1);
	grpc_status_escape(&escaped, all, sizeof(all));
	for (size_t i = 0; i < escaped.length; i++)
		assert_in_range(escaped.data[i], 0x20, 0x7e);
	grpc_status_unescape(&back, escaped.data, escaped.length);
	assert_int_equal(back.length, sizeof(all));
	assert_memory_equal(back.data, all, sizeof(all));
	buf_release(&escaped);
	buf_release(&back);
}

static void broken_escapes_stay_as_they_are(void **state)
{
	static const char text[] = "100%, %4, %zz%41%";
	struct buf back;

	(void)state;
	buf_init(&back, 100);
	grpc_status_unescape(&back, text, strlen(text));
	assert_string_equal(buf_text(&back), "100%, %4, %zzA%");
	buf_release(&back);
}

/* ---- timeouts ---------------------------------------------------------------------------- */

static void timeouts_survive_the_header(void **state)
{
	static const int64_t exact[] = {1, 1500, 99999999, 100000000, 3600000000, 99999999000};

	(void)state;
	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++) {
		char text[GRPC_TIMEOUT_TEXT];
		int64_t back = 0;

		grpc_status_format_timeout(exact[i], text);
		assert_true(strlen(text) <= 9);
		assert_int_equal(grpc_status_parse_timeout(text, strlen(text), &back, NULL), 0);
		assert_int_equal(back, exact[i]);
	}
}

static void extreme_timeouts_stay_in_range(void **state)
{
	static const int64_t odd[] = {INT64_MIN, -1, 0, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		char text[GRPC_TIMEOUT_TEXT];
		int64_t back = 0;

		grpc_status_format_timeout(odd[i], text);
		assert_int_equal(grpc_status_parse_timeout(text, strlen(text), &back, NULL), 0);
		assert_true(back > 0);
	}
}

static void every_unit_is_read(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} cases[] = {{"1H", 3600000000},
		     {"2M", 120000000},
		     {"3S", 3000000},
		     {"4m", 4000},
		     {"5u", 5},
		     {"6000n", 6},
		     {"99999999H", 359999996400000000}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t us = 0;

		assert_int_equal(
			grpc_status_parse_timeout(cases[i].text, strlen(cases[i].text), &us, NULL),
			0);
		assert_int_equal(us, cases[i].us);
	}
}

static void malformed_timeouts_are_refused(void **state)
{
	static const char *const texts[] = {"",	    "5",   "S",	  "5s",	 "-1S",
					    "1.5S", " 1S", "1 S", "1SS", "100000000S"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t us = 77;

		assert_int_equal(grpc_status_parse_timeout(texts[i], strlen(texts[i]), &us, NULL),
				 -ERR_PROTOCOL);
		assert_int_equal(us, 77);
	}
	assert_int_equal(grpc_status_parse_timeout("1\0", 2, &(int64_t){0}, NULL), -ERR_PROTOCOL);
}

/* ---- messages ---------------------------------------------------------------------------- */

static int check(const char *bytes, size_t length, enum message_source source)
{
	ProtobufCMessage *message = NULL;
	int rc =
		message_unpack(&hlp__v1__status__descriptor, source, bytes, length, &message, NULL);

	if (message)
		protobuf_c_message_free_unpacked(message, NULL);
	return rc;
}

static void empty_message_is_fine(void **state)
{
	(void)state;
	assert_int_equal(check(NULL, 0, MESSAGE_FROM_CLIENT), 0);
}

static void texts_from_clients_must_be_utf8(void **state)
{
	/* Status.execution.id */
	static const char bytes[] = "\x0a\x03\x0a\x01\xff";

	(void)state;
	assert_int_equal(check(bytes, 5, MESSAGE_FROM_CLIENT), -ERR_PROTOCOL);
	assert_int_equal(check(bytes, 5, MESSAGE_FROM_ENGINE), 0);
}

static void hidden_bytes_behind_a_nul_are_refused(void **state)
{
	(void)state;
	assert_int_equal(check("\x0a\x05\x0a\x03"
			       "a\0b",
			       7, MESSAGE_FROM_ENGINE),
			 -ERR_PROTOCOL);
}

static void unknown_fields_are_skipped(void **state)
{
	(void)state;
	/* field 100: varint, fixed64, text, fixed32 */
	assert_int_equal(check("\xa0\x06\x05"
			       "\xa1\x06"
			       "12345678"
			       "\xa2\x06\x01\xff"
			       "\xa5\x06"
			       "1234",
			       23, MESSAGE_FROM_CLIENT),
			 0);
}

static void cut_messages_are_refused_everywhere(void **state)
{
	Hlp__V1__Execution execution = HLP__V1__EXECUTION__INIT;
	Hlp__V1__Status status = HLP__V1__STATUS__INIT;
	struct shared_bytes *bytes;
	int refused = 0;

	(void)state;
	execution.id = "01j0000000000000000000abcd";
	execution.created_us = INT64_MAX;
	status.execution = &execution;
	bytes = message_share(&status.base);
	for (size_t i = 1; i < bytes->length; i++)
		refused += check((const char *)bytes->data, i, MESSAGE_FROM_CLIENT) < 0;
	assert_int_equal(refused, bytes->length - 1);
	shared_bytes_unref(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_arrives_byte_by_byte),
		cmocka_unit_test(several_messages_come_out_of_one_feed),
		cmocka_unit_test(message_bound_holds_at_n_and_one_more),
		cmocka_unit_test(flags_but_plain_are_refused),
		cmocka_unit_test(every_code_has_a_number_and_comes_back_by_name),
		cmocka_unit_test(numbers_are_those_of_grpc),
		cmocka_unit_test(unknown_numbers_and_names_are_internal),
		cmocka_unit_test(any_text_survives_a_header),
		cmocka_unit_test(broken_escapes_stay_as_they_are),
		cmocka_unit_test(timeouts_survive_the_header),
		cmocka_unit_test(extreme_timeouts_stay_in_range),
		cmocka_unit_test(every_unit_is_read),
		cmocka_unit_test(malformed_timeouts_are_refused),
		cmocka_unit_test(empty_message_is_fine),
		cmocka_unit_test(texts_from_clients_must_be_utf8),
		cmocka_unit_test(hidden_bytes_behind_a_nul_are_refused),
		cmocka_unit_test(unknown_fields_are_skipped),
		cmocka_unit_test(cut_messages_are_refused_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
