/* SPDX-License-Identifier: MIT
 *
 * Reading `retry`: a number, or a map laid over the default. When a try is tried again is
 * priority.c's.
 */
#include <string.h>

#include "base/clock.h"
#include "model/limits.h"
#include "model/workflow_parts.h"

void workflow_exit_codes_read(struct reader *reader, uint32_t value, const int32_t **out,
			      uint8_t *out_count)
{
	uint32_t given = fields_list(reader, value, LIMIT_EXIT_CODES), count = 0;
	uint32_t member = fields_first(reader, value);
	int32_t *codes = arena_alloc(reader->arena, (size_t)given * sizeof(*codes));

	for (uint32_t i = 0; i < given; i++, member = yaml_next(reader->tree, member)) {
		int64_t code;

		if (fields_integer(reader, member, "exit_codes", 1, 255, &code))
			codes[count++] = (int32_t)code;
	}
	if (!count && yaml_at(reader->tree, value)->kind == YAML_KIND_LIST &&
	    !yaml_at(reader->tree, value)->count)
		fields_problem(reader, value,
			       "'exit_codes' is empty: name the codes, from 1 to 255");
	*out = codes;
	*out_count = (uint8_t)count;
}

static void read_limit(struct reader *reader, uint32_t value, void *target)
{
	struct retry *retry = target;
	int64_t number;

	if (fields_integer(reader, value, "limit", 0, LIMIT_ATTEMPTS, &number))
		retry->limit = (uint16_t)number;
}

static void read_interval(struct reader *reader, uint32_t value, void *target)
{
	struct retry *retry = target;

	(void)fields_duration(reader, value, "interval", 0, &retry->interval_us); /* noted */
}

static void read_backoff(struct reader *reader, uint32_t value, void *target)
{
	struct retry *retry = target;
	double number;

	if (fields_number(reader, value, "backoff", 1, 100, &number))
		retry->backoff = (float)number;
}

static void read_max_interval(struct reader *reader, uint32_t value, void *target)
{
	struct retry *retry = target;

	(void)fields_duration(reader, value, "max_interval", 1,
			      &retry->max_interval_us); /* noted */
}

static void read_max_duration(struct reader *reader, uint32_t value, void *target)
{
	struct retry *retry = target;

	(void)fields_duration(reader, value, "max_duration", 1,
			      &retry->max_duration_us); /* noted */
}

static void read_jitter(struct reader *reader, uint32_t value, void *target)
{
	static const char *const words[] = {"full", "none", "decorrelated"};
	struct retry *retry = target;
	uint32_t word;

	if (fields_word(reader, value, "jitter", words, 3, &word))
		retry->jitter = (uint8_t)word;
}

static void read_codes(struct reader *reader, uint32_t value, void *target)
{
	struct retry *retry = target;

	workflow_exit_codes_read(reader, value, &retry->exit_codes, &retry->exit_codes_count);
}

static const struct field retry_list[] = {
	FIELD("limit", read_limit),
	FIELD("interval", read_interval),
	FIELD("backoff", read_backoff),
	FIELD("max_interval", read_max_interval),
	FIELD("max_duration", read_max_duration),
	FIELD("jitter", read_jitter),
	FIELD("exit_codes", read_codes),
};
static const struct fields retry_fields = {"'retry'", retry_list,
					   sizeof(retry_list) / sizeof(retry_list[0])};

void workflow_retry_read(struct reader *reader, uint32_t value, void *target)
{
	struct retry *retry = target;
	uint64_t seen;

	if (yaml_at(reader->tree, value)->kind != YAML_KIND_MAP) {
		int64_t number;

		if (fields_integer(reader, value, "retry", 0, LIMIT_ATTEMPTS, &number))
			retry->limit = (uint16_t)number;
		return;
	}
	seen = fields_read(reader, value, &retry_fields, retry, NULL);
	if (!(seen & 1) && !retry->limit)
		fields_problem(reader, value,
			       "'retry' has no 'limit', so nothing would be tried again: write "
			       "limit: 2");
	if (retry->max_interval_us < retry->interval_us)
		retry->max_interval_us = retry->interval_us;
}
