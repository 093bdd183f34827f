/* SPDX-License-Identifier: MIT
 *
 * Rollbacks of real files, from seeds: random graphs of two executions run in turn by the model,
 * with the real content store, in one tree that a person edits too. A shadow, which knows nothing
 * of revisions, remembers what every node found and who wrote every file last. After each rollback,
 * of a file, a node, a phase or all, each file of the tree must be what the shadow says, byte, mode
 * and owner, and nothing else may have changed; a rollback that would take away what somebody else
 * wrote must be refused, and no other one; the journal must fold to the same state again. Owners
 * differ where the test may give files away, as root.
 *
 * HLP_ROLLBACK_SEEDS: how many seeds, 12 without; HLP_ROLLBACK_SEED: only this one;
 * HLP_ROLLBACK_SHARE=K/N: only the Kth of N shares of them.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "store/content.h"
#include "tests/unit/lab.h"
#include "tests/unit/scratch.h"
#include "tests/unit/store_fixture.h"

enum { FILES = 6, NODES = 8, RUNS = 2, TEXT = 64, PERSON = -1 };

/* What a file is. Contents are never twice the same, unless they were brought back. */
struct look {
	bool absent;
	char text[TEXT];
	unsigned mode, uid, gid;
	int writer; /* run * NODES + node, or PERSON: who made it so */
};

struct run {
	struct lab lab;
	char ids[NODES][2], needs[NODES][2 * NODES];
	struct lab_node nodes[NODES];
	int file[NODES];	  /* of the node, or -1 */
	struct look left[NODES];  /* after its last attempt */
	bool has_left[NODES];	  /* it has been looked at since it last began */
	struct look found[NODES]; /* before its first attempt since it was fresh */
	struct seen {
		uint64_t seq; /* of the revision */
		uint32_t node;
		struct look look;
	} * seen; /* every revision, and what the file was */
	size_t seen_count, seen_capacity;
};

struct tree {
	struct rng rng;
	uint64_t seed;
	unsigned count; /* of writes: makes every content one of its own */
	struct home *home;
	struct content *content;
	const char *folder;
	struct look looks[FILES];
	struct run runs[RUNS];
	unsigned rollbacks, refusals, files; /* files: rollbacks of one only */
	unsigned cautious; /* refused although what somebody else wrote was gone again */
};

static const char *const names[FILES] = {"f0", "f1", "f2", "f3", "f4", "f5"};

static bool chance(struct tree *tree, unsigned of)
{
	return rng_below(&tree->rng, of) == 0;
}

static void path_of(const struct tree *tree, int file, char out[300])
{
	(void)snprintf(out, 300, "%s/%s", tree->folder, names[file]);
}

/* ---- the tree and its shadow ------------------------------------------------------------- */

static void write_file(struct tree *tree, int file, int writer)
{
	struct look *look = &tree->looks[file];
	char path[300];
	struct err err;
	bool absent = chance(tree, 6);

	if (absent && look->absent)
		return; /* nothing becomes of it */
	path_of(tree, file, path);
	look->writer = writer;
	look->absent = absent;
	if (absent) {
		(void)unlink(path);
		return;
	}
	(void)snprintf(look->text, TEXT, "%u of %llu\n", ++tree->count,
		       (unsigned long long)tree->seed);
	look->mode = chance(tree, 2) ? 0640 : 0755;
	look->uid = geteuid() == 0 ? (uid_t)rng_below(&tree->rng, 3) * 32767 : geteuid();
	look->gid = geteuid() == 0 ? (gid_t)rng_below(&tree->rng, 3) * 32767 : getegid();
	assert_int_equal(file_replace(path, look->text, strlen(look->text), 0600, &err), 0);
	assert_int_equal(chown(path, look->uid, look->gid), 0);
	assert_int_equal(chmod(path, look->mode), 0);
}

