/* SPDX-License-Identifier: MIT
 *
 * One operator's act: the target is resolved, what it leads to is said, the policy asked by the
 * gravest node that it touches, then it is sent and its answer said. Returns when it is durable.
 */
#ifndef HLP_CLI_ACT_H
#define HLP_CLI_ACT_H

#include "cli/cli.h"
#include "cli/outputs.h"

enum act_target { ACT_EXECUTION = 1, ACT_NODE = 2 }; /* what may be named; a set */

/* What a person is told before the question; a set. */
enum act_telling {
	ACT_TELLS_QUESTION = 1, /* what the node asks, with its values */
	ACT_TELLS_STARTS = 2,	/* what starts at once when the node counts as completed */
	ACT_TELLS_MISSING = 4,	/* which outputs will be missing then */
};

struct act {
	const char *verb;
	const char *words;	 /* as which the question calls it; NULL: the verb */
	unsigned targets;	 /* set of enum act_target */
	unsigned tells;		 /* set of enum act_telling */
	bool free;		 /* nothing is asked */
	bool chosen;		 /* picked among answers just now: y is not asked for again */
	bool runs;		 /* commands run: pinned files that changed are named first */
	enum state touches;	 /* without a node, what is touched are the nodes in this state */
	const char *answer;	 /* NULL without */
	const char *note;	 /* instead of the reason; NULL without */
	const char *warning;	 /* said before asking; NULL without */
	struct outputs *outputs; /* go with it, and are asked for where missing; NULL without */
	const char *argument, *value; /* go with it, by name; value NULL without */
	int64_t until_us;	      /* of a hold; 0: until it is released */
	bool failed;		      /* of done: a person's step did not succeed */
	bool next;		      /* of release: the held node that would start first */
};

/* `target` is EXECUTION or EXECUTION/NODE as typed. Returns how hlp ends. */
int act_run(struct cli *cli, const struct act *act, const char *target);

#endif
