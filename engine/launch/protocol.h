/* SPDX-License-Identifier: MIT
 *
 * The words between hlpd and hlp-launcher, as bytes: framed, bounded, versioned, strict. One flat
 * record serves all kinds; a table says which fields a kind carries. The same records, checksummed,
 * are the launcher's log (launch/log.h). Pure; any thread.
 *
 * The frame and the kinds of a plain client (PING, WAKE, SHUTDOWN, UPGRADE, STATUS, REFUSED) are
 * base/instance.h's, so that programs above this layer can speak them too.
 *
 * A link: HELLO → WELCOME, or REFUSED and the end. Then the engine sends START, START_LIMITED,
 * STOP, FREEZE, THAW, QUERY, ACKNOWLEDGE, LIST, READY, GOODBYE in any order, and gets STARTED,
 * EXITED, NOT_STARTED, LOST, UNREACHABLE, FROZEN, THAWED. LIST is answered by one of STARTED,
 * EXITED, LOST, UNREACHABLE (and FROZEN) for every attempt that is known, then END. EXITED and LOST
 * are repeated at each LIST until ACKNOWLEDGE.
 */
#ifndef HLP_LAUNCH_PROTOCOL_H
#define HLP_LAUNCH_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/instance.h"
#include "base/mem.h"

/* The numbers are on the wire and in the log: never renumber, only add. */
enum launch_kind {
	LAUNCH_HELLO = 1,	/* number: protocol; term; pid. In the log: this term was obeyed */
	LAUNCH_WELCOME = 2,	/* pid, boot_id, flags: enum launch_capability */
	LAUNCH_START = 3,	/* attempt, argv, env, folder, output, outputs, timeout_us,
				   stop_signal, grace_us, output_max */
	LAUNCH_STOP = 4,	/* attempt */
	LAUNCH_FREEZE = 5,	/* attempt */
	LAUNCH_THAW = 6,	/* attempt */
	LAUNCH_QUERY = 7,	/* attempt; flags: LAUNCH_INHERITED */
	LAUNCH_ACKNOWLEDGE = 8, /* attempt. In the log: may be forgotten */
	LAUNCH_LIST = 9,
	LAUNCH_READY = 10,	 /* hlpd serves, and has asked about everything it inherited */
	LAUNCH_GOODBYE = 11,	 /* hlpd ends on purpose: end too, do not start it again */
	LAUNCH_END = 12,	 /* all that is known has been said */
	LAUNCH_STARTED = 13,	 /* attempt, pid, start_ticks, boot_id, time_us */
	LAUNCH_EXITED = 14,	 /* attempt, exit, code, cpu_us, rss_kib, time_us, text */
	LAUNCH_NOT_STARTED = 15, /* attempt */
	LAUNCH_LOST = 16,	 /* attempt, time_us, text */
	LAUNCH_UNREACHABLE =
		17,	    /* attempt, text: its processes may live, but are not our children */
	LAUNCH_FROZEN = 18, /* attempt, time_us. In the log: boot_us too */
	LAUNCH_THAWED = 19, /* the same */
	LAUNCH_START_LIMITED = 20, /* START, memory, files, file_size: to who says it can limit */

	/* in the log only */
	LAUNCH_BOOT = 30, /* boot_id: what follows was written since this start of the machine */
	LAUNCH_STARTING = 31, /* attempt, cgroup, output, timeout_us, stop_signal, grace_us,
				 output_max, time_us, boot_us */
	LAUNCH_STOPPING = 32, /* attempt, flags: 1 when by its timeout; boot_us */
	LAUNCH_LIMITED =
		33, /* attempt, memory, number: kills before; cgroup that holds it, or "" */

	LAUNCH_PING = INSTANCE_PING,
	LAUNCH_WAKE = INSTANCE_WAKE,
	LAUNCH_SHUTDOWN = INSTANCE_SHUTDOWN,
	LAUNCH_UPGRADE = INSTANCE_UPGRADE,
	LAUNCH_STATUS = INSTANCE_STATUS,
	LAUNCH_REFUSED = INSTANCE_REFUSED,
	LAUNCH_KINDS
};

/* How an attempt ended; the numbers are model/event.h's enum exit_kind. */
enum launch_exit {
	LAUNCH_EXIT_STATUS = 1,	    /* code: exit status */
	LAUNCH_EXIT_SIGNAL = 2,	    /* code: signal */
	LAUNCH_EXIT_TIMEOUT = 3,    /* code: status, or 128 + signal, of the main process */
	LAUNCH_EXIT_LAUNCH = 4,	    /* code: 126 or 127, as a shell would; it never ran */
	LAUNCH_EXIT_UNKILLABLE = 5, /* the deadline passed; text names the pids */
	LAUNCH_EXIT_RESOURCE = 6,   /* it failed for want of something, which text names; code:
				       status, or 128 + signal, of the main process */
};

enum launch_capability { LAUNCH_CAN_FREEZE = 1, LAUNCH_PROVES_STOP = 2, LAUNCH_CAN_LIMIT = 4 };

/* Flag of QUERY: a START for it may have been sent, by this engine or an earlier one. */
#define LAUNCH_INHERITED 1

#define LAUNCH_ATTEMPT_MAX 200 /* bytes of an attempt's id */

struct launch_message {
	enum launch_kind kind;
	const char *attempt;
	const char *const *argv, *const *env;  /* end with NULL */
	const char *folder, *output, *outputs; /* outputs "" when there are none */
	const char *boot_id, *cgroup, *text;
	int64_t number, flags;
	int64_t term, pid, start_ticks;
	int64_t timeout_us, stop_signal, grace_us, output_max;
	int64_t memory, files, file_size; /* limits; 0: none */
	int64_t exit, code, cpu_us, rss_kib;
	int64_t time_us, boot_us; /* wall time; CLOCK_BOOTTIME */
	int64_t engine_pid, ready, live, unread;
};

/* The kind's name for messages and logs ("START"); NULL when there is no such kind. */
const char *launch_kind_name(int kind);

/* Appends the message as one frame. Texts that are NULL are sent as "". ERR_LIMIT, and nothing is
 * appended, when it would be larger than INSTANCE_FRAME_MAX or does not fit the buffer. */
int launch_encode(const struct launch_message *message, struct buf *out, struct err *err);

/* Takes the first frame off `data`. Returns its length in bytes, 0 when it is not complete yet, or
 * -ERR_PROTOCOL when these bytes are not the protocol. Texts of *out are borrowed from
 * `data`; lists lie in `arena`. */
int launch_decode(const void *data, size_t length, struct arena *arena, struct launch_message *out,
		  struct err *err);

#endif
