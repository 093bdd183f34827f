/* SPDX-License-Identifier: MIT
 *
 * The params of a run as given on the command line: -p KEY=VALUE, KEY=@FILE, KEY=@- for standard
 * input, KEY=@@x for a literal "@x"; on a terminal, missing ones are asked for until the answer
 * fits the declaration. A secret comes from a file or an answer, never from a word, which everybody
 * on the machine could read; it is given on and shown to nobody.
 */
#ifndef HLP_CLI_PARAMS_H
#define HLP_CLI_PARAMS_H

#include "cli/cli.h"
#include "model/workflow.h"

struct params {
	struct arena arena; /* owns the texts */
	struct binding *given;
	size_t count, capacity;
	struct binding *bound; /* in the order of the declarations; secrets without value */
};

/* What a person at a terminal is asked for: what must be known, or all that is not given. */
enum params_ask { PARAMS_ASK_MISSING, PARAMS_ASK_ALL };

/* 0, or CLI_USAGE, said. */
int params_read(struct cli *cli, const struct workflow *workflow, enum params_ask ask,
		struct params *out);
void params_release(struct params *params);
/* Whether it was named, on the command line or by an answer; otherwise its default holds. */
bool params_is_given(const struct params *params, const char *name);
/* Parses one KEY=VALUE word; the file of KEY=@FILE is read, less one newline at its end. `workflow`
 * tells which are secret; NULL: none. */
int params_parse(struct params *params, const struct workflow *workflow, const char *word,
		 struct err *err);

#endif
