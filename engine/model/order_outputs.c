/* SPDX-License-Identifier: MIT
 *
 * Reading what a node wrote to $HLP_OUTPUT: KEY=VALUE lines, and KEY<<WORD … WORD blocks for values
 * of several lines. A key that was not declared is passed over: the step has succeeded, and a
 * spare line must not undo that.
 */
#include <string.h>

#include "base/text.h"
#include "model/limits.h"
#include "model/order.h"
#include "model/suggest.h"

struct cursor {
	const char *at, *end;
	uint32_t line;
};

static const char *take_line(struct cursor *cursor, size_t *out_length)
{
	const char *line = cursor->at;
	const char *end = memchr(line, '\n', (size_t)(cursor->end - line));

	*out_length = (size_t)((end ? end : cursor->end) - line);
	cursor->at = end ? end + 1 : cursor->end;
	cursor->line++;
	return line;
}

static bool is_key(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
			    text[i], 64))
			return false;
	return length > 0 && length <= LIMIT_NAME;
}

/* The lines up to one that is WORD alone; the last newline before it does not count. */
static int take_block(struct cursor *cursor, const char *word, size_t word_length,
		      const char **out_value, size_t *out_length, struct err *err)
{
	uint32_t begin = cursor->line;
	const char *start = cursor->at;

	while (cursor->at < cursor->end) {
		size_t length;
		const char *line = take_line(cursor, &length);

		if (length == word_length && !memcmp(line, word, length)) {
			*out_value = start;
			*out_length = line > start ? (size_t)(line - start) - 1 : 0;
			return 0;
		}
	}
	return err_set(err, ERR_INVALID, "outputs line %u: no line '%.*s' ends the value", begin,
		       (int)(word_length < 60 ? word_length : 60), word);
}

static int take_value(struct cursor *cursor, const char *line, size_t length, size_t key_length,
		      const char **out_value, size_t *out_length, struct err *err)
{
	if (key_length < length && line[key_length] == '=') {
		*out_value = line + key_length + 1;
		*out_length = length - key_length - 1;
		return 0;
	}
	if (length > key_length + 2 && !memcmp(line + key_length, "<<", 2))
		return take_block(cursor, line + key_length + 2, length - key_length - 2, out_value,
				  out_length, err);
	return err_set(err, ERR_INVALID, "outputs line %u: not KEY=VALUE: '%.*s'", cursor->line,
		       (int)(length < 60 ? length : 60), line);
}

static int check_value(const char *key, size_t key_length, const char *value, size_t length,
		       struct err *err)
{
	if (length > LIMIT_OUTPUT_VALUE_BYTES)
		return err_set(err, ERR_INVALID, "output '%.*s' has %zu bytes, at most %zu may be",
			       (int)key_length, key, length, LIMIT_OUTPUT_VALUE_BYTES);
	if (memchr(value, '\0', length) || !text_is_utf8(value, length))
		return err_set(err, ERR_INVALID, "output '%.*s' is not UTF-8 text", (int)key_length,
			       key);
	return 0;
}

static void keep(const struct node_spec *spec, const char *key, size_t key_length,
		 const char *value, size_t length, struct arena *arena, struct event_item *items)
{
	for (uint32_t i = 0; i < spec->outputs_count; i++)
		if (strlen(spec->outputs[i]) == key_length &&
		    !memcmp(spec->outputs[i], key, key_length))
			items[i].value =
				arena_strndup(arena, value, length); /* the last one holds */
}

static int check_complete(const struct node_spec *spec, const struct event_item *items,
			  struct err *err)
{
	for (uint32_t i = 0; i < spec->outputs_count; i++)
		if (!items[i].value)
			return err_set(err, ERR_INVALID,
				       "output '%s' was not written: the step must append %s=VALUE "
				       "to \"$HLP_OUTPUT\"",
				       spec->outputs[i], spec->outputs[i]);
	return 0;
}

static int read_entry(const struct node_spec *spec, struct cursor *cursor, struct arena *arena,
		      struct event_item *items, struct err *err)
{
	size_t length, key_length = 0, value_length = 0;
	const char *line = take_line(cursor, &length), *value = NULL;
	int result;

	if (!length)
		return 0;
	while (key_length < length && line[key_length] != '=' && line[key_length] != '<')
		key_length++;
	if (!is_key(line, key_length))
		return err_set(err, ERR_INVALID, "outputs line %u: not KEY=VALUE: '%.*s'",
			       cursor->line, (int)(length < 60 ? length : 60), line);
	result = take_value(cursor, line, length, key_length, &value, &value_length, err);
	if (result >= 0)
		result = check_value(line, key_length, value, value_length, err);
	if (result >= 0)
		keep(spec, line, key_length, value, value_length, arena, items);
	return result;
}

int order_gather_outputs(const struct node_spec *spec, const char *data, size_t length,
			 struct arena *arena, struct event_item **out, struct err *err)
{
	struct event_item *items = arena_alloc(arena, (size_t)spec->outputs_count * sizeof(*items));
	struct cursor cursor = {.at = data, .end = data + length};
	int result;

	for (uint32_t i = 0; i < spec->outputs_count; i++)
		items[i] = (struct event_item){.kind = "output", .name = spec->outputs[i]};
	while (cursor.at < cursor.end) {
		result = read_entry(spec, &cursor, arena, items, err);
		if (result < 0)
			return result;
	}
	*out = items;
	return 0;
}

int order_read_outputs(const struct node_spec *spec, const char *data, size_t length,
		       struct arena *arena, struct event_item **out, uint32_t *out_count,
		       struct err *err)
{
	struct event_item *items;
	int result = order_gather_outputs(spec, data, length, arena, &items, err);

	if (result >= 0)
		result = check_complete(spec, items, err);
	if (result < 0)
		return result;
	*out = items;
	*out_count = spec->outputs_count;
	return 0;
}
