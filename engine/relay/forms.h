/* SPDX-License-Identifier: MIT
 *
 * The forms in which a secret may be printed: as it is, base64 (at each of its three alignments,
 * both alphabets, and in lines as base64(1) and openssl write them), URL-encoded, as part of a JSON
 * string, quoted by a shell, and each line of one that has several. Pure.
 */
#ifndef HLP_RELAY_FORMS_H
#define HLP_RELAY_FORMS_H

#include <stddef.h>

#define FORMS_SHORTEST 6 /* bytes: anything shorter would mask half of what is printed */

/* Calls `add` for each form of at least FORMS_SHORTEST bytes; some may come twice. */
void forms_each(const char *secret, size_t length,
		void (*add)(void *ctx, const char *form, size_t length), void *ctx);

#endif
