/* SPDX-License-Identifier: MIT
 *
 * The only place of libyaml: its events become a compact tree. Depth, size and number of values
 * are bounded here, before anything is built from them; what libyaml says about broken text is
 * put into words that say what to change. What the values mean is for the readers of workflows.
 */
#include "model/yaml.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/mem.h"
#include "model/limits.h"

struct builder {
	struct yaml_tree *tree;
	struct problems *problems;
	uint32_t open[LIMIT_YAML_DEPTH]; /* lists and maps that are not closed yet */
	uint32_t members[LIMIT_YAML_DEPTH];
	size_t depth;
	bool done; /* the first document has ended */
	bool many; /* there may be others; they are the members of a list */
};

static uint32_t line_of(const yaml_mark_t *mark)
{
	return (uint32_t)mark->line + 1;
}

static uint32_t column_of(const yaml_mark_t *mark)
{
	return (uint32_t)mark->column + 1;
}

/* ---- what libyaml cannot read -------------------------------------------------------------- */

/* The place of a byte, for encoding errors, which come with an offset only. */
static void place_of_byte(const char *text, size_t offset, uint32_t *out_line, uint32_t *out_column)
{
	const char *start = text;

	*out_line = 1;
	for (const char *at = text; (at = memchr(at, '\n', offset - (size_t)(at - text))); at++) {
		++*out_line;
		start = at + 1;
	}
	*out_column = (uint32_t)(text + offset - start) + 1;
}

static void report_encoding(const struct builder *builder, const yaml_parser_t *parser)
{
	const struct yaml_tree *tree = builder->tree;
	size_t offset = parser->problem_offset;
	uint32_t line, column;

	if (offset > tree->source_length)
		offset = tree->source_length;
	place_of_byte(tree->source, offset, &line, &column);
	if (offset < tree->source_length && (unsigned char)tree->source[offset] < 0x20)
		problems_add(builder->problems, line, column,
			     "a control character (0x%02x) may not stand in a workflow",
			     (unsigned char)tree->source[offset]);
	else
		problems_add(builder->problems, line, column,
			     "not UTF-8 text: save the file as UTF-8");
}

static char byte_at(struct yaml_tree *tree, const yaml_mark_t *mark)
{
	const char *line = tree->source;
	const char *end = tree->source + tree->source_length;

	for (size_t i = 0; i < mark->line && line; i++) {
		line = memchr(line, '\n', (size_t)(end - line));
		line = line ? line + 1 : NULL;
	}
	/* Columns count characters; a tab that libyaml stumbles over has only blanks before it, or
	 * the text before it decides nothing here. */
	return line && (size_t)(end - line) > mark->column ? line[mark->column] : '\0';
}

