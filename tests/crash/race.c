/* SPDX-License-Identifier: MIT
 *
 * race --bin FOLDER [--tries N] [--seed S]
 *
 * Holds that race with the start of their node, N times, with the real programs. Short nodes run in
 * lanes; when one of a lane ends, a hold of the next but one is fired about when that will start.
 * The aim is corrected after each shot, so that many hold and many come too late. A
 * node that was held is released and goes on. Each try is then judged by what three witnesses say:
 *
 *   the answer   held, or refused with "the hold came too late"; nothing else
 *   the journal  held: nothing of the node was intended or started between `held` and `released`;
 *                too late: it was never held; either way it started once, and nothing was frozen
 *   the node     it made its folder once, and if it was held, not before its release was sent
 *
 * At each answer the launcher's children are looked at: none may be stopped (T). Everything lives
 * in an HLP_HOME of its own. One thread, one connection.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/home.h"
#include "base/mem.h"
#include "base/rng.h"
#include "client/client.h"
#include "tests/crash/victim/victim.h"

#define LANES	      8
#define TRIES_A_RUN   1000 /* at most */
#define AIM_FIRST_US  20000
#define AIM_SPREAD_US 1500
#define START_US      1000 /* from the end of a node to the start of the next */
#define NEAR_US	      3000 /* of the start: the hold and the start met */
#define CALL_US	      (20 * CLOCK_SECOND_US)
#define SILENCE_US    (60 * CLOCK_SECOND_US)

/* What a node has come to. Even ones of a lane only take time; odd ones are tries, but for the
 * first. */
struct node {
	bool held, late;	       /* what the hold was answered with */
	bool stands, released;	       /* a row said PAUSED held; the release was sent */
	int64_t fired_us, released_us; /* by the wall; by the coarse clock that dates files */
	int64_t started_us, ended_us;  /* of the row */
	bool is_held;		       /* by the journal, while it is read */
	unsigned holds, starts, revoked, completed;
};

struct lane {
	int64_t aim_us; /* from the end of one try's node to the hold of the next */
	int64_t due_us; /* when to fire; 0: nothing to fire at */
	unsigned target;
};

struct test {
	struct victim victim;
	struct client *client;
	struct rng rng;
	char execution[64];
	pid_t launcher;
	struct lane lanes[LANES];
	struct node *nodes;
	unsigned steps; /* nodes a lane */
	bool ended;
	unsigned open_tries; /* not answered yet */
	uint64_t tries_wanted;
	unsigned tries, held, late, revoked, met, looked_at;
	int64_t heard_us;
};

/* One hold or release under way. */
struct shot {
	struct test *test;
	unsigned node;
	bool is_hold;
};

static int64_t now_us(void)
{
	return clock_monotonic_us(clock_system());
}

/* Of the clock by which the kernel dates files. */
static int64_t file_time_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return now.tv_sec * CLOCK_SECOND_US + now.tv_nsec / 1000;
}

static void name_of(const struct test *test, unsigned node, char out[32])
{
	(void)snprintf(out, 32, "l%u-s%u", node / test->steps, node % test->steps); /* fits */
}

static _Noreturn void die_at(const struct test *test, unsigned node, const char *why)
{
	char name[32], what[192];

	name_of(test, node, name);
	(void)snprintf(what, sizeof(what), "%s/%s in %s", test->execution, name, test->victim.home);
	victim_die(what, why);
}

static struct node *node_at(struct test *test, unsigned lane, unsigned step)
{
	return &test->nodes[lane * test->steps + step];
}

static bool is_try(unsigned step)
{
	return step >= 3 && step % 2;
}

/* ---- no process stands still ------------------------------------------------------------- */

static char state_of(unsigned long pid)
{
	char path[64], *data = NULL, state = 0;
	size_t length;
	struct err err;

	(void)snprintf(path, sizeof(path), "/proc/%lu/stat", pid);
	if (file_read(path, 4096, &data, &length, &err) < 0)
		return 0; /* it has ended */
	if (strrchr(data, ')') && strlen(strrchr(data, ')')) > 2)
		state = strrchr(data, ')')[2];
	free(data);
	return state;
}

static void look_at_children(struct test *test)
{
	char path[64], *data = NULL, *rest;
	size_t length;
	struct err err;
	unsigned long pid;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)test->launcher,
		       (int)test->launcher);
	if (file_read(path, 1 << 16, &data, &length, &err) < 0)
		victim_die(path, err.message);
	for (rest = data; (pid = strtoul(rest, &rest, 10));) {
		test->looked_at++;
		if (state_of(pid) == 'T')
			victim_die(test->execution, "a process stands still: it was frozen");
	}
	free(data);
}

/* ---- holds and releases ------------------------------------------------------------------ */

static client_reply on_answer;

