/* SPDX-License-Identifier: MIT
 *
 * Filling and naming error values. Logging and exit codes are the callers' business.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[ERR_CODES] = {
	[ERR_NONE] = "none",
	[ERR_INVALID] = "invalid",
	[ERR_NOT_FOUND] = "not_found",
	[ERR_EXISTS] = "exists",
	[ERR_REFUSED] = "refused",
	[ERR_CONFLICT] = "conflict",
	[ERR_DENIED] = "denied",
	[ERR_IO] = "io",
	[ERR_FULL] = "full",
	[ERR_LIMIT] = "limit",
	[ERR_UNAVAILABLE] = "unavailable",
	[ERR_TIMEOUT] = "timeout",
	[ERR_PROTOCOL] = "protocol",
	[ERR_CORRUPT] = "corrupt",
	[ERR_UNSUPPORTED] = "unsupported",
	[ERR_CANCELLED] = "cancelled",
	[ERR_INTERNAL] = "internal",
};

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
	/* Formatted aside first: an argument may point into err->message itself. */
	char message[sizeof(err->message)];
	va_list args;

	if (!err)
		return -(int)code;
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args); /* cut on purpose */
	va_end(args);
	err->code = code;
	memcpy(err->message, message, sizeof(message));
	return -(int)code;
}

static enum err_code code_of_errno(int number)
{
	switch (number) {
	case ENOENT:
	case ESRCH:
		return ERR_NOT_FOUND;
	case EEXIST:
		return ERR_EXISTS;
	case EACCES:
	case EPERM:
		return ERR_DENIED;
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case ETIMEDOUT:
		return ERR_TIMEOUT;
	case EAGAIN:
	case ECONNREFUSED:
		return ERR_UNAVAILABLE;
	default:
		return ERR_IO;
	}
}

int err_errno(struct err *err, int number, const char *format, ...)
{
	char message[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args); /* cut on purpose */
	va_end(args);
	return err_set(err, code_of_errno(number), "%s: %s", message, strerror(number));
}

int err_prefix(struct err *err, const char *format, ...)
{
	char context[200];
	va_list args;

	if (!err)
		return -ERR_INTERNAL;
	va_start(args, format);
	(void)vsnprintf(context, sizeof(context), format, args); /* cut on purpose */
	va_end(args);
	return err_set(err, (enum err_code)err->code, "%s: %s", context, err->message);
}

const char *err_code_name(int code)
{
	if (code < 0)
		code = -code;
	return code < ERR_CODES ? names[code] : "unknown";
}
