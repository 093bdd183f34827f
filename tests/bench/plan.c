/* SPDX-License-Identifier: MIT
 *
 * How long a plan takes: to roll back all of an execution in which every node has run and 1,000 of
 * them have written a file. The execution is folded from events as a journal would have them. And
 * what comes before, when it is not loaded: reading its workflow, and its snapshot.
 *
 *   plan [NODES [WHAT]]        prints microseconds, the median of seven; NODES: 100000
 *                              WHAT: plan, scan (libyaml alone), read (with scan), snapshot
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/clock.h"
#include "model/plan.h"

#define ARTIFACTS 1000
#define ROUNDS	  7

struct bench {
	struct execution *execution;
	uint64_t seq;
	struct buf yaml, image;
};

static _Noreturn void die(const char *why)
{
	(void)fprintf(stderr, "plan: %s\n", why);
	exit(1);
}

static void fold(struct bench *bench, struct event *event)
{
	struct err err;

	event->seq = ++bench->seq;
	event->time_us = 1000000;
	if (execution_fold(bench->execution, event, &err) < 0)
		die(err.message);
}

static void say(struct bench *bench, enum event_kind kind, uint32_t node, enum moment moment)
{
	struct event event = {.kind = kind,
			      .node = node,
			      .attempt_kind = ATTEMPT_RUN,
			      .attempt = 1,
			      .exit_kind = EXIT_STATUS,
			      .reason = kind == EVENT_COMPLETED ? REASON_OK : REASON_NONE,
			      .moment = moment};
	struct event_item item = {
		.kind = "artifact", .name = "f", .mode = 0644, .device = 1, .folder = 2};

	memset(item.blob, moment == MOMENT_BEFORE ? 'a' : 'b', sizeof(item.blob) - 1);
	if (kind == EVENT_CAPTURED) {
		event.items = &item;
		event.items_count = 1;
	}
	fold(bench, &event);
}

static void run_node(struct bench *bench, uint32_t node)
{
	bool writes = bench->execution->workflow->nodes[node].artifacts_count;

	say(bench, EVENT_INTENDED, node, MOMENT_NONE);
	if (writes)
		say(bench, EVENT_CAPTURED, node, MOMENT_BEFORE);
	say(bench, EVENT_DISPATCHED, node, MOMENT_NONE);
	say(bench, EVENT_EXITED, node, MOMENT_NONE);
	if (writes)
		say(bench, EVENT_CAPTURED, node, MOMENT_AFTER);
	say(bench, EVENT_COMPLETED, node, MOMENT_NONE);
}

/* Chains of a hundred, beside each other. */
static void write_workflow(struct buf *yaml, uint32_t nodes)
{
	buf_init(yaml, (size_t)64 * 1024 * 1024);
	buf_add_text(yaml, "name: large\nnodes:\n");
	for (uint32_t i = 0; i < nodes; i++) {
		buf_printf(yaml, "  - {id: n%u, run: \"true\", undo: \"true\"", i);
		if (i % 100)
			buf_printf(yaml, ", needs: [n%u]", i - 1);
		if (i % (nodes / ARTIFACTS) == 0)
			buf_printf(yaml, ", artifacts: [f%u]", i);
		buf_add_text(yaml, "}\n");
	}
}

static void read_workflow(const struct buf *yaml, struct workflow **workflow, struct graph **graph)
{
	struct buf problems;
	struct err err;

	buf_init(&problems, 1 << 20);
	if (workflow_read("large.yaml", yaml->data, yaml->length, workflow, &problems))
		die(buf_text(&problems));
	if (graph_compile(*workflow, graph, &err) < 0)
		die(err.message);
	buf_release(&problems);
}

static int by_time(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static int64_t now_us(void)
{
	return clock_wall_us(clock_system());
}

static int64_t time_of_plan(const struct bench *bench)
{
	struct plan_ask ask = {.level = PLAN_OF_ALL};
	int64_t began_us = now_us();
	struct plan *plan;
	struct err err;

	if (plan_make(bench->execution, &ask, &plan, &err) < 0 || plan->refused)
		die("no plan");
	plan_free(plan);
	return now_us() - began_us;
}

static int64_t time_of_scan(const struct bench *bench)
{
	int64_t began_us = now_us();
	yaml_parser_t parser;
	yaml_event_t event;
	bool last = false;

	if (!yaml_parser_initialize(&parser))
		die("out of memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)bench->yaml.data,
				     bench->yaml.length);
	while (!last) {
		if (!yaml_parser_parse(&parser, &event))
			die("no YAML");
		last = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return now_us() - began_us;
}

static int64_t time_of_read(const struct bench *bench)
{
	int64_t began_us = now_us(), took_us;
	struct workflow *workflow;
	struct graph *graph;

	read_workflow(&bench->yaml, &workflow, &graph);
	took_us = now_us() - began_us;
	graph_free(graph);
	workflow_free(workflow);
	return took_us;
}

static int64_t time_of_snapshot(const struct bench *bench)
{
	struct execution *execution;
	struct workflow *workflow;
	struct graph *graph;
	struct err err;
	int64_t began_us;

	read_workflow(&bench->yaml, &workflow, &graph);
	began_us = now_us();
	if (execution_from_snapshot(workflow, graph, bench->image.data, bench->image.length,
				    &execution, &err) < 0)
		die(err.message);
	began_us = now_us() - began_us;
	execution_free(execution);
	return began_us;
}

static const struct {
	const char *name;
	int64_t (*time)(const struct bench *bench);
} parts[] = {{"plan", time_of_plan},
	     {"scan", time_of_scan},
	     {"read", time_of_read},
	     {"snapshot", time_of_snapshot}};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static void run_all(struct bench *bench, uint32_t nodes)
{
	struct event created = {.kind = EVENT_CREATED, .node = EVENT_NO_NODE, .seq = 1};
	struct workflow *workflow;
	struct graph *graph;

	write_workflow(&bench->yaml, nodes);
	read_workflow(&bench->yaml, &workflow, &graph);
	(void)snprintf(created.execution, sizeof(created.execution), "%s",
		       "01hzzzzzzzzzzzzzzzzzzzzzzz");
	bench->execution = execution_new(workflow, graph, &created);
	for (uint32_t i = 0; i < nodes; i++)
		run_node(bench, i);
	buf_init(&bench->image, SIZE_MAX / 2);
	execution_snapshot(bench->execution, &bench->image);
}

int main(int argc, char **argv)
{
	uint32_t nodes = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
	const char *what = argc > 2 ? argv[2] : "plan";
	struct bench bench = {.seq = 1};
	int64_t times[ROUNDS];
	size_t part = 0;

	while (part < PARTS && strcmp(parts[part].name, what) != 0)
		part++;
	if (part == PARTS || nodes < ARTIFACTS)
		die("usage: plan [NODES [plan|scan|read|snapshot]], at least 1000 NODES");
	run_all(&bench, nodes);
	for (int i = 0; i < ROUNDS; i++)
		times[i] = parts[part].time(&bench);
	qsort(times, ROUNDS, sizeof(times[0]), by_time);
	(void)printf("%lld\n", (long long)times[ROUNDS / 2]);
	execution_free(bench.execution);
	buf_release(&bench.yaml);
	buf_release(&bench.image);
	return 0;
}
