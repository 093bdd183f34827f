/* SPDX-License-Identifier: MIT
 *
 * The coordinator's own data: every loaded execution, the open turn, who is waited for. Only the
 * coordinator thread touches it; others send messages. The modules above divide the work on it:
 * turn (decide, number, fold, seal), effects (state → work for others), facts (work done → inputs),
 * requests (what clients ask), publish (what watchers are told).
 */
#ifndef HLP_RUNTIME_ENGINE_H
#define HLP_RUNTIME_ENGINE_H

#include "base/rng.h"
#include "runtime/live.h"
#include "runtime/messages.h"
#include "runtime/worker.h"

/* A committed intent that waits for a slot. */
struct waiting_start {
	char execution[ULID_TEXT];
	struct effect effect;
};

struct engine {
	struct runtime_options options;
	struct mailbox mailbox; /* the coordinator's */
	struct worker coordinator, journal, content, catalog, executors;
	struct live_table lives;
	struct rng rng;
	uint64_t term;
	uint64_t seq; /* of the last event folded */
	uint64_t committed_seq;
	struct commit *open; /* the turn under way; NULL when nothing happened yet */
	size_t commits_in_flight;
	struct waiting_start *starts; /* a queue: starts_first … starts_last */
	size_t starts_first, starts_last, starts_capacity;
	struct map requests; /* ids of mutating requests known to this engine → their execution */
	struct arena requests_arena;
	struct map quarantined; /* ids of executions that are set aside → a refusal (char *) */
	struct arena quarantine_arena;
	uint32_t watch_all;   /* watchers of all headers */
	int64_t published_us; /* the last publication */
	bool publish_due;
	bool disk_full;	       /* nothing new is admitted or sent */
	int64_t room_due_us;   /* when what found no room is asked for again; 0: nothing did */
	int64_t starts_due_us; /* no start is sent before */
	int64_t room_said_us;  /* when the log was last told that something waits */
	char room_text[300];
	bool launcher_reachable;
	bool can_freeze; /* says the executor that answered last */
	uint64_t links;	 /* reports about all so far: they number the changes of the link */
	int64_t unlinked_since_us; /* meaningless while it is reachable */
	bool broken;		   /* a commit failed: nothing is acted on any more */
	bool stopping, quit;
	uint64_t files_given_back; /* how often, in this life */
	struct request *stop_request;
	struct request **parked; /* wait until their execution is reconciled */
	size_t parked_count, parked_capacity;
	int64_t idle_since_us; /* 0 while something goes on */
};

/* Monotonic time, of which are all points in time here that are not records. */
static inline int64_t engine_now_us(const struct engine *engine)
{
	return clock_monotonic_us(engine->options.clock);
}

#endif
