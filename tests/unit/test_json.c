/* SPDX-License-Identifier: MIT
 *
 * The documents of `-o json`, read again by a JSON parser and compared with what was promised.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/mem.h"
#include "wire/json.h"
#include "wire/message.h"

#define T0	INT64_C(1763781247123456) /* 2025-11-22T03:14:07.123456Z */
#define T0_TEXT "2025-11-22T03:14:07.123456Z"

static struct buf buf_new(void)
{
	struct buf buf;

	buf_init(&buf, (size_t)64 * 1024 * 1024);
	return buf;
}

/* Parses strictly, and empties the buffer. */
static json_t *parse(struct buf *buf)
{
	json_error_t error;
	json_t *value;

	assert_false(buf->overflow);
	value = json_loadb(buf->data, buf->length, JSON_REJECT_DUPLICATES, &error);
	if (!value)
		fail_msg("%s in %s", error.text, buf_text(buf));
	buf_release(buf);
	return value;
}

static const char *text(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	assert_non_null(value);
	return json_is_null(value) ? NULL : json_string_value(value);
}

static json_int_t number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

/* Whether an object has exactly these members, in this order. */
static void assert_members(json_t *object, const char *const *names, size_t count)
{
	const char *name;
	json_t *value;
	size_t i = 0;

	json_object_foreach(object, name, value)
	{
		assert_true(i < count);
		assert_string_equal(name, names[i++]);
	}
	assert_int_equal(i, count);
}

static Hlp__V1__Execution execution(void)
{
	static uint32_t counts[] = {1, 0, 0, 2, 1, 0, 0};
	Hlp__V1__Execution message = HLP__V1__EXECUTION__INIT;

	message.id = "01j0000000000000000000abcd";
	message.name = "edge-cert#12";
	message.workflow = "edge-cert";
	message.number = 12;
	message.state = "FAILED";
	message.reason = "nodes";
	message.created_us = T0;
	message.started_us = T0;
	message.nodes_count = 4;
	message.counts = counts;
	message.n_counts = 7;
	return message;
}

/* ---- status ------------------------------------------------------------------------------ */

/* A node that somebody holds and that asks whether it may start. */
static void asks(Hlp__V1__Node *node, Hlp__V1__Pair *shown, Hlp__V1__Pair **list)
{
	hlp__v1__pair__init(&shown[0]);
	hlp__v1__pair__init(&shown[1]);
	node->state = "PAUSED";
	node->question = "approval";
	node->message.data = (uint8_t *)"Go on?";
	node->message.len = 6;
	node->asked_us = T0;
	node->held_by = "ana";
	node->held_until_us = T0;
	shown[0].name = "nodes.a.outputs.x";
	shown[0].value = "12";
	shown[1].name = "nodes.b.outputs.y";
	shown[1].missing = true;
	node->shown = list;
	node->n_shown = 2;
}

static void status_has_its_promised_shape(void **state)
{
	static const char *const members[] = {"id",	    "name",	"workflow",    "revision",
					      "dirty",	    "state",	"reason",      "created_at",
					      "started_at", "ended_at", "quarantined", "quarantine",
					      "policy",	    "nodes"};
	static const char *const node_members[] = {
		"id",	      "phase",	  "state",   "reason",	  "attempt",   "exit_code",
		"started_at", "ended_at", "risk",    "question",  "ask",       "shown",
		"asked_at",   "held",	  "held_by", "held_note", "held_until"};
	Hlp__V1__Pair pair[2], *pairs[] = {&pair[0], &pair[1]};
	Hlp__V1__Execution header = execution();
	Hlp__V1__Node first = HLP__V1__NODE__INIT, second = HLP__V1__NODE__INIT;
	Hlp__V1__Node *nodes[] = {&first, &second};
	Hlp__V1__Status status = HLP__V1__STATUS__INIT;
	struct buf buf = buf_new();
	json_t *value, *node;

	(void)state;
	first.id = "swap";
	first.phase = "switch";
	first.state = "FAILED";
	first.reason = "exit";
	first.attempt = 2;
	first.has_exit_code = true;
	first.exit_code = 0;
	first.risk = 0.7;
	first.started_us = T0;
	second.id = "check";
	asks(&second, pair, pairs);
	status.execution = &header;
	status.nodes = nodes;
	status.n_nodes = 2;
	json_status(&buf, &status);
	value = parse(&buf);
	assert_members(value, members, 14);
	assert_string_equal(text(value, "name"), "edge-cert#12");
	assert_null(text(value, "revision"));
	assert_true(json_is_false(json_object_get(value, "dirty")));
	assert_string_equal(text(value, "created_at"), T0_TEXT);
	assert_null(text(value, "ended_at"));
	node = json_array_get(json_object_get(value, "nodes"), 0);
	assert_members(node, node_members, 17);
	assert_null(text(node, "ask"));
	assert_int_equal(json_object_size(json_object_get(node, "shown")), 0);
	assert_string_equal(text(node, "id"), "swap");
	assert_int_equal(number(node, "attempt"), 2);
	assert_int_equal(number(node, "exit_code"), 0);
	assert_string_equal(text(node, "started_at"), T0_TEXT);
	assert_true(json_real_value(json_object_get(node, "risk")) == 0.7);
	node = json_array_get(json_object_get(value, "nodes"), 1);
	assert_null(text(node, "phase"));
	assert_null(text(node, "reason"));
	assert_string_equal(text(node, "question"), "approval");
	assert_string_equal(text(node, "ask"), "Go on?");
	assert_string_equal(text(node, "asked_at"), T0_TEXT);
	assert_string_equal(text(node, "held_by"), "ana");
	assert_string_equal(text(node, "held_until"), T0_TEXT);
	assert_string_equal(text(json_object_get(node, "shown"), "nodes.a.outputs.x"), "12");
	assert_true(
		json_is_null(json_object_get(json_object_get(node, "shown"), "nodes.b.outputs.y")));
	assert_true(json_is_null(json_object_get(node, "exit_code")));
	assert_int_equal(number(node, "attempt"), 0);
	json_decref(value);
}

