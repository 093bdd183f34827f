/* SPDX-License-Identifier: MIT
 *
 * The names under which executors know attempts.
 */
#include <stdio.h>
#include <string.h>

#include "model/execution.h"
#include "model/limits.h"

void attempt_id(const struct execution *execution, uint32_t node, enum attempt_kind kind,
		uint32_t attempt, char out[ATTEMPT_ID_TEXT])
{
	const char *name = execution->workflow->nodes[node].id;

	(void)snprintf(out, ATTEMPT_ID_TEXT, "%s-%s-%s-%u", execution->id, name,
		       attempt_kind_name(kind), attempt); /* 26 + 63 + 5 + 10 + 3 and NUL fit */
	for (char *c = out + strlen(execution->id); *c; c++)
		if (*c == '_')
			*c = '.';
}

static bool parse_number(const char *text, uint32_t *out)
{
	uint64_t number = 0;

	if (*text < '1' || *text > '9')
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		number = number * 10 + (uint64_t)(*text - '0');
		if (number > UINT32_MAX)
			return false;
	}
	*out = (uint32_t)number;
	return true;
}

static bool parse_kind(const char *text, size_t length, enum attempt_kind *out)
{
	char name[8];

	if (length >= sizeof(name))
		return false;
	memcpy(name, text, length);
	name[length] = '\0';
	return attempt_kind_parse(name, out);
}

bool attempt_id_parse(const char *text, char out_execution[ULID_TEXT], char out_node[64],
		      enum attempt_kind *out_kind, uint32_t *out_attempt)
{
	const size_t ulid = ULID_TEXT - 1;
	const char *number, *kind;
	size_t length = strnlen(text, ATTEMPT_ID_TEXT);

	if (length == ATTEMPT_ID_TEXT || length < ulid + 2 || text[ulid] != '-')
		return false;
	number = memrchr(text, '-', length);
	kind = memrchr(text, '-', (size_t)(number - text));
	if (!kind || kind <= text + ulid + 1 || kind - (text + ulid + 1) > LIMIT_NAME)
		return false;
	if (!parse_kind(kind + 1, (size_t)(number - kind - 1), out_kind) ||
	    !parse_number(number + 1, out_attempt))
		return false;
	memcpy(out_execution, text, ulid);
	out_execution[ulid] = '\0';
	text += ulid + 1;
	for (length = 0; text + length < kind; length++)
		out_node[length] = text[length] == '.' ? '_' : text[length];
	out_node[length] = '\0';
	return true;
}