/* libyaml says what it did not expect; these are the ones that people meet, in their words. */
static const char *say(const char *problem)
{
	static const struct {
		const char *problem, *words;
	} table[] = {
		{"mapping values are not allowed in this context",
		 "a ': ' stands inside a text, or the indentation is off: put the text in quotes"},
		{"found character that cannot start any token",
		 "no value can begin with this character: put the text in quotes"},
		{"did not find expected key", "the indentation is off, or a quote is not closed"},
		{"could not find expected ':'", "a key without ':', or a quote that is not closed"},
		{"found unexpected end of stream", "a quote or bracket is not closed"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (problem && !strcmp(problem, table[i].problem))
			return table[i].words;
	return problem ? problem : "unreadable";
}

static void report_syntax(const struct builder *builder, const yaml_parser_t *parser)
{
	const yaml_mark_t *mark = &parser->problem_mark;

	if (byte_at(builder->tree, mark) == '\t')
		problems_add(builder->problems, line_of(mark), column_of(mark),
			     "a tab stands here: YAML is indented with spaces only");
	else if (parser->context)
		problems_add(builder->problems, line_of(mark), column_of(mark),
			     "not valid YAML: %s (%s that began in line %u)", say(parser->problem),
			     parser->context, line_of(&parser->context_mark));
	else
		problems_add(builder->problems, line_of(mark), column_of(mark),
			     "not valid YAML: %s", say(parser->problem));
}

static void report_parser(const struct builder *builder, const yaml_parser_t *parser)
{
	if (parser->error == YAML_READER_ERROR)
		report_encoding(builder, parser);
	else
		report_syntax(builder, parser);
}

/* ---- building ------------------------------------------------------------------------------- */

/* False when the tree has become too large to go on with. */
static bool add_value(struct builder *builder, enum yaml_kind kind, const yaml_mark_t *mark)
{
	struct yaml_tree *tree = builder->tree;

	if (tree->count >= LIMIT_YAML_VALUES) {
		problems_add(builder->problems, line_of(mark), column_of(mark),
			     "the file has more than %d values", LIMIT_YAML_VALUES);
		return false;
	}
	tree->values =
		mem_grow(tree->values, &tree->capacity, tree->count + 1, sizeof(*tree->values));
	tree->values[tree->count++] = (struct yaml_value){
		.line = line_of(mark), .column = column_of(mark) & 0x1fffffff, .kind = kind & 7};
	if (builder->depth)
		builder->members[builder->depth - 1]++;
	return true;
}

static void refuse_anchor_and_tag(struct builder *builder, const yaml_event_t *event,
				  const yaml_char_t *anchor, const yaml_char_t *tag)
{
	const yaml_mark_t *mark = &event->start_mark;

	if (anchor)
		problems_add(builder->problems, line_of(mark), column_of(mark),
			     "anchors and aliases are not supported: write the value out");
	if (tag)
		problems_add(builder->problems, line_of(mark), column_of(mark),
			     "tags ('%.40s') are not supported: leave it out, and quote what is "
			     "meant as text",
			     (const char *)tag);
}

static uint32_t store_text(struct yaml_tree *tree, const yaml_char_t *text, size_t length)
{
	size_t start = tree->texts_length;

	tree->texts = mem_grow(tree->texts, &tree->texts_capacity, start + length + 1, 1);
	if (length)
		memcpy(tree->texts + start, text, length);
	tree->texts[start + length] = '\0';
	tree->texts_length = start + length + 1;
	return (uint32_t)start;
}

static bool is_key_position(const struct builder *builder)
{
	return builder->depth &&
	       builder->tree->values[builder->open[builder->depth - 1]].kind == YAML_KIND_MAP &&
	       builder->members[builder->depth - 1] % 2 == 0;
}

static bool on_scalar(struct builder *builder, const yaml_event_t *event)
{
	size_t length = event->data.scalar.length;
	const yaml_char_t *text = event->data.scalar.value;
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	const yaml_mark_t *mark = &event->start_mark;
	struct yaml_value *value;

	if (!add_value(builder, plain ? YAML_KIND_PLAIN : YAML_KIND_TEXT, mark))
		return false;
	value = &builder->tree->values[builder->tree->count - 1];
	refuse_anchor_and_tag(builder, event, event->data.scalar.anchor, event->data.scalar.tag);
	if (length > LIMIT_YAML_SCALAR_BYTES) {
		problems_add(builder->problems, line_of(mark), column_of(mark),
			     "a text of %zu bytes is too long, at most %zu may stand here: put it "
			     "into a file beside the workflow",
			     length, LIMIT_YAML_SCALAR_BYTES);
		length = 0;
		value->kind = YAML_KIND_BAD;
	} else if (memchr(text, '\0', length)) {
		problems_add(builder->problems, line_of(mark), column_of(mark),
			     "a text may not contain a NUL");
		length = 0;
		value->kind = YAML_KIND_BAD;
	}
	value->count = (uint32_t)length;
	value->text_or_end = store_text(builder->tree, text, length);
	return true;
}

static bool on_open(struct builder *builder, const yaml_event_t *event, enum yaml_kind kind)
{
	const yaml_mark_t *mark = &event->start_mark;
	bool map = kind == YAML_KIND_MAP;

	if (is_key_position(builder)) {
		problems_add(builder->problems, line_of(mark), column_of(mark),
			     "a key must be a plain word");
		return false;
	}
	if (builder->depth == LIMIT_YAML_DEPTH) {
		problems_add(builder->problems, line_of(mark), column_of(mark),
			     "lists and maps are nested more than %d deep", LIMIT_YAML_DEPTH);
		return false;
	}
	if (!add_value(builder, kind, mark))
		return false;
	refuse_anchor_and_tag(builder, event,
			      map ? event->data.mapping_start.anchor
				  : event->data.sequence_start.anchor,
			      map ? event->data.mapping_start.tag : event->data.sequence_start.tag);
	builder->open[builder->depth] = (uint32_t)builder->tree->count - 1;
	builder->members[builder->depth++] = 0;
	return true;
}

static void on_close(struct builder *builder)
{
	struct yaml_tree *tree = builder->tree;
	struct yaml_value *value = &tree->values[builder->open[--builder->depth]];
	uint32_t members = builder->members[builder->depth];

	value->count = value->kind == YAML_KIND_MAP ? members / 2 : members;
	value->text_or_end = (uint32_t)tree->count;
}

static bool on_alias(struct builder *builder, const yaml_event_t *event)
{
	const yaml_mark_t *mark = &event->start_mark;

	problems_add(builder->problems, line_of(mark), column_of(mark),
		     "anchors and aliases are not supported: write the value out");
	return !is_key_position(builder) && add_value(builder, YAML_KIND_BAD, mark);
}

static bool on_document(struct builder *builder, const yaml_event_t *event)
{
	if (!builder->done || builder->many)
		return true;
	problems_add(builder->problems, line_of(&event->start_mark), column_of(&event->start_mark),
		     "a second document begins here: one file holds one workflow");
	return false;
}

/* False ends the reading; the reason is then among the problems. */
static bool on_event(struct builder *builder, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return on_scalar(builder, event);
	case YAML_SEQUENCE_START_EVENT:
		return on_open(builder, event, YAML_KIND_LIST);
	case YAML_MAPPING_START_EVENT:
		return on_open(builder, event, YAML_KIND_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		on_close(builder);
		return true;
	case YAML_ALIAS_EVENT:
		return on_alias(builder, event);
	case YAML_DOCUMENT_START_EVENT:
		return on_document(builder, event);
	case YAML_DOCUMENT_END_EVENT:
		builder->done = true;
		return true;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
		return true;
	}
	return true;
}

static bool read_events(struct builder *builder, yaml_parser_t *parser)
{
	for (;;) { /* ends at the end of the stream or at what cannot be read */
		yaml_event_t event;
		bool go_on, last;

		if (!yaml_parser_parse(parser, &event)) {
			report_parser(builder, parser);
			return false;
		}
		go_on = on_event(builder, &event);
		last = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		if (!go_on || last)
			return go_on;
	}
}

static bool has_prefix(const char *text, size_t length, const char *prefix, size_t prefix_length)
{
	return length >= prefix_length && memcmp(text, prefix, prefix_length) == 0;
}

/* What is refused before libyaml sees it. */
static bool check_bytes(const char *text, size_t length, struct problems *problems)
{
	const char *nul = length ? memchr(text, '\0', length) : NULL;
	uint32_t line, column;

	if (length > LIMIT_WORKFLOW_BYTES) {
		problems_add(problems, 1, 1, "the file has %zu bytes, at most %zu may be read",
			     length, LIMIT_WORKFLOW_BYTES);
		return false;
	}
	if (has_prefix(text, length, "\xff\xfe", 2) || has_prefix(text, length, "\xfe\xff", 2)) {
		problems_add(problems, 1, 1, "the file is UTF-16: save it as UTF-8");
		return false;
	}
	if (nul) {
		place_of_byte(text, (size_t)(nul - text), &line, &column);
		problems_add(problems, line, column,
			     "a NUL byte stands here: this is no text file, or not in UTF-8");
		return false;
	}
	return true;
}

/* Builds from checked bytes; the problems say why not. */
static bool read_tree(struct builder *builder, const char *text, size_t length)
{
	struct yaml_tree *tree = builder->tree;
	yaml_parser_t parser;
	bool complete;

	if (has_prefix(text, length, "\xef\xbb\xbf",
		       3)) { /* a mark of UTF-8, no part of the text */
		text += 3;
		length -= 3;
	}
	tree->source = text;
	tree->source_length = length;
	if (!yaml_parser_initialize(&parser))
		abort(); /* out of memory, as everywhere */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	complete = read_events(builder, &parser);
	yaml_parser_delete(&parser);
	return complete;
}

bool yaml_tree_read(const char *text, size_t length, struct yaml_tree *out,
		    struct problems *problems)
{
	struct yaml_tree tree = {0};
	struct builder builder = {.tree = &tree, .problems = problems};

	if (!check_bytes(text, length, problems))
		return false;
	bool complete = read_tree(&builder, text, length);
	if (complete && !tree.count) {
		problems_add(problems, 1, 1,
			     "the file is empty: a workflow has at least 'name' and 'nodes'");
		complete = false;
	}
	if (!complete) {
		yaml_tree_release(&tree);
		return false;
	}
	*out = tree;
	return true;
}

bool yaml_documents_read(const char *text, size_t length, struct yaml_tree *out,
			 struct problems *problems)
{
	struct yaml_tree tree = {0};
	struct builder builder = {.tree = &tree, .problems = problems, .many = true};
	yaml_mark_t start = {0};

	if (!check_bytes(text, length, problems))
		return false;
	(void)add_value(&builder, YAML_KIND_LIST, &start); /* the first of all fits */
	builder.depth = 1;
	if (!read_tree(&builder, text, length)) {
		yaml_tree_release(&tree);
		return false;
	}
	on_close(&builder);
	*out = tree;
	return true;
}

void yaml_tree_release(struct yaml_tree *tree)
{
	free(tree->values);
	free(tree->texts);
	free(tree->lines);
	*tree = (struct yaml_tree){0};
}

/* ---- what a plain scalar is ------------------------------------------------------------------ */

static bool is_one_of(const char *text, const char *const words[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(text, words[i]))
			return true;
	return false;
}

static bool is_number(const char *text)
{
	size_t digits;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'o') && text[2])
		return !text[2 + strspn(text + 2,
					text[1] == 'x' ? "0123456789abcdefABCDEF" : "01234567")];
	text += *text == '+' || *text == '-';
	digits = strspn(text, "0123456789");
	text += digits;
	if (*text == '.') {
		size_t decimals = strspn(text + 1, "0123456789");

		text += 1 + decimals;
		digits += decimals;
	}
	if (!digits)
		return !strcmp(text, "inf") || !strcmp(text, "nan");
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '+' || *text == '-';
		digits = strspn(text, "0123456789");
		text += digits;
	}
	return digits && !*text;
}

