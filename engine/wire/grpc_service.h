/* SPDX-License-Identifier: MIT
 *
 * What the server half serves: the methods' names and what is called when a request has come.
 */
#ifndef HLP_WIRE_GRPC_SERVICE_H
#define HLP_WIRE_GRPC_SERVICE_H

#include <protobuf-c/protobuf-c.h>

struct grpc_call; /* wire/grpc_call.h */

/* Callbacks run on the loop's thread, without locks. They may use every grpc_call_* function on any
 * call, but not grpc_server_release. */
struct grpc_service {
	const ProtobufCServiceDescriptor *descriptor; /* names the methods and their messages */
	/* A complete, checked request; the message is the callee's
	 * (protobuf_c_message_free_unpacked). Sooner or later it is answered with grpc_call_reply
	 * or grpc_call_end, unless `cancelled` comes first. */
	void (*request)(void *ctx, struct grpc_call *call, const char *method,
			ProtobufCMessage *message);
	/* The client took the call back, its deadline passed, or its connection is gone. The
	 * pointer is dead when this returns. Never called for a call that was ended. */
	void (*cancelled)(void *ctx, struct grpc_call *call);
	/* All that was sent on this streaming call has left; NULL if nobody asks. */
	void (*drained)(void *ctx, struct grpc_call *call);
	void *ctx;
};

#endif
