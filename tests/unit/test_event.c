/* SPDX-License-Identifier: MIT
 *
 * How events are stored: every field there and back, unknown ones skipped, damage refused, and old
 * journals that must fold for ever.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/limits.h"
#include "model/record.h"
#include "tests/unit/lab.h"

#include "tests/unit/golden/journal_1.h"
#include "tests/unit/golden/journal_2.h"
#include "tests/unit/golden/journal_checkpoints.h"
#include "tests/unit/golden/journal_checks.h"

static struct event decoded(const struct event *event, struct arena *arena)
{
	struct event out = {.kind = event->kind, .seq = event->seq};
	struct buf bytes;
	struct err err;

	buf_init(&bytes, 1 << 20);
	event_encode(event, &bytes);
	assert_false(bytes.overflow);
	assert_int_equal(
		event_decode(buf_text(&bytes), bytes.length, EVENT_FORMAT, arena, &out, &err), 0);
	buf_release(&bytes);
	return out;
}

static void assert_fields(const struct event *out)
{
	assert_int_equal(out->seq, 9);
	assert_int_equal(out->kind, EVENT_CAPTURED);
	assert_int_equal(out->node, 0);
	assert_int_equal(out->time_us, -1);
	assert_int_equal(out->attempt, 3);
	assert_int_equal(out->attempt_kind, ATTEMPT_HOOK);
	assert_int_equal(out->state, STATE_RECOVERED);
	assert_int_equal(out->reason, REASON_ACCEPTED);
	assert_int_equal(out->exit_kind, EXIT_UNKILLABLE);
	assert_int_equal(out->verdict, VERDICT_RETRY);
	assert_int_equal(out->question, QUESTION_RISK);
	assert_int_equal(out->answer, ANSWER_LEAVE);
	assert_int_equal(out->moment, MOMENT_RESTORED);
	assert_int_equal(out->code, INT32_MIN);
	assert_int_equal(out->artifact, UINT32_MAX);
	assert_true(out->flag);
	assert_int_equal(out->number, 5);
	assert_true(out->until_us == INT64_MIN && out->interval_us == INT64_MAX);
	assert_int_equal(out->pid, 4711);
	assert_true(out->start_ticks == UINT64_MAX);
	assert_int_equal(out->cpu_us, 1);
	assert_int_equal(out->rss_kib, 2);
	assert_string_equal(out->text, "t");
	assert_string_equal(out->note, "");
	assert_string_equal(out->actor, "ana");
	assert_string_equal(out->verb, "skip");
	assert_string_equal(out->request, "r");
	assert_string_equal(out->revision, "v");
	assert_string_equal(out->folder, "/f");
}

static void assert_items(const struct event *out, const struct event_item *items)
{
	assert_int_equal(out->items_count, 3);
	assert_string_equal(out->items[0].blob, items[0].blob);
	assert_true(out->items[0].size == INT64_MAX && out->items[0].inode == UINT64_MAX);
	assert_int_equal(out->items[0].mtime_ns, -5);
	assert_int_equal(out->items[0].number, 7);
	assert_int_equal(out->items[0].mode + out->items[0].uid + out->items[0].gid,
			 0644 + 33 + 34);
	assert_string_equal(out->items[1].value, "");
	assert_null(out->items[2].value);
	assert_true(out->items[2].absent);
}

static void every_field_comes_back(void **state)
{
	struct event_item items[] = {
		{.kind = "artifact",
		 .name = "tls/edge.crt",
		 .number = 7,
		 .blob = "0123456789abcdef0123456789abcdef01234567",
		 .size = INT64_MAX,
		 .mode = 0644,
		 .uid = 33,
		 .gid = 34,
		 .mtime_ns = -5,
		 .inode = UINT64_MAX},
		{.kind = "output", .name = "k", .value = ""},
		{.kind = "output", .name = "n", .absent = true},
	};
	struct event event = {.seq = 9,
			      .kind = EVENT_CAPTURED,
			      .time_us = -1,
			      .node = 0,
			      .attempt = 3,
			      .attempt_kind = ATTEMPT_HOOK,
			      .state = STATE_RECOVERED,
			      .reason = REASON_ACCEPTED,
			      .exit_kind = EXIT_UNKILLABLE,
			      .verdict = VERDICT_RETRY,
			      .question = QUESTION_RISK,
			      .answer = ANSWER_LEAVE,
			      .moment = MOMENT_RESTORED,
			      .code = INT32_MIN,
			      .artifact = UINT32_MAX,
			      .flag = true,
			      .number = 5,
			      .until_us = INT64_MIN,
			      .interval_us = INT64_MAX,
			      .pid = 4711,
			      .start_ticks = UINT64_MAX,
			      .cpu_us = 1,
			      .rss_kib = 2,
			      .text = "t",
			      .note = "",
			      .actor = "ana",
			      .verb = "skip",
			      .request = "r",
			      .revision = "v",
			      .folder = "/f",
			      .blob = "0123456789abcdef0123456789abcdef01234567",
			      .items = items,
			      .items_count = 3};
	struct arena arena = {0};
	struct event out = decoded(&event, &arena);

	(void)state;
	assert_fields(&out);
	assert_string_equal(out.blob, event.blob);
	assert_items(&out, items);
	arena_release(&arena);
}

static void nothing_costs_nothing(void **state)
{
	struct event event = {.kind = EVENT_PAUSED, .node = EVENT_NO_NODE};
	struct arena arena = {0};
	struct event out;
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 100);
	event_encode(&event, &bytes);
	assert_int_equal(bytes.length, 0);
	buf_release(&bytes);
	out = decoded(&event, &arena);
	assert_int_equal(out.node, EVENT_NO_NODE);
	assert_null(out.text);
	assert_null(out.items);
	arena_release(&arena);
}

static int decode(const struct buf *bytes, int format, struct event *out)
{
	struct arena arena = {0};
	struct err err;
	int got = event_decode(buf_text(bytes), bytes->length, format, &arena, out, &err);

	arena_release(&arena);
	return got;
}

static void a_field_of_tomorrow_is_skipped(void **state)
{
	struct event out = {0};
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 1000);
	record_add_number(&bytes, 3, 8); /* attempt */
	record_add_number(&bytes, 999, 77);
	record_add_bytes(&bytes, 1000, "what", 4);
	record_add_number(&bytes, 2, 5); /* node 4 */
	assert_int_equal(decode(&bytes, EVENT_FORMAT, &out), 0);
	assert_int_equal(out.attempt, 8);
	assert_int_equal(out.node, 4);
	assert_int_equal(decode(&bytes, EVENT_FORMAT + 1, &out), -ERR_CORRUPT);
	assert_int_equal(decode(&bytes, 0, &out), -ERR_CORRUPT);
	buf_release(&bytes);
}

