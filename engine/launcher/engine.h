/* SPDX-License-Identifier: MIT
 *
 * Keeping hlpd up: started at once when it dies, then with a growing delay, without one again
 * after ten seconds of health; given up, saying so, at exit 75 or after ten starts in a row
 * that never became ready. One thread.
 */
#ifndef HLP_LAUNCHER_ENGINE_H
#define HLP_LAUNCHER_ENGINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/home.h"
#include "base/loop.h"

struct engine {
	struct loop *loop;
	const struct home *home;
	pid_t pid;	  /* 0 while none runs */
	bool ready;	  /* this one has said READY */
	bool wanted;	  /* false: start none any more */
	bool goodbye;	  /* it said that it ends on purpose */
	uint32_t crashes; /* in a row: starts that died of their own doing before they were healthy
			   */
	bool given_up;
	int64_t stopped_us; /* CLOCK_MONOTONIC: since when it is asked to end; 0: it is not */
	int64_t started_us; /* CLOCK_MONOTONIC */
	off_t log_from;	    /* what it prints begins here in engine.log */
	int64_t delay_us;   /* before the next start */
	unsigned failures;  /* starts in a row that never became ready */
	char text[600];	    /* for people: why none runs; "" when all is well */
	struct loop_timer timer;
};

void engine_init(struct engine *engine, struct loop *loop, const struct home *home);
/* Starts it now unless it runs: forgets delays and having given up. */
void engine_wake(struct engine *engine);
void engine_set_ready(struct engine *engine);
/* Its process has ended with this wait status. */
void engine_ended(struct engine *engine, int status);
/* Ends it and starts none any more. */
void engine_stop(struct engine *engine);
/* Kills one that was asked to end and has not for long. Call now and then. */
void engine_tend(struct engine *engine);

#endif
