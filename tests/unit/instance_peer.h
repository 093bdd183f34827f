/* SPDX-License-Identifier: MIT
 *
 * A bare link to the launcher of a box, to speak the engine's part by hand. A word that cannot be
 * sent, or does not come within 20 s, fails the test.
 */
#ifndef HLP_TESTS_INSTANCE_PEER_H
#define HLP_TESTS_INSTANCE_PEER_H

#include "base/buf.h"
#include "base/mem.h"
#include "launch/protocol.h"
#include "tests/unit/instance_box.h"

struct peer {
	int fd;
	struct buf in;
	struct arena arena;
};

void peer_open(struct peer *peer, const struct instance_box *box);
void peer_close(struct peer *peer);
/* Opens and is taken for the engine. */
void peer_hello(struct peer *peer, const struct instance_box *box, int64_t term);
void peer_send(struct peer *peer, const struct launch_message *message);
/* The next message; kind 0 when the launcher hung up. Texts live until the peer is closed. */
struct launch_message peer_receive(struct peer *peer);
/* The next of this kind. */
struct launch_message peer_await(struct peer *peer, enum launch_kind kind);
/* Starts a script; returns the path of its output, which the caller frees. */
char *peer_start(struct peer *peer, const struct instance_box *box, const char *attempt,
		 const char *script, int64_t output_max);
/* The same under the memory, files, file_size and output_max of a message. */
char *peer_start_limited(struct peer *peer, const struct instance_box *box, const char *attempt,
			 const char *script, const struct launch_message *limits);

#endif
