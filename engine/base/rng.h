/* SPDX-License-Identifier: MIT
 *
 * Random numbers from a seed (SplitMix64, Steele, Lea and Flood 2014): the same seed gives the
 * same numbers on every machine. Not for secrets. One thread at a time.
 */
#ifndef HLP_BASE_RNG_H
#define HLP_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t state; /* any value is a valid seed */
};

uint64_t rng_next(struct rng *rng);
uint64_t rng_below(struct rng *rng, uint64_t bound); /* 0 … bound-1; bound > 0 */
double rng_unit(struct rng *rng);		     /* 0 <= x < 1 */

/* Bytes from the kernel's generator, for ids and seeds. Blocks only right after boot. */
void rng_entropy(void *data, size_t length);

#endif