/* Temporary files of a restore are gone, too. */
static void check_folder(const struct tree *tree, const char *when)
{
	DIR *folder = opendir(tree->folder);
	int count = 0;

	assert_non_null(folder);
	for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		count += entry->d_name[0] != '.' || entry->d_name[1] == 'h';
	(void)closedir(folder); /* only read */
	for (int i = 0; i < FILES; i++)
		count -= !tree->looks[i].absent;
	if (count)
		fail_msg("seed %llu: %d files too many %s", (unsigned long long)tree->seed, count,
			 when);
}

static void check_tree(const struct tree *tree, const char *when)
{
	check_folder(tree, when);
	for (int i = 0; i < FILES; i++) {
		const struct look *want = &tree->looks[i];
		char path[300], *data = NULL;
		struct stat info;
		struct err err;
		size_t length = 0;

		path_of(tree, i, path);
		if (stat(path, &info) < 0) {
			if (!want->absent)
				fail_msg("seed %llu: %s is gone %s", (unsigned long long)tree->seed,
					 names[i], when);
			continue;
		}
		assert_int_equal(file_read(path, 1000, &data, &length, &err), 0);
		if (want->absent || strcmp(data, want->text) != 0 ||
		    (info.st_mode & 07777) != want->mode || info.st_uid != want->uid ||
		    info.st_gid != want->gid)
			fail_msg("seed %llu: %s is '%s' %o, not '%s' %o %s",
				 (unsigned long long)tree->seed, names[i], data,
				 info.st_mode & 07777, want->absent ? "absent" : want->text,
				 want->mode, when);
		free(data);
	}
}

/* ---- a run ------------------------------------------------------------------------------- */

static void draw_run(struct tree *tree, struct run *run)
{
	uint32_t phases = chance(tree, 2) ? 1 + (uint32_t)rng_below(&tree->rng, 3) : 0;
	struct lab_options options = {.max_parallel = 4,
				      .phases = phases,
				      .on_failure = (enum on_failure)rng_below(&tree->rng, 3)};
	int last[FILES]; /* the node that wrote it last: the next one must wait for it */

	memset(last, -1, sizeof(last));
	for (int i = 0; i < NODES; i++) {
		struct lab_node *node = &run->nodes[i];
		int file = chance(tree, 4) ? -1 : (int)rng_below(&tree->rng, FILES);
		size_t length = 0;

		(void)snprintf(run->ids[i], 2, "%c", 'a' + i);
		run->needs[i][0] = '\0';
		for (int need = 0; need < i; need++)
			if (chance(tree, 4) || (file >= 0 && last[file] == need))
				run->needs[i][length++] = (char)('a' + need);
		run->needs[i][length] = '\0';
		run->file[i] = file;
		if (file >= 0)
			last[file] = i;
		*node = (struct lab_node){.id = run->ids[i],
					  .needs = run->needs[i],
					  .phase = phases ? i * (int)phases / NODES : 0,
					  .undo = chance(tree, 2),
					  .artifact = file < 0 ? NULL : names[file],
					  .hook = chance(tree, 3)};
	}
	lab_open(&run->lab, run->nodes, NODES, &options);
}

static void process(struct tree *tree, struct run *run, uint32_t node, enum attempt_kind kind)
{
	int writer = (int)(run - tree->runs) * NODES + (int)node, file = run->file[node];

	if (kind == ATTEMPT_HOOK || file < 0 || chance(tree, 5))
		return;
	if (kind == ATTEMPT_UNDO && !execution_target(run->lab.execution, node, 0))
		return;			/* an undo leaves alone what its node left alone */
	write_file(tree, file, writer); /* and anything else in any state */
}

/* Notes what the revision that was just recorded is of. */
static void note_seen(struct run *run, uint32_t node, struct look look)
{
	const struct execution *execution = run->lab.execution;

	run->seen =
		mem_grow(run->seen, &run->seen_capacity, run->seen_count + 1, sizeof(*run->seen));
	run->seen[run->seen_count++] =
		(struct seen){.seq = execution->revisions[execution->revisions_count - 1].seq,
			      .node = node,
			      .look = look};
}

static const struct look *look_of(const struct run *run, uint64_t seq)
{
	for (size_t i = 0; i < run->seen_count; i++)
		if (run->seen[i].seq == seq)
			return &run->seen[i].look;
	fail_msg("nobody saw r%llu", (unsigned long long)seq);
	return NULL;
}

