/* SPDX-License-Identifier: MIT
 *
 * Checking the chain of acts (store/chain.h) on any connection. Private to engine/store.
 */
#ifndef HLP_STORE_CHAIN_CHECK_H
#define HLP_STORE_CHAIN_CHECK_H

#include <stdint.h>

#include "base/buf.h"
#include "store/db.h"

/* Follows the chain over its newest `links` (0: all). With `problems`, each is a line there that
 * names the act, and their number is returned; without, the first is ERR_CORRUPT. */
int chain_check(struct db *db, uint32_t links, struct buf *problems, struct err *err);

#endif
