/* SPDX-License-Identifier: MIT
 *
 * What client.c shows to client_wait.c, which builds the blocking calls on it. Nobody else includes
 * this.
 */
#ifndef HLP_CLIENT_CLIENT_LINK_H
#define HLP_CLIENT_CLIENT_LINK_H

#include "client/client.h"

/* An unconnected client; `home` is borrowed. */
struct client *client_link_new(const struct home *home, enum client_start start);
/* One attempt to connect, whatever the delay says. ERR_UNAVAILABLE, ERR_DENIED. */
int client_link_connect(struct client *client, struct err *err);
/* Waits in poll(2) until something happens or `deadline_us` (CLOCK_MONOTONIC), then processes. */
void client_link_turn(struct client *client, int64_t deadline_us);
/* Why the last connection or attempt failed. */
const struct err *client_link_trouble(const struct client *client);
/* client_start with a timeout that the engine is told; 0: none. */
struct client_rpc *client_link_start(struct client *client, const char *rpc,
				     const ProtobufCMessage *request,
				     const ProtobufCMessageDescriptor *reply, int64_t timeout_us,
				     client_reply *done, void *ctx);
/* From now on the messages given to `done` are its own to free. */
void client_link_keep(struct client_rpc *rpc);

#endif
