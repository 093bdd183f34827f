/* SPDX-License-Identifier: MIT
 *
 * A hunk's header says how many lines of each side follow: what stands behind them is no line of
 * the files. Lines are paired by their place in a run of removed lines that a run of added ones
 * follows. Of a pair, words are compared by their longest common subsequence; a pair with little in
 * common, by words and by letters, is no pair of versions, and nothing of it is marked.
 */
#include "draw/diff.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define WORDS_MOST 200	/* of a line that is compared */
#define LINE_BYTES 8192 /* of a line that is shown */

/* ---- lines ------------------------------------------------------------------------------- */

static char *clean(struct diff *diff, const char *text, size_t length)
{
	struct buf plain, gated;

	buf_init(&plain, LINE_BYTES * 8);
	buf_init(&gated, LINE_BYTES * 80);
	if (length > LINE_BYTES)
		length = LINE_BYTES;
	for (size_t i = 0; i < length; i++) {
		if (text[i] != '\t') {
			buf_add_char(&plain, text[i]);
			continue;
		}
		do {
			buf_add_char(&plain, ' ');
		} while (plain.length % 8 != 0);
	}
	text_gate(&gated, buf_text(&plain), plain.length, TEXT_ONE_LINE);
	char *out = arena_strdup(&diff->arena, buf_text(&gated));
	buf_release(&plain);
	buf_release(&gated);
	return out;
}

/* What of a hunk is still to come. */
struct hunk {
	unsigned before, after;		  /* numbers of the next line on both sides */
	unsigned before_left, after_left; /* lines */
};

static bool starts_with(const char *line, size_t length, const char *prefix)
{
	size_t wanted = strlen(prefix);

	return length >= wanted && memcmp(line, prefix, wanted) == 0;
}

static enum diff_kind kind_outside(const char *line, size_t length)
{
	if (starts_with(line, length, "@@"))
		return DIFF_HUNK;
	if (starts_with(line, length, "--- ") || starts_with(line, length, "+++ "))
		return DIFF_HEAD;
	return DIFF_NOTE;
}

static enum diff_kind kind_of(const char *line, size_t length, const struct hunk *hunk)
{
	char sign = length > 0 ? line[0] : ' ';

	if (sign == '\\' || (hunk->before_left == 0 && hunk->after_left == 0))
		return kind_outside(line, length);
	if (sign == '+')
		return DIFF_ADDED;
	if (sign == '-')
		return DIFF_REMOVED;
	return sign == ' ' ? DIFF_SAME : DIFF_NOTE;
}

static unsigned take(unsigned *left)
{
	if (*left > 0)
		--*left;
	return 1;
}

static void count_line(struct diff *diff, struct diff_line *line, struct hunk *hunk)
{
	bool before = line->kind == DIFF_SAME || line->kind == DIFF_REMOVED;
	bool after = line->kind == DIFF_SAME || line->kind == DIFF_ADDED;

	line->old_number = before ? hunk->before : 0;
	line->new_number = after ? hunk->after : 0;
	hunk->before += before ? take(&hunk->before_left) : 0;
	hunk->after += after ? take(&hunk->after_left) : 0;
	diff->added += line->kind == DIFF_ADDED;
	diff->removed += line->kind == DIFF_REMOVED;
	diff->hunks += line->kind == DIFF_HUNK;
}

/* "12,5" or "12", which is one line. */
static const char *read_range(const char *text, unsigned *out_from, unsigned *out_count)
{
	char *end;

	*out_from = (unsigned)strtoul(text, &end, 10);
	*out_count = *end == ',' ? (unsigned)strtoul(end + 1, &end, 10) : 1;
	return end;
}

/* "@@ -12,5 +12,7 @@": where the hunk begins on both sides. */
static void read_hunk(const char *line, size_t length, struct hunk *out)
{
	char text[80];
	const char *at;

	(void)snprintf(text, sizeof(text), "%.*s", (int)(length < 79 ? length : 79), line);
	*out = (struct hunk){0};
	at = strchr(text, '-');
	at = at ? read_range(at + 1, &out->before, &out->before_left) : NULL;
	at = at ? strchr(at, '+') : NULL;
	if (at)
		(void)read_range(at + 1, &out->after, &out->after_left);
}

