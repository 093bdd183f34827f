/* SPDX-License-Identifier: MIT
 *
 * What the log says of earlier lives: attempts are rebuilt from its records, and then looked for
 * among the living. Also the log's rewriting, which says the same in fewer words. One thread.
 */
#ifndef HLP_LAUNCHER_RECOVER_H
#define HLP_LAUNCHER_RECOVER_H

#include "launcher/launcher.h"

/* Opens the log and takes over what it tells of. After an upgrade the children are still ours;
 * after a death they are strangers that are watched until they are gone. */
int recover(struct launcher *launcher, struct err *err);
/* Writes the log anew when most of it is past. */
void recover_compact(struct launcher *launcher);

#endif
