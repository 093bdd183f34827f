/* SPDX-License-Identifier: MIT
 *
 * How long a plan takes: to roll back all of an execution in which every node has run and 1,000 of
 * them have written a file. The execution is folded from events as a journal would have them.
 *
 *   plan [NODES]        prints milliseconds, the median of seven; NODES: 100000
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/plan.h"

#define ARTIFACTS 1000
#define ROUNDS	  7

struct bench {
	struct execution *execution;
	uint64_t seq;
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
static struct workflow *read_workflow(uint32_t nodes)
{
	struct workflow *workflow;
	struct buf yaml, problems;

	buf_init(&yaml, (size_t)64 * 1024 * 1024);
	buf_init(&problems, 1 << 20);
	buf_add_text(&yaml, "name: large\nnodes:\n");
	for (uint32_t i = 0; i < nodes; i++) {
		buf_printf(&yaml, "  - {id: n%u, run: \"true\", undo: \"true\"", i);
		if (i % 100)
			buf_printf(&yaml, ", needs: [n%u]", i - 1);
		if (i % (nodes / ARTIFACTS) == 0)
			buf_printf(&yaml, ", artifacts: [f%u]", i);
		buf_add_text(&yaml, "}\n");
	}
	if (workflow_read("large.yaml", buf_text(&yaml), yaml.length, &workflow, &problems))
		die(buf_text(&problems));
	buf_release(&yaml);
	buf_release(&problems);
	return workflow;
}

static int by_time(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static int64_t time_of_plan(const struct bench *bench)
{
	struct plan_ask ask = {.level = PLAN_OF_ALL};
	int64_t began_us = clock_wall_us(clock_system());
	struct plan *plan;
	struct err err;

	if (plan_make(bench->execution, &ask, &plan, &err) < 0 || plan->refused)
		die("no plan");
	plan_free(plan);
	return clock_wall_us(clock_system()) - began_us;
}

int main(int argc, char **argv)
{
	uint32_t nodes = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
	struct event created = {.kind = EVENT_CREATED, .node = EVENT_NO_NODE, .seq = 1};
	struct workflow *workflow = read_workflow(nodes);
	struct bench bench = {.seq = 1};
	struct graph *graph;
	int64_t times[ROUNDS];
	struct err err;

	(void)snprintf(created.execution, sizeof(created.execution), "%s",
		       "01hzzzzzzzzzzzzzzzzzzzzzzz");
	if (graph_compile(workflow, &graph, &err) < 0)
		die(err.message);
	bench.execution = execution_new(workflow, graph, &created);
	for (uint32_t i = 0; i < nodes; i++)
		run_node(&bench, i);
	for (int i = 0; i < ROUNDS; i++)
		times[i] = time_of_plan(&bench);
	qsort(times, ROUNDS, sizeof(times[0]), by_time);
	(void)printf("%lld\n", (long long)((times[ROUNDS / 2] + 999) / 1000));
	execution_free(bench.execution);
	return 0;
}
