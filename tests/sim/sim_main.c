/* SPDX-License-Identifier: MIT
 *
 * sim --seeds N [--seed S] [--break RULE]: runs N worlds from seed 1, or one with its trace. Ends
 * with 1 and the seed of the first world in which something did not hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/broken/model/broken.h"
#include "tests/sim/sim.h"

struct options {
	uint64_t seeds, seed;
	const char *rule;
};

/* The production model has no such rules; this serves only to link with it. */
__attribute__((weak)) enum broken_rule broken_rule;

static bool set_rule(struct world *world, const char *rule)
{
	broken_rule = BROKEN_NONE;
	if (strcmp(rule, "start-before-commit") == 0)
		world->broken = SEAM_START_BEFORE_COMMIT;
	else if (strcmp(rule, "start-revoked") == 0)
		world->broken = SEAM_START_REVOKED;
	else if (strcmp(rule, "barrier") == 0)
		broken_rule = BROKEN_RULE_BARRIER;
	else if (strcmp(rule, "duplicate-exit") == 0)
		broken_rule = BROKEN_RULE_DUPLICATE;
	else if (strcmp(rule, "snapshot") == 0)
		broken_rule = BROKEN_RULE_SNAPSHOT;
	else
		return strcmp(rule, "none") == 0;
	return true;
}

static int usage(void)
{
	fputs("usage: sim [--seeds N] [--seed S] [--break none|start-before-commit|start-revoked|"
	      "barrier|duplicate-exit|snapshot]\n",
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

struct totals {
	struct cover cover;
	uint64_t events, steps, acts, restarts;
};

/* True when all held. */
static bool run(uint64_t seed, const char *rule, bool trace, struct totals *totals)
{
	struct world world = {
		.seed = seed, .rng = {.state = seed}, .trace = trace, .cover = &totals->cover};
	bool held;

	(void)set_rule(&world, rule);
	world_run(&world);
	held = !sim_failed(&world);
	totals->events += world.seq;
	totals->steps += world.steps;
	totals->acts += world.acts;
	totals->restarts += world.restarts;
	if (!held)
		printf("SEED=%llu: %s\n", (unsigned long long)seed, world.failure);
	world_release(&world);
	return held;
}

int main(int argc, char **argv)
{
	const char *seeds = getenv("HLP_SIM_SEEDS");
	struct options options = {.seeds = seeds ? strtoull(seeds, NULL, 10) : 2000,
				  .rule = "none"};
	struct world probe = {0};
	static struct totals totals;
	int wrong = parse(argc, argv, &options);

	if (wrong)
		return wrong;
	if (!set_rule(&probe, options.rule))
		return usage();
	if (options.seed)
		return run(options.seed, options.rule, true, &totals) ? 0 : 1;
	for (uint64_t seed = 1; seed <= options.seeds; seed++) {
		if (!run(seed, options.rule, false, &totals))
			return 1;
	}
	if (options.seeds >= SEEDS_FOR_COVER && !cover_report(&totals.cover))
		return 1;
	printf("%llu seeds: %llu steps, %llu events, %llu acts, %llu restarts; all held\n",
	       (unsigned long long)options.seeds, (unsigned long long)totals.steps,
	       (unsigned long long)totals.events, (unsigned long long)totals.acts,
	       (unsigned long long)totals.restarts);
	return 0;
}
