/* SPDX-License-Identifier: MIT
 *
 * The engine's lock and its socket. One engine a home: the lock decides, never the socket's file.
 */
#ifndef HLP_DAEMON_LISTEN_H
#define HLP_DAEMON_LISTEN_H

#include "base/err.h"
#include "base/home.h"

/* Takes the engine's lock for the life of the process. ERR_EXISTS: another engine has it. Returns
 * the descriptor that holds it. */
int listen_lock(const struct home *home, struct err *err);
/* Binds the engine's socket, 0600, in place of one that a dead engine left. Holding the lock is
 * what makes that safe. Returns the listening descriptor. */
int listen_open(const struct home *home, struct err *err);

#endif
