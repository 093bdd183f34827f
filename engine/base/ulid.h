/* SPDX-License-Identifier: MIT
 *
 * ULIDs: 26 characters of Crockford base 32, ordered by time. HLP writes them in lower case,
 * because attempt ids must be DNS-safe; they are read in either case.
 */
#ifndef HLP_BASE_ULID_H
#define HLP_BASE_ULID_H

#include <stdbool.h>
#include <stdint.h>

#define ULID_TEXT 27 /* with the NUL */

void ulid_make(int64_t wall_us, const uint8_t entropy[10], char out[ULID_TEXT]);
bool ulid_is_valid(const char *text);

#endif