static int capture(struct tree *tree, struct run *run, uint32_t node, enum moment moment)
{
	int rc;

	struct input input = lab_about(&run->lab, INPUT_CAPTURED, run->ids[node]);
	struct event_item item = {0};
	struct err err = {0};

	if (content_add_file(tree->content, names[run->file[node]], tree->folder, NULL, 0,
			     names[run->file[node]], &item, &err) < 0 ||
	    content_commit(tree->content, "capture", &err) < 0)
		fail_msg("seed %llu: %s", (unsigned long long)tree->seed, err.message);
	if (moment == MOMENT_AFTER)
		run->left[node] = tree->looks[run->file[node]];
	run->has_left[node] = run->has_left[node] || moment == MOMENT_AFTER;
	item.kind = "artifact";
	item.name = names[run->file[node]];
	input.moment = moment;
	input.items = &item;
	input.items_count = 1;
	rc = lab_feed(&run->lab, &input);
	note_seen(run, node, tree->looks[run->file[node]]);
	return rc;
}

static struct event_item item_of(const struct run *run, const struct revision *revision)
{
	struct event_item item = {.kind = "artifact",
				  .name = names[run->file[revision->node]],
				  .absent = revision->absent,
				  .size = revision->size,
				  .mode = revision->mode,
				  .uid = revision->uid,
				  .gid = revision->gid,
				  .mtime_ns = revision->mtime_ns,
				  .inode = revision->inode};

	memcpy(item.blob, revision->blob, sizeof(item.blob));
	return item;
}

static int restore(struct tree *tree, struct run *run, uint32_t node)
{
	const struct revision *target = execution_target(run->lab.execution, node, 0);
	struct input input = lab_about(&run->lab, INPUT_RESTORED, run->ids[node]);
	struct event_item now = {0}, want;
	struct look look;
	int rc;

	assert_non_null(target);
	look = *look_of(run, target->seq);
	want = item_of(run, target);
	assert_int_equal(
		content_restore(tree->content, tree->folder, NULL, 0, want.name, &want, &now, NULL),
		0);
	now.kind = "artifact";
	now.name = want.name;
	memcpy(now.blob, want.blob, sizeof(now.blob));
	input.moment = MOMENT_RESTORED;
	input.items = &now;
	input.items_count = 1;
	rc = lab_feed(&run->lab, &input);
	note_seen(run, node, look);
	return rc;
}

static void start(struct tree *tree, struct run *run, const struct effect *effect)
{
	const char *id = run->ids[effect->node];
	bool fresh = !run->lab.execution->nodes[effect->node].start_order;
	int32_t code = chance(tree, 5);

	if (effect->attempt_kind == ATTEMPT_RUN && fresh && run->file[effect->node] >= 0)
		run->found[effect->node] = tree->looks[run->file[effect->node]];
	if (effect->attempt_kind == ATTEMPT_RUN)
		run->has_left[effect->node] = false;
	assert_int_equal(lab_say(&run->lab, INPUT_DISPATCHED, id), 0);
	assert_int_equal(lab_say(&run->lab, INPUT_STARTED, id), 0);
	process(tree, run, effect->node, effect->attempt_kind);
	assert_int_equal(lab_exit(&run->lab, id, EXIT_STATUS, code), 0);
}

static void answer(struct tree *tree, struct run *run, uint32_t node)
{
	assert_int_equal(lab_answer(&run->lab, run->ids[node],
				    chance(tree, 2) ? ANSWER_BY_HAND : ANSWER_AGAIN),
			 0);
}

