/* SPDX-License-Identifier: MIT
 *
 * Computing one link of the chain of acts.
 */
#include "store/chain.h"

#include <string.h>

bool chain_covers(enum event_kind kind)
{
	return kind == EVENT_ACT || kind == EVENT_CREATED ||
	       (kind >= EVENT_CHECKPOINTING && kind <= EVENT_CHECKPOINT_DROPPED);
}

void chain_link(const uint8_t previous[DIGEST_SIZE], uint64_t seq, const char *execution,
		const uint8_t digest[DIGEST_SIZE], uint8_t out[DIGEST_SIZE])
{
	struct digest sum;
	uint8_t number[8];

	for (size_t i = 0; i < sizeof(number); i++)
		number[i] = (uint8_t)(seq >> (8 * i));
	digest_init(&sum);
	digest_add(&sum, previous, DIGEST_SIZE);
	digest_add(&sum, number, sizeof(number));
	digest_add(&sum, execution, strlen(execution));
	digest_add(&sum, digest, DIGEST_SIZE);
	digest_finish(&sum, out);
}
