/* SPDX-License-Identifier: MIT
 *
 * turns [--seeds N] [--seed S] --bin FOLDER
 *
 * Two workflows and a person write the same three files in turn, with the real programs; executions
 * of both, or single files of them, are rolled back and run again. A shadow, which knows nothing of
 * revisions, remembers what each node found and left. Each restore must bring back what was found,
 * what a person wrote before the node included; where somebody else wrote since, it must be refused
 * until it is told to overwrite, and its plan must say how to see the difference. Everything lives
 * in an HLP_HOME of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tests/crash/victim/victim.h"

enum { FILES = 3, NODES = 3, SIDES = 2, TEXT = 80, STEPS = 14 };

struct look {
	bool absent;
	char text[TEXT]; /* never twice the same, unless it was brought back */
};

/* An execution: a chain of nodes, one file each. */
struct run {
	unsigned number; /* 0: there is none yet */
	bool ran[NODES]; /* since it was last taken back */
	struct look found[NODES], left[NODES];
};

struct test {
	struct victim victim;
	struct rng rng;
	uint64_t seed;
	uint64_t seeds_wanted;
	unsigned edits;
	unsigned counts[SIDES]; /* executions of each workflow so far */
	struct look looks[FILES];
	struct run runs[SIDES];
	unsigned restored, refused, overwritten, cautious;
};

static const char *const names[SIDES] = {"left", "right"};
static const int file_of[SIDES][NODES] = {{0, 1, 0}, {1, 2, 0}};

static bool chance(struct test *test, unsigned of)
{
	return rng_below(&test->rng, of) == 0;
}

static bool is_same(const struct look *a, const struct look *b)
{
	return a->absent == b->absent && (a->absent || strcmp(a->text, b->text) == 0);
}

static _Noreturn void die(const struct test *test, const char *what, const char *why)
{
	char *text = mem_printf("seed %llu: %s", (unsigned long long)test->seed, what);

	victim_die(text, why);
}

/* ---- files ------------------------------------------------------------------------------- */

static void path_of(const struct test *test, int file, char out[128])
{
	(void)snprintf(out, 128, "%s/f%d", test->victim.folder, file);
}

static struct look look_at(const struct test *test, int file)
{
	struct look look = {0};
	char path[128], *data = NULL;
	struct err err;
	size_t length;
	int rc;

	path_of(test, file, path);
	rc = file_read(path, TEXT - 1, &data, &length, &err);
	if (rc < 0 && rc != -ERR_NOT_FOUND)
		die(test, path, err.message);
	look.absent = rc < 0;
	if (!look.absent)
		(void)snprintf(look.text, TEXT, "%s", data);
	free(data);
	return look;
}

static void check_files(const struct test *test, const char *when)
{
	for (int i = 0; i < FILES; i++) {
		struct look now = look_at(test, i);

		if (is_same(&now, &test->looks[i]))
			continue;
		(void)fprintf(stderr, "f%d is '%s', not '%s'\n", i, now.text, test->looks[i].text);
		die(test, when, "a file is not what it should be");
	}
}

static void edit(struct test *test, int file)
{
	struct look *look = &test->looks[file];
	char path[128];
	struct err err;

	path_of(test, file, path);
	look->absent = chance(test, 5);
	(void)snprintf(look->text, TEXT, "%s%u", look->absent ? "" : "by hand ", ++test->edits);
	if (look->absent)
		(void)unlink(path);
	else if (file_replace(path, look->text, strlen(look->text), 0644, &err) < 0)
		die(test, path, err.message);
}

/* ---- the programs ------------------------------------------------------------------------ */

static void write_workflow(const struct test *test, int side)
{
	struct buf yaml;
	char path[128];
	struct err err;

	buf_init(&yaml, 1 << 16);
	buf_printf(&yaml, "name: %s\nnodes:\n", names[side]);
	for (int i = 0; i < NODES; i++) {
		buf_printf(&yaml, "  - id: n%d\n", i);
		if (i)
			buf_printf(&yaml, "    needs: [n%d]\n", i - 1);
		buf_printf(&yaml,
			   "    run: printf %%s \"$HLP_ATTEMPT\" | tee f%d >copy.%s.n%d\n"
			   "    artifacts: [f%d]\n",
			   file_of[side][i], names[side], i, file_of[side][i]);
	}
	(void)snprintf(path, sizeof(path), "%s/%s.yaml", test->victim.folder, names[side]);
	if (file_replace(path, yaml.data, yaml.length, 0600, &err) < 0)
		die(test, path, err.message);
	buf_release(&yaml);
}

static int call(const struct test *test, struct buf *out, char *const *args)
{
	int code;

	buf_init(out, 1 << 20);
	code = victim_hlp(&test->victim, out, args);
	if (code != 0 && code != 1 && code != 4)
		die(test, args[0], buf_text(out));
	return code;
}

/* Of an act that must go well. */
static void must(const struct test *test, char *const *args)
{
	struct buf out;

	if (call(test, &out, args))
		die(test, args[0], buf_text(&out));
	buf_release(&out);
}

static char *name_of(const struct test *test, int side)
{
	return mem_printf("%s#%u", names[side], test->runs[side].number);
}