static struct diff_line *new_line(struct diff *diff, enum diff_kind kind)
{
	diff->lines = mem_grow(diff->lines, &diff->capacity, diff->count + 1, sizeof(*diff->lines));
	diff->lines[diff->count] = (struct diff_line){.kind = kind, .partner = -1};
	return &diff->lines[diff->count++];
}

static void add_line(struct diff *diff, const char *text, size_t length, struct hunk *hunk)
{
	struct diff_line *line = new_line(diff, kind_of(text, length, hunk));
	bool is_signed =
		line->kind == DIFF_SAME || line->kind == DIFF_ADDED || line->kind == DIFF_REMOVED;

	if (line->kind == DIFF_HUNK)
		read_hunk(text, length, hunk);
	count_line(diff, line, hunk);
	is_signed = is_signed && length > 0;
	line->text = clean(diff, text + is_signed, length - is_signed);
}

/* ---- words ------------------------------------------------------------------------------- */

struct words {
	struct diff_span items[WORDS_MOST];
	uint32_t count;
};

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* False when there are more than are compared. */
static bool split(const char *text, struct words *out)
{
	size_t length = strlen(text);

	out->count = 0;
	for (size_t at = 0; at < length;) {
		size_t end = at + 1;
		while (is_word_byte(text[at]) && end < length && is_word_byte(text[end]))
			end++;
		if (out->count == WORDS_MOST)
			return false;
		out->items[out->count++] = (struct diff_span){(uint32_t)at, (uint32_t)end};
		at = end;
	}
	return true;
}

static bool same_word(const char *a, struct diff_span x, const char *b, struct diff_span y)
{
	return x.to - x.from == y.to - y.from && memcmp(a + x.from, b + y.from, x.to - x.from) == 0;
}

#define TABLE (WORDS_MOST + 1)

/* table[i][j]: the words that a from i and b from j on have in common, in their order. */
static void fill_table(uint8_t *table, const char *a, const struct words *x, const char *b,
		       const struct words *y)
{
	memset(table, 0, (size_t)TABLE * TABLE);
	for (uint32_t i = x->count; i-- > 0;) {
		for (uint32_t j = y->count; j-- > 0;) {
			uint8_t down = table[(i + 1) * TABLE + j];
			uint8_t right = table[i * TABLE + j + 1];
			uint8_t both = (uint8_t)(table[(i + 1) * TABLE + j + 1] + 1);
			table[i * TABLE + j] = same_word(a, x->items[i], b, y->items[j]) ? both
					       : down > right				 ? down
											 : right;
		}
	}
}

static void add_span(struct diff_span *spans, uint32_t *count, struct diff_span span)
{
	if (*count > 0 && spans[*count - 1].to == span.from)
		spans[*count - 1].to = span.to;
	else
		spans[(*count)++] = span;
}

static void keep_spans(struct diff *diff, struct diff_line *line, const struct diff_span *spans,
		       uint32_t count)
{
	struct diff_span *kept = arena_alloc(&diff->arena, (count + 1) * sizeof(*kept));

	memcpy(kept, spans, count * sizeof(*kept));
	line->changed = kept;
	line->changed_count = count;
}

/* Words without blanks and signs, which most lines share. */
struct weight {
	uint32_t words, letters;
};

static void weigh(struct weight *weight, const char *text, struct diff_span word)
{
	if (!is_word_byte(text[word.from]))
		return;
	weight->words++;
	weight->letters += word.to - word.from;
}

static struct weight weigh_all(const char *text, const struct words *words)
{
	struct weight all = {0};

	for (uint32_t i = 0; i < words->count; i++)
		weigh(&all, text, words->items[i]);
	return all;
}