enum yaml_type yaml_type_of_plain(const char *text, size_t length)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	static const char *const booleans[] = {"true", "True", "TRUE", "false", "False", "FALSE"};

	if (*text && !strchr("~nNtTfF+-.0123456789", *text))
		return YAML_TYPE_TEXT;
	if ((length < 2 || length == 4) && is_one_of(text, nulls, 5))
		return YAML_TYPE_NULL;
	if ((length == 4 || length == 5) && is_one_of(text, booleans, 6))
		return YAML_TYPE_BOOLEAN;
	return is_number(text) ? YAML_TYPE_NUMBER : YAML_TYPE_TEXT;
}

enum yaml_type yaml_type(const struct yaml_tree *tree, uint32_t index)
{
	const struct yaml_value *value = &tree->values[index];

	return value->kind == YAML_KIND_PLAIN
		       ? yaml_type_of_plain(yaml_text(tree, index), value->count)
		       : YAML_TYPE_TEXT;
}

/* ---- places inside a scalar ------------------------------------------------------------------ */

static void find_lines(struct yaml_tree *tree)
{
	const char *end = tree->source + tree->source_length;
	size_t capacity = 0;

	for (const char *at = tree->source; at && at < end;) {
		tree->lines = mem_grow(tree->lines, &capacity, tree->lines_count + 1,
				       sizeof(*tree->lines));
		tree->lines[tree->lines_count++] = (uint32_t)(at - tree->source);
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
}

/* How often `word` stands in the scalar's text before `offset`. */
static size_t count_before(const char *text, size_t offset, const char *word)
{
	size_t count = 0, length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)) && at < text + offset; at += length)
		count++;
	return count;
}

