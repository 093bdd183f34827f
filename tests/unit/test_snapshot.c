/* SPDX-License-Identifier: MIT
 *
 * Snapshots: whole, damaged, of another workflow; and the comparison that finds what is missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/execution_fields.h"
#include "tests/unit/lab.h"

static const struct lab_node nodes[] = {
	{.id = "a", .undo = true, .artifact = "f", .hook = true, .output = "serial"},
	{.id = "b", .needs = "a", .retries = 2},
	{.id = "c", .needs = "a"}};

static void open_busy(struct lab *lab, struct buf *image)
{
	LAB_OPEN(lab, nodes, .max_parallel = 2);
	lab_complete(lab, "a");
	lab_start(lab, "b");
	assert_int_equal(lab_exit(lab, "b", EXIT_STATUS, 1), 0);
	lab_start(lab, "c");
	assert_int_equal(lab_act(lab, VERB_CANCEL, "c"), 0);
	buf_init(image, 1 << 24);
	execution_snapshot(lab->execution, image);
}

static int load(struct lab *lab, const struct buf *image, struct execution **out)
{
	return execution_from_snapshot((struct workflow *)lab->execution->workflow,
				       (struct graph *)lab->execution->graph, buf_text(image),
				       image->length, out, &lab->err);
}

static void drop(struct execution *copy)
{
	copy->workflow = NULL; /* the lab's */
	copy->graph = NULL;
	execution_free(copy);
}

static void a_snapshot_brings_all_back_and_folds_on(void **state)
{
	struct execution *copy;
	const char *where;
	struct buf image;
	struct lab lab;
	size_t from;

	(void)state;
	open_busy(&lab, &image);
	from = lab.journal.count;
	assert_int_equal(load(&lab, &image, &copy), 0);
	assert_true(execution_equal(lab.execution, copy, &where));
	assert_null(where);
	assert_string_equal(copy->name, "lab#7");
	assert_string_equal(copy->nodes[0].outputs[0].value, "value");
	assert_int_equal(copy->revisions_count, 2);
	assert_int_equal(execution_pre_image(copy, 0, 0)->blob[0], 'a');
	assert_int_equal(lab_exit(&lab, "c", EXIT_SIGNAL, 15), 0);
	for (size_t i = from; i < lab.journal.count; i++)
		assert_int_equal(execution_fold(copy, &lab.journal.events[i], &lab.err), 0);
	assert_true(execution_equal(lab.execution, copy, &where));
	drop(copy);
	buf_release(&image);
	lab_close(&lab);
}

static void any_flipped_bit_is_seen(void **state)
{
	struct execution *copy;
	struct buf image;
	struct lab lab;

	(void)state;
	open_busy(&lab, &image);
	for (size_t i = 0; i < image.length; i++) {
		image.data[i] = (char)(image.data[i] ^ 0x10);
		assert_int_equal(load(&lab, &image, &copy), -ERR_CORRUPT);
		image.data[i] = (char)(image.data[i] ^ 0x10);
	}
	for (size_t length = 0; length < image.length; length += 7) {
		struct buf cut = image;

		cut.length = length;
		assert_int_equal(load(&lab, &cut, &copy), -ERR_CORRUPT);
	}
	assert_int_equal(load(&lab, &image, &copy), 0);
	drop(copy);
	buf_release(&image);
	lab_close(&lab);
}

static void words_that_change_places_are_seen(void **state)
{
	struct execution *copy;
	struct buf image;
	struct lab lab;

	(void)state;
	open_busy(&lab, &image);
	for (size_t i = 8; i + 16 < image.length - 8; i += 8) {
		char was[16];

		memcpy(was, image.data + i, 16);
		memcpy(image.data + i, was + 8, 8);
		memcpy(image.data + i + 8, was, 8);
		if (memcmp(was, was + 8, 8) != 0)
			assert_int_equal(load(&lab, &image, &copy), -ERR_CORRUPT);
		memcpy(image.data + i, was, 16);
	}
	assert_int_equal(load(&lab, &image, &copy), 0);
	drop(copy);
	buf_release(&image);
	lab_close(&lab);
}

static void expect_refused(const char *why, void (*spoil)(struct lab *lab, struct buf *image))
{
	struct execution *copy;
	struct buf image;
	struct lab lab;

	open_busy(&lab, &image);
	spoil(&lab, &image);
	assert_int_equal(load(&lab, &image, &copy), -ERR_CORRUPT);
	assert_non_null(strstr(lab.err.message, why));
	buf_release(&image);
	lab_close(&lab);
}