static void shoot(struct test *test, unsigned node, bool is_hold)
{
	Hlp__V1__ActRequest request = HLP__V1__ACT_REQUEST__INIT;
	struct shot *shot = mem_zalloc(sizeof(*shot));
	char id[27], name[32];

	*shot = (struct shot){.test = test, .node = node, .is_hold = is_hold};
	name_of(test, node, name);
	request.request = client_request_id(id);
	request.execution = test->execution;
	request.node = name;
	request.verb = (char *)(is_hold ? "hold" : "release");
	if (!client_start(test->client, "Act", &request.base, &hlp__v1__act_reply__descriptor,
			  on_answer, shot))
		victim_die(test->execution, "no call can be made");
}

/* It is held by the answer and stands by the watch: the node after it waits for it. */
static void release_if_due(struct test *test, unsigned at)
{
	struct node *node = &test->nodes[at];

	if (!node->held || !node->stands || node->released)
		return;
	node->released = true;
	node->released_us = file_time_us();
	shoot(test, at, false);
}

static void take_hold(struct test *test, unsigned at, const struct err *err)
{
	struct node *node = &test->nodes[at];

	test->open_tries--;
	if (!err->code)
		node->held = true;
	else if (err->code == ERR_REFUSED && strstr(err->message, "the hold came too late"))
		node->late = true;
	else
		die_at(test, at, err->message);
	release_if_due(test, at);
}

static void on_answer(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct shot *shot = ctx;

	if (message)
		return; /* the call's end follows */
	look_at_children(shot->test);
	if (shot->is_hold)
		take_hold(shot->test, shot->node, err);
	else if (err->code)
		die_at(shot->test, shot->node, err->message);
	free(shot);
}

static void fire(struct test *test, unsigned lane)
{
	unsigned at = lane * test->steps + test->lanes[lane].target;

	test->lanes[lane].due_us = 0;
	test->nodes[at].fired_us = clock_wall_us(clock_system());
	shoot(test, at, true);
}

/* By how much the last shot missed the start, which the end of the node before it brought about. */
static void correct(struct test *test, unsigned lane, unsigned step)
{
	const struct node *before = node_at(test, lane, step - 1);
	int64_t *aim_us = &test->lanes[lane].aim_us;

	if (test->lanes[lane].due_us) /* the node was faster than the shot */
		fire(test, lane);
	*aim_us -= (node_at(test, lane, step)->fired_us - before->ended_us - START_US) / 8;
	if (*aim_us < 0)
		*aim_us = 0;
}

/* Spread about the aim, so that no shot depends on the one before alone. */
static void aim(struct test *test, unsigned lane, unsigned step)
{
	const int64_t spread_us = (int64_t)rng_below(&test->rng, 2 * AIM_SPREAD_US);

	test->open_tries++;
	test->lanes[lane].target = step;
	test->lanes[lane].due_us = now_us() + test->lanes[lane].aim_us + spread_us - AIM_SPREAD_US;
}

static void fire_what_is_due(struct test *test)
{
	const int64_t now = now_us();

	for (unsigned i = 0; i < LANES; i++)
		if (test->lanes[i].due_us && test->lanes[i].due_us <= now)
			fire(test, i);
}

/* ---- the watch --------------------------------------------------------------------------- */

static void take_row(struct test *test, const Hlp__V1__Node *row)
{
	const unsigned lane = row->index / test->steps, step = row->index % test->steps;
	struct node *node = node_at(test, lane, step);

	node->started_us = row->started_us;
	node->ended_us = row->ended_us;
	if (!strcmp(row->state, "PAUSED") && !strcmp(row->reason, "held")) {
		node->stands = true;
		release_if_due(test, row->index);
	}
	if (!strcmp(row->state, "FAILED"))
		die_at(test, row->index, "it failed: it ran twice, or not as it should");
	/* A row is sent again when something about it changes: only the first end aims. */
	if (strcmp(row->state, "COMPLETED") || node->completed++)
		return;
	if (is_try(step))
		correct(test, lane, step);
	if (step % 2 && step + 2 < test->steps)
		aim(test, lane, step + 2);
}

static void on_update(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	const Hlp__V1__Update *update = (const Hlp__V1__Update *)message;
	struct test *test = ctx;

	test->heard_us = now_us();
	if (!update && !test->ended)
		victim_die(test->execution, err->code ? err->message : "the watch ended early");
	if (!update)
		return;
	for (size_t i = 0; i < update->n_nodes; i++)
		take_row(test, update->nodes[i]);
	test->ended = test->ended || update->last;
}

static int64_t next_due_us(const struct test *test)
{
	int64_t due_us = client_deadline_us(test->client);

	for (unsigned i = 0; i < LANES; i++)
		if (test->lanes[i].due_us && test->lanes[i].due_us < due_us)
			due_us = test->lanes[i].due_us;
	return due_us;
}

