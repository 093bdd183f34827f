/* SPDX-License-Identifier: MIT
 *
 * The bench for tests of the model.
 */
#include "tests/unit/lab.h"

#include "model/workflow_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/derive.h"
#include "model/rows.h"
#include "model/workflow_parts.h"

#define LAB_ULID "01hzzzzzzzzzzzzzzzzzzzzzzz"

/* ---- the workflow ------------------------------------------------------------------------ */

static uint32_t find(const struct lab_node *nodes, size_t count, char id)
{
	for (size_t i = 0; i < count; i++)
		if (nodes[i].id[0] == id)
			return (uint32_t)i;
	fail_msg("no node %c", id);
	return 0;
}

static void set_needs(struct arena *arena, struct node_spec *spec, const struct lab_node *nodes,
		      size_t count, const char *needs)
{
	uint32_t *list = arena_alloc(arena, (strlen(needs) + 1) * sizeof(*list));

	for (const char *c = needs; *c; c++)
		if (*c != ' ')
			list[spec->needs_count++] = find(nodes, count, *c);
	spec->needs = list;
}

static void set_artifact(struct arena *arena, struct node_spec *spec, const struct lab_node *node)
{
	struct artifact_spec *artifacts = arena_alloc(arena, 2 * sizeof(*artifacts));

	artifacts[0] = (struct artifact_spec){.path = node->artifact,
					      .has_on_restore = node->hook,
					      .has_check = node->check,
					      .secret = node->secret,
					      .required = node->required,
					      .max_size = node->max_size,
					      .on_restore.text = "reload",
					      .check.text = "look",
					      .line = 1};
	artifacts[1] = artifacts[0];
	artifacts[1].path = node->second;
	spec->artifacts = artifacts;
	spec->artifacts_count = node->second ? 2 : 1;
	spec->has_checks = node->check;
}

static void set_person(struct arena *arena, struct node_spec *spec, const struct lab_node *node)
{
	int32_t *codes = arena_alloc(arena, sizeof(*codes));
	struct approval *approval = arena_alloc(arena, sizeof(*approval));
	struct binding *show = arena_alloc(arena, sizeof(*show));
	char *text = node->show ? mem_printf("${%s}", node->show) : NULL;

	*codes = node->unknown_code;
	spec->unknown_codes = codes;
	spec->unknown_codes_count = node->unknown_code != 0;
	spec->manual = node->manual;
	spec->undo_manual = node->undo_manual;
	spec->has_undo = spec->has_undo || node->undo_manual;
	*show = (struct binding){node->show, text ? arena_strdup(arena, text) : NULL};
	*approval = (struct approval){.ask = node->ask,
				      .show = show,
				      .show_count = node->show != NULL,
				      .timeout_us = node->ask_timeout_us,
				      .on_timeout = (uint8_t)node->on_timeout};
	spec->approval = node->ask ? approval : NULL;
	free(text);
}

static const struct host_spec host = {.to = "elsewhere"};

static void set_node(struct arena *arena, struct node_spec *spec, const struct lab_node *nodes,
		     size_t count, const struct lab_node *node, bool phased)
{
	const char **output;

	spec->id = node->id;
	spec->description = spec->workdir = "";
	spec->phase = phased ? node->phase : -1;
	spec->run.text = "true";
	spec->host = node->host ? &host : NULL;
	spec->has_undo = node->undo;
	spec->changes_nothing = node->changes_nothing;
	spec->undo.text = "undo";
	spec->undo_retry = (struct retry){.limit = node->undo_retries,
					  .interval_us = 1000000,
					  .backoff = 1,
					  .max_interval_us = 60000000,
					  .jitter = JITTER_NONE};
	spec->retry = spec->undo_retry;
	spec->retry.limit = node->retries;
	spec->risk = node->risk;
	spec->on_lost = (uint8_t)node->on_lost;
	spec->irreversible = node->irreversible;
	spec->continue_on.failure = node->tolerated;
	set_person(arena, spec, node);
	if (node->needs)
		set_needs(arena, spec, nodes, count, node->needs);
	if (node->artifact)
		set_artifact(arena, spec, node);
	if (!node->output)
		return;
	output = arena_alloc(arena, sizeof(*output));
	*output = node->output;
	spec->outputs = output;
	spec->outputs_count = 1;
}