static void damage_is_refused_and_leaves_the_event_alone(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} wrong[] = {
		{"\x06", 1},			 /* a field without its value */
		{"\x80", 1},			 /* a cut varint */
		{"\x00\x01", 2},		 /* number 0 */
		{"\x2d\x05z", 3},		 /* bytes past the end */
		{"\x0c\x7f", 2},		 /* reason 127 */
		{"\x0a\x09", 2},		 /* state 9 */
		{"\x04\x00", 2},		 /* node 0: it is stored plus one */
		{"\x07\x00", 2},		 /* a text where a number belongs */
		{"\x2c\x01", 2},		 /* a number where a text belongs */
		{"\x50\x01", 2},		 /* an item that is a number */
		{"\x51\x01\x80", 3},		 /* an item that is cut */
		{"\x1c\x02", 2},		 /* a flag of 2 */
		{"\x2d\x02z\x00", 4},		 /* a NUL in a text */
		{"\x06\xff\xff\xff\xff\x1f", 6}, /* more than 32 bits */
		{"\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11}, /* more than 64 bits */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct event out = {.attempt = 123};
		struct buf bytes;

		buf_init(&bytes, 100);
		buf_add(&bytes, wrong[i].bytes, wrong[i].length);
		if (decode(&bytes, EVENT_FORMAT, &out) != -ERR_CORRUPT)
			fail_msg("case %zu was taken", i);
		assert_int_equal(out.attempt, 123);
		buf_release(&bytes);
	}
}

static void equal_events_give_equal_bytes(void **state)
{
	struct event event = {.kind = EVENT_STARTED, .node = 3, .attempt = 1, .text = "boot"};
	struct event same;
	struct arena arena = {0};
	struct buf first, second;

	(void)state;
	same = decoded(&event, &arena);
	buf_init(&first, 1000);
	buf_init(&second, 1000);
	event_encode(&event, &first);
	event_encode(&same, &second);
	assert_int_equal(first.length, second.length);
	assert_memory_equal(first.data, second.data, first.length);
	buf_release(&first);
	buf_release(&second);
	arena_release(&arena);
}

