/* SPDX-License-Identifier: MIT
 *
 * A scanner for the quoting of sh (and bash): a stack of contexts, one step per character or
 * construct. It does not parse commands. Constructs on which shells disagree, or which need a
 * parser, make it "lost": everything is then still passed on, but a reference is an error that
 * says so.
 */
#include "model/shell.h"

#include <string.h>

#include "base/text.h"

enum context {
	COMMAND, /* the top, or $( … ) */
	GROUP,	 /* ( … ) in a command */
	ARRAY,	 /* name=( … ) of bash */
	SINGLE,
	DOUBLE,
	BRACE,	      /* ${ … } outside quotes */
	QUOTED_BRACE, /* ${ … } inside double quotes, here-documents, arithmetic */
	ARITHMETIC,
	BODY /* of a here-document with an unquoted end word */
};

#define DEPTH_MAX  64
#define BODIES_MAX 8
#define WORD_MAX   8 /* enough to know the word "case" */
#define END_MAX	   64

struct here {
	char end[END_MAX]; /* the end word, without its quotes */
	size_t end_length;
	bool quoted, strips_tabs;
	unsigned level; /* contexts around it, groups not counted */
};

struct scanner {
	const char *text;
	size_t at;
	const struct template_sink *sink;
	struct err *err;
	int failed; /* 0, or the code that ends the walk */
	enum context stack[DEPTH_MAX];
	unsigned parens[DEPTH_MAX];    /* open ones of an ARITHMETIC */
	unsigned depth;		       /* the top is stack[depth - 1] */
	const char *lost;	       /* why; NULL while the scanner knows where it is */
	bool at_word;		       /* a word may begin here, so '#' is a comment */
	char word[WORD_MAX];	       /* unquoted bytes since the word began */
	size_t word_length;	       /* WORD_MAX: more, or quoted */
	struct here heres[BODIES_MAX]; /* announced in this line */
	size_t heres_count;
	bool in_body;	     /* a here-document is being read */
	bool line_has_value; /* of the body */
};

static enum context top(const struct scanner *scanner)
{
	return scanner->stack[scanner->depth - 1];
}

static void lose(struct scanner *scanner, const char *why)
{
	if (!scanner->lost)
		scanner->lost = why;
}

static void push(struct scanner *scanner, enum context context)
{
	if (scanner->depth == DEPTH_MAX) {
		lose(scanner, "quotes nested so deep");
		return;
	}
	scanner->parens[scanner->depth] = 2;
	scanner->stack[scanner->depth++] = context;
}

static void pass(struct scanner *scanner, size_t length)
{
	size_t rest = strnlen(scanner->text + scanner->at, length);

	scanner->sink->raw(scanner->sink->ctx, scanner->text + scanner->at, rest);
	scanner->at += rest;
}

static void begin_word(struct scanner *scanner)
{
	scanner->at_word = true;
	scanner->word_length = 0;
}

static void in_word(struct scanner *scanner)
{
	scanner->at_word = false;
	scanner->word_length = WORD_MAX;
}

static unsigned level_of(const struct scanner *scanner)
{
	unsigned level = 0;

	for (unsigned i = 0; i < scanner->depth; i++)
		level += scanner->stack[i] != GROUP && scanner->stack[i] != ARRAY;
	return level;
}

static int fail(struct scanner *scanner, const char *where, const char *how)
{
	const char *text = scanner->text + scanner->at;
	int length = (int)strcspn(text, "}") + 1;

	*scanner->sink->offset = scanner->at;
	scanner->failed =
		err_set(scanner->err, ERR_INVALID, "%.*s stands %s: %s", length, text, where, how);
	return scanner->failed;
}

/* ---- references ------------------------------------------------------------------------------ */

/* Whether a value may stand here, and how; else the walk fails with the way to write it. */
static bool place_here(struct scanner *scanner, enum template_place *out)
{
	if (scanner->lost) {
		(void)fail(scanner, scanner->lost,
			   "the quotes cannot be followed there: give the value to 'env' and use "
			   "\"$NAME\"");
		return false;
	}
	switch (top(scanner)) {
	case COMMAND:
	case GROUP:
	case ARRAY:
		*out = TEMPLATE_WORD;
		return true;
	case DOUBLE:
		*out = TEMPLATE_IN_DOUBLE;
		return true;
	case BODY:
		*out = TEMPLATE_IN_BODY;
		return true;
	case SINGLE:
		(void)fail(scanner, "in single quotes",
			   "end them before it and begin them again after it, or use double "
			   "quotes; $${ stands for a ${ as it is");
		return false;
	case BRACE:
	case QUOTED_BRACE:
		(void)fail(scanner, "inside a ${…} of the shell",
			   "give the value to 'env' and use its NAME there");
		return false;
	case ARITHMETIC:
		(void)fail(scanner, "in arithmetic",
			   "give it to a variable first: n=${…}; then $((n + 1))");
		return false;
	}
	return false;
}