static struct workflow *make_workflow(const struct lab_node *nodes, size_t count,
				      const struct lab_options *options)
{
	static const char *const phases[] = {"one", "two", "three", "four"};
	struct workflow *workflow = mem_zalloc(sizeof(*workflow));
	struct node_spec *specs = mem_calloc(count, sizeof(*specs)); /* workflow_free frees it */

	workflow->name = "lab";
	workflow->description = "";
	workflow->max_parallel = options->max_parallel ? options->max_parallel : 8;
	workflow->on_failure = options->on_failure;
	workflow->triggers = options->triggers;
	workflow->phases = phases;
	workflow->phases_count = options->phases;
	for (size_t i = 0; i < count; i++)
		set_node(&workflow->arena, &specs[i], nodes, count, &nodes[i], options->phases > 0);
	workflow->nodes = specs;
	workflow->nodes_count = (uint32_t)count;
	workflow_ids_init(workflow);
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		assert_true(workflow_ids_add(workflow, i));
	return workflow;
}

void lab_open(struct lab *lab, const struct lab_node *nodes, size_t count,
	      const struct lab_options *options)
{
	struct workflow *workflow = make_workflow(nodes, count, options);
	struct graph *graph;
	struct event *created;

	*lab = (struct lab){.now_us = 1000000};
	assert_int_equal(graph_compile(workflow, &graph, &lab->err), 0);
	created = event_list_add(&lab->journal, EVENT_CREATED, EVENT_NO_NODE, lab->now_us);
	memcpy(created->execution, LAB_ULID, sizeof(created->execution));
	created->seq = ++lab->seq;
	created->number = 7;
	created->actor = "ana";
	lab->execution = execution_new(workflow, graph, created);
}

void lab_close(struct lab *lab)
{
	execution_free(lab->execution);
	event_list_release(&lab->journal);
	event_list_release(&lab->list);
}

uint32_t lab_index(const struct lab *lab, const char *id)
{
	for (uint32_t i = 0; i < lab->execution->workflow->nodes_count; i++)
		if (strcmp(lab->execution->workflow->nodes[i].id, id) == 0)
			return i;
	fail_msg("no node %s", id);
	return 0;
}

struct node_run *lab_node(const struct lab *lab, const char *id)
{
	return &lab->execution->nodes[lab_index(lab, id)];
}

/* ---- steps ------------------------------------------------------------------------------- */

/* The state must equal what its snapshot brings back. */
static void check_snapshot(struct lab *lab)
{
	struct execution *copy;
	const char *where = NULL;
	struct buf image;

	buf_init(&image, (size_t)1 << 24);
	execution_snapshot(lab->execution, &image);
	assert_int_equal(execution_from_snapshot((struct workflow *)lab->execution->workflow,
						 (struct graph *)lab->execution->graph, image.data,
						 image.length, &copy, &lab->err),
			 0);
	if (!execution_equal(lab->execution, copy, &where))
		fail_msg("the snapshot differs in %s after: %s", where, lab->said);
	copy->workflow = NULL;
	copy->graph = NULL;
	execution_free(copy);
	buf_release(&image);
}

static void say(struct lab *lab, const struct event *event)
{
	size_t length = strlen(lab->said);
	bool node = event->node != EVENT_NO_NODE;

	(void)snprintf(lab->said + length, sizeof(lab->said) - length, "%s%s%s%s",
		       length ? ", " : "", event_kind_name(event->kind), node ? " " : "",
		       node ? lab->execution->workflow->nodes[event->node].id : "");
}