static void every_kind_has_a_name(void **state)
{
	static const enum event_kind last[] = {EVENT_QUARANTINED, EVENT_RESTORED, EVENT_DUE,
					       EVENT_RESTORING, EVENT_BY_HAND};
	static const enum event_kind first[] = {EVENT_CREATED, EVENT_INTENDED, EVENT_COMPLETED,
						EVENT_ROLLBACK_STARTED, EVENT_WITHDRAWN};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (int kind = (int)first[i]; kind <= (int)last[i]; kind++)
			assert_string_not_equal(event_kind_name((enum event_kind)kind), "unknown");
	assert_string_equal(event_kind_name((enum event_kind)19), "unknown");
	assert_string_equal(attempt_kind_name(ATTEMPT_UNDO), "undo");
	assert_string_equal(verdict_name(VERDICT_SKIP), "skip");
	assert_string_equal(question_name(QUESTION_LOST), "lost");
	assert_string_equal(question_name((enum question)44), "unknown");
}

/* ---- the golden journal ------------------------------------------------------------------ */

static const struct lab_node golden_nodes[] = {
	{.id = "a", .undo = true, .artifact = "f", .hook = true, .output = "serial"},
	{.id = "b", .needs = "a", .retries = 2},
	{.id = "c", .needs = "a"},
	{.id = "d", .needs = "b c", .undo = true},
};

/* The run whose journal was kept; made anew only to write the file of a new format. */
static void live_golden_run(struct lab *lab)
{
	lab_complete(lab, "a");
	lab_start(lab, "b");
	(void)lab_exit(lab, "b", EXIT_STATUS, 1);
	lab->now_us = execution_next_due(lab->execution);
	(void)lab_feed(lab, &(struct input){.kind = INPUT_DUE});
	(void)lab_act(lab, VERB_HOLD, "c");
	lab_complete(lab, "b");
	(void)lab_act(lab, VERB_RELEASE, "c");
	lab_start(lab, "c");
	(void)lab_say(lab, INPUT_UNREACHABLE, "c");
	(void)lab_say(lab, INPUT_LOST, "c");
	(void)lab_answer(lab, "c", ANSWER_HAPPENED);
	lab_start(lab, "d");
	(void)lab_act(lab, VERB_CANCEL, "d");
	(void)lab_exit(lab, "d", EXIT_SIGNAL, 15);
	(void)lab_rollback(lab, "a");
	lab_start(lab, "d");
	(void)lab_exit(lab, "d", EXIT_STATUS, 1);
	(void)lab_answer(lab, "d", ANSWER_LEAVE);
	(void)lab_admit(lab);
	lab_start(lab, "a");
	(void)lab_exit(lab, "a", EXIT_STATUS, 0);
	(void)lab_capture(lab, "a", MOMENT_RESTORED, 'a');
	lab_start(lab, "a");
	(void)lab_exit(lab, "a", EXIT_STATUS, 0);
	(void)lab_act(lab, VERB_RETRY, "a");
	lab_complete(lab, "a");
	(void)lab_act(lab, VERB_PAUSE, NULL);
	(void)lab_act(lab, VERB_RESUME, NULL);
	(void)lab_act(lab, VERB_CANCEL, NULL);
}

static void write_golden(struct lab *lab, FILE *file)
{
	for (size_t i = 0; i < lab->journal.count; i++) {
		struct buf bytes;

		buf_init(&bytes, 1 << 20);
		event_encode(&lab->journal.events[i], &bytes);
		(void)fprintf(file, "\t{%d, \"", (int)lab->journal.events[i].kind);
		for (size_t j = 0; j < bytes.length; j++)
			(void)fprintf(file, "%02x", (unsigned char)bytes.data[j]);
		(void)fprintf(file, "\"},\n");
		buf_release(&bytes);
	}
}

static void unhex(const char *hex, struct buf *out)
{
	for (; *hex; hex += 2) {
		char two[3] = {hex[0], hex[1], '\0'};

		buf_add_char(out, (char)strtol(two, NULL, 16));
	}
}