/* True when a reference (or a malformed one) stood here and was dealt with. */
static bool take_reference(struct scanner *scanner)
{
	struct template_reference reference;
	enum template_place place;
	int found = template_reference_at(scanner->text + scanner->at, &reference, scanner->err);

	if (!found)
		return false;
	if (found > 0 && place_here(scanner, &place))
		found = scanner->sink->reference(scanner->sink->ctx, &reference, scanner->at, place,
						 scanner->err);
	if (found < 0) {
		*scanner->sink->offset = scanner->at;
		scanner->failed = found;
	}
	scanner->at += scanner->failed ? 0 : reference.length;
	scanner->line_has_value = true;
	in_word(scanner);
	return true;
}

/* A place where no value may stand and nothing is interpreted: passes `length` bytes on. */
static void pass_refusing(struct scanner *scanner, size_t length, const char *where,
			  const char *how)
{
	size_t end = scanner->at + length;

	while (scanner->at < end && !scanner->failed) {
		struct template_reference reference;
		const char *text = scanner->text + scanner->at;

		if (!strncmp(text, "$${", 3)) {
			scanner->sink->raw(scanner->sink->ctx, "${", 2);
			scanner->at += 3;
		} else if (template_reference_at(text, &reference, NULL)) {
			(void)fail(scanner, where, how);
		} else {
			pass(scanner, 1);
		}
	}
}

/* ---- constructs ------------------------------------------------------------------------------ */

/* The text between backquotes is read by rules of its own. */
static void take_backquotes(struct scanner *scanner)
{
	const char *text = scanner->text + scanner->at;
	size_t length = 1;

	while (text[length] && text[length] != '`')
		length += text[length] == '\\' && text[length + 1] ? 2 : 1;
	if (text[length])
		length++;
	if (memchr(text, '\n', length) && (scanner->heres_count || scanner->in_body))
		lose(scanner, "after a here-document among backquotes");
	pass_refusing(scanner, length, "in backquotes", "use $(…) instead of `…`");
	in_word(scanner);
}

static bool is_quoted(const struct scanner *scanner)
{
	enum context context = top(scanner);

	return context != COMMAND && context != GROUP && context != ARRAY && context != BRACE;
}

static void take_dollar(struct scanner *scanner)
{
	const char *text = scanner->text + scanner->at;
	enum context brace = is_quoted(scanner) ? QUOTED_BRACE : BRACE;

	if (!strncmp(text, "$${", 3)) {
		scanner->sink->raw(scanner->sink->ctx, "${", 2);
		scanner->at += 3;
		push(scanner, brace);
	} else if (take_reference(scanner)) {
		return;
	} else if (text[1] == '{') {
		pass(scanner, 2);
		push(scanner, brace);
	} else if (text[1] == '(' && text[2] == '(') {
		pass(scanner, 3);
		push(scanner, ARITHMETIC);
	} else if (text[1] == '(') {
		pass(scanner, 2);
		push(scanner, COMMAND);
		begin_word(scanner);
		return;
	} else {
		if (text[1] == '[' || (text[1] == '\\' && text[2] == '\n') ||
		    (text[1] == '\'' && !is_quoted(scanner)))
			lose(scanner, "after $'…', $[…] or a broken line");
		pass(scanner, text[1] == '$' ? 2 : 1);
	}
	in_word(scanner);
}

static void take_backslash(struct scanner *scanner)
{
	const char *text = scanner->text + scanner->at;
	bool joins = text[1] == '\n';

	if (joins && scanner->at && strchr("$<>&|;(){`", text[-1]))
		lose(scanner, "after a line broken behind an operator");
	if (joins && scanner->in_body)
		lose(scanner, "after a broken line of a here-document");
	if (joins && scanner->heres_count)
		lose(scanner, "after a line broken behind <<");
	pass(scanner, 2);
	if (!joins)
		in_word(scanner);
}

