/* SPDX-License-Identifier: MIT
 *
 * Reading checkpoints, and checking that they and the chain of acts are what was recorded. On the
 * catalog thread; each is an asking_read.
 */
#ifndef HLP_SERVICE_READS_CHECKPOINTS_H
#define HLP_SERVICE_READS_CHECKPOINTS_H

#include "service/asking.h"

asking_read reads_checkpoints; /* ListCheckpoints */
asking_read reads_verify;      /* VerifyExecution */

#endif
