/* SPDX-License-Identifier: MIT
 *
 * A batch is read back as it was filled, from a zeroed one on, and owes nothing to what filled it.
 */
#include "store/journal_batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/unit/store_fixture.h"

static void an_empty_batch_holds_nothing(void **state)
{
	struct journal_batch batch = {0};
	struct batch_cursor events = journal_batch_events(&batch),
			    rows = journal_batch_rows(&batch);
	struct batch_event event;
	struct batch_row row;

	(void)state;
	assert_false(journal_batch_next_event(&events, &event));
	assert_false(journal_batch_next_row(&rows, &row));
	journal_batch_release(&batch);
}

static void an_event_carries_what_the_tables_need_beside_it(void **state)
{
	struct journal_batch batch = {0};
	struct event created = store_created(1, 5, "edge-cert", 3),
		     act = store_act(1, 6, "x", NULL);
	struct event exited = store_exited(1, 7, 0);
	struct batch_cursor cursor;
	struct batch_event event;

	(void)state;
	created.request = "r-1";
	exited.request = "never stored beside it";
	journal_batch_event(&batch, &created);
	journal_batch_event(&batch, &act);
	journal_batch_event(&batch, &exited);
	cursor = journal_batch_events(&batch);
	assert_true(journal_batch_next_event(&cursor, &event));
	assert_string_equal(event.workflow, "edge-cert");
	assert_string_equal(event.request, "r-1");
	assert_int_equal(event.number, 3);
	assert_int_equal(event.seq, 5);
	assert_true(event.payload_length > 0);
	assert_true(journal_batch_next_event(&cursor, &event));
	assert_null(event.request);
	assert_null(event.workflow);
	assert_true(journal_batch_next_event(&cursor, &event));
	assert_null(event.request);
	assert_false(journal_batch_next_event(&cursor, &event));
	assert_int_equal(batch.events_count, 3);
	assert_int_equal(batch.first_seq, 5);
	assert_int_equal(batch.last_seq, 7);
	journal_batch_release(&batch);
}

static void a_payload_is_the_event_as_encoded(void **state)
{
	struct journal_batch batch = {0};
	struct event exited = store_exited(1, 7, 4), back = {0};
	struct batch_cursor cursor;
	struct batch_event event;
	struct arena arena = {0};

	(void)state;
	journal_batch_event(&batch, &exited);
	cursor = journal_batch_events(&batch);
	assert_true(journal_batch_next_event(&cursor, &event));
	assert_int_equal(event_decode(event.payload, event.payload_length, EVENT_FORMAT, &arena,
				      &back, NULL),
			 0);
	assert_int_equal(back.node, 4);
	assert_int_equal(back.code, 3);
	arena_release(&arena);
	journal_batch_release(&batch);
}

static void rows_come_back_in_order_with_texts_of_their_own(void **state)
{
	struct journal_batch batch = {0};
	struct rows_sink sink = journal_batch_sink(&batch);
	char text[] = "before";
	struct node_row node = store_node(1, 2, STATE_RUNNING);
	struct execution_row execution = store_execution(1, "a", 9);
	struct act_row act = {.seq = 3, .verb = text, .node = 4};
	struct batch_cursor cursor;
	struct batch_row row;

	(void)state;
	node.message = text;
	execution.note = NULL;
	journal_batch_node(&batch, &node);
	journal_batch_execution(&batch, &execution);
	sink.act(sink.ctx, &act);
	memset(text, 'x', strlen(text));
	cursor = journal_batch_rows(&batch);
	assert_true(journal_batch_next_row(&cursor, &row));
	assert_int_equal(row.kind, BATCH_NODE);
	assert_string_equal(row.node.message, "before");
	assert_string_equal(row.node.id, "node2");
	assert_true(journal_batch_next_row(&cursor, &row));
	assert_int_equal(row.kind, BATCH_EXECUTION);
	assert_string_equal(row.execution.name, "a#9");
	assert_null(row.execution.note);
	assert_string_equal(row.execution.revision, "");
	assert_true(journal_batch_next_row(&cursor, &row));
	assert_int_equal(row.kind, BATCH_ACT);
	assert_string_equal(row.act.verb, "before");
	assert_null(row.act.note);
	assert_false(journal_batch_next_row(&cursor, &row));
	journal_batch_release(&batch);
}

static void a_snapshot_may_hold_any_bytes(void **state)
{
	struct journal_batch batch = {0};
	struct batch_cursor cursor;
	struct batch_row row;
	struct buf image;
	char id[ULID_TEXT];

	(void)state;
	store_id(1, id);
	buf_init(&image, 100);
	buf_add(&image, "a\0b", 3);
	journal_batch_snapshot(&batch, id, 12, &image);
	cursor = journal_batch_rows(&batch);
	assert_true(journal_batch_next_row(&cursor, &row));
	assert_int_equal(row.snapshot.seq, 12);
	assert_int_equal(row.snapshot.length, 3);
	assert_memory_equal(row.snapshot.image, "a\0b", 3);
	buf_release(&image);
	journal_batch_release(&batch);
}

static void a_released_batch_can_be_filled_again(void **state)
{
	struct journal_batch batch = {0};
	struct event late = store_exited(1, 9, 0), early = store_exited(1, 2, 0);

	(void)state;
	journal_batch_event(&batch, &late);
	journal_batch_release(&batch);
	journal_batch_event(&batch, &early);
	assert_int_equal(batch.events_count, 1);
	assert_int_equal(batch.first_seq, 2);
	journal_batch_release(&batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_batch_holds_nothing),
		cmocka_unit_test(an_event_carries_what_the_tables_need_beside_it),
		cmocka_unit_test(a_payload_is_the_event_as_encoded),
		cmocka_unit_test(rows_come_back_in_order_with_texts_of_their_own),
		cmocka_unit_test(a_snapshot_may_hold_any_bytes),
		cmocka_unit_test(a_released_batch_can_be_filled_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
