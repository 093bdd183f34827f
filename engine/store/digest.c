/* SPDX-License-Identifier: MIT
 *
 * SHA-256 by nettle.
 */
#include "store/digest.h"

void digest_init(struct digest *digest)
{
	sha256_init(&digest->state);
}

void digest_add(struct digest *digest, const void *data, size_t length)
{
	sha256_update(&digest->state, length, data);
}

void digest_finish(struct digest *digest, uint8_t out[DIGEST_SIZE])
{
	sha256_digest(&digest->state, DIGEST_SIZE, out);
}

void digest_of(const void *data, size_t length, uint8_t out[DIGEST_SIZE])
{
	struct digest digest;

	digest_init(&digest);
	digest_add(&digest, data, length);
	digest_finish(&digest, out);
}

void digest_text(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[DIGEST_TEXT - 1] = '\0';
}