/* One step of one node; whether there was one. */
static bool step(struct tree *tree, struct run *run)
{
	struct execution *execution = run->lab.execution;

	if (lab_admit(&run->lab))
		return true;
	for (uint32_t i = 0; i < NODES; i++) {
		struct effect effects[EFFECTS_PER_NODE];

		if (execution->nodes[i].question == QUESTION_UNDO_FAILED) {
			answer(tree, run, i);
			return true;
		}
		if (!execution_outstanding(execution, i, effects))
			continue;
		if (effects[0].kind == EFFECT_CAPTURE_BEFORE)
			assert_int_equal(capture(tree, run, i, MOMENT_BEFORE), 0);
		else if (effects[0].kind == EFFECT_CAPTURE_AFTER)
			assert_int_equal(capture(tree, run, i, MOMENT_AFTER), 0);
		else if (effects[0].kind == EFFECT_RESTORE)
			assert_int_equal(restore(tree, run, i), 0);
		else if (effects[0].kind == EFFECT_START)
			start(tree, run, &effects[0]);
		return true;
	}
	return false;
}

/* ---- a rollback -------------------------------------------------------------------------- */

/* As the content thread looks at them. */
static void mark(struct tree *tree, struct run *run, struct plan *plan)
{
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		struct plan_row *row = &plan->rows[i];
		struct event_item from, to;
		const char *name;

		if (!plan_wants_look(row))
			continue;
		from = item_of(run, row->from);
		to = item_of(run, row->to);
		name = row->path;
		if (!content_compare(tree->content, tree->folder, NULL, 0, name, &to, NULL))
			plan_mark(plan, i, PLAN_AS_WANTED, NULL);
		else if (content_compare(tree->content, tree->folder, NULL, 0, name, &from, NULL))
			plan_mark(plan, i, PLAN_CHANGED, NULL);
	}
	plan_judge(plan, run->lab.execution);
}

static bool is_in(const struct plan *plan, uint32_t node)
{
	for (uint32_t i = 0; i < plan->nodes_count; i++)
		if (plan->nodes[i] == node)
			return true;
	return false;
}

/* Whether whoever made the file what it is has a part in the plan. */
static bool is_ours(const struct tree *tree, const struct run *run, const struct plan *plan,
		    int writer)
{
	int base = (int)(run - tree->runs) * NODES;

	return writer >= base && writer < base + NODES && is_in(plan, (uint32_t)(writer - base));
}

static bool is_same(const struct look *a, const struct look *b)
{
	return a->absent == b->absent &&
	       (a->absent || (strcmp(a->text, b->text) == 0 && a->mode == b->mode &&
			      a->uid == b->uid && a->gid == b->gid));
}

/* Walks back through the plan as it will be done: each node's file must be one that the plan's own
 * nodes made, or as that node found it. Says what the tree will be. */
static bool foresee(const struct tree *tree, const struct run *run, const struct plan *plan,
		    struct look looks[FILES])
{
	bool fine = true;

	memcpy(looks, tree->looks, sizeof(tree->looks));
	for (uint32_t i = 0; i < plan->nodes_count; i++) {
		uint32_t node = plan->nodes[i];
		int file = run->file[node];
		const struct look *found = &run->found[node];
		struct look *now;

		if (file < 0 || !run->lab.execution->nodes[node].start_order ||
		    (run->has_left[node] && is_same(&run->left[node], found)))
			continue;
		now = &looks[file];
		fine = fine && (is_ours(tree, run, plan, now->writer) || is_same(now, found) ||
				is_same(now, &run->left[node])); /* absent again */
		*now = *found;
	}
	return fine;
}

/* What the node last saw of its file, or put back there; NULL: it never looked. */
static const struct look *last_seen(const struct run *run, uint32_t node)
{
	for (size_t i = run->seen_count; i-- > 0;)
		if (run->seen[i].node == node)
			return &run->seen[i].look;
	return NULL;
}

/* One file only: its node's must be the last word on it, or what is there is known to it. */
static bool foresee_file(const struct tree *tree, const struct run *run, const struct plan *plan,
			 struct look looks[FILES])
{
	const uint32_t node = plan->ask.node;
	const int writer = (int)(run - tree->runs) * NODES + (int)node;
	struct look *now = &looks[run->file[node]];
	const struct look *target;
	bool fine;

	memcpy(looks, tree->looks, sizeof(tree->looks));
	if (!plan->rows_count)
		return true; /* there is no such revision */
	target = look_of(run, plan->rows[0].to->seq);
	fine = now->writer == writer || is_same(now, target) || is_same(now, last_seen(run, node));
	*now = *target;
	now->writer = writer;
	return fine;
}