static void fold_golden(struct lab *lab, const struct golden_event *journal, size_t count)
{
	struct arena arena = {0};

	for (size_t i = 1; i < count; i++) {
		struct event event = {.kind = (enum event_kind)journal[i].kind, .seq = i + 1};
		struct buf bytes;

		buf_init(&bytes, 1 << 20);
		unhex(journal[i].payload, &bytes);
		assert_int_equal(
			event_decode(buf_text(&bytes), bytes.length, 1, &arena, &event, &lab->err),
			0);
		if (execution_fold(lab->execution, &event, &lab->err) < 0)
			fail_msg("%s", lab->err.message);
		buf_release(&bytes);
	}
	arena_release(&arena);
}

static void write_if_asked(struct lab *lab, const char *variable)
{
	const char *path = getenv(variable);
	FILE *file = path ? fopen(path, "w") : NULL;

	if (!file)
		return;
	write_golden(lab, file);
	assert_int_equal(fclose(file), 0);
}

static void a_journal_of_format_1_folds_as_it_did(void **state)
{
	const char *where;
	struct lab live, old;

	(void)state;
	LAB_OPEN(&live, golden_nodes, .max_parallel = 2);
	live_golden_run(&live);
	write_if_asked(&live, "HLP_GOLDEN_WRITE");
	LAB_OPEN(&old, golden_nodes, .max_parallel = 2);
	fold_golden(&old, golden_journal, sizeof(golden_journal) / sizeof(*golden_journal));
	assert_state(&old, NULL, "FAILED cancelled");
	assert_state(&old, "a", "COMPLETED ok");
	assert_state(&old, "b", "PENDING ready");
	assert_state(&old, "c", "PENDING ready");
	assert_state(&old, "d", "PENDING waiting");
	assert_int_equal(lab_node(&old, "a")->attempt, 2);
	assert_int_equal(lab_node(&old, "a")->hook_attempt, 1);
	assert_int_equal(lab_node(&old, "b")->attempt, 2);
	assert_string_equal(lab_node(&old, "a")->outputs[0].value, "value");
	assert_int_equal(old.execution->revisions_count, 5);
	assert_int_equal(old.execution->retries_used, 1);
	if (!execution_equal(live.execution, old.execution, &where))
		print_message("today's decisions differ from the old ones in %s: that may be\n",
			      where);
	lab_close(&live);
	lab_close(&old);
}

/* ---- people, as they came into the journal ------------------------------------------------ */

static const struct lab_node people_nodes[] = {
	{.id = "a",
	 .manual = "Flip ${run.name}",
	 .undo_manual = "Flip back",
	 .artifact = "f",
	 .output = "change"},
	{.id = "b",
	 .needs = "a",
	 .ask = "Go with ${nodes.a.outputs.change}?",
	 .show = "nodes.a.outputs.change",
	 .ask_timeout_us = 60000000},
	{.id = "c", .ask = "Wipe?", .ask_timeout_us = 1000000, .on_timeout = ON_TIMEOUT_SKIP},
	{.id = "d", .artifact = "g"},
	{.id = "e", .needs = "b"},
};

/* The run whose journal was kept; made anew only to write the file of a new format. */
static void live_people_run(struct lab *lab)
{
	struct act hold = {.verb = VERB_HOLD, .node = 4, .note = "the lag", .until_us = 9000000};

	(void)lab_act_as(lab, &hold);
	(void)lab_admit(lab);
	(void)lab_capture(lab, "a", MOMENT_BEFORE, 'a');
	(void)lab_done(lab, "a", "change", "CHG42");
	(void)lab_capture(lab, "a", MOMENT_AFTER, 'b');
	(void)lab_capture(lab, "d", MOMENT_BEFORE, 'a');
	(void)lab_say(lab, INPUT_DISPATCHED, "d");
	(void)lab_say(lab, INPUT_STARTED, "d");
	(void)lab_act(lab, VERB_FREEZE, "d");
	(void)lab_say(lab, INPUT_FROZEN, "d");
	(void)lab_act(lab, VERB_THAW, "d");
	(void)lab_say(lab, INPUT_THAWED, "d");
	(void)lab_exit(lab, "d", EXIT_STATUS, 1);
	(void)lab_capture(lab, "d", MOMENT_AFTER, 'b');
	(void)lab_done(lab, "d", NULL, NULL);
	(void)lab_capture(lab, "d", MOMENT_AFTER, 'c');
	lab_wait_until(lab, 3000000);
	(void)lab_admit(lab);
	(void)lab_answer(lab, "b", ANSWER_APPROVE);
	lab_complete(lab, "b");
	lab_wait_until(lab, 9000000);
	(void)lab_rollback(lab, "a");
	(void)lab_admit(lab);
	(void)lab_done(lab, "a", NULL, NULL);
	(void)lab_capture(lab, "a", MOMENT_RESTORED, 'a');
	(void)lab_act(lab, VERB_RETRY, "a");
	(void)lab_admit(lab);
	(void)lab_capture(lab, "a", MOMENT_BEFORE, 'a');
}