static void turn(struct test *test)
{
	struct pollfd wait = {.fd = client_fd(test->client),
			      .events = client_poll_events(test->client)};
	int64_t left_us = next_due_us(test) - now_us();
	struct timespec timeout;

	if (left_us < 0)
		left_us = 0;
	if (left_us > CLOCK_SECOND_US)
		left_us = CLOCK_SECOND_US;
	timeout = (struct timespec){.tv_nsec = left_us % CLOCK_SECOND_US * 1000,
				    .tv_sec = left_us / CLOCK_SECOND_US};
	(void)ppoll(&wait, 1, &timeout, NULL);
	client_process(test->client);
	fire_what_is_due(test);
	if (now_us() - test->heard_us > SILENCE_US)
		victim_die(test->execution, "nothing moves any more");
}

/* ---- the judgement ----------------------------------------------------------------------- */

static void judge_event(struct test *test, unsigned at, const char *kind)
{
	struct node *node = &test->nodes[at];

	if (!strcmp(kind, "held")) {
		if (node->starts)
			die_at(test, at, "the journal holds it after it started");
		node->is_held = true;
		node->holds++;
	} else if (!strcmp(kind, "released")) {
		node->is_held = false;
	} else if (!strcmp(kind, "revoked")) {
		node->revoked++;
	} else if (!strcmp(kind, "intended") || !strcmp(kind, "dispatched") ||
		   !strcmp(kind, "started")) {
		if (node->is_held)
			die_at(test, at, "the journal starts it while it is held");
		node->starts += !strcmp(kind, "dispatched");
	} else if (!strcmp(kind, "freezing") || !strcmp(kind, "frozen")) {
		die_at(test, at, "the journal says that it was frozen");
	}
}

static int on_event(void *ctx, const ProtobufCMessage *message)
{
	const Hlp__V1__EventRecord *event = (const Hlp__V1__EventRecord *)message;
	struct test *test = ctx;
	unsigned lane, step;

	if (sscanf(event->node, "l%u-s%u", &lane, &step) == 2 && lane < LANES && step < test->steps)
		judge_event(test, lane * test->steps + step, event->kind);
	return 0;
}

/* When the node made its folder: it does so as its only deed, and fails if it is there. */
static int64_t made_us(const struct test *test, unsigned at)
{
	char name[32], path[160];
	struct stat status;

	name_of(test, at, name);
	(void)snprintf(path, sizeof(path), "%s/ran/%s", test->victim.folder, name);
	if (stat(path, &status) < 0)
		die_at(test, at, "it never ran");
	return status.st_ctim.tv_sec * CLOCK_SECOND_US + status.st_ctim.tv_nsec / 1000;
}

static bool met_its_start(const struct test *test, unsigned at)
{
	const struct node *node = &test->nodes[at];
	const int64_t start_us = node->held ? test->nodes[at - 1].ended_us : node->started_us;

	return llabs(node->fired_us - start_us) <= NEAR_US;
}

static void judge(struct test *test, unsigned at)
{
	const struct node *node = &test->nodes[at];

	if (node->starts != 1)
		die_at(test, at, "the journal does not start it once");
	if (!is_try(at % test->steps))
		return;
	if (node->held == node->late)
		die_at(test, at, "the hold was not answered with one of the two");
	if (node->holds != node->held)
		die_at(test, at, "the journal and the answer differ");
	if (node->held && made_us(test, at) < node->released_us)
		die_at(test, at, "it ran before it was released");
	test->tries++;
	test->held += node->held;
	test->late += node->late;
	test->revoked += node->held && node->revoked;
	test->met += met_its_start(test, at);
}

static void judge_all(struct test *test)
{
	Hlp__V1__EventsRequest request = HLP__V1__EVENTS_REQUEST__INIT;
	struct err err = {0};

	request.execution = test->execution;
	if (client_stream(test->client, "ListEvents", &request.base,
			  &hlp__v1__event_record__descriptor, on_event, test, &err) < 0)
		victim_die(test->execution, err.message);
	for (unsigned i = 0; i < LANES * test->steps; i++)
		judge(test, i);
}

/* ---- runs -------------------------------------------------------------------------------- */

static void write_workflow(const struct test *test, const char *path)
{
	struct buf yaml;
	struct err err;

	buf_init(&yaml, 1 << 20);
	buf_printf(&yaml, "name: race\nmax_parallel: %d\nnodes:\n", LANES);
	for (unsigned i = 0; i < LANES * test->steps; i++) {
		char name[32], before[32];

		name_of(test, i, name);
		buf_printf(&yaml,
			   i % test->steps % 2 ? "  - {id: %s, run: mkdir ran/%s"
					       : "  - {id: %s, run: sleep 0.03",
			   name, name);
		if (i % test->steps) {
			name_of(test, i - 1, before);
			buf_printf(&yaml, ", needs: [%s]", before);
		}
		buf_add_text(&yaml, "}\n");
	}
	if (file_replace(path, yaml.data, yaml.length, 0600, &err) < 0)
		victim_die(path, err.message);
	buf_release(&yaml);
}