/* Through the codec and into the state, as after a restart. */
static void fold(struct lab *lab, struct event *event)
{
	struct event *kept = event_list_add(&lab->journal, event->kind, event->node, 0);
	struct buf bytes;

	event->seq = ++lab->seq;
	memcpy(event->execution, lab->execution->id, sizeof(event->execution));
	kept->seq = event->seq;
	memcpy(kept->execution, event->execution, sizeof(event->execution));
	buf_init(&bytes, (size_t)1 << 20);
	event_encode(event, &bytes);
	assert_int_equal(event_decode(buf_text(&bytes), bytes.length, EVENT_FORMAT,
				      &lab->journal.arena, kept, &lab->err),
			 0);
	buf_release(&bytes);
	if (execution_fold(lab->execution, kept, &lab->err) < 0)
		fail_msg("%s", lab->err.message);
	say(lab, event);
}

int lab_feed(struct lab *lab, const struct input *input)
{
	struct input timed = *input;
	int decided;

	if (!timed.time_us)
		timed.time_us = lab->now_us;
	timed.draw = lab->draw;
	lab->said[0] = '\0';
	event_list_clear(&lab->list);
	decided = execution_decide(lab->execution, &timed, &lab->list, &lab->err);
	if (decided < 0) {
		assert_int_equal(lab->list.count, 0);
		return decided;
	}
	for (size_t i = 0; i < lab->list.count; i++)
		fold(lab, &lab->list.events[i]);
	check_snapshot(lab);
	return decided;
}

struct input lab_about(const struct lab *lab, enum input_kind kind, const char *id)
{
	const struct node_run *node = lab_node(lab, id);

	return (struct input){.kind = kind,
			      .node = lab_index(lab, id),
			      .attempt_kind = node->live_kind,
			      .attempt = node->live_kind ? derive_attempt_number(node)
							 : node->attempt};
}

int lab_say(struct lab *lab, enum input_kind kind, const char *id)
{
	struct input input = lab_about(lab, kind, id);

	if (kind == INPUT_STARTED) {
		input.pid = 4711;
		input.start_ticks = 99;
	}
	return lab_feed(lab, &input);
}

int lab_exit(struct lab *lab, const char *id, enum exit_kind kind, int32_t code)
{
	struct input input = lab_about(lab, INPUT_EXITED, id);

	input.exit_kind = kind;
	input.code = code;
	return lab_feed(lab, &input);
}

int lab_act_as(struct lab *lab, struct act *act)
{
	act->actor = act->actor ? act->actor : "ana";
	return lab_feed(lab, &(struct input){.kind = INPUT_ACT, .act = act});
}

int lab_done(struct lab *lab, const char *id, const char *output, const char *value)
{
	struct binding binding = {output, value};

	return lab_act_as(lab, &(struct act){.verb = VERB_DONE,
					     .node = lab_index(lab, id),
					     .arguments = &binding,
					     .arguments_count = output != NULL});
}

static int feed_act(struct lab *lab, const struct act *act)
{
	return lab_feed(lab, &(struct input){.kind = INPUT_ACT, .act = act});
}

int lab_act(struct lab *lab, enum verb verb, const char *id)
{
	struct act act = {.verb = verb,
			  .node = id ? lab_index(lab, id) : EVENT_NO_NODE,
			  .actor = "ana",
			  .note = "because"};

	return feed_act(lab, &act);
}

int lab_answer(struct lab *lab, const char *id, enum answer answer)
{
	struct act act = {
		.verb = VERB_ANSWER, .node = lab_index(lab, id), .actor = "ana", .answer = answer};

	return feed_act(lab, &act);
}

int lab_rollback(struct lab *lab, const char *id)
{
	struct act act = {.verb = VERB_ROLLBACK, .node = lab_index(lab, id), .actor = "ana"};
	struct plan_ask ask = {.level = PLAN_OF_NODE};
	struct plan *plan;
	int done;

	ask.node = act.node;
	assert_int_equal(plan_make(lab->execution, &ask, &plan, &lab->err), 0);
	act.plan = plan;
	done = feed_act(lab, &act);
	plan_free(plan);
	return done;
}

