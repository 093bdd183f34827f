/* SPDX-License-Identifier: MIT
 *
 * Records: fields are found in whatever order they come, and numbers of any length.
 */
#include "model/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct thing {
	uint32_t first, second, third;
	uint64_t large;
};
static const struct record_field fields[] = {
	RECORD_FIELD(9, U32, thing, first),
	RECORD_FIELD(2, U32, thing, second),
	RECORD_FIELD(7, U32, thing, third),
	RECORD_FIELD(4, U64, thing, large),
};
static const struct record record = {fields, 4};

static struct thing decoded(const struct buf *bytes)
{
	struct arena arena = {0};
	struct thing thing = {0};

	assert_int_equal(record_decode(&record, bytes->data, bytes->length, &arena, &thing, NULL),
			 0);
	arena_release(&arena);
	return thing;
}

/* With fields of tomorrow between them. */
static void expect_in_order(const uint32_t tags[4])
{
	struct thing thing;
	struct buf bytes;

	buf_init(&bytes, 1000);
	for (int i = 0; i < 4; i++) {
		record_add_number(&bytes, tags[i], 10 + tags[i]);
		record_add_number(&bytes, 20, 1);
	}
	thing = decoded(&bytes);
	assert_int_equal(thing.first, 19);
	assert_int_equal(thing.second, 12);
	assert_int_equal(thing.third, 17);
	assert_int_equal(thing.large, 14);
	buf_release(&bytes);
}

static void fields_are_found_in_any_order(void **state)
{
	(void)state;
	expect_in_order((const uint32_t[]){9, 2, 7, 4});
	expect_in_order((const uint32_t[]){4, 7, 2, 9});
	expect_in_order((const uint32_t[]){7, 4, 9, 2});
}

static void the_last_of_two_counts(void **state)
{
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 1000);
	record_add_number(&bytes, 2, 5);
	record_add_number(&bytes, 2, 6);
	assert_int_equal(decoded(&bytes).second, 6);
	buf_release(&bytes);
}

static void numbers_of_any_length_come_back(void **state)
{
	static const uint64_t numbers[] = {1,	   0x7f,       0x80,	   0x3fff,
					   0x4000, UINT32_MAX, 1ULL << 63, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct buf bytes;

		buf_init(&bytes, 1000);
		record_add_number(&bytes, 4, numbers[i]);
		assert_true(decoded(&bytes).large == numbers[i]);
		buf_release(&bytes);
	}
}

static void a_cut_field_is_damage(void **state)
{
	static const unsigned char cut[][3] = {{8}, {8, 0x80}, {9, 2, 'a'}};
	static const size_t lengths[] = {1, 2, 3};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct record_reader reader = {cut[i], cut[i] + lengths[i]};
		struct record_value value;

		assert_int_equal(record_next(&reader, &value, NULL), -ERR_CORRUPT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_found_in_any_order),
		cmocka_unit_test(the_last_of_two_counts),
		cmocka_unit_test(numbers_of_any_length_come_back),
		cmocka_unit_test(a_cut_field_is_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