static void status_shows_a_risk_as_it_was_written(void **state)
{
	Hlp__V1__Node node = HLP__V1__NODE__INIT;
	Hlp__V1__Node *nodes[] = {&node};
	Hlp__V1__Status status = HLP__V1__STATUS__INIT;
	struct buf buf = buf_new();

	(void)state;
	node.risk = 0.1;
	status.nodes = nodes;
	status.n_nodes = 1;
	json_status(&buf, &status);
	assert_non_null(strstr(buf_text(&buf), "\"risk\":0.1,"));
	buf_release(&buf);
}

static void status_without_nodes_has_an_empty_list(void **state)
{
	Hlp__V1__Execution header = execution();
	Hlp__V1__Status status = HLP__V1__STATUS__INIT;
	struct buf buf = buf_new();
	json_t *value;

	(void)state;
	status.execution = &header;
	json_status(&buf, &status);
	value = parse(&buf);
	assert_int_equal(json_array_size(json_object_get(value, "nodes")), 0);
	assert_true(json_is_array(json_object_get(value, "nodes")));
	json_decref(value);
}

static void status_too_large_for_its_buffer_is_marked(void **state)
{
	Hlp__V1__Execution header = execution();
	Hlp__V1__Status status = HLP__V1__STATUS__INIT;
	struct buf buf;

	(void)state;
	buf_init(&buf, 30);
	status.execution = &header;
	json_status(&buf, &status);
	assert_true(buf.overflow);
	buf_release(&buf);
}

/* ---- the other documents ----------------------------------------------------------------- */

static void list_counts_nodes_by_state(void **state)
{
	Hlp__V1__Execution header = execution();
	Hlp__V1__Execution *executions[] = {&header, &header};
	Hlp__V1__ExecutionList list = HLP__V1__EXECUTION_LIST__INIT;
	struct buf buf = buf_new();
	json_t *value, *nodes;

	(void)state;
	list.executions = executions;
	list.n_executions = 2;
	json_list(&buf, &list);
	value = parse(&buf);
	assert_int_equal(json_array_size(value), 2);
	nodes = json_object_get(json_array_get(value, 1), "nodes");
	assert_int_equal(number(nodes, "total"), 4);
	assert_int_equal(number(nodes, "completed"), 2);
	assert_int_equal(number(nodes, "failed"), 1);
	assert_int_equal(number(nodes, "recovering"), 0);
	assert_int_equal(json_object_size(nodes), 8);
	json_decref(value);
}

static void empty_lists_are_lists(void **state)
{
	const Hlp__V1__ExecutionList list = HLP__V1__EXECUTION_LIST__INIT;
	const Hlp__V1__ArtifactList artifacts = HLP__V1__ARTIFACT_LIST__INIT;
	const Hlp__V1__AttemptList attempts = HLP__V1__ATTEMPT_LIST__INIT;
	struct buf buf = buf_new();

	(void)state;
	json_list(&buf, &list);
	json_artifacts(&buf, &artifacts);
	json_attempts(&buf, &attempts);
	assert_string_equal(buf_text(&buf), "[][][]");
	buf_release(&buf);
}

