/* SPDX-License-Identifier: MIT
 *
 * Printing stops soon after what is shown: a value may be a whole document.
 */
#include "model/value_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/limits.h"

#define LINE_MOST 240				    /* bytes that are shown */
#define TEXT_MOST (LIMIT_YAML_SCALAR_BYTES * 6 + 2) /* of one scalar, all its bytes escaped */

static bool is_plain_word(const char *text)
{
	return *text && !strpbrk(text, " \t\n\"'#,{}[]&*!|>%@`\\") && !strchr("-?:", *text) &&
	       text[strlen(text) - 1] != ':';
}

/* Quotes only where without them it would be another value, or hard to see. */
void value_line_print(const struct yaml_tree *tree, uint32_t index, struct buf *out)
{
	const char *text = yaml_text(tree, index);
	size_t length = yaml_at(tree, index)->count;

	if (yaml_type(tree, index) == YAML_TYPE_NULL)
		buf_add_text(out, "null");
	else if (yaml_type(tree, index) != YAML_TYPE_TEXT ||
		 (is_plain_word(text) && yaml_type_of_plain(text, length) == YAML_TYPE_TEXT))
		buf_add(out, text, length);
	else
		text_json_quote(out, text, length);
}

static void print_value(const struct yaml_tree *tree, uint32_t index, struct buf *out)
{
	const struct yaml_value *value = yaml_at(tree, index);
	bool map = value->kind == YAML_KIND_MAP;
	uint32_t end = yaml_next(tree, index), count = 0;

	if (yaml_is_scalar(value)) {
		value_line_print(tree, index, out);
		return;
	}
	buf_add_char(out, map ? '{' : '[');
	for (uint32_t at = index + 1; at < end && out->length <= LINE_MOST;
	     at = yaml_next(tree, at)) {
		if (count > 0)
			buf_add_text(out, map && count % 2 == 1 ? ": " : ", ");
		print_value(tree, at, out);
		count++;
	}
	buf_add_char(out, map ? '}' : ']');
}

/* Bytes that end with a whole character. */
static size_t whole(const char *text, size_t length)
{
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	return length;
}

static const char *cut_line(struct arena *arena, struct buf *line)
{
	const char *text = buf_text(line);
	char *out;

	if (!line->overflow && line->length <= LINE_MOST)
		return arena_strdup(arena, text);
	out = mem_printf("%.*s…",
			 (int)whole(text, LINE_MOST < line->length ? LINE_MOST : line->length),
			 text);
	text = arena_strdup(arena, out);
	free(out);
	return text;
}

const char *value_line(const struct yaml_tree *tree, uint32_t index, struct arena *arena)
{
	struct buf line;
	const char *text;

	buf_init(&line, LINE_MOST + TEXT_MOST + 100);
	print_value(tree, index, &line);
	text = cut_line(arena, &line);
	buf_release(&line);
	return text;
}

const char *value_line_of_text(const char *text, size_t length, struct arena *arena)
{
	struct buf line;
	const char *out;

	buf_init(&line, TEXT_MOST);
	text_json_quote(&line, text, length);
	out = cut_line(arena, &line);
	buf_release(&line);
	return out;
}