/* A keyword whose parentheses do not pair, inside $( … ), needs a parser. */
static void end_word(struct scanner *scanner)
{
	if (scanner->word_length == 4 && !memcmp(scanner->word, "case", 4) && level_of(scanner) > 1)
		lose(scanner, "after 'case' inside $(…)");
}

static void take_comment(struct scanner *scanner)
{
	size_t length = strcspn(scanner->text + scanner->at, "\n");

	pass(scanner, length); /* a value in it would do nothing, or end it */
}

/* ---- here-documents -------------------------------------------------------------------------- */

/* One byte of an end word that may be quoted by `quote`; false when it cannot be known. */
static bool add_end_byte(struct here *here, char c)
{
	if (here->end_length == END_MAX || c == '$' || c == '`' || c == '\n' || !c)
		return false;
	here->end[here->end_length++] = c;
	return true;
}

/* Reads the end word at text; returns its bytes, or 0 when it cannot be known. */
static size_t read_end_word(const char *text, struct here *here)
{
	size_t at = 0;
	char quote = '\0';

	for (; text[at]; at++) {
		char c = text[at];

		if (quote ? c == quote : c == '\'' || c == '"') {
			here->quoted = true;
			quote = quote ? '\0' : c;
			continue;
		}
		if (!quote && strchr(" \t\n;&|()<>", c))
			break;
		if (c == '\\' && quote != '\'') {
			here->quoted = true;
			c = text[++at];
		}
		if (!add_end_byte(here, c))
			return 0;
	}
	return quote || !here->end_length ? 0 : at;
}

static void announce_here(struct scanner *scanner)
{
	struct here here = {.level = level_of(scanner)};
	size_t length;

	here.strips_tabs = scanner->text[scanner->at + 2] == '-';
	pass(scanner, here.strips_tabs ? 3 : 2);
	pass(scanner, strspn(scanner->text + scanner->at, " \t"));
	length = read_end_word(scanner->text + scanner->at, &here);
	if (!length || scanner->heres_count == BODIES_MAX || scanner->in_body) {
		lose(scanner, "after a here-document");
		return;
	}
	pass(scanner, length);
	scanner->heres[scanner->heres_count++] = here;
	in_word(scanner);
}

static bool is_end(const struct here *here, const char *line, size_t length)
{
	while (here->strips_tabs && length && *line == '\t') {
		line++;
		length--;
	}
	return length == here->end_length && !memcmp(line, here->end, length);
}

/* bash takes "E)" for the end as well, inside $( … ). */
static bool is_end_for_bash(const struct here *here, const char *line, size_t length)
{
	while (here->strips_tabs && length && *line == '\t') {
		line++;
		length--;
	}
	return length > here->end_length && !memcmp(line, here->end, here->end_length) &&
	       line[here->end_length] == ')';
}

static void step(struct scanner *scanner);

static void check_line(struct scanner *scanner, const struct here *here, size_t start)
{
	const struct shell_body body = {.end_word = here->end,
					.end_length = here->end_length,
					.strips_tabs = here->strips_tabs,
					.start = start};

	if (!scanner->line_has_value || scanner->failed)
		return;
	*scanner->sink->offset = scanner->at;
	scanner->failed = scanner->sink->body(scanner->sink->ctx, &body, scanner->err);
}

/* One line of a body whose values and $(…) are alive. */
static void take_body_line(struct scanner *scanner, const struct here *here, size_t length)
{
	size_t start = scanner->sink->written(scanner->sink->ctx), end = scanner->at + length;
	unsigned depth = scanner->depth;

	scanner->line_has_value = false;
	push(scanner, BODY);
	while (scanner->at < end && !scanner->failed)
		step(scanner);
	if (scanner->depth != depth + 1 || scanner->at != end)
		lose(scanner, "after a here-document with $(…) over several lines");
	scanner->depth = depth;
	check_line(scanner, here, start);
}

