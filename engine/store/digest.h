/* SPDX-License-Identifier: MIT
 *
 * SHA-256, the one place that uses nettle. Private to engine/store. Any thread.
 */
#ifndef HLP_STORE_DIGEST_H
#define HLP_STORE_DIGEST_H

#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE SHA256_DIGEST_SIZE
#define DIGEST_TEXT (2 * DIGEST_SIZE + 1)

struct digest {
	struct sha256_ctx state;
};

void digest_init(struct digest *digest);
void digest_add(struct digest *digest, const void *data, size_t length);
void digest_finish(struct digest *digest, uint8_t out[DIGEST_SIZE]);

void digest_of(const void *data, size_t length, uint8_t out[DIGEST_SIZE]);
void digest_text(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_TEXT]); /* lower-case hex */

#endif
