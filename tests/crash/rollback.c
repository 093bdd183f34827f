/* SPDX-License-Identifier: MIT
 *
 * rollback --target engine|launcher|both [--kills N] [--seed S] --bin FOLDER
 *
 * Kills parts of an instance with SIGKILL at random moments while a run of 40 nodes is rolled back,
 * until N kills are done, and checks what must hold. Each file is at every kill either as the run
 * left it or as it was before, and never anything else. Each rollback comes to its end, or stands
 * at a question about a lost undo, which is answered `again`. No undo runs twice but those that
 * were answered so. In the end every file has its old bytes, mode and time.
 *
 * Checkpoints are killed as well: the run has four phases, of which the last has just been passed,
 * and some more are asked for by hand. Each is recorded in the end, and whole. Every second run
 * goes back to the end of its second phase.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/state.h"
#include "tests/crash/victim/victim.h"

#define NODES	 40
#define PHASE	 10 /* nodes of each */
#define BY_HAND	 3
#define LIMIT_US (120 * CLOCK_SECOND_US)

struct test {
	struct victim victim;
	uint64_t kills_wanted;
	unsigned kills, runs, answers, checkpoints;
	unsigned again[NODES];
	struct rng rng;
	unsigned long seen[REASONS];
};

static const enum reason wanted[] = {REASON_UNDO_WAITING, REASON_UNDOING, REASON_UNDONE};

/* ---- files ------------------------------------------------------------------------------- */

static void path_of(const struct test *test, unsigned node, char out[128])
{
	(void)snprintf(out, 128, "%s/f%u", test->victim.folder, node);
}

/* A size of its own for each, some over a page; every line says which version it is. */
static void contents(unsigned node, const char *version, struct buf *out)
{
	for (unsigned i = 0; i <= node * 37; i++)
		buf_printf(out, "%s %u\n", version, node);
}

static bool is_version(unsigned node, const char *version, const char *data, size_t length)
{
	struct buf want;
	bool same;

	buf_init(&want, 1 << 20);
	contents(node, version, &want);
	same = length == want.length && memcmp(data, want.data, length) == 0;
	buf_release(&want);
	return same;
}

/* The version that a file holds whole, or NULL. Read once: it may go back at any moment. */
static const char *version_of(const struct test *test, unsigned node)
{
	static const char *const versions[] = {"old", "new"};
	const char *version = NULL;
	char path[128], *data = NULL;
	struct err err;
	size_t length;

	path_of(test, node, path);
	if (file_read(path, 1 << 20, &data, &length, &err) < 0)
		victim_die(path, err.message);
	for (size_t i = 0; i < 2; i++)
		if (is_version(node, versions[i], data, length))
			version = versions[i];
	free(data);
	return version;
}

static bool holds(const struct test *test, unsigned node, const char *version)
{
	const char *held = version_of(test, node);

	return held && strcmp(held, version) == 0;
}

static void write_files(const struct test *test)
{
	for (unsigned i = 0; i < NODES; i++) {
		char path[128];
		struct buf data;
		struct err err;

		path_of(test, i, path);
		buf_init(&data, 1 << 20);
		contents(i, "old", &data);
		if (file_replace(path, data.data, data.length, 0640, &err) < 0)
			victim_die(path, err.message);
		buf_release(&data);
	}
}

/* Half a file, or a mixture, is what must never be seen. */
static void check_whole(const struct test *test)
{
	for (unsigned i = 0; i < NODES; i++) {
		if (!version_of(test, i)) {
			(void)fprintf(stderr, "rollback: f%u is half written\n", i);
			exit(1);
		}
	}
}

/* Those from this node on; what is before it is as the run left it. */
static void check_restored(const struct test *test, unsigned from)
{
	for (unsigned i = 0; i < from; i++) {
		if (!holds(test, i, "new")) {
			(void)fprintf(stderr, "rollback: f%u went back, and should not\n", i);
			exit(1);
		}
	}
	for (unsigned i = from; i < NODES; i++) {
		char path[128];
		struct stat info;

		path_of(test, i, path);
		if (!holds(test, i, "old") || stat(path, &info) < 0 ||
		    (info.st_mode & 07777) != 0640) {
			(void)fprintf(stderr, "rollback: f%u did not come back as it was\n", i);
			exit(1);
		}
	}
}

/* Every undo once, and once more for each time that it was answered so; never two at once. Of those
 * from this node on, and no other. */
