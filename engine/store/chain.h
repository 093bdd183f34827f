/* SPDX-License-Identifier: MIT
 *
 * The chain of acts: each operator's word is linked to the one before it, so that a later change,
 * removal or insertion shows. A link covers the digest of the event, not its bytes: an execution
 * can be pruned and the chain still be followed. Private to engine/store. Pure.
 */
#ifndef HLP_STORE_CHAIN_H
#define HLP_STORE_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event.h"
#include "store/digest.h"

/* Whether events of this kind are links: what a person asked for, and what checkpoints hold. */
bool chain_covers(enum event_kind kind);

/* SHA-256 over the previous link, the sequence number (little endian), the execution's id and the
 * payload's digest. */
void chain_link(const uint8_t previous[DIGEST_SIZE], uint64_t seq, const char *execution,
		const uint8_t digest[DIGEST_SIZE], uint8_t out[DIGEST_SIZE]);

#endif
