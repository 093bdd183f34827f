/* SPDX-License-Identifier: MIT
 *
 * Hears what a command says: a cli whose outputs are pipes.
 */
#ifndef HLP_TESTS_UNIT_CLI_EAR_H
#define HLP_TESTS_UNIT_CLI_EAR_H

#include "cli/cli.h"

struct ear {
	struct cli cli;
	int out, err; /* reading ends */
	char heard[8192];
};

void ear_open(struct ear *ear);
void ear_close(struct ear *ear);
/* From now on a person sits there, who types this and nothing after it. */
void ear_type(struct ear *ear, const char *text);
/* What has been said on standard output, or standard error, since the last time. */
const char *ear_out(struct ear *ear);
const char *ear_err(struct ear *ear);

#endif
