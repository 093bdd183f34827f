/* SPDX-License-Identifier: MIT
 *
 * The instance that a crash test kills: a home of its own, its programs found by that home and
 * killed by pid. One thread.
 */
#ifndef HLP_TESTS_CRASH_VICTIM_H
#define HLP_TESTS_CRASH_VICTIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum target { TARGET_ENGINE = 1, TARGET_LAUNCHER = 2, TARGET_BOTH = 3 };

struct victim {
	enum target target;
	const char *bin; /* folder of the programs */
	char home[64], folder[80];
};

/* What a test of its own may be told: a number. */
struct victim_option {
	const char *name; /* "--kills"; NULL ends a list */
	uint64_t *value;
};
/* Reads --bin FOLDER, which must be there, --target engine|launcher|both and the test's own
 * options. */
void victim_read_arguments(struct victim *victim, int argc, char **argv,
			   const struct victim_option *options);

_Noreturn void victim_die(const char *what, const char *why);
/* Makes the home and a folder to work in, and sets the environment for them. */
void victim_open(struct victim *victim);
/* Kills what the target says, as far as it lives; whether anything did. */
bool victim_kill(const struct victim *victim);
/* Runs hlp in the folder; its exit code. `args` ends with NULL. */
int victim_hlp(const struct victim *victim, struct buf *out, char *const *args);
/* Runs another program there, found in PATH; it must end well. */
void victim_run(const struct victim *victim, char *const *argv);
/* git must find no fault in what was recorded; a merge that an engine left may be under way. */
void victim_check_contents(const struct victim *victim);
/* Ends the instance in order, looks at what it recorded once more, and removes the home. */
void victim_close(const struct victim *victim);
void victim_sleep_us(uint64_t us);

#endif