static void check_undos(const struct test *test, unsigned from)
{
	char path[128], *data, *line, *rest;
	unsigned counts[NODES] = {0};
	size_t length;
	struct err err;

	(void)snprintf(path, sizeof(path), "%s/undone", test->victim.folder);
	if (file_read(path, 1 << 20, &data, &length, &err) < 0)
		victim_die(path, err.message);
	rest = data;
	while ((line = strsep(&rest, "\n")))
		if (line[0] == 'u' && strtoul(line + 1, NULL, 10) < NODES)
			counts[strtoul(line + 1, NULL, 10)]++;
	free(data);
	for (unsigned i = 0; i < NODES; i++)
		if (i < from ? counts[i] : !counts[i] || counts[i] > 1 + test->again[i]) {
			(void)fprintf(stderr, "rollback: undo of n%u ran %u times, answered %u\n",
				      i, counts[i], test->again[i]);
			exit(1);
		}
}

/* ---- the run ----------------------------------------------------------------------------- */

static void write_workflow(const struct test *test)
{
	char path[128];
	struct buf yaml;
	struct err err;

	(void)snprintf(path, sizeof(path), "%s/back.yaml", test->victim.folder);
	buf_init(&yaml, 1 << 20);
	buf_add_text(&yaml, "name: back\nmax_parallel: 8\nphases: [p0, p1, p2, p3]\nnodes:\n");
	for (unsigned i = 0; i < NODES; i++) {
		buf_printf(&yaml, "  - id: n%u\n    phase: p%u\n", i, i / PHASE);
		if (i >= 5)
			buf_printf(&yaml, "    needs: [n%u]\n", i - 5);
		buf_printf(&yaml,
			   "    run: sed -i s/old/new/ f%u\n"
			   "    undo: sleep 0.0%u; echo u%u >> undone\n"
			   "    artifacts: [{path: f%u, on_restore: \"true\"}]\n",
			   i, i % 5, i, i);
	}
	if (file_replace(path, yaml.data, yaml.length, 0600, &err) < 0)
		victim_die(path, err.message);
	buf_release(&yaml);
}

static int call(struct test *test, char *const *args)
{
	struct buf out;
	int code;

	buf_init(&out, 1 << 20);
	code = victim_hlp(&test->victim, &out, args);
	buf_release(&out);
	return code;
}

/* ---- looking ----------------------------------------------------------------------------- */

/* Calls `each` for every node of the newest run; returns whether its rollback has ended. */
static bool look(struct test *test, void (*each)(struct test *test, const char *id, int reason))
{
	char path[128];
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	bool ended = false;

	(void)snprintf(path, sizeof(path), "%s/state.db", test->victim.home);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db,
			       "SELECT id, reason, (SELECT reason FROM execution WHERE row = "
			       "(SELECT max(row) FROM execution)) FROM node WHERE execution = "
			       "(SELECT max(row) FROM execution)",
			       -1, &statement, NULL) == SQLITE_OK)
		while (sqlite3_step(statement) == SQLITE_ROW) {
			const char *id = (const char *)sqlite3_column_text(statement, 0);

			ended = sqlite3_column_int(statement, 2) == REASON_ROLLED_BACK;
			if (each)
				each(test, id, sqlite3_column_int(statement, 1));
		}
	(void)sqlite3_finalize(statement);
	(void)sqlite3_close(db);
	return ended;
}

static void count_reason(struct test *test, const char *id, int reason)
{
	(void)id;
	if (reason >= 0 && reason < (int)REASONS)
		test->seen[reason]++;
}

/* Nobody can know whether a lost undo did its work; this one may be run again. */
static void answer(struct test *test, const char *id, int reason)
{
	char *target = mem_printf("back/%s", id);

	if (reason == REASON_UNDO_ASKING &&
	    call(test, (char *[]){"answer", target, "again", "--yes", NULL}) == 0) {
		test->again[strtoul(id + 1, NULL, 10)]++;
		test->answers++;
	}
	free(target);
}

static void kill_one(struct test *test)
{
	if (!victim_kill(&test->victim))
		return;
	test->kills++;
	(void)look(test, count_reason);
	check_whole(test);
}

/* Kills until the rollback has ended; each call of hlp starts what was killed. */
static void torment(struct test *test)
{
	const uint64_t pause_us = test->victim.target == TARGET_ENGINE ? 120000 : 400000;
	int64_t until_us = clock_wall_us(clock_system()) + LIMIT_US;

	while (!look(test, NULL)) {
		if (clock_wall_us(clock_system()) > until_us)
			victim_die("back", "its rollback neither ended nor asked");
		victim_sleep_us(5000 + rng_below(&test->rng, pause_us));
		if (test->kills < test->kills_wanted)
			kill_one(test);
		(void)call(test, (char *[]){"status", "back", NULL});
		(void)look(test, answer);
	}
}

