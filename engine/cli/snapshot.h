/* SPDX-License-Identifier: MIT
 *
 * One execution as it stands now, as a mirror: graph and rows, without a watch.
 */
#ifndef HLP_CLI_SNAPSHOT_H
#define HLP_CLI_SNAPSHOT_H

#include "cli/cli.h"
#include "client/mirror.h"

/* 0, or how hlp ends, said; on success the caller releases the mirror. */
int snapshot_take(struct cli *cli, const char *execution, struct mirror *mirror);

/* Refuses a node that is not there, and says which one may be meant. */
int snapshot_refuse_node(struct cli *cli, const struct mirror *mirror, const char *node);

#endif
