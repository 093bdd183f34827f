/* SPDX-License-Identifier: MIT
 *
 * A client's link to the engine: connect (starting the instance if none answers), call, watch,
 * reconnect. One thread per struct client; it has a descriptor, so it lives in any poll loop. The
 * same object serves blocking use (hlp) and non-blocking use (hlp-console).
 */
#ifndef HLP_CLIENT_CLIENT_H
#define HLP_CLIENT_CLIENT_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/home.h"
#include "wire/hlp.pb-c.h"

struct client;

enum client_start { CLIENT_START_ENGINE, CLIENT_ONLY_CONNECT };

/* Connects to the home's engine, waiting up to 10 s for one that is starting.
 * ERR_UNAVAILABLE: no engine. ERR_DENIED: it is another user's. */
int client_open(const struct home *home, enum client_start start, struct client **out,
		struct err *err);
void client_close(struct client *client); /* accepts NULL */

/* ---- blocking --------------------------------------------------------------------------- */

/* Calls a unary rpc by its name ("GetExecutionStatus"): packs `request`, waits at most
 * `timeout_us`, unpacks into *out (the caller frees it with protobuf_c_message_free_unpacked). The
 * engine's errors come back as the ERR_ code it meant. A lost connection is tried again until the
 * timeout: every mutating request carries its id, so that is safe. */
int client_call(struct client *client, const char *rpc, const ProtobufCMessage *request,
		const ProtobufCMessageDescriptor *reply, int64_t timeout_us, ProtobufCMessage **out,
		struct err *err);

/* Calls a streaming rpc and hands over each message until the stream ends (0), `each` returns
 * non-zero (that value), or an error. ERR_UNAVAILABLE when the engine went away: call again. */
int client_stream(struct client *client, const char *rpc, const ProtobufCMessage *request,
		  const ProtobufCMessageDescriptor *reply,
		  int (*each)(void *ctx, const ProtobufCMessage *message), void *ctx,
		  struct err *err);

/* ---- in a poll loop ---------------------------------------------------------------------- */

/* The descriptor to poll and what for (POLLIN, POLLOUT); -1 while disconnected. */
int client_fd(const struct client *client);
short client_poll_events(const struct client *client);
/* When client_process wants to be called even if nothing is ready (reconnects, deadlines), in
 * CLOCK_MONOTONIC microseconds; INT64_MAX for never. */
int64_t client_deadline_us(const struct client *client);
/* Reads, writes, calls the callbacks of what arrived, reconnects when due. Never blocks. */
void client_process(struct client *client);
bool client_is_connected(const struct client *client);

struct client_rpc; /* one call under way */
/* `message` NULL: the call ended, err->code says how (0: well). Runs inside client_process; may
 * start and cancel calls. The message is borrowed for the call. */
typedef void client_reply(void *ctx, const ProtobufCMessage *message, const struct err *err);
/* Starts any rpc, unary or streaming. A call in flight when the connection goes ends with
 * ERR_UNAVAILABLE; one started while disconnected waits for the reconnect. */
struct client_rpc *client_start(struct client *client, const char *rpc,
				const ProtobufCMessage *request,
				const ProtobufCMessageDescriptor *reply, client_reply *done,
				void *ctx);
/* No callback comes after this. */
void client_cancel(struct client *client, struct client_rpc *rpc);

/* A fresh id for a mutating request. */
char *client_request_id(char out[27]);

#endif
