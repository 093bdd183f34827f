/* SPDX-License-Identifier: MIT
 *
 * gRPC's status numbers, header texts and timeouts. Several of our codes share one number of
 * gRPC's, so the exact one travels beside it, by name.
 */
#include "wire/grpc_status.h"

#include <stdio.h>
#include <string.h>

static const int statuses[ERR_CODES] = {
	[ERR_NONE] = 0,	     [ERR_INVALID] = 3,	  [ERR_NOT_FOUND] = 5,	  [ERR_EXISTS] = 6,
	[ERR_REFUSED] = 9,   [ERR_CONFLICT] = 10, [ERR_DENIED] = 7,	  [ERR_IO] = 13,
	[ERR_FULL] = 8,	     [ERR_LIMIT] = 8,	  [ERR_UNAVAILABLE] = 14, [ERR_TIMEOUT] = 4,
	[ERR_PROTOCOL] = 13, [ERR_CORRUPT] = 15,  [ERR_UNSUPPORTED] = 12, [ERR_CANCELLED] = 1,
	[ERR_INTERNAL] = 13,
};

/* The nearest code when the peer does not name one; 2 (unknown) is a bug of somebody's. */
static const enum err_code errors[] = {
	ERR_NONE,	 ERR_CANCELLED, ERR_INTERNAL,	 ERR_INVALID, ERR_TIMEOUT,  ERR_NOT_FOUND,
	ERR_EXISTS,	 ERR_DENIED,	ERR_LIMIT,	 ERR_REFUSED, ERR_CONFLICT, ERR_INVALID,
	ERR_UNSUPPORTED, ERR_INTERNAL,	ERR_UNAVAILABLE, ERR_CORRUPT, ERR_DENIED,
};

int grpc_status_of_error(int code)
{
	if (code < 0)
		code = -code;
	return code < ERR_CODES ? statuses[code] : 13;
}

enum err_code grpc_status_to_error(int status)
{
	if (status < 0 || (size_t)status >= sizeof(errors) / sizeof(errors[0]))
		return ERR_INTERNAL;
	return errors[status];
}

enum err_code grpc_status_error_named(const char *name, size_t length)
{
	for (int code = 1; code < ERR_CODES; code++) {
		const char *known = err_code_name(code);

		if (strlen(known) == length && memcmp(known, name, length) == 0)
			return (enum err_code)code;
	}
	return ERR_NONE;
}

void grpc_status_escape(struct buf *out, const char *text, size_t length)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c <= 0x7e && c != '%') {
			buf_add_char(out, (char)c);
			continue;
		}
		buf_add_char(out, '%');
		buf_add_char(out, hex[c >> 4]);
		buf_add_char(out, hex[c & 15]);
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

void grpc_status_unescape(struct buf *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		int high = -1, low = -1;

		if (text[i] == '%' && length - i > 2) {
			high = hex_digit(text[i + 1]);
			low = hex_digit(text[i + 2]);
		}
		if (high < 0 || low < 0) {
			buf_add_char(out, text[i]);
			continue;
		}
		buf_add_char(out, (char)(high * 16 + low));
		i += 2;
	}
}

void grpc_status_format_timeout(int64_t timeout_us, char out[GRPC_TIMEOUT_TEXT])
{
	const int64_t most = 99999999; /* eight digits */

	if (timeout_us < 1)
		timeout_us = 1;
	if (timeout_us <= most)
		(void)snprintf(out, GRPC_TIMEOUT_TEXT, "%du", (int)timeout_us);
	else if (timeout_us / 1000 <= most)
		(void)snprintf(out, GRPC_TIMEOUT_TEXT, "%dm", (int)(timeout_us / 1000));
	else if (timeout_us / 1000000 <= most)
		(void)snprintf(out, GRPC_TIMEOUT_TEXT, "%dS", (int)(timeout_us / 1000000));
	else
		(void)snprintf(out, GRPC_TIMEOUT_TEXT, "%dH", (int)most);
}

int grpc_status_parse_timeout(const char *text, size_t length, int64_t *out_us, struct err *err)
{
	static const char units[] = "HMSmun";
	static const int64_t sizes_ns[] = {3600000000000, 60000000000, 1000000000,
					   1000000,	  1000,	       1};
	const char *unit = NULL;
	int64_t value = 0;

	if (length >= 2 && length <= 9 && text[length - 1])
		unit = strchr(units, text[length - 1]);
	for (size_t i = 0; unit && i + 1 < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			unit = NULL;
		value = value * 10 + (text[i] - '0');
	}
	if (!unit)
		return err_set(err, ERR_PROTOCOL, "'%.*s' is not a timeout",
			       length > 20 ? 20 : (int)length, text);
	/* 99999999 hours are 3.6e20 ns: divide first where the unit is large. */
	if (sizes_ns[unit - units] >= 1000)
		*out_us = value * (sizes_ns[unit - units] / 1000);
	else
		*out_us = value / 1000;
	return 0;
}
