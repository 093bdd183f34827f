/* SPDX-License-Identifier: MIT
 *
 * hlp engine upgrade: the programs of this installation take the place of those that run, while
 * attempts go on: the launcher becomes the new one in its own process, so that its children stay
 * its children; the engine ends in order and the new launcher starts the new engine.
 */
#ifndef HLP_CLI_ENGINE_UPGRADE_H
#define HLP_CLI_ENGINE_UPGRADE_H

#include "cli/cli.h"

/* Connected to a running engine. Returns how hlp ends, when the new programs serve. */
int engine_upgrade(struct cli *cli);

#endif