static void take_body(struct scanner *scanner, const struct here *here)
{
	scanner->in_body = true;
	while (scanner->text[scanner->at] && !scanner->failed && !scanner->lost) {
		const char *line = scanner->text + scanner->at;
		size_t length = strcspn(line, "\n");
		bool ends = is_end(here, line, length);

		if (here->level > 1 && is_end_for_bash(here, line, length))
			lose(scanner, "after a here-document that may have ended");
		if (ends)
			pass(scanner, length);
		else if (here->quoted)
			pass_refusing(scanner, length, "in a here-document with a quoted end word",
				      "leave out the quotes of the end word");
		else
			take_body_line(scanner, here, length);
		if (scanner->text[scanner->at] == '\n' && !scanner->failed)
			pass(scanner, 1);
		if (ends)
			break;
	}
	scanner->in_body = false;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void take_newline(struct scanner *scanner)
{
	struct here heres[BODIES_MAX];
	size_t count = scanner->heres_count;
	unsigned level = level_of(scanner);

	pass(scanner, 1);
	begin_word(scanner);
	memcpy(heres, scanner->heres, sizeof(heres));
	scanner->heres_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (heres[i].level != level) {
			lose(scanner, "after a here-document inside $(…)");
			return;
		}
	}
	for (size_t i = 0; i < count && !scanner->failed && !scanner->lost; i++)
		take_body(scanner, &heres[i]);
	begin_word(scanner);
}

static void close_paren(struct scanner *scanner)
{
	unsigned level = level_of(scanner);

	if (top(scanner) == GROUP || top(scanner) == ARRAY) {
		scanner->depth--;
		pass(scanner, 1);
		begin_word(scanner);
		if (scanner->text[scanner->at] == '#')
			lose(scanner, "after )#"); /* a comment, or not */
		return;
	}
	pass(scanner, 1);
	if (scanner->depth == 1) { /* a pattern of `case` */
		begin_word(scanner);
		return;
	}
	for (size_t i = 0; i < scanner->heres_count; i++)
		if (scanner->heres[i].level == level)
			lose(scanner, "after a here-document inside $(…)");
	scanner->depth--;
	in_word(scanner);
}

/* An operator among the words of an array is an error, after which bash goes on with the next line,
 * be it in the middle of a value. Only <(…) and >(…) may stand there. */
static void check_array(struct scanner *scanner, const char *text, char c)
{
	bool process = (c == '<' || c == '>') ? text[1] == '(' : c == '(' && strchr("<>", text[-1]);

	if (strchr(";&|<>(", c) && !process)
		lose(scanner, "after an operator in an array");
}

static void take_operator(struct scanner *scanner, char c)
{
	const char *text = scanner->text + scanner->at;

	end_word(scanner);
	if (c == ')') {
		close_paren(scanner);
		return;
	}
	if (top(scanner) == ARRAY)
		check_array(scanner, text, c);
	if (c == '<' && text[1] == '<') {
		if (text[2] != '<') {
			announce_here(scanner);
			return;
		}
		pass(scanner, 2);
	}
	if (c == '(') {
		if (text[1] == '(')
			lose(scanner, "after ((");
		push(scanner, scanner->at && text[-1] == '=' ? ARRAY : GROUP);
	}
	pass(scanner, 1);
	begin_word(scanner);
}

static void step_command(struct scanner *scanner, char c)
{
	if (c == '#' && scanner->at_word) {
		take_comment(scanner);
	} else if (c == '\n') {
		end_word(scanner);
		take_newline(scanner);
	} else if (strchr(" \t;&|<>()", c)) {
		take_operator(scanner, c);
	} else if (c == '\'' || c == '"') {
		pass(scanner, 1);
		push(scanner, c == '"' ? DOUBLE : SINGLE);
		in_word(scanner);
	} else {
		scanner->at_word = false;
		if (scanner->word_length < WORD_MAX)
			scanner->word[scanner->word_length++] = c;
		pass(scanner, 1);
	}
}

static void step_brace(struct scanner *scanner, char c)
{
	bool quote = c == '\'' || c == '"';

	if (c == '}')
		scanner->depth--;
	pass(scanner, 1);
	if (quote && top(scanner) == BRACE)
		push(scanner, c == '"' ? DOUBLE : SINGLE);
	else if (quote)
		lose(scanner, "after quotes inside \"${…}\"");
}

static void step_arithmetic(struct scanner *scanner, char c)
{
	unsigned *parens = &scanner->parens[scanner->depth - 1];

	if (strchr("'\"\\#\n", c))
		lose(scanner, "after quotes in $((…))");
	*parens += c == '(';
	*parens -= c == ')';
	if (!*parens)
		scanner->depth--;
	pass(scanner, 1);
}

