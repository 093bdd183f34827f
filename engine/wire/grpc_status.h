/* SPDX-License-Identifier: MIT
 *
 * How a call's end travels: gRPC's status numbers for our error codes, percent-encoded texts for
 * headers, and gRPC's way to write a timeout. Pure; any thread.
 */
#ifndef HLP_WIRE_GRPC_STATUS_H
#define HLP_WIRE_GRPC_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* The numbers are gRPC's. */
int grpc_status_of_error(int code);
enum err_code grpc_status_to_error(int status);
/* The exact code from the name in the trailer `hlp-error`; ERR_NONE when there is no such name. */
enum err_code grpc_status_error_named(const char *name, size_t length);

/* Everything outside printable ASCII, and '%', as %XX. */
void grpc_status_escape(struct buf *out, const char *text, size_t length);
/* The reverse; a '%' that is not followed by two hex digits stays as it is. */
void grpc_status_unescape(struct buf *out, const char *text, size_t length);

#define GRPC_TIMEOUT_TEXT 12
/* "1500m": at most eight digits and a unit. */
void grpc_status_format_timeout(int64_t timeout_us, char out[GRPC_TIMEOUT_TEXT]);
/* ERR_PROTOCOL unless it is 1 to 8 digits and one of H M S m u n. */
int grpc_status_parse_timeout(const char *text, size_t length, int64_t *out_us, struct err *err);

#endif
