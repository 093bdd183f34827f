/* SPDX-License-Identifier: MIT
 *
 * Rows become messages, and come out of them again as they went in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire/convert.h"
#include "wire/message.h"

static const char yaml[] = "name: edge-cert\n"
			   "description: Renew it\n"
			   "params:\n"
			   "  host: {type: string, default: edge.local}\n"
			   "  days: {type: integer, default: 90}\n"
			   "max_parallel: 3\n"
			   "phases: [prepare, switch]\n"
			   "nodes:\n"
			   "  - id: issue\n"
			   "    phase: prepare\n"
			   "    run: [./issue.sh, two words]\n"
			   "    artifacts: [tls/edge.crt]\n"
			   "    outputs: [serial]\n"
			   "  - id: swap\n"
			   "    phase: switch\n"
			   "    needs: [issue]\n"
			   "    run: ./swap.sh\n"
			   "    undo: ./swap.sh --previous\n"
			   "    risk: high\n"
			   "    timeout: 2m\n"
			   "    irreversible: gone is gone\n";

static struct buf buf_new(void)
{
	struct buf buf;

	buf_init(&buf, (size_t)256 * 1024 * 1024);
	return buf;
}

/* Unpacks what is in the buffer, and empties it. */
static void *unpack(const ProtobufCMessageDescriptor *descriptor, struct buf *buf)
{
	ProtobufCMessage *message = NULL;
	struct err err = {0};

	assert_false(buf->overflow);
	if (message_unpack(descriptor, MESSAGE_FROM_CLIENT, buf->data, buf->length, &message,
			   &err) < 0)
		fail_msg("%s", err.message);
	buf_release(buf);
	return message;
}

static void drop(void *message)
{
	protobuf_c_message_free_unpacked(message, NULL);
}

static struct execution_row execution_row(void)
{
	return (struct execution_row){
		.id = "01j0000000000000000000abcd",
		.name = "edge-cert#12",
		.workflow = "edge-cert",
		.number = 12,
		.revision = "deadbeef",
		.dirty = true,
		.folder = "/srv/r\xc3\xbc",
		.actor = "ana",
		.note = "",
		.state = STATE_PAUSED,
		.reason = REASON_ROLLED_BACK,
		.paused = true,
		.created_us = 1,
		.started_us = 2,
		.ended_us = 3,
		.nodes_count = 6,
		.counts = {0, 1, 0, 2, 3, 0, 0},
		.seq = 77,
	};
}

static struct node_row node_row(uint32_t index, const char *id)
{
	return (struct node_row){
		.index = index,
		.id = id,
		.phase = "switch",
		.risk = 0.7,
		.state = STATE_FAILED,
		.reason = REASON_LOST,
		.held = true,
		.stale = true,
		.attempt = 2,
		.undo_attempt = 1,
		.has_exit_code = true,
		.exit_code = -1,
		.signal = 9,
		.started_us = 4,
		.ended_us = 5,
		.due_us = 6,
		.pid = 4321,
		.question = QUESTION_LOST,
		.message = "raw \xff bytes",
		.version = 70,
	};
}

/* ---- rows -------------------------------------------------------------------------------- */

static void status_keeps_every_field(void **state)
{
	struct execution_row header = execution_row();
	struct node_row row = node_row(1, "swap");
	struct buf buf = buf_new();
	Hlp__V1__Status *status;

	(void)state;
	convert_status_header(&buf, &header, 78);
	convert_status_node(&buf, &row);
	status = unpack(&hlp__v1__status__descriptor, &buf);
	assert_int_equal(status->seq, 78);
	assert_string_equal(status->execution->id, header.id);
	assert_string_equal(status->execution->name, "edge-cert#12");
	assert_string_equal(status->execution->folder, "/srv/r\xc3\xbc");
	assert_string_equal(status->execution->state, "PAUSED");
	assert_string_equal(status->execution->reason, "rolled_back");
	assert_true(status->execution->dirty && status->execution->paused);
	assert_int_equal(status->execution->n_counts, STATES);
	assert_int_equal(status->execution->counts[STATE_FAILED], 3);
	assert_int_equal(status->execution->seq, 77);
	assert_int_equal(status->n_nodes, 1);
	assert_string_equal(status->nodes[0]->id, "swap");
	assert_string_equal(status->nodes[0]->state, "FAILED");
	assert_string_equal(status->nodes[0]->reason, "lost");
	assert_string_equal(status->nodes[0]->question, "lost");
	assert_true(status->nodes[0]->has_exit_code && status->nodes[0]->held);
	assert_int_equal(status->nodes[0]->exit_code, -1);
	assert_int_equal(status->nodes[0]->signal, 9);
	assert_int_equal(status->nodes[0]->pid, 4321);
	assert_memory_equal(status->nodes[0]->message.data, "raw \xff bytes", 11);
	assert_int_equal(status->nodes[0]->version, 70);
	drop(status);
}

