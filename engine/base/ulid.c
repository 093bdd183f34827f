/* SPDX-License-Identifier: MIT
 *
 * Making and checking ULIDs: 48 bits of milliseconds, then 80 of entropy.
 */
#include "base/ulid.h"

#include <string.h>

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* Writes `count` digits of five bits each, the lowest last. */
static void put_digits(uint64_t number, int count, char *out)
{
	for (int i = count - 1; i >= 0; i--) {
		out[i] = digits[number & 31];
		number >>= 5;
	}
}

/* Five bytes are 40 bits, which are eight digits. */
static uint64_t five_bytes(const uint8_t *bytes)
{
	uint64_t number = 0;

	for (int i = 0; i < 5; i++)
		number = number << 8 | bytes[i];
	return number;
}

void ulid_make(int64_t wall_us, const uint8_t entropy[10], char out[ULID_TEXT])
{
	uint64_t milliseconds = wall_us > 0 ? (uint64_t)wall_us / 1000 : 0;

	put_digits(milliseconds & (((uint64_t)1 << 48) - 1), 10, out);
	put_digits(five_bytes(entropy), 8, out + 10);
	put_digits(five_bytes(entropy + 5), 8, out + 18);
	out[ULID_TEXT - 1] = '\0';
}

bool ulid_is_valid(const char *text)
{
	if (strnlen(text, ULID_TEXT) != ULID_TEXT - 1 || text[0] < '0' || text[0] > '7')
		return false;
	for (const char *at = text; *at; at++) {
		char c = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;

		if (!strchr(digits, c))
			return false;
	}
	return true;
}
