/* SPDX-License-Identifier: MIT
 *
 * The hash map against a plain array that remembers the same things.
 */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"

#define KEYS 500

static void an_empty_map_finds_nothing(void **state)
{
	struct map map = {0};

	(void)state;
	assert_null(map_find_text(&map, "a"));
	assert_false(map_remove(&map, "a", 1));
	map_release(&map);
}

static void adding_twice_keeps_the_first_value(void **state)
{
	struct map map = {0};

	(void)state;
	assert_true(map_add_text(&map, "drain", (union map_value){.number = 1}));
	assert_false(map_add_text(&map, "drain", (union map_value){.number = 2}));
	assert_int_equal(map_find_text(&map, "drain")->number, 1);
	assert_int_equal(map.count, 1);
	map_release(&map);
}

static void a_value_may_be_written_through(void **state)
{
	struct map map = {0};

	(void)state;
	assert_true(map_add_text(&map, "drain", (union map_value){.number = 1}));
	map_find_text(&map, "drain")->number = 9;
	assert_int_equal(map_find_text(&map, "drain")->number, 9);
	map_release(&map);
}

static void keys_differ_by_length_and_may_hold_any_byte(void **state)
{
	struct map map = {0};

	(void)state;
	assert_true(map_add(&map, "a\0b", 3, (union map_value){.number = 3}));
	assert_true(map_add(&map, "a\0b", 2, (union map_value){.number = 2}));
	assert_true(map_add(&map, "", 0, (union map_value){.number = 0}));
	assert_int_equal(map_find(&map, "a\0b", 3)->number, 3);
	assert_int_equal(map_find(&map, "a\0c", 2)->number, 2);
	assert_int_equal(map_find(&map, "", 0)->number, 0);
	assert_null(map_find(&map, "a", 1));
	map_release(&map);
}

/* Random adding and removing: wherever a run is cut, the rest must stay reachable. */
static void what_is_in_it_is_what_was_added_and_not_removed(void **state)
{
	static char keys[KEYS][16];
	bool present[KEYS] = {false};
	struct rng rng = {42};
	struct map map = {0};
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		(void)snprintf(keys[i], sizeof(keys[i]), "node-%zu", i);
	for (int step = 0; step < 20000; step++) {
		size_t i = (size_t)rng_below(&rng, KEYS);

		if (rng_below(&rng, 2)) {
			assert_int_equal(
				map_add_text(&map, keys[i], (union map_value){.number = i}),
				!present[i]);
			count += !present[i];
			present[i] = true;
		} else {
			assert_int_equal(map_remove(&map, keys[i], strlen(keys[i])), present[i]);
			count -= present[i];
			present[i] = false;
		}
		assert_int_equal(map.count, count);
	}
	for (size_t i = 0; i < KEYS; i++) {
		const union map_value *value = map_find_text(&map, keys[i]);

		assert_int_equal(value != NULL, present[i]);
		if (value)
			assert_int_equal(value->number, i);
	}
	map_release(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_finds_nothing),
		cmocka_unit_test(adding_twice_keeps_the_first_value),
		cmocka_unit_test(a_value_may_be_written_through),
		cmocka_unit_test(keys_differ_by_length_and_may_hold_any_byte),
		cmocka_unit_test(what_is_in_it_is_what_was_added_and_not_removed),
	};

	return cmocka_run_group_tests_name("base_map", tests, NULL, NULL);
}