static void a_shown_value_that_is_missing_is_not_an_empty_one(void **state)
{
	struct binding shown[] = {{.name = "a", .value = ""}, {.name = "b"}};
	struct execution_row header = execution_row();
	struct node_row row = node_row(1, "swap");
	struct buf buf = buf_new();
	Hlp__V1__Status *status;

	(void)state;
	row.shown = shown;
	row.shown_count = 2;
	convert_status_header(&buf, &header, 78);
	convert_status_node(&buf, &row);
	status = unpack(&hlp__v1__status__descriptor, &buf);
	assert_int_equal(status->nodes[0]->n_shown, 2);
	assert_false(status->nodes[0]->shown[0]->missing);
	assert_true(status->nodes[0]->shown[1]->missing);
	drop(status);
}

static void every_reason_travels_by_its_name(void **state)
{
	(void)state;
	for (int reason = 0; reason < REASONS; reason++) {
		struct node_row row = node_row(0, "a");
		Hlp__V1__Node message;
		enum reason back;

		if (!reason_is_known(reason))
			continue;
		row.reason = (enum reason)reason;
		row.state = reason_state(row.reason);
		convert_node(&row, &message);
		assert_true(reason_parse(message.reason, &back));
		assert_int_equal(back, reason);
	}
}

static void large_status_is_one_buffer(void **state)
{
	const uint32_t count = 100000;
	struct execution_row header = execution_row();
	struct buf buf = buf_new();
	Hlp__V1__Status *status;
	char id[16];

	(void)state;
	convert_status_header(&buf, &header, 1);
	for (uint32_t i = 0; i < count; i++) {
		struct node_row row = node_row(i, id);

		(void)snprintf(id, sizeof(id), "n%u", i);
		convert_status_node(&buf, &row);
	}
	assert_true(buf.length < (size_t)count * 160);
	status = unpack(&hlp__v1__status__descriptor, &buf);
	assert_int_equal(status->n_nodes, count);
	assert_string_equal(status->nodes[count - 1]->id, "n99999");
	assert_int_equal(status->nodes[count - 1]->index, count - 1);
	drop(status);
}

static void small_buffer_overflows_instead_of_cutting(void **state)
{
	struct execution_row header = execution_row();
	struct buf buf;

	(void)state;
	buf_init(&buf, 40);
	convert_status_header(&buf, &header, 1);
	assert_true(buf.overflow);
	buf_release(&buf);
}

static void update_carries_flags_rows_and_acts(void **state)
{
	const struct convert_update flags = {
		.seq = 9, .snapshot = true, .resync = true, .last = true};
	struct execution_row header = execution_row();
	struct node_row row = node_row(4, "check");
	const struct act_row acts[] = {
		{.seq = 8, .time_us = 5, .actor = "ana", .verb = "retry", .note = "again"},
		{.seq = 9, .actor = "bo", .verb = "pause"},
	};
	struct buf buf = buf_new();
	Hlp__V1__Update *update;

	(void)state;
	convert_update_header(&buf, &flags, &header);
	convert_update_node(&buf, &row);
	convert_update_act(&buf, &acts[0], "check");
	convert_update_act(&buf, &acts[1], NULL);
	update = unpack(&hlp__v1__update__descriptor, &buf);
	assert_int_equal(update->seq, 9);
	assert_true(update->snapshot && update->resync && update->last);
	assert_non_null(update->execution);
	assert_int_equal(update->n_nodes, 1);
	assert_int_equal(update->n_acts, 2);
	assert_string_equal(update->acts[0]->node, "check");
	assert_string_equal(update->acts[0]->note, "again");
	assert_string_equal(update->acts[1]->node, "");
	assert_string_equal(update->acts[1]->verb, "pause");
	drop(update);
}

static void update_without_header_has_none(void **state)
{
	const struct convert_update flags = {.seq = 300};
	struct buf buf = buf_new();
	Hlp__V1__Update *update;

	(void)state;
	convert_update_header(&buf, &flags, NULL);
	update = unpack(&hlp__v1__update__descriptor, &buf);
	assert_int_equal(update->seq, 300);
	assert_null(update->execution);
	assert_false(update->snapshot || update->resync || update->last);
	drop(update);
}