static bool begin_alike(const char *a, const struct words *x, const char *b, const struct words *y)
{
	uint32_t i = 0, j = 0;

	while (i < x->count && !is_word_byte(a[x->items[i].from]))
		i++;
	while (j < y->count && !is_word_byte(b[y->items[j].from]))
		j++;
	return i < x->count && j < y->count && same_word(a, x->items[i], b, y->items[j]);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* Two versions of one line share a third of their words, and either the first of them, as in
 * "serial: 5A01…", or a fourth of their letters: two lines of base64 have a short word or two in
 * common by chance, and there a person wants to see whole lines. */
static bool are_versions(struct weight common, struct weight old, struct weight new, bool alike)
{
	return common.words * 3 >= larger(old.words, new.words) &&
	       (alike || common.letters * 4 >= larger(old.letters, new.letters));
}

static void mark_words(struct diff *diff, struct diff_line *removed, struct diff_line *added)
{
	struct words x, y;
	struct diff_span old_spans[WORDS_MOST], new_spans[WORDS_MOST];
	uint32_t old_count = 0, new_count = 0, i = 0, j = 0;

	if (!split(removed->text, &x) || !split(added->text, &y))
		return;
	uint8_t *table = mem_alloc((size_t)TABLE * TABLE);
	fill_table(table, removed->text, &x, added->text, &y);
	struct weight common = {0};
	while (i < x.count || j < y.count) {
		bool down = i < x.count && (j == y.count ||
					    table[(i + 1) * TABLE + j] >= table[i * TABLE + j + 1]);
		if (i < x.count && j < y.count &&
		    same_word(removed->text, x.items[i], added->text, y.items[j])) {
			weigh(&common, removed->text, x.items[i++]);
			j++;
		} else if (down) {
			add_span(old_spans, &old_count, x.items[i++]);
		} else {
			add_span(new_spans, &new_count, y.items[j++]);
		}
	}
	free(table);
	bool alike = begin_alike(removed->text, &x, added->text, &y);
	if (!are_versions(common, weigh_all(removed->text, &x), weigh_all(added->text, &y), alike))
		return;
	keep_spans(diff, removed, old_spans, old_count);
	keep_spans(diff, added, new_spans, new_count);
}

static void pair_runs(struct diff *diff)
{
	for (size_t at = 0; at < diff->count;) {
		size_t removed = at, added;
		while (removed < diff->count && diff->lines[removed].kind == DIFF_REMOVED)
			removed++;
		added = removed;
		while (added < diff->count && diff->lines[added].kind == DIFF_ADDED)
			added++;
		for (size_t i = 0; at + i < removed && removed + i < added; i++) {
			diff->lines[at + i].partner = (int64_t)(removed + i);
			diff->lines[removed + i].partner = (int64_t)(at + i);
			mark_words(diff, &diff->lines[at + i], &diff->lines[removed + i]);
		}
		at = added > at ? added : at + 1;
	}
}

struct diff *diff_parse(const char *text, size_t length)
{
	struct diff *diff = mem_zalloc(sizeof(*diff));
	struct hunk hunk = {0};

	for (size_t at = 0; at < length;) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t count = end ? (size_t)(end - text) - at : length - at;
		add_line(diff, text + at, count, &hunk);
		at += count + 1;
	}
	pair_runs(diff);
	return diff;
}

/* ---- by structure ------------------------------------------------------------------------ */

static void append(struct diff *diff, struct diff_line *line, const char *text, bool marked)
{
	size_t from = line->text ? strlen(line->text) : 0;
	char *clean_text = clean(diff, text, strlen(text));
	char *joined = mem_printf("%s%s", line->text ? line->text : "", clean_text);

	line->text = arena_strdup(&diff->arena, joined);
	free(joined);
	if (marked) {
		struct diff_span *spans =
			arena_alloc(&diff->arena, (line->changed_count + 1) * sizeof(*spans));
		if (line->changed_count > 0)
			memcpy(spans, line->changed, line->changed_count * sizeof(*spans));
		spans[line->changed_count++] =
			(struct diff_span){(uint32_t)from, (uint32_t)strlen(line->text)};
		line->changed = spans;
	}
}

