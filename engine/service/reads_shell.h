/* SPDX-License-Identifier: MIT
 *
 * What a person's shell of a node is given: the environment that a run of the node would have got
 * when the shell was opened. On the catalog thread.
 */
#ifndef HLP_SERVICE_READS_SHELL_H
#define HLP_SERVICE_READS_SHELL_H

#include "service/asking.h"

asking_read reads_shell; /* GetShell */

#endif
