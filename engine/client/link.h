/* SPDX-License-Identifier: MIT
 *
 * A connection to the engine that comes back by itself, and the calls on it; never blocks but in
 * link_turn. client.h offers it to the programs. One thread.
 */
#ifndef HLP_CLIENT_LINK_H
#define HLP_CLIENT_LINK_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/home.h"

struct link;
struct client_rpc; /* one call under way; the name that client.h gives it */

/* See client_reply in client.h. */
typedef void link_reply(void *ctx, const ProtobufCMessage *message, const struct err *err);

/* Whether an engine that stays away is started again. */
enum link_mode { LINK_STARTS_ENGINE, LINK_ONLY_CONNECTS };

/* An unconnected one; `home` is borrowed. */
struct link *link_new(const struct home *home, enum link_mode mode);
void link_free(struct link *link); /* calls under way end without a word */

/* One attempt to connect, whatever the delay says. ERR_UNAVAILABLE, ERR_DENIED. */
int link_connect(struct link *link, struct err *err);
bool link_is_connected(const struct link *link);
/* Why the last connection or attempt failed. */
const struct err *link_trouble(const struct link *link);

int link_fd(const struct link *link);
short link_poll_events(const struct link *link);
int64_t link_deadline_us(const struct link *link);
void link_process(struct link *link);
/* Waits in poll(2) until something happens or `deadline_us` (CLOCK_MONOTONIC), then processes. */
void link_turn(struct link *link, int64_t deadline_us);

/* Starts a call; the engine is told the timeout (0: none). */
struct client_rpc *link_start(struct link *link, const char *rpc, const ProtobufCMessage *request,
			      const ProtobufCMessageDescriptor *reply, int64_t timeout_us,
			      link_reply *done, void *ctx);
/* From now on the messages given to `done` are its own to free. */
void link_keep(struct client_rpc *rpc);
void link_cancel(struct link *link, struct client_rpc *rpc);

#endif