/* Whether there is nothing to be done, whoever wrote. */
static bool is_idle(const struct tree *tree, const struct run *run, const struct plan *plan,
		    const struct look looks[FILES])
{
	const uint32_t node = plan->ask.node;

	if (plan->ask.level != PLAN_OF_ARTIFACT)
		return !plan->nodes_count;
	return !plan->rows_count || !state_is_terminal(run->lab.execution->nodes[node].state) ||
	       is_same(&looks[run->file[node]], &tree->looks[run->file[node]]);
}

static void stand_still(const struct tree *tree, const struct run *run)
{
	for (int i = 0; i < NODES; i++)
		print_message("%s %s (%s)\n", run->ids[i], lab_state(&run->lab, run->ids[i]),
			      run->needs[i]);
	fail_msg("seed %llu: its rollback stands still", (unsigned long long)tree->seed);
}

static struct plan_ask draw_ask(struct tree *tree, const struct run *run)
{
	struct plan_ask ask = {.level = (enum plan_level)rng_below(&tree->rng, 4),
			       .node = (uint32_t)rng_below(&tree->rng, NODES)};

	if (ask.level == PLAN_OF_ARTIFACT && run->file[ask.node] < 0)
		ask.level = PLAN_OF_NODE;
	if (ask.level == PLAN_OF_ARTIFACT && run->seen_count && chance(tree, 2)) {
		const struct seen *seen = &run->seen[rng_below(&tree->rng, run->seen_count)];

		ask.node = seen->node;
		ask.revision = seen->seq;
	}
	if (ask.level == PLAN_OF_PHASE && !run->lab.execution->workflow->phases_count)
		ask.level = PLAN_OF_ALL;
	if (ask.level == PLAN_OF_PHASE)
		ask.phase =
			(int32_t)rng_below(&tree->rng, run->lab.execution->workflow->phases_count);
	return ask;
}

static void carry_out(struct tree *tree, struct run *run, const struct plan *plan)
{
	while (run->lab.execution->rolling_back)
		if (!step(tree, run))
			stand_still(tree, run);
	if (plan->ask.level == PLAN_OF_ARTIFACT)
		run->has_left[plan->ask.node] = false;
	tree->files += plan->ask.level == PLAN_OF_ARTIFACT;
	tree->rollbacks++;
}

static void roll_back(struct tree *tree, struct run *run)
{
	struct plan_ask ask = draw_ask(tree, run);
	struct act act = {.verb = VERB_ROLLBACK, .node = EVENT_NO_NODE, .actor = "ana"};
	struct look looks[FILES];
	struct plan *plan;
	bool fine, idle;

	assert_int_equal(plan_make(run->lab.execution, &ask, &plan, &run->lab.err), 0);
	mark(tree, run, plan);
	fine = ask.level == PLAN_OF_ARTIFACT ? foresee_file(tree, run, plan, looks)
					     : foresee(tree, run, plan, looks);
	idle = is_idle(tree, run, plan, looks);
	if (!idle && !fine && !plan->refused)
		fail_msg("seed %llu: somebody else's work would go",
			 (unsigned long long)tree->seed);
	tree->cautious += !idle && fine && plan->refused;
	act.plan = plan;
	if (plan->refused) {
		assert_int_equal(
			lab_feed(&run->lab, &(struct input){.kind = INPUT_ACT, .act = &act}),
			-ERR_REFUSED);
		tree->refusals += !idle;
	} else {
		assert_int_equal(
			lab_feed(&run->lab, &(struct input){.kind = INPUT_ACT, .act = &act}), 0);
		carry_out(tree, run, plan);
		memcpy(tree->looks, looks, sizeof(looks));
	}
	plan_free(plan);
	check_tree(tree, "after a rollback");
}

/* ---- the whole --------------------------------------------------------------------------- */