/* ---- checkpoints ------------------------------------------------------------------------- */

/* How many of the newest run are recorded; those that are not yet count in *out_left. */
static unsigned count_checkpoints(const struct test *test, unsigned *out_left)
{
	char path[128];
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	unsigned recorded = 0;

	*out_left = 1; /* as long as nothing is known */
	(void)snprintf(path, sizeof(path), "%s/state.db", test->victim.home);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db,
			       "SELECT total(kind = 101), total(kind = 100) - total(kind IN "
			       "(101, 102)) FROM event WHERE execution = (SELECT max(row) FROM "
			       "execution)",
			       -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW) {
		recorded = (unsigned)sqlite3_column_int(statement, 0);
		*out_left = (unsigned)sqlite3_column_int(statement, 1);
	}
	(void)sqlite3_finalize(statement);
	(void)sqlite3_close(db);
	return recorded;
}

static void await_checkpoints(struct test *test, unsigned asked)
{
	int64_t until_us = clock_wall_us(clock_system()) + LIMIT_US;
	unsigned left, recorded;

	while ((recorded = count_checkpoints(test, &left)), left) {
		if (clock_wall_us(clock_system()) > until_us)
			victim_die("back", "a checkpoint is not recorded");
		(void)call(test, (char *[]){"status", "back", NULL});
		victim_sleep_us(20000);
	}
	if (recorded != asked)
		victim_die("back", "not every checkpoint was recorded");
	if (call(test, (char *[]){"report", "back", "--verify", NULL}))
		victim_die("back", "a checkpoint or the chain of acts is not whole");
}

/* That of the last phase may be under way still when the first kill comes. */
static void torment_checkpoints(struct test *test)
{
	unsigned taken = 0;

	for (int i = 0; i < BY_HAND; i++) {
		victim_sleep_us(rng_below(&test->rng, 15000));
		if (test->kills < test->kills_wanted)
			kill_one(test);
		taken += call(test, (char *[]){"checkpoint", "back", NULL}) == 0;
	}
	await_checkpoints(test, NODES / PHASE + taken);
	test->checkpoints += NODES / PHASE + taken;
}

static void roll_back(struct test *test, char *level, char *name)
{
	if (call(test, (char *[]){"rollback", "back", "--yes", "--detach", level, name, NULL}))
		victim_die("back", "the rollback did not start");
	torment(test);
}

/* ---- one run ------------------------------------------------------------------------------ */

static void one_run(struct test *test)
{
	const bool to_checkpoint = test->runs % 2;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/undone", test->victim.folder);
	(void)unlink(path);
	memset(test->again, 0, sizeof(test->again));
	write_files(test);
	write_workflow(test);
	if (call(test, (char *[]){"run", "back.yaml", "--yes", NULL}))
		victim_die("back", "the run did not complete");
	torment_checkpoints(test);
	if (to_checkpoint) {
		roll_back(test, "--to", "p1");
		check_undos(test, 2 * PHASE);
		check_restored(test, 2 * PHASE);
		if (call(test, (char *[]){"report", "back", "--verify", NULL}))
			victim_die("back", "a checkpoint or the chain of acts is not whole");
	} else {
		roll_back(test, "--all", NULL);
		check_undos(test, 0);
		check_restored(test, 0);
	}
	victim_check_contents(&test->victim);
	if (call(test, (char *[]){"cancel", "back", "--yes", NULL}))
		victim_die("back", "what was rolled back could not be ended");
	test->runs++;
}

static int say_states(const struct test *test)
{
	int missing = 0;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		(void)printf(" %s=%lu", reason_name(wanted[i]), test->seen[wanted[i]]);
		missing += test->kills >= 30 && !test->seen[wanted[i]];
	}
	(void)printf("\n");
	return missing;
}

int main(int argc, char **argv)
{
	struct test test = {.victim.target = TARGET_ENGINE, .kills_wanted = 10, .rng.state = 1};
	const struct victim_option options[] = {
		{"--kills", &test.kills_wanted}, {"--seed", &test.rng.state}, {NULL, NULL}};
	int missing;

	victim_read_arguments(&test.victim, argc, argv, options);
	victim_open(&test.victim);
	while (test.kills < test.kills_wanted)
		one_run(&test);
	(void)printf("%u kills during %u rollbacks of %d nodes, target %d, %u lost undos answered: "
		     "all came back; %u checkpoints, all whole;",
		     test.kills, test.runs, NODES, (int)test.victim.target, test.answers,
		     test.checkpoints);
	missing = say_states(&test);
	victim_close(&test.victim);
	return missing ? 1 : 0;
}