static void set_older_version(struct lab *lab, struct buf *image)
{
	(void)lab;
	assert_int_equal(image->data[4], 2);
	image->data[4] = 1;
}

static void a_snapshot_of_another_version_says_so(void **state)
{
	(void)state;
	expect_refused("another version", set_older_version);
}

/* As if the node did not stand in the image: all that is stored of it is zero. */
static void leave_a_node_out(struct lab *lab, struct buf *image)
{
	lab->execution->nodes[1] = (struct node_run){.message = ""};
	buf_clear(image);
	execution_snapshot(lab->execution, image);
}

static void a_node_without_a_state_is_refused(void **state)
{
	(void)state;
	expect_refused("a node's state", leave_a_node_out);
}

static void a_snapshot_of_another_workflow_is_refused(void **state)
{
	static const struct lab_node one[] = {{.id = "a"}};
	struct execution *copy;
	struct buf image;
	struct lab lab, other;

	(void)state;
	open_busy(&lab, &image);
	LAB_OPEN(&other, one, .max_parallel = 1);
	assert_int_equal(load(&other, &image, &copy), -ERR_CORRUPT);
	assert_non_null(strstr(other.err.message, "another workflow"));
	assert_state(&other, "a", "PENDING ready"); /* its workflow is still its own */
	buf_release(&image);
	lab_close(&other);
	lab_close(&lab);
}

static void one_member_less_makes_a_difference(void **state)
{
	const char *where;
	struct buf image;
	struct lab lab;

	(void)state;
	open_busy(&lab, &image);
	for (size_t i = 0; i < execution_node_record.count; i++) {
		const struct record_field *field = &execution_node_record.fields[i];
		struct execution *copy;
		const char *other = "other";
		char *member;

		assert_int_equal(load(&lab, &image, &copy), 0);
		member = (char *)&copy->nodes[1] + field->offset;
		if (field->type == RECORD_TEXT)
			memcpy(member, &other, sizeof(other));
		else
			member[0] = (char)(member[0] ^ 1);
		assert_false(execution_equal(lab.execution, copy, &where));
		assert_string_equal(where, field->name);
		drop(copy);
	}
	buf_release(&image);
	lab_close(&lab);
}

static void differences_are_named(void **state)
{
	struct execution *copy;
	const char *where;
	struct buf image;
	struct lab lab;

	(void)state;
	open_busy(&lab, &image);
	assert_int_equal(load(&lab, &image, &copy), 0);
	copy->nodes[0].outputs[0].value = "other";
	assert_false(execution_equal(lab.execution, copy, &where));
	assert_string_equal(where, "outputs");
	copy->nodes[0].outputs[0].value = "value";
	copy->nodes[2].message = "other";
	assert_false(execution_equal(lab.execution, copy, &where));
	assert_string_equal(where, "message");
	copy->nodes[2].message = "";
	copy->unmet[2]++;
	assert_false(execution_equal(lab.execution, copy, &where));
	assert_string_equal(where, "unmet");
	copy->unmet[2]--;
	copy->revisions[0].size++;
	assert_false(execution_equal(lab.execution, copy, &where));
	assert_string_equal(where, "size");
	copy->revisions[0].size--;
	copy->plan_id[0] = 'x';
	assert_false(execution_equal(lab.execution, copy, &where));
	assert_string_equal(where, "plan_id");
	drop(copy);
	buf_release(&image);
	lab_close(&lab);
}

/* Whoever adds a member to one of these structs decides whether it is stored (execution_fields.c)
 * or derived (derive.c), and then changes the size here. */
static void no_member_is_in_neither_table(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct node_run), 312);
	assert_int_equal(execution_node_record.count, 56);
	assert_int_equal(sizeof(struct revision), 160);
	assert_int_equal(execution_revision_record.count, 20);
	assert_int_equal(sizeof(struct execution), 832);
	assert_int_equal(execution_header_record.count, 38);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_snapshot_brings_all_back_and_folds_on),
		cmocka_unit_test(any_flipped_bit_is_seen),
		cmocka_unit_test(words_that_change_places_are_seen),
		cmocka_unit_test(a_snapshot_of_another_version_says_so),
		cmocka_unit_test(a_node_without_a_state_is_refused),
		cmocka_unit_test(a_snapshot_of_another_workflow_is_refused),
		cmocka_unit_test(one_member_less_makes_a_difference),
		cmocka_unit_test(differences_are_named),
		cmocka_unit_test(no_member_is_in_neither_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