static void check_replay(struct run *run)
{
	struct execution *copy = execution_new((struct workflow *)run->lab.execution->workflow,
					       (struct graph *)run->lab.execution->graph,
					       &run->lab.journal.events[0]);
	const char *where;

	for (size_t i = 1; i < run->lab.journal.count; i++)
		assert_int_equal(execution_fold(copy, &run->lab.journal.events[i], &run->lab.err),
				 0);
	if (!execution_equal(run->lab.execution, copy, &where))
		fail_msg("the replay differs in %s", where);
	copy->workflow = NULL; /* the lab's */
	copy->graph = NULL;
	execution_free(copy);
}

/* One owner at a time: what a node begins it ends before anybody else may write; but its own run
 * may be rolled back meanwhile. */
static void go_on(struct tree *tree, struct run *run)
{
	const struct execution *execution = run->lab.execution;

	while (step(tree, run))
		if (chance(tree, 12))
			roll_back(tree, run);
		else if (!execution->counts[STATE_RUNNING] && !execution->intended_count &&
			 chance(tree, 3))
			break;
}

static void something(struct tree *tree)
{
	struct run *run = &tree->runs[rng_below(&tree->rng, RUNS)];

	switch (rng_below(&tree->rng, 5)) {
	case 0:
		write_file(tree, (int)rng_below(&tree->rng, FILES), PERSON);
		break;
	case 1:
		roll_back(tree, run);
		break;
	case 2:
		(void)lab_act(&run->lab, VERB_RETRY, NULL); /* refused when there is nothing */
		break;
	default:
		go_on(tree, run);
		break;
	}
	check_tree(tree, "after a step");
}

static void one_seed(struct tree *tree, uint64_t seed)
{
	tree->seed = seed;
	tree->rng.state = seed;
	memset(tree->looks, 0, sizeof(tree->looks));
	memset(tree->runs, 0, sizeof(tree->runs));
	for (int i = 0; i < FILES; i++)
		write_file(tree, i, PERSON);
	for (int i = 0; i < RUNS; i++)
		draw_run(tree, &tree->runs[i]);
	for (int i = 0; i < 25; i++)
		something(tree);
	for (int i = 0; i < RUNS; i++) {
		check_replay(&tree->runs[i]);
		lab_close(&tree->runs[i].lab);
		free(tree->runs[i].seen);
	}
}

/* Every `step`th seed, from `first` up to `last`. */
static void some_seeds(void **state, uint64_t first, uint64_t step, uint64_t last)
{
	struct tree tree = {.folder = scratch_path(state, "tree")};
	const uint64_t seeds = (last + step - first) / step;

	assert_int_equal(mkdir(tree.folder, 0755), 0);
	tree.home = store_home(state);
	assert_int_equal(content_open(tree.home, CONTENT_WRITE, &tree.content, NULL), 0);
	for (uint64_t seed = first; seed <= last; seed += step) {
		one_seed(&tree, seed);
		assert_true(content_upkeep(tree.content, false, NULL) >= 0);
	}
	if (seeds >= 100) /* fewer may miss something by chance */
		assert_true(tree.rollbacks > seeds / 2 && tree.files > seeds / 10 &&
			    tree.refusals > seeds / 4 && tree.cautious <= tree.refusals / 10);
	(void)printf("%llu seeds: %u rollbacks (%u of one file), %u refused (%u out of caution), "
		     "%u writes\n",
		     (unsigned long long)seeds, tree.rollbacks, tree.files, tree.refusals,
		     tree.cautious, tree.count);
	content_close(tree.content);
	store_home_free(tree.home);
}

static void every_file_comes_back_or_the_rollback_is_refused(void **state)
{
	const char *one = getenv("HLP_ROLLBACK_SEED"), *many = getenv("HLP_ROLLBACK_SEEDS");
	const char *share = getenv("HLP_ROLLBACK_SHARE");
	uint64_t count = many ? strtoull(many, NULL, 10) : 12, first = 1, step = 1;

	(void)umask(022);
	if (one)
		first = count = strtoull(one, NULL, 10);
	else if (share)
		assert_int_equal(sscanf(share, "%" SCNu64 "/%" SCNu64, &first, &step), 2);
	some_seeds(state, first, step, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_file_comes_back_or_the_rollback_is_refused,
						scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
