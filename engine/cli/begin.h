/* SPDX-License-Identifier: MIT
 *
 * How a run begins: step by step, from a node, until a node or phase, or only some nodes. What the
 * options say is checked here with the engine's own rules, before anything is asked or started.
 */
#ifndef HLP_CLI_BEGIN_H
#define HLP_CLI_BEGIN_H

#include "cli/source.h"
#include "model/beginning.h"

/* The options, for the command's table. */
#define BEGIN_OPTIONS                                                                              \
	{"step", 0, OPTION_FLAG, NULL, "hold every node; Enter or hlp release lets the next go"},  \
		{"from", 0, OPTION_VALUE, "NODE", "skip what it needs, and earlier phases"},       \
		{"until", 0, OPTION_VALUE, "NODE|PHASE", "hold what comes after it"},              \
	{                                                                                          \
		"only", 0, OPTION_VALUE, "NODE", "skip all others (may be repeated)"               \
	}

/* 0 with *out in the arena, *out_fates NULL when all nodes run; or how hlp ends, said. */
int begin_read(struct cli *cli, const struct source *source, struct arena *arena,
	       struct beginning *out, enum fate **out_fates);
/* "skipped", "held" or "". */
const char *begin_fate_word(enum fate fate);

#endif
