/* SPDX-License-Identifier: MIT
 *
 * Lines are paired by their place in a run of removed lines that a run of added ones follows. Of a
 * pair, words are compared by their longest common subsequence; a pair with little in common is
 * no pair of versions, and nothing of it is marked.
 */
#include "tui/diff.h"

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

static enum diff_kind kind_of(const char *line, size_t length, bool in_hunk)
{
	if (length >= 2 && line[0] == '@' && line[1] == '@')
		return DIFF_HUNK;
	if (!in_hunk || length == 0 || line[0] == '\\')
		return length == 0 && in_hunk ? DIFF_SAME : DIFF_NOTE;
	if (line[0] == '+')
		return DIFF_ADDED;
	if (line[0] == '-')
		return DIFF_REMOVED;
	return line[0] == ' ' ? DIFF_SAME : DIFF_NOTE;
}

struct numbers {
	unsigned before, after;
};

static void count_line(struct diff *diff, struct diff_line *line, struct numbers *next)
{
	switch (line->kind) {
	case DIFF_SAME:
		line->old_number = next->before++;
		line->new_number = next->after++;
		break;
	case DIFF_ADDED:
		line->new_number = next->after++;
		diff->added++;
		break;
	case DIFF_REMOVED:
		line->old_number = next->before++;
		diff->removed++;
		break;
	case DIFF_HUNK:
		diff->hunks++;
		break;
	case DIFF_NOTE:
		break;
	}
}

/* "@@ -12,5 +12,7 @@": where the hunk begins on both sides. */
static void read_hunk(const char *line, size_t length, struct numbers *out)
{
	char text[64];
	unsigned before = 0, after = 0;
	const char *plus;

	(void)snprintf(text, sizeof(text), "%.*s", (int)(length < 63 ? length : 63), line);
	plus = strchr(text, '+');
	if (strlen(text) > 4)
		before = (unsigned)strtoul(text + 4, NULL, 10);
	if (plus != NULL)
		after = (unsigned)strtoul(plus + 1, NULL, 10);
	*out = (struct numbers){before, after};
}

static void add_line(struct diff *diff, const char *text, size_t length, struct numbers *next)
{
	diff->lines = mem_grow(diff->lines, &diff->capacity, diff->count + 1, sizeof(*diff->lines));
	struct diff_line *line = &diff->lines[diff->count++];
	*line = (struct diff_line){.kind = kind_of(text, length, diff->hunks > 0), .partner = -1};
	if (line->kind == DIFF_HUNK)
		read_hunk(text, length, next);
	count_line(diff, line, next);
	bool signed_line = length > 0 && line->kind != DIFF_HUNK && line->kind != DIFF_NOTE;
	line->text = clean(diff, text + signed_line, length - signed_line);
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

/* Without blanks and signs, which most lines share. */
static uint32_t count_words(const char *text, const struct words *words)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < words->count; i++)
		count += is_word_byte(text[words->items[i].from]);
	return count;
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
	uint32_t common = 0;
	while (i < x.count || j < y.count) {
		bool down = i < x.count && (j == y.count ||
					    table[(i + 1) * TABLE + j] >= table[i * TABLE + j + 1]);
		if (i < x.count && j < y.count &&
		    same_word(removed->text, x.items[i], added->text, y.items[j])) {
			common += is_word_byte(removed->text[x.items[i].from]);
			i++;
			j++;
		} else if (down) {
			add_span(old_spans, &old_count, x.items[i++]);
		} else {
			add_span(new_spans, &new_count, y.items[j++]);
		}
	}
	free(table);
	uint32_t old_words = count_words(removed->text, &x);
	uint32_t new_words = count_words(added->text, &y);
	if (common * 3 < (old_words > new_words ? old_words : new_words))
		return; /* hardly two versions of one line */
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
	struct numbers next = {0};

	for (size_t at = 0; at < length;) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t count = end ? (size_t)(end - text) - at : length - at;
		add_line(diff, text + at, count, &next);
		at += count + 1;
	}
	pair_runs(diff);
	return diff;
}

void diff_free(struct diff *diff)
{
	if (diff == NULL)
		return;
	free(diff->lines);
	arena_release(&diff->arena);
	free(diff);
}
