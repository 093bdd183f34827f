/* SPDX-License-Identifier: MIT
 *
 * One call as the server half sees it: who asks, with which headers, and the messages that go back.
 * The loop's thread only; nothing blocks, and what is sent here leaves when the loop turns.
 */
#ifndef HLP_WIRE_GRPC_CALL_H
#define HLP_WIRE_GRPC_CALL_H

#include <stddef.h>

#include "base/err.h"
#include "wire/peer.h"
#include "wire/shared_bytes.h"

#define GRPC_PENDING_MAX ((size_t)256 * 1024 * 1024) /* unsent bytes of one call */

struct grpc_call; /* one request under way */

const struct peer *grpc_call_peer(const struct grpc_call *call);
/* A header of the request by its lower-case name, unescaped; NULL without. */
const char *grpc_call_header(const struct grpc_call *call, const char *name);
/* The service's own mark on a call. */
void grpc_call_set_mark(struct grpc_call *call, void *mark);
void *grpc_call_mark(const struct grpc_call *call);

/* Queues one packed message of a stream; takes its own reference. ERR_LIMIT when more than
 * GRPC_PENDING_MAX would wait. */
int grpc_call_send(struct grpc_call *call, struct shared_bytes *bytes, struct err *err);
/* Bytes that have not left yet. */
size_t grpc_call_pending(const struct grpc_call *call);
/* Ends the call: err NULL or err->code ERR_NONE means well. The pointer is dead afterwards. */
void grpc_call_end(struct grpc_call *call, const struct err *err);
/* One message and a good end. */
void grpc_call_reply(struct grpc_call *call, struct shared_bytes *bytes);

#endif
