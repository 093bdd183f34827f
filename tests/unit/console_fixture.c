/* SPDX-License-Identifier: MIT
 *
 * The fixture's run, brought in through the mirror's own doors.
 */
#include "console_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tui/console.h"

struct fixture_spec {
	char *id, *phase, *command, *undo, *artifact;
	double risk;
	uint32_t needs[2];
	uint32_t needs_count;
};

static struct fixture_spec SPECS[FIXTURE_NODES] = {
	[FIXTURE_CA] = {"ca", "prepare", "./ca.sh", "", "tls/ca.crt", 0.1, {0}, 0},
	[FIXTURE_ISSUE] = {"issue",
			   "prepare",
			   "./issue.sh \"$CN\"",
			   "",
			   "tls/edge.crt",
			   0.1,
			   {FIXTURE_CA},
			   1},
	[FIXTURE_PAIR] = {"pair",
			  "prepare",
			  "./pair.sh tls/edge.crt tls/edge.key",
			  "",
			  "",
			  0.1,
			  {FIXTURE_ISSUE},
			  1},
	[FIXTURE_SWAP] = {"swap",
			  "switch",
			  "./swap.sh tls/edge.crt",
			  "./swap.sh --previous",
			  "proxy.conf",
			  0.7,
			  {FIXTURE_ISSUE, FIXTURE_PAIR},
			  2},
	[FIXTURE_DNS] = {"dns", "switch", "./dns.sh", "", "", 0.4, {FIXTURE_SWAP}, 1},
	[FIXTURE_SERVED] =
		{"served-serial", "verify", "./served.sh", "", "", 0.1, {FIXTURE_DNS}, 1},
};

static void set_graph(struct app *app)
{
	Hlp__V1__Graph graph = HLP__V1__GRAPH__INIT;
	Hlp__V1__GraphNode nodes[FIXTURE_NODES], *list[FIXTURE_NODES];
	char *phases[] = {"prepare", "switch", "verify"};
	char *change = "change";

	for (int i = 0; i < FIXTURE_NODES; i++) {
		struct fixture_spec *spec = &SPECS[i];
		hlp__v1__graph_node__init(&nodes[i]);
		nodes[i].id = spec->id;
		nodes[i].phase = spec->phase;
		nodes[i].command = spec->command;
		nodes[i].undo = spec->undo;
		nodes[i].has_undo = spec->undo[0] != '\0';
		nodes[i].risk = spec->risk;
		nodes[i].risk_name = spec->risk >= 0.6 ? "high" : "low";
		nodes[i].needs = spec->needs;
		nodes[i].n_needs = spec->needs_count;
		nodes[i].artifacts = &spec->artifact;
		nodes[i].n_artifacts = spec->artifact[0] != '\0';
		nodes[i].outputs = &change;
		nodes[i].n_outputs = i == FIXTURE_DNS;
		list[i] = &nodes[i];
	}
	graph.workflow = "edge-cert";
	graph.phases = phases;
	graph.n_phases = 3;
	graph.nodes = list;
	graph.n_nodes = FIXTURE_NODES;
	mirror_set_graph(&app->mirror, &graph);
}

static void apply(struct app *app, Hlp__V1__Execution *execution, Hlp__V1__Node *node)
{
	Hlp__V1__Update update = HLP__V1__UPDATE__INIT;

	update.seq = app->mirror.seq + 1;
	update.execution = execution;
	update.snapshot = !app->mirror.has_rows;
	update.nodes = &node;
	update.n_nodes = node != NULL;
	(void)mirror_apply(&app->mirror, &update);
	app_mirror_changed(app);
}

void fixture_node(struct app *app, uint32_t index, const struct fixture_news *news)
{
	Hlp__V1__Node node = HLP__V1__NODE__INIT;

	node.index = index;
	node.id = SPECS[index].id;
	node.state = (char *)news->state;
	node.reason = (char *)news->reason;
	node.attempt = news->attempt;
	node.exit_code = news->exit_code;
	node.has_exit_code = news->exit_code != 0;
	node.version = app->mirror.seq + 1;
	if (news->attempt > 0)
		node.started_us = FIXTURE_WALL_US - 30 * CLOCK_SECOND_US;
	if (news->attempt > 0 && !news->running)
		node.ended_us = FIXTURE_WALL_US - 18 * CLOCK_SECOND_US;
	if (news->question != NULL)
		node.question = (char *)news->question;
	if (news->message != NULL) {
		node.message.data = (uint8_t *)news->message;
		node.message.len = strlen(news->message);
	}
	apply(app, NULL, &node);
}

