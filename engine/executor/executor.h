/* SPDX-License-Identifier: MIT
 *
 * The seam to where attempts run. All calls are asynchronous, made on one thread (the executors
 * thread, which owns the loop) and idempotent by attempt id; what comes of them is reported on that
 * same thread. Silence is `unreachable`, never `lost`.
 */
#ifndef HLP_EXECUTOR_EXECUTOR_H
#define HLP_EXECUTOR_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/home.h"
#include "base/loop.h"
#include "model/event.h"
#include "model/order.h"

enum report_kind {
	REPORT_STARTED,	    /* pid, start_ticks, text: boot id; time_us: the spawn */
	REPORT_EXITED,	    /* exit_kind, code, cpu_us, rss_kib, text; time_us: the exit. Repeated after
			       a reconnect until acknowledged. Its processes are proven gone. */
	REPORT_NOT_STARTED, /* proven: this attempt was never started and will not be */
	REPORT_LOST,	    /* proven gone, and nobody knows its exit */
	REPORT_UNREACHABLE, /* nothing can be said now; attempt NULL: about all of them */
	REPORT_REACHABLE,   /* the executor answers again; attempt NULL: all. Comes after a connect, when
			       every attempt the executor knows has been reported */
	REPORT_FROZEN, REPORT_THAWED,
};

struct report {
	enum report_kind kind;
	const char *attempt; /* id; borrowed for the call */
	int64_t time_us;     /* wall time */
	enum exit_kind exit_kind;
	int32_t code;
	int64_t pid, cpu_us, rss_kib;
	uint64_t start_ticks;
	const char *text;    /* borrowed */
};

/* Called on the executors thread, without locks; may not call back into the executor. */
typedef void executor_report(void *ctx, const struct report *report);

enum executor_capability {
	EXECUTOR_FREEZE = 1,	  /* freeze and thaw work */
	EXECUTOR_PROVES_STOP = 2, /* a stop covers every process, escaped ones included */
};

struct executor;

struct executor_ops {
	const char *name;
	/* Starts the attempt; a known id starts nothing and is reported again. `order` is borrowed. */
	void (*start)(struct executor *executor, const struct order *order);
	/* Signal, grace, kill, proof; then REPORT_EXITED (or EXIT_UNKILLABLE in it after a deadline). */
	void (*stop)(struct executor *executor, const char *attempt);
	void (*freeze)(struct executor *executor, const char *attempt);
	void (*thaw)(struct executor *executor, const char *attempt);
	/* What is known of this attempt: reported as STARTED, EXITED, NOT_STARTED, LOST or UNREACHABLE. */
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

#endif
