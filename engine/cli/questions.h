/* SPDX-License-Identifier: MIT
 *
 * What an execution waits for a person to say or do: each question with its answers and the command
 * for each, and what else stands because somebody stopped it.
 */
#ifndef HLP_CLI_QUESTIONS_H
#define HLP_CLI_QUESTIONS_H

#include "cli/cli.h"
#include "client/mirror.h"

struct question_way {
	char letter;	     /* for a person at a prompt */
	const char *command; /* "hlp answer %s happened": a target stands for the %s */
	const char *meaning;
	const char *verb, *answer; /* of the act; answer NULL without */
	bool failed;
};

struct question_kind {
	const char *name;		 /* on the wire */
	const struct question_way *ways; /* ends with a NULL command */
};

/* NULL for one that we do not know: the engine is newer than we. */
const struct question_kind *question_kind_of(const char *name);

/* Whether a person is wanted for this node. */
bool question_is_open(const struct mirror_node *node);
/* What it asks and the values to decide by; nothing when it asks nothing. */
void question_tell(struct cli *cli, const struct mirror_node *node);
/* The same under a line that names the node; of one that is held, who holds it. */
void question_say(struct cli *cli, const struct mirror *mirror, const struct mirror_node *node);
/* All that waits, one beneath the other. Returns how many nodes. */
uint32_t questions_say(struct cli *cli, const struct mirror *mirror);

#endif