static void a_journal_with_people_folds_as_it_did(void **state)
{
	struct lab live, old;

	(void)state;
	LAB_OPEN(&live, people_nodes, .max_parallel = 3, .on_failure = ON_FAILURE_CONTINUE);
	live_people_run(&live);
	write_if_asked(&live, "HLP_GOLDEN_WRITE_2");
	LAB_OPEN(&old, people_nodes, .max_parallel = 3, .on_failure = ON_FAILURE_CONTINUE);
	fold_golden(&old, golden_people, sizeof(golden_people) / sizeof(*golden_people));
	assert_state(&old, "a", "PAUSED manual");
	assert_string_equal(lab_node(&old, "a")->message, "Flip lab#7");
	assert_int_equal(lab_node(&old, "a")->attempt, 2);
	assert_state(&old, "b", "PENDING waiting");
	assert_state(&old, "c", "COMPLETED skipped");
	assert_state(&old, "d", "COMPLETED by_hand");
	assert_false(lab_node(&old, "e")->held);
	assert_int_equal(old.execution->revisions_count, live.execution->revisions_count);
	lab_close(&live);
	lab_close(&old);
}

/* ---- checkpoints, as they came into the journal -------------------------------------------- */

static const struct lab_node phased_nodes[] = {
	{.id = "a", .phase = 0, .undo = true, .artifact = "f"},
	{.id = "b", .phase = 1, .artifact = "g"},
	{.id = "c", .phase = 1, .needs = "b", .undo = true},
};

static void settle_checkpoint(struct lab *lab, enum input_kind kind, const char *name)
{
	struct checkpoint checkpoint = {.name = name, .digest = "d1ge57"};

	memset(checkpoint.commit, 'c', sizeof(checkpoint.commit) - 1);
	(void)lab_feed(lab, &(struct input){.kind = kind,
					    .node = EVENT_NO_NODE,
					    .checkpoint = &checkpoint,
					    .text = "the disk refused"});
}

static void live_phased_run(struct lab *lab)
{
	struct plan_ask ask = {.level = PLAN_OF_CHECKPOINT, .checkpoint = "one"};
	struct act act = {.verb = VERB_ROLLBACK, .node = EVENT_NO_NODE};
	struct plan *plan;

	lab_complete(lab, "a");
	settle_checkpoint(lab, INPUT_CHECKPOINTED, "one");
	lab_complete(lab, "b");
	(void)lab_act(lab, VERB_CHECKPOINT, NULL);
	settle_checkpoint(lab, INPUT_CHECKPOINT_FAILED, "by-hand");
	lab_complete(lab, "c");
	assert_int_equal(plan_make(lab->execution, &ask, &plan, &lab->err), 0);
	act.plan = plan;
	(void)lab_act_as(lab, &act);
	plan_free(plan);
	lab_start(lab, "c");
	(void)lab_exit(lab, "c", EXIT_STATUS, 0);
	(void)lab_admit(lab);
	(void)lab_capture(lab, "b", MOMENT_RESTORED, 'a');
}

