/* SPDX-License-Identifier: MIT
 *
 * Exits as a shell would say them. See exit_code.h.
 */
#include "model/exit_code.h"

int32_t exit_code_shell(enum exit_kind kind, int32_t code)
{
	if (kind == EXIT_SIGNAL)
		return 128 + code;
	return kind == EXIT_TIMEOUT ? 124 : code;
}

bool exit_code_listed(const int32_t *codes, uint32_t count, enum exit_kind kind, int32_t code)
{
	const int32_t wanted = exit_code_shell(kind, code);

	for (uint32_t i = 0; i < count; i++)
		if (codes[i] == wanted)
			return true;
	return false;
}

bool exit_code_unknown(const struct node_spec *spec, enum exit_kind kind, int32_t code)
{
	return (kind == EXIT_STATUS || kind == EXIT_SIGNAL || kind == EXIT_RESOURCE) &&
	       exit_code_listed(spec->unknown_codes, spec->unknown_codes_count, kind, code);
}
