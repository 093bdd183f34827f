/* SPDX-License-Identifier: MIT
 *
 * At each byte the few forms that begin with it are compared. Secrets are few and output is
 * short, so nothing cleverer is needed.
 */
#include "relay/mask.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "relay/forms.h"

#define HELD_MAX ((size_t)4 * 1024 * 1024) /* the longest form, and what is read at once */

static int compare(const void *left, const void *right)
{
	const struct mask_form *a = left, *b = right;
	const size_t shorter = a->length < b->length ? a->length : b->length;
	const int order = memcmp(a->data, b->data, shorter);

	return order ? order : (a->length > b->length) - (a->length < b->length);
}

static void add_form(void *ctx, const char *form, size_t length)
{
	struct mask *mask = ctx;

	for (size_t i = 0; i < mask->count; i++)
		if (mask->forms[i].length == length && !memcmp(mask->forms[i].data, form, length))
			return;
	mask->forms = mem_grow(mask->forms, &mask->capacity, mask->count + 1, sizeof(*mask->forms));
	mask->forms[mask->count++] =
		(struct mask_form){.data = mem_dup(form, length), .length = length};
}

void mask_add(struct mask *mask, const char *secret, size_t length)
{
	size_t at = 0;

	forms_each(secret, length, add_form, mask);
	if (!mask->count)
		return;
	qsort(mask->forms, mask->count, sizeof(*mask->forms), compare);
	for (size_t byte = 0; byte <= 256; byte++) {
		while (at < mask->count && (unsigned char)mask->forms[at].data[0] < byte)
			at++;
		mask->begin[byte] = at;
	}
}

void mask_release(struct mask *mask)
{
	for (size_t i = 0; i < mask->count; i++) {
		explicit_bzero(mask->forms[i].data, mask->forms[i].length);
		free(mask->forms[i].data);
	}
	free(mask->forms);
	*mask = (struct mask){0};
}

void mask_stream_init(struct mask_stream *stream)
{
	*stream = (struct mask_stream){0};
	buf_init(&stream->held, HELD_MAX);
}

void mask_stream_release(struct mask_stream *stream)
{
	buf_release(&stream->held);
}

/* The longest form that stands whole at the front of the data. *out_open: a longer one may begin
 * there, and too little has come to tell. */
static size_t longest_at(const struct mask *mask, const char *data, size_t length, bool *out_open)
{
	const unsigned char byte = (unsigned char)data[0];
	size_t longest = 0;

	*out_open = false;
	for (size_t i = mask->begin[byte]; i < mask->begin[byte + 1]; i++) {
		const struct mask_form *form = &mask->forms[i];
		const size_t seen = form->length < length ? form->length : length;

		if (memcmp(form->data, data, seen) != 0)
			continue;
		if (seen < form->length)
			*out_open = true;
		else if (form->length > longest)
			longest = form->length;
	}
	return longest;
}

void mask_put(struct mask_stream *stream, const char *data, size_t length)
{
	buf_consume(&stream->held, stream->at);
	stream->at = 0;
	buf_add(&stream->held, data, length);
}

bool mask_step(const struct mask *mask, struct mask_stream *stream, enum mask_more more,
	       struct buf *out)
{
	const char *next = stream->held.data + stream->at;
	bool open;
	size_t found;

	if (stream->at == stream->held.length)
		return false;
	found = longest_at(mask, next, stream->held.length - stream->at, &open);
	if (open && more == MASK_MORE)
		return false;
	if (found > stream->hidden)
		stream->hidden = found;
	if (!stream->hidden)
		buf_add_char(out, *next);
	else if (!stream->hiding)
		buf_add_text(out, "***");
	stream->hiding = stream->hidden > 0;
	stream->hidden -= stream->hidden > 0;
	stream->at++;
	return true;
}

void mask_pass(const struct mask *mask, struct mask_stream *stream, const char *data, size_t length,
	       enum mask_more more, struct buf *out)
{
	mask_put(stream, data, length);
	while (mask_step(mask, stream, more, out))
		;
	mask_put(stream, "", 0);
}