/* What a node wrote: it keeps a copy, since another may have written the file after it. */
static struct look copy_of(const struct test *test, int side, int node)
{
	struct look look = {0};
	char path[160], *data = NULL;
	struct err err;
	size_t length;

	(void)snprintf(path, sizeof(path), "%s/copy.%s.n%d", test->victim.folder, names[side],
		       node);
	if (file_read(path, TEXT - 1, &data, &length, &err) < 0)
		die(test, path, err.message);
	(void)snprintf(look.text, TEXT, "%s", data);
	free(data);
	return look;
}

/* Nodes from `first` have run, one after the other. */
static void note_run(struct test *test, int side, int first)
{
	struct run *run = &test->runs[side];

	for (int i = first; i < NODES; i++) {
		struct look *now = &test->looks[file_of[side][i]];

		run->ran[i] = true;
		run->found[i] = *now;
		*now = run->left[i] = copy_of(test, side, i);
	}
}

static void start(struct test *test, int side)
{
	char *file = mem_printf("%s.yaml", names[side]);

	must(test, (char *[]){"run", file, "--yes", "--another", NULL});
	test->runs[side] = (struct run){.number = ++test->counts[side]};
	note_run(test, side, 0);
	free(file);
}

/* What was taken back runs again. */
static void again(struct test *test, int side)
{
	struct run *run = &test->runs[side];
	char *name = name_of(test, side);
	int first = 0;

	while (first < NODES && run->ran[first])
		first++;
	if (run->number && first < NODES) {
		char *node = mem_printf("%s/n%d", name, first);

		must(test, (char *[]){"retry", node, "--yes", NULL});
		must(test, (char *[]){"wait", name, "--for", "ended", NULL});
		note_run(test, side, first);
		free(node);
	}
	free(name);
}

/* ---- rollbacks --------------------------------------------------------------------------- */

/* One that is asked for: of the nodes from `first`, or of the file of that one only. */
struct ask {
	int side, first;
	bool one_file;
};

/* Goes back through the nodes as the rollback will. Whether each file is then as the node left it,
 * or as it found it: if not, somebody else's work would go. Says what the files will be. */
static bool foresee(const struct test *test, const struct ask *ask, struct look looks[FILES])
{
	const struct run *run = &test->runs[ask->side];
	bool fine = true;

	memcpy(looks, test->looks, sizeof(test->looks));
	for (int i = ask->one_file ? ask->first : NODES - 1; i >= ask->first; i--) {
		struct look *now = &looks[file_of[ask->side][i]];

		if (!run->ran[i])
			continue;
		fine = fine && (is_same(now, &run->left[i]) || is_same(now, &run->found[i]));
		*now = run->found[i];
	}
	return fine;
}

static bool is_idle(const struct test *test, const struct ask *ask)
{
	const struct run *run = &test->runs[ask->side];
	const struct look *now = &test->looks[file_of[ask->side][ask->first]];

	if (ask->one_file)
		return !run->ran[ask->first] || is_same(now, &run->found[ask->first]);
	for (int i = ask->first; i < NODES; i++)
		if (run->ran[i])
			return false;
	return true;
}

static void take_back(struct test *test, const struct ask *ask, const struct look looks[FILES])
{
	struct run *run = &test->runs[ask->side];

	memcpy(test->looks, looks, sizeof(test->looks));
	if (ask->one_file) /* its node stays what it is, with another file */
		run->left[ask->first] = run->found[ask->first];
	for (int i = ask->first; i < NODES && !ask->one_file; i++)
		run->ran[i] = false;
}

/* The words of a rollback; `more` are appended. */
static int roll_back(const struct test *test, const struct ask *ask, struct buf *out,
		     char *const *more)
{
	char *name = name_of(test, ask->side);
	char *what = ask->one_file
			     ? mem_printf("n%d:f%d", ask->first, file_of[ask->side][ask->first])
			     : mem_printf("n%d", ask->first);
	char *args[14] = {"rollback", name, ask->one_file ? "--artifact" : "--node", what};
	int code;

	for (int i = 0; more[i]; i++)
		args[4 + i] = more[i];
	code = call(test, out, args);
	free(what);
	free(name);
	return code;
}

/* Runs a command that the plan names after `mark`; appends what it shows. */
static const char *run_named(const struct test *test, const char *plan, const char *mark,
			     struct buf *shown)
{
	const char *at = strstr(plan, mark);
	char execution[40], target[40], revision[24];
	char *args[] = {"diff", execution, target, revision, "now", NULL};
	struct buf out;

	if (!at)
		return NULL;
	at += strlen(mark);
	if (sscanf(at, "hlp diff %39s %39s %23s now", execution, target, revision) != 3)
		die(test, "a plan", at);
	(void)call(test, &out, args);
	buf_add(shown, out.data, out.length);
	buf_release(&out);
	return at;
}

/* The next file of the plan that needs a word: what the plan names to look at it must show what it
 * holds, unless that is what would come back. Returns what the word must name, the caller's to
 * free; NULL: there is none. */
