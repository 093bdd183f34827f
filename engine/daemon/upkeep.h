/* SPDX-License-Identifier: MIT
 *
 * What hlpd does instead of serving: check and rebuild the store of a home whose engine is
 * down. Each prints what it found and returns the program's exit code.
 */
#ifndef HLP_DAEMON_UPKEEP_H
#define HLP_DAEMON_UPKEEP_H

#include <stdbool.h>

#include "base/home.h"

/* `json`: as one document, {"problems": ["…"]}. */
int upkeep_check(const struct home *home, bool json);
int upkeep_rebuild(const struct home *home);

#endif
