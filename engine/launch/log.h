/* SPDX-License-Identifier: MIT
 *
 * What the launcher remembers beyond its own death: an append-only file of checksummed records.
 * `starting` is written before the process exists, so that one without a record was never
 * started. It is not synced: it must outlive this program, not the machine; records of another
 * boot say only what was known then. A torn tail is what a kill leaves behind and is cut off;
 * a damaged record in the middle ends the reading there, and is said.
 *
 * Records are struct launch_message (launch/protocol.h) of the kinds BOOT, HELLO, READY, STARTING,
 * STARTED, STOPPING, FROZEN, THAWED, EXITED, LOST, ACKNOWLEDGE. One thread.
 */
#ifndef HLP_LAUNCH_LOG_H
#define HLP_LAUNCH_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "launch/protocol.h"

struct launch_log {
	char *path;
	int fd;		    /* O_APPEND, close-on-exec */
	size_t size;	    /* of what is written well */
	bool torn;	    /* there may be more than that, left by a write that failed */
	struct buf pending; /* records of this turn that need not be on file before anything else */
};

/* Called for each record, oldest first; the message is borrowed for the call. */
typedef void launch_log_record(void *ctx, const struct launch_message *record);

/* Opens or makes the log and reads it. *out_cut is how many damaged bytes were cut off its end. */
int launch_log_open(struct launch_log *log, const char *path, launch_log_record *record, void *ctx,
		    size_t *out_cut, struct err *err);
void launch_log_close(struct launch_log *log); /* accepts a zeroed one */

/* Adds a record; launch_log_flush writes what was added, in one write. */
void launch_log_add(struct launch_log *log, const struct launch_message *record);
int launch_log_flush(struct launch_log *log, struct err *err);

/* Replaces the whole file by the records that `write` adds to the log it is given: a new
 * file is written beside the old and renamed over it. */
int launch_log_rewrite(struct launch_log *log, void (*write)(void *ctx, struct launch_log *log),
		       void *ctx, struct err *err);

#endif
