/* SPDX-License-Identifier: MIT
 *
 * Who is at the other end of a Unix socket, as the kernel says. Any thread.
 */
#ifndef HLP_WIRE_PEER_H
#define HLP_WIRE_PEER_H

#include <sys/types.h>

#include "base/err.h"

struct peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	char login[64]; /* the user's name; "uid 1234" when the system knows none */
};

/* ERR_IO when the descriptor is no connected Unix socket. */
int peer_of_socket(int fd, struct peer *out, struct err *err);

#endif
