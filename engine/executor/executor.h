/* SPDX-License-Identifier: MIT
 *
 * The seam to where attempts run. All calls are asynchronous, made on one thread (the
 * coordinator's, which turns the loop) and idempotent by attempt id; what comes of them is reported
 * on that same thread. Silence is `unreachable`, never `lost`.
 */
#ifndef HLP_EXECUTOR_EXECUTOR_H
#define HLP_EXECUTOR_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/home.h"
#include "base/loop.h"
#include "model/event.h"
#include "model/order.h"

enum report_kind {
	REPORT_STARTED, /* pid, start_ticks, text: boot id; time_us: the spawn */
	REPORT_EXITED,	/* exit_kind, code, cpu_us, rss_kib, text; time_us: the exit. Repeated after
			   a reconnect until acknowledged. Its processes are proven gone. */
	REPORT_NOT_STARTED, /* proven: this attempt was never started and will not be */
	REPORT_LOST,	    /* proven gone, and nobody knows its exit */
	REPORT_UNREACHABLE, /* nothing can be said now; attempt NULL: about all of them */
	REPORT_REACHABLE,   /* the executor answers again; attempt NULL: all. Comes after a connect,
			       when every attempt the executor knows has been reported */
	REPORT_FROZEN,
	REPORT_THAWED,
};

struct report {
	enum report_kind kind;
	const char *attempt; /* id; borrowed for the call */
	int64_t time_us;     /* wall time */
	enum exit_kind exit_kind;
	int32_t code;
	int64_t pid, cpu_us, rss_kib;
	uint64_t start_ticks;
	const char *text; /* borrowed */
};

/* Called on the same thread, without locks; may not call back into the executor. */
typedef void executor_report(void *ctx, const struct report *report);

enum executor_capability {
	EXECUTOR_FREEZE = 1,	  /* freeze and thaw work */
	EXECUTOR_PROVES_STOP = 2, /* a stop covers every process, escaped ones included */
};

struct executor;

struct executor_ops {
	const char *name;
	/* Starts the attempt; a known id starts nothing and
	 * is reported again. `order` is borrowed. */
	void (*start)(struct executor *executor, const struct order *order);
	/* Signal, grace, kill, proof; then REPORT_EXITED (or EXIT_UNKILLABLE in it after a
	 * deadline). */
	void (*stop)(struct executor *executor, const char *attempt);
	void (*freeze)(struct executor *executor, const char *attempt);
	void (*thaw)(struct executor *executor, const char *attempt);
	/* What is known of this attempt: reported as STARTED, EXITED, NOT_STARTED, LOST or
	 * UNREACHABLE. */
	void (*query)(struct executor *executor, const char *attempt);
	/* The exit is durable here: the executor may forget the attempt. */
	void (*acknowledge)(struct executor *executor, const char *attempt);
	void (*free)(struct executor *executor);
};

struct executor {
	const struct executor_ops *ops;
	unsigned capabilities; /* set of enum executor_capability; may change with a connect */
};

/* The local executor: a link to hlp-launcher, kept up by itself (reconnects with a growing delay;
 * while it is down, REPORT_UNREACHABLE). `term` is the engine's: the launcher obeys the highest. */
int executor_local_new(struct loop *loop, const struct home *home, uint64_t term,
		       executor_report *report, void *ctx, struct executor **out, struct err *err);

/* Where the local executor's link stands. It changes only with a REPORT_UNREACHABLE or
 * REPORT_REACHABLE whose attempt is NULL; ask then. */
enum executor_link {
	EXECUTOR_CONNECTING, /* no launcher answers, or not yet; it goes on trying */
	EXECUTOR_LINKED,
	EXECUTOR_LAUNCHER_DIED, /* the process that had answered is gone: end in order, then start a
				   new launcher (base/instance.h); it still goes on trying */
	EXECUTOR_SUPERSEDED,	/* the launcher refuses us, since a higher term has begun: end */
};
enum executor_link executor_local_link(const struct executor *executor);
/* The process that answers, or answered last; 0 when none has. */
pid_t executor_local_launcher_pid(const struct executor *executor);

/* To be said after a REPORT_REACHABLE whose attempt is NULL, when this engine serves and has
 * queried every live attempt that was not reported before it: from then on the launcher takes
 * "never heard of it" for proof that an attempt was not started, and this start of hlpd for a
 * success. Nothing while there is no link: the next has a REPORT_REACHABLE of its own. */
void executor_local_ready(struct executor *executor);
/* This engine ends because the instance is idle: the launcher then ends too, instead of starting
 * it again. Written before it returns, if it can be. */
void executor_local_goodbye(struct executor *executor);

#endif
