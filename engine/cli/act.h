/* SPDX-License-Identifier: MIT
 *
 * One operator's act: the target is resolved, the policy asked by the gravest node that it touches,
 * then it is sent and its answer said. Returns when it is durable.
 */
#ifndef HLP_CLI_ACT_H
#define HLP_CLI_ACT_H

#include "cli/cli.h"

enum act_target { ACT_EXECUTION = 1, ACT_NODE = 2 }; /* what may be named; a set */

struct act {
	const char *verb;
	unsigned targets;    /* set of enum act_target */
	bool free;	     /* nothing is asked */
	bool runs;	     /* commands run: pinned files that changed are named first */
	const char *touches; /* a state: without a node, what is touched are the nodes in it */
	const char *answer;  /* "" without */
	const char *note;    /* instead of the reason; NULL without */
	const char *warning; /* said before asking; NULL without */
	Hlp__V1__Pair **arguments;
	size_t arguments_count;
};

/* `target` is EXECUTION or EXECUTION/NODE as typed. Returns how hlp ends. */
int act_run(struct cli *cli, const struct act *act, const char *target);

#endif
