/* SPDX-License-Identifier: MIT
 *
 * Text for people: the one gate through which bytes from outside reach a terminal, UTF-8,
 * column widths, distances between words, quoting for a shell. Pure; any thread.
 */
#ifndef HLP_BASE_TEXT_H
#define HLP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);

/* Decodes one code point; returns its bytes, or 0 for an invalid or cut sequence (then one byte
 * must be skipped). Overlong forms, surrogates and > U+10FFFF are invalid. */
size_t text_decode(const char *text, size_t length, uint32_t *out);
size_t text_encode(uint32_t code_point, char out[4]);
bool text_is_utf8(const char *text, size_t length);

/* Columns of a code point in a terminal: 0 (combining), 1 or 2; -1 for one that may not be
 * printed (controls, bidi controls, zero-width runs, unassigned). Needs no locale. */
int text_columns(uint32_t code_point);
size_t text_width(const char *text); /* columns of valid, printable text */

/* The gate. Appends bytes from outside in a form that is safe on a terminal and in a log:
 * controls, ESC sequences, C1, DEL, bidi and zero-width controls and invalid UTF-8 appear as
 * visible escapes (\e, \r, \x9b, \u{202e}); newline and tab pass only with TEXT_KEEP_LINES. The
 * result is valid UTF-8 without any control but those two. */
enum text_gate { TEXT_ONE_LINE, TEXT_KEEP_LINES };
void text_gate(struct buf *out, const char *data, size_t length, enum text_gate mode);

/* A size in the largest unit that it is a whole number of: "64 MiB", "1000 bytes". */
#define TEXT_SIZE 32
void text_size(int64_t bytes, char out[TEXT_SIZE]);

/* Edits needed to make one word of the other (Damerau-Levenshtein, optimal string alignment),
 * at most `limit` + 1. For "did you mean". */
size_t text_distance(const char *a, const char *b, size_t limit);

/* One word for a POSIX shell: 'it'\''s'. */
void text_shell_quote(struct buf *out, const char *text, size_t length);

/* A JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void text_json_quote(struct buf *out, const char *text, size_t length);

#endif
