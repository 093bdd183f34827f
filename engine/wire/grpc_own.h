/* SPDX-License-Identifier: MIT
 *
 * The inside of the server half: what a call and a connection are made of, for grpc_call.c (what
 * goes back), grpc_session.c (what HTTP/2 reports), grpc_connection.c (the socket) and
 * grpc_server.c (the list), each of which knows only those before it. Nobody else includes this.
 */
#ifndef HLP_WIRE_GRPC_OWN_H
#define HLP_WIRE_GRPC_OWN_H

#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/loop.h"
#include "wire/frame.h"
#include "wire/grpc_service.h"
#include "wire/peer.h"
#include "wire/shared_bytes.h"

#define GRPC_CALLS_MAX	      128 /* under way on one connection */
#define CALL_HEADERS_MAX      48
#define CALL_HEADER_BYTES_MAX 16384

struct call_header {
	char *name, *value; /* owned */
};

struct grpc_call {
	struct grpc_connection *connection;
	struct grpc_call *next; /* of the connection */
	int32_t stream;
	const ProtobufCMethodDescriptor *method; /* NULL until it is known */
	struct call_header headers[CALL_HEADERS_MAX];
	size_t headers_count, header_bytes;
	struct frame_reader request;
	struct shared_bytes **queue; /* unsent messages, oldest at `first` */
	size_t first, count, capacity;
	size_t first_sent; /* bytes of the oldest that have left, its prefix included */
	size_t pending;
	int64_t deadline_us; /* CLOCK_MONOTONIC; INT64_MAX: none */
	bool dispatched;     /* the service knows it */
	bool ended;	     /* the service does not know it any more */
	bool responded;	     /* the response's headers are on their way */
	bool drained;	     /* the service is to be told */
	struct err end;
	void *mark;
};

struct grpc_connection {
	struct loop *loop;
	const struct grpc_service *service;
	struct loop_timer *sweep;     /* the server's */
	struct grpc_connection *next; /* of the server */
	struct peer peer;
	int fd; /* -1 once closed */
	struct loop_watch watch;
	struct loop_timer timer; /* the nearest deadline */
	nghttp2_session *session;
	struct grpc_call *calls;
	size_t calls_count;
	size_t request_bytes;	      /* of requests that are not complete */
	struct buf out;		      /* bytes the socket did not take yet */
	int64_t greeting_deadline_us; /* INT64_MAX once the client has said its settings */
	bool waits_to_write;
	bool dirty; /* there may be something to send */
	bool goodbye_said;
};

/* Something is to be sent on the connection: the sweep will. */
void grpc_own_touch(struct grpc_connection *connection);

/* grpc_call.c */
struct grpc_call *grpc_call_new(struct grpc_connection *connection, int32_t stream);
void grpc_call_free(struct grpc_call *call);
/* The client is gone, or took it back: tells the service if it knows the call. */
void grpc_call_cancel(struct grpc_call *call);
/* Ends a call with an error of ours, telling the service if it knows the call. */
void grpc_call_abort(struct grpc_call *call, const struct err *err);

#endif
