/* SPDX-License-Identifier: MIT
 *
 * One client's connection; inside the server half only.
 */
#ifndef HLP_WIRE_GRPC_CONNECTION_H
#define HLP_WIRE_GRPC_CONNECTION_H

#include "base/err.h"
#include "wire/grpc_own.h"

/* `model` says loop, service and sweep. Takes the descriptor, also on failure. */
int grpc_connection_new(const struct grpc_connection *model, int fd, const struct peer *peer,
			struct grpc_connection **out, struct err *err);
/* Tells the service about lost calls and closes the socket; memory stays until the sweep. */
void grpc_connection_close(struct grpc_connection *connection);
void grpc_connection_free(struct grpc_connection *connection); /* closed ones only */
void grpc_connection_flush(struct grpc_connection *connection);
void grpc_connection_say_goodbye(struct grpc_connection *connection);

#endif
