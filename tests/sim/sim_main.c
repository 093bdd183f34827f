/* SPDX-License-Identifier: MIT
 *
 * sim --seeds N [--seed S] [--break RULE]: runs N worlds from seed 1, or one with its trace. Ends
 * with 1 and the seed of the first world in which something did not hold.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/sim/broken/model/broken.h"
#include "tests/sim/sim.h"

struct options {
	uint64_t seeds, seed;
	const char *rule;
};

/* The production model has no such rules; this serves only to link with it. */
__attribute__((weak)) enum broken_rule broken_rule;

static const struct {
	const char *name;
	enum broken_rule rule;
} rules[] = {
	{"none", BROKEN_NONE},
	{"start-before-commit", BROKEN_RULE_EARLY},
	{"start-revoked", BROKEN_RULE_REVOKED},
	{"old-link", BROKEN_RULE_LINK},
	{"in-doubt", BROKEN_RULE_DOUBT},
	{"barrier", BROKEN_RULE_BARRIER},
	{"duplicate-exit", BROKEN_RULE_DUPLICATE},
	{"snapshot", BROKEN_RULE_SNAPSHOT},
};

static bool set_rule(const char *name)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		if (strcmp(rules[i].name, name) != 0)
			continue;
		broken_rule = rules[i].rule;
		return true;
	}
	return false;
}

static int usage(void)
{
	fputs("usage: sim [--seeds N] [--seed S] [--break none|start-before-commit|start-revoked|"
	      "barrier|duplicate-exit|snapshot|old-link|in-doubt]\n",
	      stderr);
	return 2;
}

static int parse(int argc, char **argv, struct options *options)
{
	for (int i = 1; i < argc; i += 2) {
		if (i + 1 == argc)
			return usage();
		if (strcmp(argv[i], "--seeds") == 0)
			options->seeds = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0)
			options->seed = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--break") == 0)
			options->rule = argv[i + 1];
		else
			return usage();
	}
	return 0;
}

#define SEEDS_FOR_COVER 1000 /* with fewer, chance may leave something out */
#define SEEDS_TWICE	50   /* one in so many is run twice: the same seed, the same journal */

struct totals {
	struct cover cover;
	uint64_t events, steps, acts, restarts;
};

/* One world; returns what its journal comes to, and false in *held when something did not hold. */
static uint64_t run(uint64_t seed, bool trace, struct totals *totals, bool *held)
{
	struct world world = {
		.seed = seed, .rng = {.state = seed}, .trace = trace, .cover = &totals->cover};

	sim = &world;
	world_run();
	*held = !sim_failed();
	totals->events += world.journal.count;
	totals->steps += world.steps;
	totals->acts += world.acts;
	totals->restarts += world.restarts;
	if (!*held)
		printf("SEED=%llu: %s\n", (unsigned long long)seed, world.failure);
	world_release();
	return world.journal.hash;
}

static bool run_seed(uint64_t seed, struct totals *totals)
{
	struct totals others = {0};
	bool held;
	uint64_t first = run(seed, false, totals, &held);

	if (!held || seed % SEEDS_TWICE)
		return held;
	if (run(seed, false, &others, &held) == first)
		return held;
	printf("SEED=%llu: it does not give the same journal twice\n", (unsigned long long)seed);
	return false;
}

/* The engine found out by itself that it cannot go on: its own assertions count as seeing. */
static void on_abort(int number)
{
	char line[64];
	int length = snprintf(line, sizeof(line), "SEED=%llu: the engine aborts\n",
			      (unsigned long long)sim->seed);

	(void)number;
	_exit(write(STDOUT_FILENO, line, (size_t)length) == length ? 1 : 2);
}

/* One a seed at least: with 10,000 seeds so many holds raced with a start. */
static bool report_races(const struct cover *cover, uint64_t seeds)
{
	const uint64_t races = cover->holds + cover->holds_too_late;

	printf("%llu holds met a start: %llu held, %llu came too late\n", (unsigned long long)races,
	       (unsigned long long)cover->holds, (unsigned long long)cover->holds_too_late);
	if (seeds < SEEDS_FOR_COVER || races >= seeds)
		return true;
	printf("too few of them: one a seed is wanted\n");
	return false;
}

int main(int argc, char **argv)
{
	const char *seeds = getenv("HLP_SIM_SEEDS");
	struct options options = {.seeds = seeds ? strtoull(seeds, NULL, 10) : 2000,
				  .rule = "none"};
	static struct totals totals;
	int wrong = parse(argc, argv, &options);
	bool held;

	if (wrong)
		return wrong;
	if (!set_rule(options.rule))
		return usage();
	(void)signal(SIGABRT, on_abort);
	(void)setvbuf(stdout, NULL, options.seed ? _IOLBF : _IOFBF, 1 << 16);
	log_setup("sim", options.seed ? LOG_DEBUG : LOG_ERROR + 1, LOG_TEXT);
	if (options.seed) {
		(void)run(options.seed, true, &totals, &held);
		return held ? 0 : 1;
	}
	for (uint64_t seed = 1; seed <= options.seeds; seed++)
		if (!run_seed(seed, &totals))
			return 1;
	if (options.seeds >= SEEDS_FOR_COVER && !cover_report(&totals.cover))
		return 1;
	if (!report_races(&totals.cover, options.seeds))
		return 1;
	printf("%llu seeds: %llu steps, %llu events, %llu acts, %llu restarts; all held\n",
	       (unsigned long long)options.seeds, (unsigned long long)totals.steps,
	       (unsigned long long)totals.events, (unsigned long long)totals.acts,
	       (unsigned long long)totals.restarts);
	return 0;
}
