/* SPDX-License-Identifier: MIT
 *
 * SplitMix64, and the kernel's entropy.
 */
#include "base/rng.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/types.h>

uint64_t rng_next(struct rng *rng)
{
	uint64_t z = rng->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
	uint64_t short_by, number;

	assert(bound > 0);
	/* The lowest 2^64 mod bound numbers would make some results likelier: draw again. */
	short_by = -bound % bound;
	do
		number = rng_next(rng);
	while (number < short_by);
	return number % bound;
}

double rng_unit(struct rng *rng)
{
	return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

void rng_entropy(void *data, size_t length)
{
	char *at = data;

	while (length > 0) {
		ssize_t got = getrandom(at, length, 0);

		if (got < 0) {
			if (errno == EINTR)
				continue;
			abort(); /* a kernel without it cannot give us safe ids */
		}
		at += got;
		length -= (size_t)got;
	}
}