/* ---- lists ------------------------------------------------------------------------------- */

static void list_holds_executions_and_seq(void **state)
{
	struct execution_row row = execution_row();
	struct buf buf = buf_new();
	Hlp__V1__ExecutionList *list;

	(void)state;
	convert_list_execution(&buf, &row);
	convert_list_execution(&buf, &row);
	convert_list_seq(&buf, UINT64_MAX);
	list = unpack(&hlp__v1__execution_list__descriptor, &buf);
	assert_int_equal(list->n_executions, 2);
	assert_true(list->seq == UINT64_MAX);
	assert_string_equal(list->executions[1]->workflow, "edge-cert");
	drop(list);
}

static void attempts_say_how_they_ended(void **state)
{
	const struct attempt_row rows[] = {
		{.kind = ATTEMPT_RUN, .number = 1, .exit_kind = EXIT_SIGNAL, .code = 9},
		{.kind = ATTEMPT_UNDO, .number = 2},
		{.kind = ATTEMPT_HOOK, .number = 1, .exit_kind = EXIT_UNKILLABLE},
	};
	struct buf buf = buf_new();
	Hlp__V1__AttemptList *list;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		convert_attempt(&buf, &rows[i], "swap", i == 0 ? 120 : 0);
	list = unpack(&hlp__v1__attempt_list__descriptor, &buf);
	assert_int_equal(list->n_attempts, 3);
	assert_string_equal(list->attempts[0]->kind, "run");
	assert_string_equal(list->attempts[0]->exit_kind, "signal");
	assert_int_equal(list->attempts[0]->code, 9);
	assert_int_equal(list->attempts[0]->output_bytes, 120);
	assert_string_equal(list->attempts[1]->kind, "undo");
	assert_string_equal(list->attempts[1]->exit_kind, "");
	assert_string_equal(list->attempts[2]->exit_kind, "unkillable");
	drop(list);
}

static void revisions_are_named_by_their_event(void **state)
{
	const struct revision_row row = {
		.path = "tls/edge.crt",
		.revision = {.attempt_kind = ATTEMPT_RUN,
			     .attempt = 3,
			     .moment = MOMENT_AFTER,
			     .seq = 41,
			     .blob = "0123456789012345678901234567890123456789",
			     .size = 1200,
			     .mode = 0644},
	};
	struct buf buf = buf_new();
	Hlp__V1__ArtifactList *list;

	(void)state;
	convert_artifact(&buf, &row, "issue", (struct convert_standing){.current = true});
	list = unpack(&hlp__v1__artifact_list__descriptor, &buf);
	assert_int_equal(list->n_revisions, 1);
	assert_string_equal(list->revisions[0]->id, "r41");
	assert_string_equal(list->revisions[0]->attempt, "run 3");
	assert_string_equal(list->revisions[0]->moment, "after");
	assert_string_equal(list->revisions[0]->node, "issue");
	assert_true(list->revisions[0]->current);
	drop(list);
}

static void act_reply_may_lack_the_header(void **state)
{
	struct execution_row row = execution_row();
	struct buf buf = buf_new();
	Hlp__V1__ActReply *reply;

	(void)state;
	convert_act_reply(&buf, 5, NULL, NULL);
	reply = unpack(&hlp__v1__act_reply__descriptor, &buf);
	assert_null(reply->execution);
	assert_string_equal(reply->message, "");
	drop(reply);
	convert_act_reply(&buf, 6, &row, "starts now: check");
	reply = unpack(&hlp__v1__act_reply__descriptor, &buf);
	assert_int_equal(reply->seq, 6);
	assert_string_equal(reply->execution->name, "edge-cert#12");
	assert_string_equal(reply->message, "starts now: check");
	drop(reply);
}

/* ---- events ------------------------------------------------------------------------------ */

static const char *field(const Hlp__V1__EventRecord *record, const char *name)
{
	for (size_t i = 0; i < record->n_fields; i++)
		if (strcmp(record->fields[i]->name, name) == 0)
			return record->fields[i]->value;
	return NULL;
}

static Hlp__V1__EventRecord *record_of(const struct event *event, const char *node)
{
	struct buf buf = buf_new();

	convert_event(&buf, event, node);
	return unpack(&hlp__v1__event_record__descriptor, &buf);
}

