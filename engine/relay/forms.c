/* SPDX-License-Identifier: MIT
 *
 * Encodings of a secret.
 */
#include "relay/forms.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define FORM_MAX ((size_t)1024 * 1024) /* of the longest secret, six bytes for each of its own */

struct forms {
	const char *secret;
	size_t length;
	void (*add)(void *ctx, const char *form, size_t length);
	void *ctx;
	struct buf form; /* being made */
};

static void add(struct forms *forms, const char *data, size_t length)
{
	if (length >= FORMS_SHORTEST)
		forms->add(forms->ctx, data, length);
}

static void add_form(struct forms *forms)
{
	add(forms, buf_text(&forms->form), forms->form.length);
	buf_clear(&forms->form);
}

/* ---- base64 ------------------------------------------------------------------------------ */

static unsigned bit_at(const struct forms *forms, size_t bit)
{
	return (unsigned char)forms->secret[bit / 8] >> (7 - bit % 8) & 1U;
}

/* The digits that the secret alone decides when `before` bytes stand before it in a text. */
static void encode_base64(struct forms *forms, size_t before, const char *digits)
{
	const size_t from = 8 * before, to = from + 8 * forms->length;

	for (size_t at = (from + 5) / 6 * 6; at + 6 <= to; at += 6) {
		unsigned digit = 0;

		for (size_t i = 0; i < 6; i++)
			digit = digit << 1 | bit_at(forms, at - from + i);
		buf_add_char(&forms->form, digits[digit]);
	}
}

/* As programs break it into lines: a line never holds more than a piece. */
static void add_pieces(struct forms *forms, size_t columns)
{
	if (forms->form.length <= columns)
		return;
	for (size_t at = 0; at < forms->form.length; at += columns) {
		const size_t rest = forms->form.length - at;

		add(forms, forms->form.data + at, rest < columns ? rest : columns);
	}
}

static void add_base64(struct forms *forms)
{
	static const char *const alphabets[] = {
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};

	for (size_t alphabet = 0; alphabet < 2; alphabet++) {
		for (size_t before = 0; before < 3; before++) {
			encode_base64(forms, before, alphabets[alphabet]);
			if (!before && !alphabet) {
				add_pieces(forms, 64);
				add_pieces(forms, 76);
			}
			add_form(forms);
		}
	}
}

/* ---- URLs -------------------------------------------------------------------------------- */

static bool is_alphanumeric(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static void add_url(struct forms *forms, const char *bare, const char *hex, bool plus)
{
	for (size_t i = 0; i < forms->length; i++) {
		const unsigned char c = (unsigned char)forms->secret[i];

		if (is_alphanumeric(c) || strchr(bare, c)) {
			buf_add_char(&forms->form, (char)c);
		} else if (c == ' ' && plus) {
			buf_add_char(&forms->form, '+');
		} else {
			buf_add_char(&forms->form, '%');
			buf_add_char(&forms->form, hex[c >> 4]);
			buf_add_char(&forms->form, hex[c & 15]);
		}
	}
	add_form(forms);
}

static void add_urls(struct forms *forms)
{
	/* RFC 3986; what browsers leave in a component; what Python leaves in a path. */
	static const char *const bare[] = {"-_.~", "-_.~!'()*", "-_.~/"};

	for (size_t i = 0; i < sizeof(bare) / sizeof(bare[0]); i++) {
		add_url(forms, bare[i], "0123456789ABCDEF", false);
		add_url(forms, bare[i], "0123456789abcdef", false);
		add_url(forms, bare[i], "0123456789ABCDEF", true);
	}
}

/* ---- JSON -------------------------------------------------------------------------------- */

static void add_unit(struct forms *forms, uint32_t unit, const char *hex)
{
	buf_add_text(&forms->form, "\\u");
	for (int shift = 12; shift >= 0; shift -= 4)
		buf_add_char(&forms->form, hex[unit >> shift & 15]);
}

static void add_code_point(struct forms *forms, uint32_t code_point, const char *hex)
{
	if (code_point < 0x10000) {
		add_unit(forms, code_point, hex);
		return;
	}
	add_unit(forms, 0xd800 + ((code_point - 0x10000) >> 10), hex);
	add_unit(forms, 0xdc00 + ((code_point - 0x10000) & 0x3ff), hex);
}

static bool add_short_escape(struct forms *forms, char c, bool slash)
{
	static const char plain[] = "\"\\/\b\f\n\r\t", escaped[] = "\"\\/bfnrt";
	const char *found = c ? strchr(plain, c) : NULL;

	if (!found || (c == '/' && !slash))
		return false;
	buf_add_char(&forms->form, '\\');
	buf_add_char(&forms->form, escaped[found - plain]);
	return true;
}

static void add_json(struct forms *forms, const char *hex, bool slash, bool ascii)
{
	for (size_t at = 0; at < forms->length;) {
		uint32_t code_point = 0;
		size_t size = text_decode(forms->secret + at, forms->length - at, &code_point);
		const char c = forms->secret[at];

		if (!size) {
			buf_add_char(&forms->form, c);
			size = 1;
		} else if (!add_short_escape(forms, c, slash)) {
			if (code_point < 0x20 || (ascii && code_point > 0x7e))
				add_code_point(forms, code_point, hex);
			else
				buf_add(&forms->form, forms->secret + at, size);
		}
		at += size;
	}
	add_form(forms);
}

static void add_jsons(struct forms *forms)
{
	for (unsigned i = 0; i < 8; i++)
		add_json(forms, i & 1 ? "0123456789ABCDEF" : "0123456789abcdef", i & 2, i & 4);
}

/* ---- shells and lines -------------------------------------------------------------------- */

static void add_quoted(struct forms *forms, const char *quote)
{
	for (size_t i = 0; i < forms->length; i++)
		if (forms->secret[i] == '\'')
			buf_add_text(&forms->form, quote);
		else
			buf_add_char(&forms->form, forms->secret[i]);
	add_form(forms);
}

static void add_lines(struct forms *forms)
{
	for (size_t at = 0; at < forms->length;) {
		const char *line = forms->secret + at;
		const char *end = memchr(line, '\n', forms->length - at);
		const size_t length = end ? (size_t)(end - line) : forms->length - at;

		add(forms, line, length);
		at += length + 1;
	}
}

void forms_each(const char *secret, size_t length,
		void (*add_one)(void *ctx, const char *form, size_t length), void *ctx)
{
	struct forms forms = {.secret = secret, .length = length, .add = add_one, .ctx = ctx};

	buf_init(&forms.form, FORM_MAX);
	add(&forms, secret, length);
	add_lines(&forms);
	add_base64(&forms);
	add_urls(&forms);
	add_jsons(&forms);
	add_quoted(&forms, "'\\''");
	add_quoted(&forms, "'\"'\"'");
	buf_release(&forms.form);
}
