/* SPDX-License-Identifier: MIT
 *
 * Fuzzes the launcher's protocol, which is its log's too. What is decoded must encode to the very
 * bytes that it came from: the form is canonical, so nothing may be read in two ways.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "launch/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_canonical(const uint8_t *data, size_t length,
			    const struct launch_message *message)
{
	struct buf again;

	buf_init(&again, 2 * INSTANCE_FRAME_MAX);
	if (launch_encode(message, &again, NULL) < 0 || again.length != length ||
	    memcmp(again.data, data, length) != 0)
		abort();
	buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t at = 0;

	while (at < size) {
		struct launch_message message;
		struct arena arena = {0};
		const int length = launch_decode(data + at, size - at, &arena, &message, NULL);

		if (length > 0)
			check_canonical(data + at, (size_t)length, &message);
		arena_release(&arena);
		if (length <= 0)
			break;
		at += (size_t)length;
	}
	return 0;
}
