/* SPDX-License-Identifier: MIT
 *
 * Starting and asking the one instance of a home, from any program. hlp-launcher owns the
 * instance; this is the small, fixed part of its socket's protocol that a client may speak:
 * what is there, start the engine now, end, replace yourself. The rest of the protocol, spoken by
 * hlpd alone, is in launch/protocol.h, which takes the frame and the numbers from here. The layout
 * of these messages never changes, so any hlp can talk to any launcher.
 *
 * Everything blocks, for a bounded time. Any thread.
 */
#ifndef HLP_BASE_INSTANCE_H
#define HLP_BASE_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/home.h"

/* A frame on launcher.sock: length of the payload (4 bytes, little endian), version, kind, two zero
 * bytes, payload. Numbers in a payload are 8 bytes, little endian; a text is its length (4 bytes),
 * its bytes and a NUL. */
#define INSTANCE_FRAME_HEADER ((size_t)8)
#define INSTANCE_FRAME_MAX    ((size_t)1024 * 1024)
#define INSTANCE_PROTOCOL     1

/* The kinds that a client may send, and their answers. Other kinds are launch/protocol.h's. */
enum instance_kind {
	INSTANCE_PING = 200,	 /* → STATUS */
	INSTANCE_WAKE = 201,	 /* start the engine now, without a delay → STATUS */
	INSTANCE_SHUTDOWN = 202, /* number: 1 ends what runs first → STATUS, or REFUSED */
	INSTANCE_UPGRADE = 203,	 /* text: path of the new program → STATUS, or REFUSED */
	INSTANCE_STATUS = 210,	 /* numbers: pid, engine pid, ready, live, unread, proof; text */
	INSTANCE_REFUSED = 211,	 /* text: why */
};

/* What a launcher says of itself. */
struct instance_status {
	pid_t launcher_pid;
	pid_t engine_pid;  /* 0 when no hlpd runs now */
	bool engine_ready; /* hlpd has said that it serves */
	int64_t live;	   /* attempts with processes */
	int64_t unread;	   /* exits that the engine has not acknowledged yet */
	bool proves_stop;  /* a stop covers escaped processes (there are cgroups) */
	char text[600];	   /* one line for people: why no engine runs, or "" */
};

/* Starts hlp-launcher for this home, in the background, in a session of its own and with none of
 * the caller's descriptors. Harmless when one runs: the second sees the lock and ends. Returns when
 * a launcher has the home's lock, not when the engine answers. What would keep the launcher from
 * even saying why it cannot start (a read-only or full disk) is found here. */
int instance_start_launcher(const struct home *home, struct err *err);

/* Whether a launcher or an engine is alive, which they are for a moment before they answer and for
 * one after. An engine that starts another pair as its last act has that pair's launcher hold its
 * lock before its own goes, so that false means: nothing is there, and nothing comes by itself. */
bool instance_is_there(const struct home *home);

/* ERR_UNAVAILABLE: no launcher answers. ERR_DENIED: it is another user's. */
int instance_status(const struct home *home, struct instance_status *out, struct err *err);
/* Asks for the engine at once; a launcher that had given up tries again. */
int instance_wake(const struct home *home, struct instance_status *out, struct err *err);

/* Ends engine and launcher, and returns when both are gone. ERR_REFUSED while attempts live, unless
 * INSTANCE_STOP_ATTEMPTS: these are stopped first. ERR_TIMEOUT: still there. */
enum instance_force { INSTANCE_ONLY_IDLE, INSTANCE_STOP_ATTEMPTS };
int instance_shutdown(const struct home *home, enum instance_force force, int64_t timeout_us,
		      struct err *err);

/* Has the launcher replace itself by the program at `path` (absolute), in the same process. */
int instance_upgrade(const struct home *home, const char *path, struct err *err);

#endif
