/* SPDX-License-Identifier: MIT
 *
 * The HTTP/2 session of a connection; inside the server half only.
 */
#ifndef HLP_WIRE_GRPC_SESSION_H
#define HLP_WIRE_GRPC_SESSION_H

#include "base/err.h"
#include "wire/grpc_own.h"

int grpc_session_new(struct grpc_connection *connection, nghttp2_session **out, struct err *err);

#endif
