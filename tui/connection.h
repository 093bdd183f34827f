/* SPDX-License-Identifier: MIT
 *
 * Another engine than one's own: the folder or the socket of an instance on this machine, or an
 * instance on another one, whose socket ssh brings here. Blocks, so it comes before the terminal is
 * taken: ssh may ask for a passphrase.
 */
#ifndef HLP_TUI_CONNECTION_H
#define HLP_TUI_CONNECTION_H

#include "base/err.h"

struct connection {
	char *host;   /* as ssh takes it; NULL: this machine. Owned */
	char *folder; /* with the two sockets of ssh; owned */
};

/* `address`: a folder, a socket, or ssh:HOST[:SOCKET]. Sets $HLP_HOME or $HLP_SOCKET, for the
 * client and for programs that are started from the console. */
int connection_open(const char *address, struct connection *out, struct err *err);
void connection_close(struct connection *connection); /* ends ssh */

#endif
