/* SPDX-License-Identifier: MIT
 *
 * Packing and unpacking of protobuf messages at the boundary. What comes from a peer is looked
 * through before it is unpacked: structure, UTF-8, no NUL in texts, a bound on nesting and
 * on the number of fields. Pure; any thread.
 */
#ifndef HLP_WIRE_MESSAGE_H
#define HLP_WIRE_MESSAGE_H

#include <protobuf-c/protobuf-c.h>

#include "base/buf.h"
#include "base/err.h"
#include "wire/shared_bytes.h"

#define MESSAGE_DEPTH_MAX 16

/* Texts of a message from a client must be valid UTF-8; those from the engine may be paths as the
 * system has them. */
enum message_source { MESSAGE_FROM_CLIENT, MESSAGE_FROM_ENGINE };

/* ERR_PROTOCOL says which field is wrong. The caller frees *out with
 * protobuf_c_message_free_unpacked(out, NULL). */
int message_unpack(const ProtobufCMessageDescriptor *descriptor, enum message_source source,
		   const void *data, size_t length, ProtobufCMessage **out, struct err *err);

/* Appends the packed message. */
void message_pack(const ProtobufCMessage *message, struct buf *out);
/* The packed message alone, held once by the caller. */
struct shared_bytes *message_share(const ProtobufCMessage *message);

#endif
