/* SPDX-License-Identifier: MIT
 *
 * Whether an attempt failed for want of something: space, file size, memory, descriptors. Known
 * from its signal, or else from its last words, since an exit status does not tell. Only a failure
 * is looked at. One thread.
 */
#ifndef HLP_LAUNCHER_RESOURCE_H
#define HLP_LAUNCHER_RESOURCE_H

#include "launcher/attempt.h"

/* Of an attempt whose exit has been read: makes it LAUNCH_EXIT_RESOURCE, with the code that a shell
 * would give, when it was so. `memory`: the limit for which something of it was killed; 0: none. */
void resource_judge(struct attempt *attempt, int64_t memory);

#endif
