/* SPDX-License-Identifier: MIT
 *
 * Executions as the engine lists them; shared by list, `hlp` alone and the check of @latest.
 */
#ifndef HLP_CLI_LISTING_H
#define HLP_CLI_LISTING_H

#include "cli/cli.h"

/* `workflow` NULL: all. The caller frees with hlp__v1__execution_list__free_unpacked. */
int listing_fetch(struct cli *cli, const char *workflow, uint32_t limit,
		  Hlp__V1__ExecutionList **out);
/* Refuses @latest for an act when more than one execution has not ended. 0 or how hlp ends. */
int listing_check_latest(struct cli *cli, const char *execution);

#endif
