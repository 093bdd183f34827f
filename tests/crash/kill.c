/* SPDX-License-Identifier: MIT
 *
 * kill --target engine|launcher|both [--kills N] [--seed S] --bin FOLDER
 *
 * Kills parts of an instance with SIGKILL at random moments while runbooks of 200 nodes with side
 * effects run, until N kills are done, and checks what must hold. engine: every run ends COMPLETED
 * by itself and every node's line stands in its file exactly once, and so does the line of every
 * fifth node's check of what it wrote. launcher, both: every run ends
 * COMPLETED (the nodes say on_lost: retry) and no two attempts of one node were alive at once. It
 * says in which states the nodes were at the kills, and fails if a state it means to hit was never
 * hit. Everything lives in an HLP_HOME of its own; only processes of that home are killed, by pid.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/rng.h"
#include "model/state.h"
#include "tests/crash/victim/victim.h"

#define NODES	     200
#define RUN_LIMIT_US (180 * CLOCK_SECOND_US)
/* With both killed, a waiting client starts them again after a while. */
#define KILL_COST_US   (4 * CLOCK_SECOND_US)
#define KILLS_TO_JUDGE 30 /* fewer may miss a short state by chance */

struct test {
	struct victim victim;
	uint64_t kills_wanted;
	unsigned kills;
	struct rng rng;
	unsigned long seen[REASONS]; /* nodes in this reason, summed over kills */
	unsigned runs;
};

/* ---- where the nodes were ---------------------------------------------------------------- */

static void look_at_states(struct test *test)
{
	char path[128];
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;

	(void)snprintf(path, sizeof(path), "%s/state.db", test->victim.home);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db,
			       "SELECT reason, count(*) FROM node WHERE execution = "
			       "(SELECT max(execution) FROM node) GROUP BY reason",
			       -1, &statement, NULL) == SQLITE_OK)
		while (sqlite3_step(statement) == SQLITE_ROW) {
			int reason = sqlite3_column_int(statement, 0);

			if (reason >= 0 && reason < (int)REASONS)
				test->seen[reason] +=
					(unsigned long)sqlite3_column_int(statement, 1);
		}
	(void)sqlite3_finalize(statement);
	(void)sqlite3_close(db);
}

static int say_states(const struct test *test)
{
	static const enum reason wanted[] = {REASON_READY, REASON_RUNNING, REASON_OK};
	int missing = 0;

	(void)printf("nodes by state, summed over %u kills:", test->kills);
	for (int i = 0; i < (int)REASONS; i++)
		if (test->seen[i])
			(void)printf(" %s=%lu", i ? reason_name((enum reason)i) : "none",
				     test->seen[i]);
	(void)printf("\n");
	for (size_t i = 0; test->kills >= KILLS_TO_JUDGE && i < sizeof(wanted) / sizeof(wanted[0]);
	     i++)
		if (!test->seen[wanted[i]]) {
			(void)printf("no kill ever met a node in '%s'\n", reason_name(wanted[i]));
			missing++;
		}
	return missing;
}

/* ---- runs -------------------------------------------------------------------------------- */

static bool is_checked(int node)
{
	return node % 5 == 4;
}

/* Layers of ten: each node needs two of the layer above. Its line goes through one write. */
static void write_workflow(const struct test *test, const char *path)
{
	struct buf yaml;
	struct err err;
	const bool lossy = test->victim.target & TARGET_LAUNCHER;

	buf_init(&yaml, 1 << 20);
	buf_printf(&yaml, "name: kills\nmax_parallel: 8\ndefaults: {on_lost: %s}\nnodes:\n",
		   lossy ? "retry" : "ask");
	for (int i = 0; i < NODES; i++) {
		buf_printf(&yaml, "  - id: n%d\n", i);
		if (i >= 10)
			buf_printf(&yaml, "    needs: [n%d, n%d]\n", i - 10,
				   i - i % 10 - 10 + (i + 3) % 10);
		if (lossy)
			buf_printf(&yaml,
				   "    run: |\n"
				   "      mkdir lock.n%d || { echo n%d >> doubles; exit 0; }\n"
				   "      sleep 0.02\n      echo n%d >> lines\n"
				   "      echo n%d > lines.%d\n      rmdir lock.n%d\n",
				   i, i, i, i, i, i);
		else
			buf_printf(&yaml,
				   "    run: echo n%d >> lines; echo n%d > lines.%d; sleep 0.0%d\n",
				   i, i, i, i % 3);
		if (is_checked(i))
			buf_printf(&yaml,
				   "    artifacts: [{path: lines.%d, check: 'echo n%d >> checks; "
				   "sleep 0.0%d'}]\n",
				   i, i, i % 3);
	}
	if (file_replace(path, yaml.data, yaml.length, 0600, &err) < 0)
		victim_die(path, err.message);
	buf_release(&yaml);
}