static void start_run(struct test *test)
{
	char *clear[] = {"rm", "-rf", "ran", NULL};
	char *run[] = {"run", "race.yaml", "--detach", "--yes", NULL};
	char path[128];
	struct buf out;

	(void)snprintf(path, sizeof(path), "%s/race.yaml", test->victim.folder);
	write_workflow(test, path);
	victim_run(&test->victim, clear);
	(void)snprintf(path, sizeof(path), "%s/ran", test->victim.folder);
	(void)mkdir(path, 0700);
	buf_init(&out, 4096);
	if (victim_hlp(&test->victim, &out, run))
		victim_die("hlp run", buf_text(&out));
	(void)snprintf(test->execution, sizeof(test->execution), "%.*s",
		       (int)strcspn(buf_text(&out), "\n"), buf_text(&out));
	buf_release(&out);
}

static void one_run(struct test *test, unsigned tries)
{
	Hlp__V1__WatchRequest request = HLP__V1__WATCH_REQUEST__INIT;

	/* Two nodes a try, and two before the first. */
	test->steps = 2 * ((tries + LANES - 1) / LANES) + 2;
	test->nodes = mem_calloc(LANES * test->steps, sizeof(*test->nodes));
	test->ended = false;
	test->heard_us = now_us();
	start_run(test);
	request.execution = test->execution;
	(void)client_start(test->client, "Watch", &request.base, &hlp__v1__update__descriptor,
			   on_update, test);
	while (!test->ended || test->open_tries)
		turn(test);
	judge_all(test);
	free(test->nodes);
}

/* ---- assembly ---------------------------------------------------------------------------- */

static void connect_to_it(struct test *test, const struct home *home)
{
	char *start[] = {"engine", "start", NULL};
	struct err err = {0};
	struct buf out;

	buf_init(&out, 65536);
	if (victim_hlp(&test->victim, &out, start))
		victim_die("hlp engine start", buf_text(&out));
	buf_release(&out);
	if (client_open(home, CLIENT_ONLY_CONNECT, &test->client, &err) < 0)
		victim_die(home->path, err.message);
}

static void find_launcher(struct test *test)
{
	Hlp__V1__EngineRequest request = HLP__V1__ENGINE_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	struct err err = {0};

	if (client_call(test->client, "GetEngine", &request.base,
			&hlp__v1__engine_status__descriptor, CALL_US, &reply, &err) < 0)
		victim_die("GetEngine", err.message);
	test->launcher = (pid_t)((const Hlp__V1__EngineStatus *)reply)->launcher_pid;
	protobuf_c_message_free_unpacked(reply, NULL);
}

/* Half of them, within wide bounds: an aim that always misses one way proves nothing. On a
 * loaded machine answers come late and most holds miss; some must have met all the same. */
static int report(const struct test *test)
{
	(void)printf("%u holds raced with a start: %u held (%u of them took back an intent), "
		     "%u came too late; %u within %d ms of the start\n"
		     "%u processes looked at, none stopped; every node ran once\n",
		     test->tries, test->held, test->revoked, test->late, test->met, NEAR_US / 1000,
		     test->looked_at);
	if (test->held >= test->tries / 20 && test->late >= test->tries / 20)
		return 0;
	(void)fprintf(stderr, "race: the aim is bad: fewer than a twentieth ended one way\n");
	return 1;
}

int main(int argc, char **argv)
{
	struct test test = {.tries_wanted = 400, .rng.state = 1};
	const struct victim_option options[] = {
		{"--tries", &test.tries_wanted}, {"--seed", &test.rng.state}, {NULL, NULL}};
	struct home home = {.fd = -1};
	struct err err = {0};
	int code;

	victim_read_arguments(&test.victim, argc, argv, options);
	victim_open(&test.victim);
	if (home_open(&home, HOME_MAKE, &err) < 0)
		victim_die(test.victim.home, err.message);
	connect_to_it(&test, &home);
	find_launcher(&test);
	for (unsigned i = 0; i < LANES; i++)
		test.lanes[i].aim_us = AIM_FIRST_US;
	while (test.tries < test.tries_wanted) {
		uint64_t left = test.tries_wanted - test.tries;

		one_run(&test, left < TRIES_A_RUN ? (unsigned)left : TRIES_A_RUN);
	}
	code = report(&test);
	client_close(test.client);
	home_release(&home);
	if (!code)
		victim_close(&test.victim);
	return code;
}
