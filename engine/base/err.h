/* SPDX-License-Identifier: MIT
 *
 * Errors are values: a code for programs and a message for the person who must act.
 * A function that can fail returns int, 0 or positive for success and -ERR_x for failure,
 * and takes `struct err *err` last. On failure its outputs are untouched and *err says what
 * was tried. Messages: lower case, no full stop, the thing in single quotes, cause last.
 * `err` may be NULL where the caller needs only the code. Any thread; no shared state.
 */
#ifndef HLP_BASE_ERR_H
#define HLP_BASE_ERR_H

enum err_code {
	ERR_NONE = 0,
	ERR_INVALID,	 /* the input is wrong; trying again will not help */
	ERR_NOT_FOUND,	 /* the thing named does not exist */
	ERR_EXISTS,	 /* it is there already */
	ERR_REFUSED,	 /* the act does not apply in the present state */
	ERR_CONFLICT,	 /* it changed since the caller saw it */
	ERR_DENIED,	 /* not allowed to this user */
	ERR_IO,		 /* the system refused; the cause is in the message */
	ERR_FULL,	 /* no space left, quota or ballast reached */
	ERR_LIMIT,	 /* a bound of ours was reached */
	ERR_UNAVAILABLE, /* nobody answers; trying again may help */
	ERR_TIMEOUT,	 /* the deadline passed */
	ERR_PROTOCOL,	 /* the peer broke the protocol */
	ERR_CORRUPT,	 /* stored data fails its own check */
	ERR_UNSUPPORTED, /* known, but this version does not do it */
	ERR_CANCELLED,	 /* the caller took it back */
	ERR_INTERNAL,	 /* a bug of ours */
	ERR_CODES
};

struct err {
	int code; /* enum err_code */
	char message[500];
};

/* Fills *err (if not NULL) and returns -code. The message is cut at the size of the field. */
int err_set(struct err *err, enum err_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for a failed system call: appends ": strerror(number)" and picks the code from
 * the errno value (ENOENT: NOT_FOUND, ENOSPC and EDQUOT: FULL, EACCES and EPERM: DENIED…). */
int err_errno(struct err *err, int number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "context: " before the message of an error that is already set; returns -err->code. */
int err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The code's stable name, lower case ("not_found"). */
const char *err_code_name(int code);

#endif
