/* SPDX-License-Identifier: MIT
 *
 * The server half of gRPC over HTTP/2: unary and server-streaming calls on sockets that somebody
 * else accepted. One thread, the loop's owner, for everything here; nothing blocks.
 *
 * A call lives from its complete request until the service ends it or the client goes away. Bytes
 * handed over are sent when the socket takes them: callers who stream look at
 * grpc_call_pending, and stop or start afresh when a client is slow.
 */
#ifndef HLP_WIRE_GRPC_SERVER_H
#define HLP_WIRE_GRPC_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "wire/grpc_call.h"
#include "wire/grpc_service.h"
#include "wire/peer.h"

struct grpc_connection;

struct grpc_server {
	struct loop *loop;
	const struct grpc_service *service;  /* borrowed */
	struct grpc_connection *connections; /* list */
	size_t connections_count;
	struct loop_timer sweep; /* sends what callbacks queued, frees what is gone */
	bool stopping;
};

#define GRPC_CONNECTIONS_MAX 256

void grpc_server_init(struct grpc_server *server, struct loop *loop,
		      const struct grpc_service *service);
/* Closes every connection at once; `cancelled` is called for what was under way. */
void grpc_server_release(struct grpc_server *server);

/* Serves a connected socket; takes the descriptor, also on failure. `peer` is copied.
 * ERR_LIMIT: too many connections. */
int grpc_server_add(struct grpc_server *server, int fd, const struct peer *peer, struct err *err);

/* Says goodbye to all clients: no new calls, those under way may end. A connection without calls
 * is closed. When grpc_server_is_idle, everything has been sent. */
void grpc_server_stop(struct grpc_server *server);
bool grpc_server_is_idle(const struct grpc_server *server);

#endif