static char *show_next(const struct test *test, int side, const char **plan)
{
	static const char changed[] = "what it holds now: ", gone[] = "what would go: ";
	const char *row = *plan, *at;
	const struct look *now;
	char node[20], path[20];
	struct buf shown;

	buf_init(&shown, 1 << 20);
	at = run_named(test, *plan, changed, &shown);
	if (!at)
		return NULL;
	for (row = at; row > *plan && *row != '!';)
		row--;
	*plan = run_named(test, at, gone, &shown);
	if (!*plan || sscanf(row, "! %19s %19[^:]", node, path) != 2)
		die(test, "a plan", row);
	now = &test->looks[strtoul(path + 1, NULL, 10)];
	if (!now->absent && !strstr(buf_text(&shown), now->text) &&
	    !is_same(now, &test->runs[side].found[strtoul(node + 1, NULL, 10)]))
		die(test, "no diff shows what there is now", buf_text(&shown));
	buf_release(&shown);
	return mem_printf("%s:%s", node, path);
}

/* It is refused; the plan says why and shows it; with a word for each file it is done. */
static void insist(struct test *test, const struct ask *ask, const struct look looks[FILES])
{
	char *words[NODES + 1] = {NULL}, *more[10] = {"--yes", NULL};
	struct buf plan, out;
	const char *rest;
	int count = 0;

	if (roll_back(test, ask, &plan, (char *[]){"--plan", NULL}) ||
	    !strstr(buf_text(&plan), "refused: "))
		die(test, "a plan of what is refused", buf_text(&plan));
	rest = buf_text(&plan);
	while (count < NODES && (words[count] = show_next(test, ask->side, &rest))) {
		more[1 + 2 * count] = "--overwrite";
		more[2 + 2 * count] = words[count];
		count++;
	}
	if (!count)
		die(test, "the plan shows no diff", buf_text(&plan));
	if (roll_back(test, ask, &out, more))
		die(test, "not even when told to overwrite", buf_text(&out));
	test->overwritten++;
	take_back(test, ask, looks);
	for (int i = 0; i < count; i++)
		free(words[i]);
	buf_release(&plan);
	buf_release(&out);
}

static void go_back(struct test *test, int side)
{
	struct ask ask = {.side = side, .one_file = chance(test, 4)};
	struct look looks[FILES];
	bool fine, idle, done;
	struct buf out;

	if (!test->runs[side].number)
		return;
	ask.first = (int)rng_below(&test->rng, NODES);
	fine = foresee(test, &ask, looks);
	idle = is_idle(test, &ask);
	done = roll_back(test, &ask, &out, (char *[]){"--yes", NULL}) == 0;
	if (done && (idle || !fine))
		die(test, idle ? "there was nothing to take back" : "somebody else's work is gone",
		    buf_text(&out));
	test->cautious += !done && !idle && fine;
	test->refused += !done && !idle;
	test->restored += done;
	if (done)
		take_back(test, &ask, looks);
	buf_release(&out);
	check_files(test, "after a rollback");
	if (!done && !idle && !fine && chance(test, 2))
		insist(test, &ask, looks);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void something(struct test *test)
{
	int side = (int)rng_below(&test->rng, SIDES);

	switch (rng_below(&test->rng, 6)) {
	case 0:
	case 1:
		edit(test, (int)rng_below(&test->rng, FILES));
		break;
	case 2:
		start(test, side);
		break;
	case 3:
		again(test, side);
		break;
	default:
		go_back(test, side);
		break;
	}
	check_files(test, "after a step");
}

static void one_seed(struct test *test, const char *home, uint64_t seed)
{
	test->seed = seed;
	test->rng.state = seed;
	(void)snprintf(test->victim.folder, sizeof(test->victim.folder), "%s/w%llu", home,
		       (unsigned long long)seed);
	if (mkdir(test->victim.folder, 0700) < 0)
		die(test, test->victim.folder, strerror(errno));
	memset(test->runs, 0, sizeof(test->runs));
	for (int i = 0; i < FILES; i++)
		edit(test, i);
	for (int side = 0; side < SIDES; side++) {
		write_workflow(test, side);
		start(test, side);
	}
	for (int i = 0; i < STEPS; i++)
		something(test);
}

int main(int argc, char **argv)
{
	struct test test = {.victim.target = TARGET_ENGINE, .seeds_wanted = 3};
	const struct victim_option options[] = {
		{"--seeds", &test.seeds_wanted}, {"--seed", &test.rng.state}, {NULL, NULL}};
	uint64_t first;

	victim_read_arguments(&test.victim, argc, argv, options);
	first = test.rng.state ? test.rng.state : 1;
	victim_open(&test.victim);
	for (uint64_t i = 0; i < test.seeds_wanted; i++)
		one_seed(&test, test.victim.home, first + i);
	(void)printf("%llu seeds: %u restored, %u refused (%u out of caution), %u overwritten when "
		     "told to\n",
		     (unsigned long long)test.seeds_wanted, test.restored, test.refused,
		     test.cautious, test.overwritten);
	must(&test, (char *[]){"engine", "stop", "--all", "--yes", NULL});
	return test.seeds_wanted >= 50 && test.cautious > test.refused / 10;
}
