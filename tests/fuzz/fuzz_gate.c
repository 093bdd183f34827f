/* SPDX-License-Identifier: MIT
 *
 * Arbitrary bytes through the gate to terminals and logs. What comes out is looked at with a
 * decoder of its own: well-formed UTF-8, no control but newline and tab (and those only where lines
 * are kept), nothing that turns the writing round or has no width of its own.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define INPUT_MAX ((size_t)64 * 1024)
#define GROWTH	  16 /* bytes of an escape for one byte, at most */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The length of a sequence by its first byte; 0: none begins so. */
static size_t sequence_length(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

static uint32_t decode(const uint8_t *at, const uint8_t *end, size_t *out_length)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const size_t length = sequence_length(*at);
	uint32_t code;

	if (!length || length > (size_t)(end - at))
		abort();
	code = length == 1 ? *at : *at & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			abort();
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		abort();
	*out_length = length;
	return code;
}

static bool is_forbidden(uint32_t code, enum text_gate mode)
{
	if (mode == TEXT_KEEP_LINES && (code == '\n' || code == '\t'))
		return false;
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) ||	     /* controls, C1 */
	       code == 0x061c || code == 0x200e || code == 0x200f || /* marks of direction */
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
	       (code >= 0x200b && code <= 0x200d) || code == 0x2060 || code == 0xfeff ||
	       code == 0x2028 || code == 0x2029; /* line and paragraph separators */
}

static void pass(const uint8_t *data, size_t size, enum text_gate mode)
{
	const uint8_t *at, *end;
	struct buf out;

	buf_init(&out, size * GROWTH + 1);
	text_gate(&out, (const char *)data, size, mode);
	at = (const uint8_t *)buf_text(&out);
	end = at + out.length;
	if (strlen(buf_text(&out)) != out.length)
		abort();
	while (at < end) {
		size_t length;

		if (is_forbidden(decode(at, end, &length), mode))
			abort();
		at += length;
	}
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > INPUT_MAX)
		return 0;
	pass(data, size, TEXT_ONE_LINE);
	pass(data, size, TEXT_KEEP_LINES);
	return 0;
}