static uint32_t line_at(const struct yaml_tree *tree, size_t offset, uint32_t line)
{
	while (line < tree->lines_count && tree->lines[line] <= offset)
		line++;
	return line;
}

/* Columns count characters, as libyaml's do. */
static uint32_t characters(const char *from, const char *to)
{
	uint32_t count = 0;

	for (; from < to; from++)
		count += ((unsigned char)*from & 0xc0) != 0x80;
	return count;
}

void yaml_place(struct yaml_tree *tree, uint32_t index, size_t offset, const char *word,
		uint32_t *out_line, uint32_t *out_column)
{
	const struct yaml_value *value = &tree->values[index];
	size_t skip = count_before(yaml_text(tree, index), offset, word), length = strlen(word);
	const char *at, *end;

	*out_line = value->line;
	*out_column = value->column;
	if (!tree->lines)
		find_lines(tree);
	if (value->line > tree->lines_count)
		return;
	at = tree->source + tree->lines[value->line - 1] + value->column - 1;
	end = tree->source + tree->source_length;
	/* Indentation and escapes make the source longer than the text, within bounds. */
	if ((size_t)(end - at) > value->column + 6 * (size_t)value->count + 4096)
		end = at + value->column + 6 * (size_t)value->count + 4096;
	for (; (at = memmem(at, (size_t)(end - at), word, length)); at += length) {
		uint32_t line;
		const char *start;

		if (skip-- > 0)
			continue;
		line = line_at(tree, (size_t)(at - tree->source), value->line);
		start = tree->source + tree->lines[line - 1];
		*out_line = line;
		*out_column = characters(start, at) + 1;
		return;
	}
}