/* A child that waits for the run's end and exits as `hlp wait` does. */
static pid_t start_waiting(const struct test *test, const char *execution)
{
	char *argv[] = {mem_printf("%s/hlp", test->victim.bin),
			"wait",
			(char *)execution,
			"--for",
			"ended",
			NULL};
	struct proc_spawn how = {.argv = argv,
				 .folder = test->victim.folder,
				 .stdin_fd = -1,
				 .stdout_fd = -1,
				 .stderr_fd = 2};
	struct err err;
	pid_t pid;

	if (proc_spawn(&how, &pid, &err) < 0)
		victim_die("hlp wait", err.message);
	free(argv[0]);
	return pid;
}

static void kill_one(struct test *test)
{
	if (!victim_kill(&test->victim))
		return;
	test->kills++;
	look_at_states(test);
}

/* Kills until the run has ended. Returns the exit code of `hlp wait`. */
static int torment(struct test *test, const char *execution)
{
	const uint64_t pause_us = test->victim.target == TARGET_ENGINE ? 120000 : 600000;
	int64_t until_us = clock_wall_us(clock_system()) + RUN_LIMIT_US +
			   (int64_t)test->kills_wanted * KILL_COST_US;
	pid_t waiting = start_waiting(test, execution);
	int status = 0;

	for (;;) {
		if (waitpid(waiting, &status, WNOHANG) == waiting) {
			int code = WIFEXITED(status) ? WEXITSTATUS(status) : 99;

			if (code != 3) /* no engine for a while: ask again */
				return code;
			waiting = start_waiting(test, execution);
		}
		if (clock_wall_us(clock_system()) > until_us)
			victim_die(execution, "did not end in time");
		victim_sleep_us(10000 + rng_below(&test->rng, pause_us));
		if (test->kills < test->kills_wanted)
			kill_one(test);
	}
}

/* Each line as often as its attempt may have run: `wanted` says which nodes have one. */
static void check_lines(const struct test *test, const char *name, bool (*wanted)(int node))
{
	char path[128];
	char *data, *line, *rest;
	unsigned counts[NODES] = {0};
	size_t length;
	struct err err;

	(void)snprintf(path, sizeof(path), "%s/%s", test->victim.folder, name);
	if (file_read(path, 1 << 20, &data, &length, &err) < 0)
		victim_die(path, err.message);
	rest = data;
	while ((line = strsep(&rest, "\n")))
		if (line[0] == 'n' && strtoul(line + 1, NULL, 10) < NODES)
			counts[strtoul(line + 1, NULL, 10)]++;
	free(data);
	for (int i = 0; i < NODES; i++)
		if ((!counts[i] && wanted(i)) ||
		    (counts[i] > 1 && test->victim.target == TARGET_ENGINE)) {
			(void)fprintf(stderr, "kill: n%d stands %u times in %s\n", i, counts[i],
				      name);
			exit(1);
		}
}

static bool is_any(int node)
{
	return node >= 0;
}

static void check_run(const struct test *test)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/doubles", test->victim.folder);
	if (file_exists(path))
		victim_die(path, "two attempts of one node were alive at once");
	check_lines(test, "lines", is_any);
	check_lines(test, "checks", is_checked);
}

static void forget_lines(const struct test *test, const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", test->victim.folder, name);
	(void)unlink(path); /* of the run before, if there was one */
}

static void one_run(struct test *test)
{
	char *run[] = {"run", "kills.yaml", "--detach", "--yes", NULL};
	char path[128];
	struct buf out;
	int code;

	(void)snprintf(path, sizeof(path), "%s/kills.yaml", test->victim.folder);
	write_workflow(test, path);
	forget_lines(test, "lines");
	forget_lines(test, "checks");
	buf_init(&out, 4096);
	code = victim_hlp(&test->victim, &out, run);
	if (code)
		victim_die("hlp run", buf_text(&out));
	out.data[strcspn(out.data, "\n")] = '\0';
	code = torment(test, out.data);
	if (code)
		victim_die(out.data, "did not end COMPLETED");
	check_run(test);
	victim_check_contents(&test->victim);
	test->runs++;
	buf_release(&out);
}

int main(int argc, char **argv)
{
	struct test test = {.victim.target = TARGET_ENGINE, .kills_wanted = 20, .rng.state = 1};
	const struct victim_option options[] = {
		{"--kills", &test.kills_wanted}, {"--seed", &test.rng.state}, {NULL, NULL}};
	int missing;

	victim_read_arguments(&test.victim, argc, argv, options);
	victim_open(&test.victim);
	while (test.kills < test.kills_wanted)
		one_run(&test);
	(void)printf("%u kills over %u runs of %d nodes, target %d: every run COMPLETED\n",
		     test.kills, test.runs, NODES, (int)test.victim.target);
	missing = say_states(&test);
	victim_close(&test.victim);
	return missing ? 1 : 0;
}
