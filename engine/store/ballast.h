/* SPDX-License-Identifier: MIT
 *
 * The ballast: 32 MB of disk kept for the moment when the disk is full, so that what runs can be
 * recorded and the operator can act. Private to engine/store.
 */
#ifndef HLP_STORE_BALLAST_H
#define HLP_STORE_BALLAST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/home.h"

#define BALLAST_BYTES ((uint64_t)32 * 1024 * 1024)

/* Takes it if it is missing and ten times its size is free; never fails: without room there is
 * simply none. Returns whether it is there. */
bool ballast_take(const struct home *home);
/* Gives it back to the disk; false when there was none. */
bool ballast_release(const struct home *home);
bool ballast_is_held(const struct home *home);
/* Bytes free on the disk; UINT64_MAX when it does not say. */
uint64_t ballast_room(const struct home *home);

#endif