void fixture_execution(struct app *app, const char *state, const char *reason)
{
	Hlp__V1__Execution execution = HLP__V1__EXECUTION__INIT;
	uint32_t counts[STATES] = {0};

	for (uint32_t i = 0; i < app->mirror.nodes_count; i++)
		counts[app->mirror.nodes[i].state]++;
	execution.counts = counts;
	execution.n_counts = STATES;
	execution.nodes_count = app->mirror.nodes_count;
	execution.id = "01jd0000000000000000000012";
	execution.name = "edge-cert#12";
	execution.workflow = "edge-cert";
	execution.revision = "3f2a1bc9d0";
	execution.state = (char *)state;
	execution.reason = (char *)reason;
	execution.paused = strcmp(state, "PAUSED") == 0;
	execution.ended = strcmp(state, "FAILED") == 0 || strcmp(state, "COMPLETED") == 0;
	execution.started_us = FIXTURE_WALL_US - 62 * CLOCK_SECOND_US;
	execution.ended_us = execution.ended ? FIXTURE_WALL_US - 10 * CLOCK_SECOND_US : 0;
	execution.seq = app->mirror.seq + 1;
	apply(app, &execution, NULL);
}

void fixture_open(struct app *app, int width, int height)
{
	static const struct fixture_news OK = {.state = "COMPLETED", .reason = "ok", .attempt = 1};
	static const struct fixture_news FAILED = {.state = "FAILED",
						   .reason = "exit",
						   .attempt = 1,
						   .exit_code = 3,
						   .message = "swap: the key does not match"};
	static const struct fixture_news WAITING = {.state = "PENDING", .reason = "waiting"};

	console_init(app, false, false);
	app->wall_us = FIXTURE_WALL_US;
	app->now_us = 100 * CLOCK_SECOND_US;
	(void)snprintf(app->execution, sizeof(app->execution), "edge-cert#12");
	set_graph(app);
	for (uint32_t i = 0; i < FIXTURE_SWAP; i++)
		fixture_node(app, i, &OK);
	fixture_node(app, FIXTURE_SWAP, &FAILED);
	fixture_node(app, FIXTURE_DNS, &WAITING);
	fixture_node(app, FIXTURE_SERVED, &WAITING);
	fixture_execution(app, "FAILED", "nodes");
	app_resize(app, width, height);
	app_home(app);
	app->message.text[0] = '\0';
}

void fixture_close(struct app *app)
{
	console_release(app);
}

void fixture_wait(struct app *app, int64_t time_us)
{
	app->now_us += time_us;
	console_tick(app);
}

void fixture_keys(struct app *app, const char *keys)
{
	for (; *keys != '\0'; keys++) {
		fixture_wait(app, CLOCK_SECOND_US / 2);
		console_draw(app);
		console_key(app, (uint32_t)(unsigned char)*keys);
	}
}

const char *fixture_screen(struct app *app, struct buf *out)
{
	buf_clear(out);
	console_draw(app);
	canvas_to_text(&app->canvas, out);
	return buf_text(out);
}

bool fixture_shows(struct app *app, const char *text)
{
	struct buf screen;

	buf_init(&screen, 4 * 1024 * 1024);
	bool found = strstr(fixture_screen(app, &screen), text) != NULL;
	if (!found)
		(void)fprintf(stderr, "not shown: %s\n%s", text, buf_text(&screen));
	buf_release(&screen);
	return found;
}

Hlp__V1__RollbackReply *fixture_plan(size_t rows, const char *refused)
{
	Hlp__V1__RollbackReply *reply = mem_alloc(sizeof(*reply));
	Hlp__V1__Plan *plan = mem_alloc(sizeof(*plan));

	hlp__v1__rollback_reply__init(reply);
	hlp__v1__plan__init(plan);
	reply->plan = plan;
	plan->id = mem_strdup("9c1e44aa");
	plan->node = mem_strdup("swap");
	plan->refused = mem_strdup(refused);
	plan->rows = mem_calloc(rows + 1, sizeof(*plan->rows));
	plan->n_rows = rows;
	for (size_t i = 0; i < rows; i++) {
		Hlp__V1__PlanRow *row = mem_alloc(sizeof(*row));
		hlp__v1__plan_row__init(row);
		row->action = mem_strdup(i % 2 ? "restore" : "undo");
		row->node = mem_printf("%s", i < 2 ? "swap" : "other");
		row->path = mem_strdup(i % 2 ? "proxy.conf" : "");
		row->from = mem_strdup(i % 2 ? "r41" : "");
		row->to = mem_strdup(i % 2 ? "r17" : "");
		row->how =
			mem_strdup(i % 2 ? "as it was before attempt 1" : "./swap.sh --previous");
		if (i == 1) {
			row->warnings = mem_alloc(sizeof(char *));
			row->warnings[0] =
				mem_strdup("it was changed by someone else since attempt 1 "
					   "ended; what they wrote is lost");
			row->n_warnings = 1;
		}
		plan->rows[i] = row;
	}
	return reply;
}
