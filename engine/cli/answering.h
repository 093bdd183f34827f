/* SPDX-License-Identifier: MIT
 *
 * Answering while one follows: on a terminal what a node asks is shown with a letter for each
 * answer, and a line typed there is the answer. Stepping, Enter lets the next held node go. Whoever
 * does not want to answer types Enter, and is not asked that again. One thread.
 */
#ifndef HLP_CLI_ANSWERING_H
#define HLP_CLI_ANSWERING_H

#include "cli/cli.h"
#include "client/mirror.h"

struct answering {
	struct cli *cli;
	const struct mirror *mirror;
	bool closed;	  /* nobody answers here */
	bool step;	  /* held nodes are let go by Enter */
	bool asking;	  /* a prompt stands on the terminal */
	int64_t node;	  /* that the prompt is about; -1: the next step */
	uint64_t version; /* of that node, when it was asked */
	uint64_t *passed; /* per node: the version that nobody wanted to answer; owned */
};

void answering_init(struct answering *answering, struct cli *cli, const struct mirror *mirror);
void answering_release(struct answering *answering);

/* Whether a person should be asked now. */
bool answering_is_due(const struct answering *answering);
/* Puts the question and the prompt. */
void answering_ask(struct answering *answering);
/* Whether what was asked has been answered elsewhere; then says so, and no prompt stands any more.
 */
bool answering_is_settled(struct answering *answering);
/* Takes the line that was typed, and acts. */
void answering_take(struct answering *answering);

#endif
