/* SPDX-License-Identifier: MIT
 *
 * The client half of gRPC over HTTP/2, on one connected socket that must not block. It has a
 * descriptor and says what to poll it for, so it lives in any loop. One thread.
 */
#ifndef HLP_WIRE_GRPC_CLIENT_H
#define HLP_WIRE_GRPC_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct grpc_client;
struct grpc_request; /* one call under way; dead when it has ended or was cancelled */

struct grpc_header {
	const char *name, *value; /* the name lower case; the value is escaped on its way */
};

/* Run inside grpc_client_process; may start and cancel calls, not free the client. */
struct grpc_events {
	/* One message; borrowed. */
	void (*message)(void *ctx, const uint8_t *data, size_t length);
	/* The call has ended, err->code ERR_NONE: well. The last that is heard of it. */
	void (*ended)(void *ctx, const struct err *err);
};

/* Takes the descriptor. `headers` go with every call and are copied. */
int grpc_client_new(int fd, const struct grpc_header *headers, size_t headers_count,
		    struct grpc_client **out, struct err *err);
/* Calls under way end without a word. Accepts NULL. */
void grpc_client_free(struct grpc_client *client);

int grpc_client_fd(const struct grpc_client *client);
short grpc_client_poll_events(const struct grpc_client *client); /* POLLIN, POLLOUT */
/* Reads and writes what can be; calls back. ERR_UNAVAILABLE when the connection is gone,
 * ERR_PROTOCOL when the peer speaks something else: free it then. */
int grpc_client_process(struct grpc_client *client, struct err *err);
/* The peer has said its settings: somebody is alive there. */
bool grpc_client_is_ready(const struct grpc_client *client);
/* The peer said goodbye: calls under way may end, new ones need a new connection. */
bool grpc_client_is_closing(const struct grpc_client *client);

/* Starts a call of `path` ("/package.Service/Method") with one packed message, which is copied.
 * timeout_us 0: none. NULL when the connection takes no more calls. */
struct grpc_request *grpc_client_call(struct grpc_client *client, const char *path,
				      const void *data, size_t length, int64_t timeout_us,
				      const struct grpc_events *events, void *ctx);
/* No callback comes after this. */
void grpc_client_cancel(struct grpc_client *client, struct grpc_request *request);

#endif
