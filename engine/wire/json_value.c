/* SPDX-License-Identifier: MIT
 *
 * JSON values. jansson takes valid UTF-8 only, and our texts may come from a process's output or a
 * file's name: what is no UTF-8 becomes U+FFFD.
 */
#include "wire/json_value.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static json_t *repaired(const char *data, size_t length)
{
	struct buf buf;
	json_t *value;

	buf_init(&buf, 3 * length + 3);
	for (size_t i = 0; i < length;) {
		uint32_t code_point;
		size_t n = text_decode(data + i, length - i, &code_point);

		if (n)
			buf_add(&buf, data + i, n);
		else
			buf_add_text(&buf, "\xef\xbf\xbd");
		i += n ? n : 1;
	}
	value = json_stringn(buf_text(&buf), buf.length);
	buf_release(&buf);
	return value;
}

json_t *json_value_bytes(const void *data, size_t length)
{
	json_t *value = json_stringn(length ? data : "", length);

	return value ? value : repaired(data, length);
}

json_t *json_value_text(const char *text)
{
	if (!text || !text[0])
		return json_null();
	return json_value_bytes(text, strlen(text));
}

json_t *json_value_time(int64_t wall_us)
{
	char text[CLOCK_TIME_TEXT];

	if (!wall_us)
		return json_null();
	clock_format_time(wall_us, text);
	return json_string(text);
}

json_t *json_value_number(int64_t number)
{
	return json_integer(number);
}

json_t *json_value_texts(char *const *texts, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(
			array, json_value_text(texts[i])); /* fails only without memory */
	return array;
}

void json_value_set(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value); /* fails only without memory */
}

static int append(const char *data, size_t length, void *ctx)
{
	buf_add(ctx, data, length);
	return 0;
}

void json_value_write(struct buf *out, json_t *value)
{
	/* Nine digits tell a risk of 0.1 from its binary neighbour without showing it. */
	(void)json_dump_callback(value, append, out,
				 JSON_COMPACT | JSON_ENCODE_ANY |
					 JSON_REAL_PRECISION(9)); /* append cannot fail */
	json_decref(value);
}