static void event_names_what_it_carries(void **state)
{
	const struct event event = {
		.seq = 12,
		.kind = EVENT_EXITED,
		.time_us = 99,
		.attempt_kind = ATTEMPT_RUN,
		.attempt = 2,
		.exit_kind = EXIT_STATUS,
		.code = 3,
		.cpu_us = 1500,
		.rss_kib = 2048,
		.text = "exit \xff",
	};
	Hlp__V1__EventRecord *record = record_of(&event, "swap");

	(void)state;
	assert_int_equal(record->seq, 12);
	assert_string_equal(record->kind, event_kind_name(EVENT_EXITED));
	assert_string_equal(record->node, "swap");
	assert_string_equal(record->attempt, "run 2");
	assert_string_equal(record->state, "");
	assert_string_equal(field(record, "exit"), "status 3");
	assert_string_equal(field(record, "cpu_us"), "1500");
	assert_null(field(record, "pid"));
	assert_int_equal(record->text.len, 6);
	drop(record);
}

static void event_of_an_end_says_state_and_reason(void **state)
{
	const struct event ended = {.kind = EVENT_ENDED,
				    .node = EVENT_NO_NODE,
				    .state = STATE_FAILED,
				    .reason = REASON_NODES};
	const struct event completed = {.kind = EVENT_COMPLETED, .reason = REASON_BY_HAND};
	Hlp__V1__EventRecord *record = record_of(&ended, NULL);

	(void)state;
	assert_string_equal(record->state, "FAILED");
	assert_string_equal(record->reason, "nodes");
	assert_string_equal(record->node, "");
	drop(record);
	record = record_of(&completed, "dns");
	assert_string_equal(record->state, "COMPLETED");
	assert_string_equal(record->reason, "by_hand");
	drop(record);
}

static void recorded_environment_stays_out(void **state)
{
	struct event_item items[] = {
		{.kind = "param", .name = "host", .value = "edge.local"},
		{.kind = "env", .name = "API_TOKEN", .value = "hunter2"},
		{.kind = "pin",
		 .name = "swap.sh",
		 .blob = "0123456789012345678901234567890123456789"},
		{.kind = "artifact", .name = "a.conf", .absent = true},
	};
	const struct event event = {.kind = EVENT_CREATED,
				    .node = EVENT_NO_NODE,
				    .actor = "ana",
				    .text = "edge-cert",
				    .flag = true,
				    .items = items,
				    .items_count = 4};
	Hlp__V1__EventRecord *record = record_of(&event, NULL);

	(void)state;
	assert_string_equal(field(record, "param host"), "edge.local");
	assert_null(field(record, "env API_TOKEN"));
	assert_string_equal(field(record, "pin swap.sh"), items[2].blob);
	assert_string_equal(field(record, "artifact a.conf"), "absent");
	assert_string_equal(record->actor, "ana");
	drop(record);
}

/* ---- graphs and plans -------------------------------------------------------------------- */

static struct workflow *read_workflow(void)
{
	struct workflow *workflow = NULL;
	struct buf problems = buf_new();

	if (workflow_read("edge.yaml", yaml, strlen(yaml), &workflow, &problems) < 0)
		fail_msg("%s", buf_text(&problems));
	buf_release(&problems);
	return workflow;
}

static void graph_has_what_the_workflow_says(void **state)
{
	const struct binding params[] = {{"host", "b.local"}, {"days", "30"}};
	const int64_t estimates[] = {5000000, 0};
	struct workflow *workflow = read_workflow();
	struct buf buf = buf_new();
	Hlp__V1__Graph *graph;

	(void)state;
	convert_graph(&buf, workflow, params, estimates);
	graph = unpack(&hlp__v1__graph__descriptor, &buf);
	assert_string_equal(graph->workflow, "edge-cert");
	assert_string_equal(graph->description, "Renew it");
	assert_int_equal(graph->max_parallel, 3);
	assert_int_equal(graph->n_phases, 2);
	assert_int_equal(graph->n_nodes, 2);
	assert_string_equal(graph->nodes[0]->command, "./issue.sh 'two words'");
	assert_int_equal(graph->nodes[0]->estimate_us, 5000000);
	assert_string_equal(graph->nodes[0]->artifacts[0], "tls/edge.crt");
	assert_string_equal(graph->nodes[0]->outputs[0], "serial");
	assert_false(graph->nodes[0]->has_undo);
	assert_int_equal(graph->nodes[1]->n_needs, 1);
	assert_int_equal(graph->nodes[1]->needs[0], 0);
	assert_string_equal(graph->nodes[1]->phase, "switch");
	assert_string_equal(graph->nodes[1]->risk_name, "high");
	assert_string_equal(graph->nodes[1]->undo, "./swap.sh --previous");
	assert_string_equal(graph->nodes[1]->irreversible, "gone is gone");
	assert_int_equal(graph->nodes[1]->timeout_us, 120000000);
	assert_int_equal(graph->n_params, 2);
	assert_string_equal(graph->params[0]->value, "b.local");
	drop(graph);
	workflow_free(workflow);
}