static void event_is_one_line_of_valid_utf8(void **state)
{
	Hlp__V1__Pair pair = HLP__V1__PAIR__INIT;
	Hlp__V1__Pair *pairs[] = {&pair};
	Hlp__V1__EventRecord event = HLP__V1__EVENT_RECORD__INIT;
	struct buf buf = buf_new();
	json_t *value;

	(void)state;
	pair.name = "artifact \xfe";
	pair.value = "two\nlines";
	event.seq = 7;
	event.time_us = T0;
	event.kind = "exited";
	event.text = (ProtobufCBinaryData){.len = 6, .data = (uint8_t *)"a\xff\0\x1b\n\xc3"};
	event.fields = pairs;
	event.n_fields = 1;
	json_event(&buf, &event);
	assert_null(strchr(buf_text(&buf), '\n'));
	assert_null(strchr(buf_text(&buf), '\x1b'));
	value = json_loadb(buf.data, buf.length, JSON_ALLOW_NUL, NULL);
	assert_non_null(value);
	assert_int_equal(number(value, "seq"), 7);
	assert_string_equal(text(value, "time"), T0_TEXT);
	assert_null(text(value, "node"));
	assert_int_equal(json_string_length(json_object_get(value, "text")), 10);
	assert_memory_equal(text(value, "text"), "a\xef\xbf\xbd\0\x1b\n\xef\xbf\xbd", 10);
	assert_string_equal(text(json_object_get(value, "fields"), "artifact \xef\xbf\xbd"),
			    "two\nlines");
	json_decref(value);
	buf_release(&buf);
}

static void artifact_that_was_absent_has_no_size(void **state)
{
	Hlp__V1__Revision gone = HLP__V1__REVISION__INIT, here = HLP__V1__REVISION__INIT;
	Hlp__V1__Revision *revisions[] = {&gone, &here};
	Hlp__V1__ArtifactList list = HLP__V1__ARTIFACT_LIST__INIT;
	struct buf buf = buf_new();
	json_t *value;

	(void)state;
	gone.id = "r4";
	gone.absent = true;
	here.id = "r9";
	here.mode = 0100644;
	here.current = true;
	list.revisions = revisions;
	list.n_revisions = 2;
	json_artifacts(&buf, &list);
	value = parse(&buf);
	assert_true(json_is_null(json_object_get(json_array_get(value, 0), "size")));
	assert_int_equal(number(json_array_get(value, 1), "size"), 0);
	assert_string_equal(text(json_array_get(value, 1), "mode"), "0644");
	assert_true(json_is_true(json_object_get(json_array_get(value, 1), "current")));
	json_decref(value);
}

static void living_attempt_has_no_code(void **state)
{
	Hlp__V1__Attempt live = HLP__V1__ATTEMPT__INIT, over = HLP__V1__ATTEMPT__INIT;
	Hlp__V1__Attempt *attempts[] = {&live, &over};
	Hlp__V1__AttemptList list = HLP__V1__ATTEMPT_LIST__INIT;
	struct buf buf = buf_new();
	json_t *value;

	(void)state;
	live.pid = 77;
	over.exit_kind = "status";
	list.attempts = attempts;
	list.n_attempts = 2;
	json_attempts(&buf, &list);
	value = parse(&buf);
	assert_true(json_is_null(json_object_get(json_array_get(value, 0), "code")));
	assert_int_equal(number(json_array_get(value, 0), "pid"), 77);
	assert_int_equal(number(json_array_get(value, 1), "code"), 0);
	assert_null(text(json_array_get(value, 0), "exit"));
	json_decref(value);
}

static void plan_lists_rows_with_their_warnings(void **state)
{
	char *warnings[] = {"no undo"};
	char *nodes[] = {"swap", "issue"};
	Hlp__V1__PlanRow row = HLP__V1__PLAN_ROW__INIT;
	Hlp__V1__PlanRow *rows[] = {&row};
	Hlp__V1__Plan plan = HLP__V1__PLAN__INIT;
	struct buf buf = buf_new();
	json_t *value;

	(void)state;
	row.action = "no_undo";
	row.node = "issue";
	row.warnings = warnings;
	row.n_warnings = 1;
	plan.id = "0a1b2c3d";
	plan.rows = rows;
	plan.n_rows = 1;
	plan.nodes = nodes;
	plan.n_nodes = 2;
	json_plan(&buf, &plan);
	value = parse(&buf);
	assert_string_equal(text(value, "plan"), "0a1b2c3d");
	assert_null(text(value, "refused"));
	assert_int_equal(json_array_size(json_object_get(value, "nodes")), 2);
	assert_string_equal(text(json_array_get(json_object_get(value, "rows"), 0), "action"),
			    "no_undo");
	json_decref(value);
}

