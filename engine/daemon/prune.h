/* SPDX-License-Identifier: MIT
 *
 * Retention: what ended long ago, and is not among the newest of its workflow, leaves the store
 * with its outputs and contents. Under the engine's lock, while none serves.
 */
#ifndef HLP_DAEMON_PRUNE_H
#define HLP_DAEMON_PRUNE_H

#include <stdbool.h>

#include "base/home.h"

struct prune_options {
	const char *age, *keep; /* as given; NULL: 90d, 20 */
	bool dry_run;		/* only say what it would do */
};

/* Prints what it did, and returns the program's exit code. */
int prune_run(const struct home *home, const struct prune_options *options);

#endif