static void graph_without_values_shows_the_defaults(void **state)
{
	struct workflow *workflow = read_workflow();
	struct buf buf = buf_new();
	Hlp__V1__Graph *graph;

	(void)state;
	convert_graph(&buf, workflow, NULL, NULL);
	graph = unpack(&hlp__v1__graph__descriptor, &buf);
	assert_string_equal(graph->params[1]->name, "days");
	assert_string_equal(graph->params[1]->value, "90");
	assert_int_equal(graph->nodes[0]->estimate_us, 0);
	drop(graph);
	workflow_free(workflow);
}

static void plan_rows_keep_their_order_and_warnings(void **state)
{
	struct workflow *workflow = read_workflow();
	const struct execution execution = {.workflow = workflow};
	const struct revision from = {.seq = 9}, to = {.seq = 4};
	struct plan_row rows[] = {
		{.action = PLAN_UNDO, .node = 1, .text = "./swap.sh --previous"},
		{.action = PLAN_RESTORE,
		 .node = 0,
		 .path = "tls/edge.crt",
		 .from = &from,
		 .to = &to,
		 .warnings = PLAN_WARN_CHANGED | PLAN_WARN_PARTIAL},
		{.action = PLAN_NO_UNDO, .node = 0, .warnings = PLAN_WARN_NO_UNDO},
	};
	uint32_t nodes[] = {1, 0};
	const struct plan plan = {.id = "0a1b2c3d",
				  .version = 12,
				  .ask = {.level = PLAN_OF_NODE, .node = 0},
				  .rows = rows,
				  .rows_count = 3,
				  .nodes = nodes,
				  .nodes_count = 2,
				  .refused = "point of no return"};
	struct buf buf = buf_new();
	Hlp__V1__RollbackReply *reply;

	(void)state;
	convert_rollback_reply(&buf, &plan, &execution, true, 13);
	reply = unpack(&hlp__v1__rollback_reply__descriptor, &buf);
	assert_true(reply->started);
	assert_int_equal(reply->seq, 13);
	assert_string_equal(reply->plan->id, "0a1b2c3d");
	assert_string_equal(reply->plan->node, "issue");
	assert_string_equal(reply->plan->refused, "point of no return");
	assert_int_equal(reply->plan->n_rows, 3);
	assert_string_equal(reply->plan->rows[0]->action, "undo");
	assert_string_equal(reply->plan->rows[0]->how, "./swap.sh --previous");
	assert_string_equal(reply->plan->rows[1]->from, "r9");
	assert_string_equal(reply->plan->rows[1]->to, "r4");
	assert_int_equal(reply->plan->rows[1]->n_warnings, 2);
	assert_string_equal(reply->plan->rows[1]->warnings[0], "ran only part way");
	assert_string_equal(reply->plan->rows[2]->action, "no_undo");
	assert_int_equal(reply->plan->rows[2]->n_warnings, 0); /* its action has said it */
	assert_string_equal(reply->plan->nodes[0], "swap");
	drop(reply);
	workflow_free(workflow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_keeps_every_field),
		cmocka_unit_test(a_shown_value_that_is_missing_is_not_an_empty_one),
		cmocka_unit_test(every_reason_travels_by_its_name),
		cmocka_unit_test(large_status_is_one_buffer),
		cmocka_unit_test(small_buffer_overflows_instead_of_cutting),
		cmocka_unit_test(update_carries_flags_rows_and_acts),
		cmocka_unit_test(update_without_header_has_none),
		cmocka_unit_test(list_holds_executions_and_seq),
		cmocka_unit_test(attempts_say_how_they_ended),
		cmocka_unit_test(revisions_are_named_by_their_event),
		cmocka_unit_test(act_reply_may_lack_the_header),
		cmocka_unit_test(event_names_what_it_carries),
		cmocka_unit_test(event_of_an_end_says_state_and_reason),
		cmocka_unit_test(recorded_environment_stays_out),
		cmocka_unit_test(graph_has_what_the_workflow_says),
		cmocka_unit_test(graph_without_values_shows_the_defaults),
		cmocka_unit_test(plan_rows_keep_their_order_and_warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