static void graph_names_needs_by_id(void **state)
{
	static uint32_t needs[] = {0, 9}; /* the second leads nowhere */
	Hlp__V1__GraphNode first = HLP__V1__GRAPH_NODE__INIT, second = HLP__V1__GRAPH_NODE__INIT;
	Hlp__V1__GraphNode *nodes[] = {&first, &second};
	Hlp__V1__Pair pair = HLP__V1__PAIR__INIT;
	Hlp__V1__Pair *pairs[] = {&pair};
	Hlp__V1__Graph graph = HLP__V1__GRAPH__INIT;
	struct buf buf = buf_new();
	json_t *value, *node;

	(void)state;
	first.id = "issue";
	second.id = "swap";
	second.needs = needs;
	second.n_needs = 2;
	second.command = "./swap.sh";
	pair.name = "host";
	pair.value = "";
	graph.workflow = "edge-cert";
	graph.nodes = nodes;
	graph.n_nodes = 2;
	graph.params = pairs;
	graph.n_params = 1;
	json_graph(&buf, &graph);
	value = parse(&buf);
	node = json_array_get(json_object_get(value, "nodes"), 1);
	assert_int_equal(json_array_size(json_object_get(node, "needs")), 1);
	assert_string_equal(json_string_value(json_array_get(json_object_get(node, "needs"), 0)),
			    "issue");
	assert_string_equal(text(node, "run"), "./swap.sh");
	assert_null(text(node, "undo"));
	assert_string_equal(text(json_object_get(value, "params"), "host"), "");
	json_decref(value);
}

static void engine_says_what_is_unset_as_null(void **state)
{
	Hlp__V1__EngineStatus status = HLP__V1__ENGINE_STATUS__INIT;
	struct buf buf = buf_new();
	json_t *value;

	(void)state;
	status.state = "ready";
	status.pid = 12;
	status.term = UINT64_C(1) << 62;
	json_engine(&buf, &status);
	value = parse(&buf);
	assert_string_equal(text(value, "state"), "ready");
	assert_true(json_is_null(json_object_get(value, "launcher_pid")));
	assert_null(text(value, "started_at"));
	assert_true(number(value, "term") == INT64_C(1) << 62);
	json_decref(value);
}

/* ---- any message ------------------------------------------------------------------------- */

static void any_message_goes_by_its_descriptor(void **state)
{
	Hlp__V1__Execution header = execution();
	Hlp__V1__Node node = HLP__V1__NODE__INIT;
	Hlp__V1__Node *nodes[] = {&node};
	Hlp__V1__Update update = HLP__V1__UPDATE__INIT;
	struct buf buf = buf_new();
	json_t *value, *inner;

	(void)state;
	node.id = "swap";
	node.risk = 0.4;
	node.held = true;
	node.message = (ProtobufCBinaryData){.len = 2, .data = (uint8_t *)"\xff!"};
	update.seq = 4;
	update.execution = &header;
	update.nodes = nodes;
	update.n_nodes = 1;
	json_message(&buf, &update.base);
	value = parse(&buf);
	assert_int_equal(number(value, "seq"), 4);
	assert_int_equal(json_array_size(json_object_get(value, "acts")), 0);
	inner = json_object_get(value, "execution");
	assert_string_equal(text(inner, "created_at"), T0_TEXT);
	assert_null(text(inner, "ended_at"));
	assert_int_equal(json_array_size(json_object_get(inner, "counts")), 7);
	inner = json_array_get(json_object_get(value, "nodes"), 0);
	assert_true(json_is_true(json_object_get(inner, "held")));
	assert_string_equal(text(inner, "message"), "\xef\xbf\xbd!");
	json_decref(value);
}

static void every_message_of_the_contract_prints(void **state)
{
	const ProtobufCServiceDescriptor *service = &hlp__v1__hlp__descriptor;

	(void)state;
	for (unsigned i = 0; i < service->n_methods; i++) {
		const ProtobufCMessageDescriptor *descriptor = service->methods[i].output;
		ProtobufCMessage *message = NULL;
		struct buf buf = buf_new();

		assert_int_equal(
			message_unpack(descriptor, MESSAGE_FROM_ENGINE, "", 0, &message, NULL), 0);
		json_message(&buf, message);
		json_decref(parse(&buf));
		protobuf_c_message_free_unpacked(message, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_has_its_promised_shape),
		cmocka_unit_test(status_shows_a_risk_as_it_was_written),
		cmocka_unit_test(status_without_nodes_has_an_empty_list),
		cmocka_unit_test(status_too_large_for_its_buffer_is_marked),
		cmocka_unit_test(list_counts_nodes_by_state),
		cmocka_unit_test(empty_lists_are_lists),
		cmocka_unit_test(event_is_one_line_of_valid_utf8),
		cmocka_unit_test(artifact_that_was_absent_has_no_size),
		cmocka_unit_test(living_attempt_has_no_code),
		cmocka_unit_test(plan_lists_rows_with_their_warnings),
		cmocka_unit_test(graph_names_needs_by_id),
		cmocka_unit_test(engine_says_what_is_unset_as_null),
		cmocka_unit_test(any_message_goes_by_its_descriptor),
		cmocka_unit_test(every_message_of_the_contract_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