static void add_change(struct diff *diff, const struct tree_change *change, const char *arrow)
{
	static const enum diff_kind kinds[] = {[TREE_CHANGED] = DIFF_CHANGED,
					       [TREE_ADDED] = DIFF_ADDED,
					       [TREE_REMOVED] = DIFF_REMOVED,
					       [TREE_MOVED] = DIFF_MOVED};
	struct diff_line *line = new_line(diff, kinds[change->kind]);
	bool both = change->old && change->new;

	append(diff, line, change->path, false);
	append(diff, line, change->kind == TREE_MOVED ? ": moved " : ": ", false);
	if (change->old)
		append(diff, line, change->old, both);
	if (both)
		append(diff, line, arrow, false);
	if (change->new)
		append(diff, line, change->new, both);
	diff->added += change->kind == TREE_ADDED;
	diff->removed += change->kind == TREE_REMOVED;
	diff->hunks++;
}

struct diff *diff_of_changes(const struct tree_change *changes, size_t count, bool ascii)
{
	struct diff *diff = mem_zalloc(sizeof(*diff));

	diff->by_structure = true;
	for (size_t i = 0; i < count; i++)
		add_change(diff, &changes[i], ascii ? " -> " : " → ");
	return diff;
}

void diff_add_note(struct diff *diff, const char *text)
{
	struct diff_line *line = new_line(diff, DIFF_NOTE);

	line->text = clean(diff, text, strlen(text));
}

/* ---- showing ----------------------------------------------------------------------------- */

char diff_sign(enum diff_kind kind)
{
	switch (kind) {
	case DIFF_ADDED:
		return '+';
	case DIFF_REMOVED:
		return '-';
	case DIFF_CHANGED:
		return '~';
	case DIFF_MOVED:
		return '>';
	case DIFF_SAME:
	case DIFF_HUNK:
	case DIFF_NOTE:
	case DIFF_HEAD:
		break;
	}
	return ' ';
}

enum role diff_role(enum diff_kind kind)
{
	switch (kind) {
	case DIFF_ADDED:
		return ROLE_diff_add;
	case DIFF_REMOVED:
		return ROLE_diff_del;
	case DIFF_HUNK:
		return ROLE_diff_hunk;
	case DIFF_NOTE:
		return ROLE_dim;
	case DIFF_HEAD:
		return ROLE_title;
	case DIFF_SAME:
	case DIFF_CHANGED:
	case DIFF_MOVED:
		break;
	}
	return ROLE_text;
}

enum role diff_role_at(const struct diff_line *line, size_t byte, bool *out_marked)
{
	for (uint32_t i = 0; i < line->changed_count; i++) {
		if (byte < line->changed[i].from || byte >= line->changed[i].to)
			continue;
		*out_marked = line->kind == DIFF_ADDED || line->kind == DIFF_REMOVED;
		if (*out_marked)
			return ROLE_diff_changed;
		return line->kind == DIFF_MOVED ? ROLE_text
		       : i == 0			? ROLE_diff_del
						: ROLE_diff_add;
	}
	*out_marked = false;
	return diff_role(line->kind);
}

static void mark_line(struct diff *diff, struct diff_line *line)
{
	bool added = line->kind == DIFF_ADDED;
	size_t at = 0;
	struct buf text;

	buf_init(&text, LINE_BYTES * 100);
	for (uint32_t i = 0; i < line->changed_count; i++) {
		const struct diff_span *span = &line->changed[i];
		buf_add(&text, line->text + at, span->from - at);
		buf_printf(&text, added ? "{+%.*s+}" : "[-%.*s-]", (int)(span->to - span->from),
			   line->text + span->from);
		at = span->to;
	}
	buf_add_text(&text, line->text + at);
	line->text = arena_strdup(&diff->arena, buf_text(&text));
	line->changed_count = 0;
	buf_release(&text);
}

void diff_write_marks(struct diff *diff)
{
	for (size_t i = 0; i < diff->count; i++) {
		struct diff_line *line = &diff->lines[i];
		if (line->changed_count > 0 &&
		    (line->kind == DIFF_ADDED || line->kind == DIFF_REMOVED))
			mark_line(diff, line);
	}
}

void diff_free(struct diff *diff)
{
	if (diff == NULL)
		return;
	free(diff->lines);
	arena_release(&diff->arena);
	free(diff);
}