static void a_journal_with_checkpoints_folds_as_it_did(void **state)
{
	const struct checkpoint *one;
	struct lab live, old;

	(void)state;
	LAB_OPEN(&live, phased_nodes, .phases = 2);
	live_phased_run(&live);
	write_if_asked(&live, "HLP_GOLDEN_WRITE_CHECKPOINTS");
	LAB_OPEN(&old, phased_nodes, .phases = 2);
	fold_golden(&old, golden_checkpoints,
		    sizeof(golden_checkpoints) / sizeof(*golden_checkpoints));
	assert_state(&old, NULL, "PAUSED rolled_back");
	assert_state(&old, "a", "COMPLETED ok");
	assert_state(&old, "b", "RECOVERED restored");
	assert_state(&old, "c", "RECOVERED undone");
	assert_int_equal(old.execution->checkpoints_count, 3);
	one = &old.execution->checkpoints[0];
	assert_string_equal(one->name, "one");
	assert_string_equal(one->digest, "d1ge57");
	assert_int_equal(one->state, CHECKPOINT_KEPT);
	assert_int_equal(one->nodes[0].state, STATE_COMPLETED);
	assert_true(one->nodes[1].fresh);
	assert_string_equal(old.execution->checkpoints[1].message, "the disk refused");
	assert_int_equal(old.execution->checkpoints[2].state, CHECKPOINT_WANTED);
	lab_close(&live);
	lab_close(&old);
}

/* ---- checks of artifacts, and the rule that one led to ------------------------------------- */

static const struct lab_node checked_nodes[] = {
	{.id = "a", .artifact = "f", .check = true},
	{.id = "b", .artifact = "g", .check = true},
	{.id = "c", .needs = "a b", .artifact = "h", .check = true, .required = true},
};
static const struct trigger_rule checked_rules[TRIGGERS] = {
	[TRIGGER_VALIDATION] = {.action = TRIGGER_ROLLBACK, .level = TRIGGER_OF_NODE}};

static void reach_check(struct lab *lab, const char *id)
{
	lab_start(lab, id);
	(void)lab_exit(lab, id, EXIT_STATUS, 0);
	(void)lab_capture(lab, id, MOMENT_AFTER, 'b');
	(void)lab_say(lab, INPUT_DISPATCHED, id);
	(void)lab_say(lab, INPUT_STARTED, id);
}

static void live_checked_run(struct lab *lab)
{
	reach_check(lab, "a");
	(void)lab_say(lab, INPUT_LOST, "a");
	(void)lab_say(lab, INPUT_DISPATCHED, "a");
	(void)lab_say(lab, INPUT_NOT_STARTED, "a");
	(void)lab_exit(lab, "a", EXIT_STATUS, 0);
	reach_check(lab, "b");
	(void)lab_exit(lab, "b", EXIT_STATUS, 3);
	reach_check(lab, "c");
	(void)lab_exit(lab, "c", EXIT_SIGNAL, 9);
}

static void a_journal_with_checks_folds_as_it_did(void **state)
{
	struct lab live, old;

	(void)state;
	LAB_OPEN(&live, checked_nodes, .triggers = checked_rules);
	live_checked_run(&live);
	write_if_asked(&live, "HLP_GOLDEN_WRITE_CHECKS");
	LAB_OPEN(&old, checked_nodes, .triggers = checked_rules);
	fold_golden(&old, golden_checks, sizeof(golden_checks) / sizeof(*golden_checks));
	assert_state(&old, "a", "COMPLETED ok");
	assert_int_equal(lab_node(&old, "a")->check_attempt, 3);
	assert_int_equal(lab_node(&old, "a")->attempt, 1);
	assert_state(&old, "b", "COMPLETED tolerated");
	assert_string_equal(lab_node(&old, "b")->message, "check of 'g': exit 3");
	assert_state(&old, "c", "FAILED check");
	assert_string_equal(
		old.execution->policy,
		"on_failure: validation-failure → rollback of node c, after c: check of "
		"'h': ended by signal 9");
	assert_int_equal(execution_policy_work(old.execution), POLICY_ROLL_BACK);
	lab_close(&live);
	lab_close(&old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_comes_back),
		cmocka_unit_test(nothing_costs_nothing),
		cmocka_unit_test(a_field_of_tomorrow_is_skipped),
		cmocka_unit_test(damage_is_refused_and_leaves_the_event_alone),
		cmocka_unit_test(equal_events_give_equal_bytes),
		cmocka_unit_test(every_kind_has_a_name),
		cmocka_unit_test(a_journal_of_format_1_folds_as_it_did),
		cmocka_unit_test(a_journal_with_people_folds_as_it_did),
		cmocka_unit_test(a_journal_with_checkpoints_folds_as_it_did),
		cmocka_unit_test(a_journal_with_checks_folds_as_it_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