void lab_wait_until(struct lab *lab, int64_t time_us)
{
	lab->now_us = time_us;
	while (execution_next_due(lab->execution) <= time_us) {
		assert_int_equal(lab_feed(lab, &(struct input){.kind = INPUT_DUE}), 0);
		assert_true(lab->list.count > 0);
	}
}

size_t lab_admit(struct lab *lab)
{
	size_t count = 0;

	while (execution_can_admit(lab->execution)) {
		assert_int_equal(lab_feed(lab, &(struct input){.kind = INPUT_ADMIT}), 0);
		assert_true(lab->list.count > 0);
		count++;
	}
	return count;
}

int lab_capture(struct lab *lab, const char *id, enum moment moment, char blob)
{
	struct input input =
		lab_about(lab, moment == MOMENT_RESTORED ? INPUT_RESTORED : INPUT_CAPTURED, id);
	struct event_item item = {
		.kind = "artifact", .name = "f", .number = 0, .size = 3, .mode = 0644};

	memset(item.blob, blob, sizeof(item.blob) - 1);
	input.moment = moment;
	input.items = &item;
	input.items_count = 1;
	return lab_feed(lab, &input);
}

int lab_capture_item(struct lab *lab, const char *id, struct event_item item)
{
	struct input input = lab_about(lab, INPUT_CAPTURED, id);

	item.kind = "artifact";
	item.name = "f";
	input.moment = MOMENT_AFTER;
	input.items = &item;
	input.items_count = 1;
	return lab_feed(lab, &input);
}

void lab_start(struct lab *lab, const char *id)
{
	const struct node_spec *spec = &lab->execution->workflow->nodes[lab_index(lab, id)];

	(void)lab_admit(lab);
	if (!lab_node(lab, id)->intended)
		fail_msg("%s is not intended: it is %s", id, lab_state(lab, id));
	if (spec->artifacts_count && lab_node(lab, id)->live_kind == ATTEMPT_RUN)
		assert_int_equal(lab_capture(lab, id, MOMENT_BEFORE, 'a'), 0);
	assert_int_equal(lab_say(lab, INPUT_DISPATCHED, id), 0);
	assert_int_equal(lab_say(lab, INPUT_STARTED, id), 0);
}

void lab_complete(struct lab *lab, const char *id)
{
	const struct node_spec *spec = &lab->execution->workflow->nodes[lab_index(lab, id)];

	lab_start(lab, id);
	lab->now_us += 1000000;
	assert_int_equal(lab_exit(lab, id, EXIT_STATUS, 0), 0);
	if (spec->artifacts_count)
		assert_int_equal(lab_capture(lab, id, MOMENT_AFTER, 'b'), 0);
	if (spec->outputs_count) {
		struct input input = lab_about(lab, INPUT_COLLECTED, id);
		struct event_item item = {
			.kind = "output", .name = spec->outputs[0], .value = "value"};

		input.items = &item;
		input.items_count = 1;
		assert_int_equal(lab_feed(lab, &input), 0);
	}
	assert_int_equal(lab_node(lab, id)->state, STATE_COMPLETED);
}

/* ---- looking ----------------------------------------------------------------------------- */

const char *lab_state(const struct lab *lab, const char *id)
{
	static char text[100];
	const struct node_run *node = id ? lab_node(lab, id) : NULL;

	(void)snprintf(text, sizeof(text), "%s %s",
		       state_name(node ? node->state : lab->execution->state),
		       reason_name(node ? node->reason : lab->execution->reason));
	return text;
}

const char *lab_effects(const struct lab *lab, const char *id, char out[100])
{
	static const char *const names[] = {"capture_before", "start",	 "watch",
					    "stop",	      "collect", "capture_after",
					    "restore",	      "freeze",	 "thaw"};
	struct effect effects[EFFECTS_PER_NODE];
	size_t count = execution_outstanding(lab->execution, lab_index(lab, id), effects);

	out[0] = '\0';
	for (size_t i = 0; i < count; i++)
		(void)snprintf(out + strlen(out), 100 - strlen(out), "%s%s", i ? " " : "",
			       names[effects[i].kind]);
	return out;
}