static void step_context(struct scanner *scanner, char c)
{
	switch (top(scanner)) {
	case COMMAND:
	case GROUP:
	case ARRAY:
		step_command(scanner, c);
		return;
	case BRACE:
	case QUOTED_BRACE:
		step_brace(scanner, c);
		return;
	case ARITHMETIC:
		step_arithmetic(scanner, c);
		return;
	case SINGLE:
	case DOUBLE:
		if (c == (top(scanner) == SINGLE ? '\'' : '"'))
			scanner->depth--;
		pass(scanner, 1);
		return;
	case BODY:
		pass(scanner, 1);
		return;
	}
}

/* A place without quoting, from which no way leads back. */
static void step_lost(struct scanner *scanner)
{
	if (!strncmp(scanner->text + scanner->at, "$${", 3)) {
		scanner->sink->raw(scanner->sink->ctx, "${", 2);
		scanner->at += 3;
	} else if (!take_reference(scanner)) {
		pass(scanner, 1);
	}
}

static void step(struct scanner *scanner)
{
	char c = scanner->text[scanner->at];
	bool live = top(scanner) != SINGLE;

	if (scanner->lost) {
		step_lost(scanner);
		return;
	}
	if (c == '\n' && scanner->heres_count && (is_quoted(scanner) || top(scanner) == BRACE))
		lose(scanner, "after a here-document and a text over several lines");
	if (c == '$' && !live)
		pass_refusing(scanner, strncmp(scanner->text + scanner->at, "$${", 3) ? 1 : 3,
			      "in single quotes",
			      "end them before it and begin them again after it, or use double "
			      "quotes; $${ stands for a ${ as it is");
	else if (c == '$')
		take_dollar(scanner);
	else if (c == '\\' && live && top(scanner) != ARITHMETIC)
		take_backslash(scanner);
	else if (c == '`' && live)
		take_backquotes(scanner);
	else
		step_context(scanner, c);
}

int shell_walk(const char *text, const struct template_sink *sink, struct err *err)
{
	struct scanner scanner = {.text = text, .sink = sink, .err = err};

	push(&scanner, COMMAND);
	begin_word(&scanner);
	while (text[scanner.at] && !scanner.failed)
		step(&scanner);
	return scanner.failed;
}

/* ---- values ---------------------------------------------------------------------------------- */

static void add_to_body(struct buf *out, const char *value)
{
	for (; *value; value++) {
		if (strchr("$`\\", *value))
			buf_add_char(out, '\\');
		buf_add_char(out, *value);
	}
}

void shell_add_variable(struct buf *out, const char *name, enum template_place place)
{
	const char *quote = place == TEMPLATE_WORD ? "\"" : "";

	buf_printf(out, "%s${%s}%s", quote, name, quote);
}

void shell_add_value(struct buf *out, const char *value, enum template_place place)
{
	switch (place) {
	case TEMPLATE_AS_IT_IS:
		buf_add_text(out, value);
		return;
	case TEMPLATE_WORD:
		text_shell_quote(out, value, strlen(value));
		return;
	case TEMPLATE_IN_DOUBLE:
		/* Out of the double quotes and back in: single quotes hold anything. */
		buf_add_char(out, '"');
		text_shell_quote(out, value, strlen(value));
		buf_add_char(out, '"');
		return;
	case TEMPLATE_IN_BODY:
		add_to_body(out, value);
		return;
	}
}

int shell_check_body(const struct shell_body *body, const char *text, struct err *err)
{
	struct here here = {.end_length = body->end_length, .strips_tabs = body->strips_tabs};
	const char *line = text + body->start;

	memcpy(here.end, body->end_word, body->end_length);
	for (bool first = true;; first = false) { /* ends with the last line */
		size_t length = strcspn(line, "\n");

		if (is_end(&here, line, length) || is_end_for_bash(&here, line, length))
			return err_set(err, ERR_INVALID,
				       "a value has a line that would end the here-document '%.*s'",
				       (int)body->end_length, body->end_word);
		if (!first && body->strips_tabs && *line == '\t')
			return err_set(err, ERR_INVALID,
				       "a value has a line that begins with a tab, which <<- would "
				       "take away: use << instead");
		if (!line[length])
			return 0;
		line += length + 1;
	}
}
