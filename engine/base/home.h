/* SPDX-License-Identifier: MIT
 *
 * Where an instance lives: $HLP_HOME and the names inside it. Every program resolves it the
 * same way. Any thread; the struct is immutable after home_open.
 */
#ifndef HLP_BASE_HOME_H
#define HLP_BASE_HOME_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "base/err.h"

struct home {
	char *path;   /* absolute */
	int fd;	      /* O_PATH-like descriptor of the folder, close-on-exec */
	dev_t device; /* to notice that the path is no longer this folder */
	ino_t inode;
	char *engine_socket;   /* $HLP_SOCKET or PATH/engine.sock */
	char *launcher_socket; /* PATH/launcher.sock */
	char *launcher_lock;   /* PATH/launcher.lock, held by hlp-launcher with flock */
	char *engine_lock;     /* PATH/engine.lock, held by hlpd with flock */
	char *database;	       /* PATH/state.db */
	char *content;	       /* PATH/content.git */
	char *output;	       /* PATH/output */
	char *secret;	       /* PATH/secret: values that may lie nowhere else */
	char *launcher_log;    /* PATH/launcher.log: the launcher's own records */
	char *engine_log;      /* PATH/engine.log: what hlpd and hlp-launcher print */
};

/* Resolves $HLP_HOME (default $XDG_STATE_HOME/hlp, default ~/.local/state/hlp), makes it 0700 if
 * missing, refuses a file, a folder of another user, one that others may write, and NFS.
 * `make`: whether it may be made; without, a missing one is ERR_NOT_FOUND. */
enum home_mode { HOME_MAKE, HOME_EXISTING };
int home_open(struct home *home, enum home_mode mode, struct err *err);
void home_release(struct home *home);
/* Whether the path still leads to the folder that was opened. */
int home_check(const struct home *home, struct err *err);
/* The address of a Unix socket at `path`; a path too long for sun_path goes through
 * /proc/self/fd/N of its folder: *out_dir_fd is then a descriptor to close after bind or connect,
 * else -1. */
int home_socket_address(const char *path, struct sockaddr_un *out, socklen_t *out_length,
			int *out_dir_fd, struct err *err);

#endif
