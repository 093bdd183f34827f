/* SPDX-License-Identifier: MIT
 *
 * The simulator: a random workflow is run by the production model under a fake clock, a fake
 * executor, a fake content store and a fake journal, with an operator who acts at random, and dies
 * between any two steps. Everything comes from one seed.
 *
 *   sim_graph.c     draws the workflow          sim_journal.c   what is durable, and what is not
 *   sim_engine.c    the coordinator's part      sim_executor.c  processes, which outlive the engine
 *   sim_operator.c  acts                        sim_check.c     what must hold after each step
 *   sim_world.c     the steps                   sim_main.c      seeds and options
 *   sim_cover.c     what was reached
 */
#ifndef HLP_TESTS_SIM_SIM_H
#define HLP_TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "model/execution.h"
#include "model/plan.h"

/* ---- processes: the truth, which nobody in the engine sees ------------------------------- */

enum process_status {
	PROCESS_NONE,
	PROCESS_RUNNING,
	PROCESS_EXITED,
	PROCESS_LOST,
	PROCESS_ACKNOWLEDGED
};

struct process { /* one attempt, as the executor knows it */
	uint32_t node;
	enum attempt_kind kind;
	uint32_t number;
	enum process_status status;
	uint32_t starts; /* how often it was really started */
	bool stop_asked;
	enum exit_kind exit_kind;
	int32_t code;
	int64_t pid, started_us, ended_us;
};

enum wire_kind { WIRE_START, WIRE_STOP, WIRE_QUERY, WIRE_ACKNOWLEDGE };

struct wire { /* a message to the executor, in order */
	enum wire_kind kind;
	uint32_t node;
	enum attempt_kind attempt_kind;
	uint32_t number;
};

struct executor_fake {
	struct process *processes;
	size_t count, capacity;
	struct wire *wires;
	size_t wires_count, wires_capacity;
	struct input *reports; /* to the engine, in order */
	size_t reports_count, reports_capacity;
	int64_t pids;
	bool silent; /* unreachable just now */
};

/* ---- the journal ------------------------------------------------------------------------- */

struct entry {
	enum event_kind kind;
	uint64_t seq;
	size_t offset, length;
	uint32_t node;
	enum attempt_kind attempt_kind;
	uint32_t attempt;
};

struct batch {
	size_t events_end; /* entries up to here belong to it and those before */
	uint32_t *touched;
	uint32_t touched_count;
	uint64_t last_seq;
};

struct journal_fake {
	struct buf bytes;
	struct entry *entries;
	size_t count, capacity, durable; /* entries[0 … durable) survive a crash */
	struct batch *batches;
	size_t batches_count, batches_capacity, batches_durable;
	struct buf snapshot; /* of the state after snapshot_seq; counts once that is durable */
	uint64_t snapshot_seq;
	struct event_list decoded; /* of the replay under way */
};

/* ---- the engine -------------------------------------------------------------------------- */

struct mark { /* an effect that was posted and is not done */
	bool set;
	enum attempt_kind attempt_kind;
	uint32_t attempt;
};
#define SIM_EFFECTS (EFFECT_THAW + 1)

struct node_shadow { /* what the simulator itself keeps of a node, from events alone */
	struct mark marks[SIM_EFFECTS];
	bool awaits_answer; /* since the restart */
	bool open_intent;
	uint64_t intended_seq;
	bool queued; /* waits for a slot */
};

struct cover { /* over all seeds of a run */
	uint64_t kinds[EVENT_RESTORING + 1];
	uint64_t reasons[REASONS], crashes[REASONS];
};

enum seam_rule { SEAM_WHOLE, SEAM_START_BEFORE_COMMIT, SEAM_START_REVOKED };

struct world {
	uint64_t seed;
	struct rng rng;
	bool trace, faults;
	enum seam_rule broken;
	int64_t now_us;
	uint64_t seq, steps;
	struct workflow *workflow;
	struct graph *graph;
	struct execution *execution;
	struct event created;
	struct node_shadow *nodes;
	struct effect *jobs; /* of the content store, in no order */
	size_t jobs_count, jobs_capacity;
	uint32_t *queue; /* nodes that wait for a slot */
	size_t queue_count, queue_capacity;
	struct event_list list;
	bool list_has_act;
	struct executor_fake executor;
	struct journal_fake journal;
	char failure[600]; /* what did not hold; "" while all holds */
	uint32_t acts, restarts;
	struct cover *cover;
};

void sim_fail(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_trace(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline bool sim_failed(const struct world *world)
{
	return world->failure[0] != '\0';
}
/* True once in `n` times. */
static inline bool sim_chance(struct world *world, uint64_t n)
{
	return rng_below(&world->rng, n) == 0;
}
const char *sim_node(const struct world *world, uint32_t node);

/* sim_graph.c */
void graph_draw(struct world *world);
void graph_keep(struct world *world); /* takes workflow and graph back from an execution */

/* sim_journal.c */
void journal_append(struct world *world, const struct event *event);
void journal_post(struct world *world); /* closes the batch of this turn */
void journal_commit_some(struct world *world);
void journal_crash(struct world *world); /* drops what is not durable */
/* The fold of the first `count` entries from the start, or from the snapshot if it applies. */
enum replay { REPLAY_WHOLE, REPLAY_SNAPSHOT };
struct execution *journal_replay(struct world *world, size_t count, enum replay how);
void journal_drop(struct world *world, struct execution *execution);
void journal_release(struct world *world);

/* sim_executor.c */
void executor_send(struct world *world, enum wire_kind kind, uint32_t node,
		   enum attempt_kind attempt_kind, uint32_t number);
void executor_receive(struct world *world); /* one message arrives at the executor */
void executor_end_one(struct world *world); /* one running process ends */
void executor_fall_silent(struct world *world);
void executor_die(struct world *world); /* the launcher: what ran is lost */
void executor_come_back(struct world *world);
void executor_crash(struct world *world); /* the engine's end of the link is gone */
bool executor_runs(const struct world *world);
struct process *executor_find(struct world *world, uint32_t node, enum attempt_kind kind,
			      uint32_t number);

/* sim_engine.c */
/* Decides, numbers, folds, appends; what decide returned. */
int engine_feed(struct world *world, const struct input *input);
void engine_turn(struct world *world); /* admission, dispatch, post of the batch */
void engine_committed(struct world *world, const struct batch *batch, size_t first_entry);
void engine_report(struct world *world); /* one report arrives */
void engine_job_done(struct world *world);
void engine_restart(struct world *world);
void engine_silence(struct world *world); /* the executor does not answer */
void engine_back(struct world *world);	  /* it answers again */
bool engine_is_ready(const struct world *world);

/* sim_operator.c */
void operator_acts(struct world *world);

/* sim_check.c */
void check_event(struct world *world, const struct event *event);
void check_after_event(struct world *world, const struct event *event, enum state before);
void check_start(struct world *world, uint32_t node, enum attempt_kind kind, uint32_t number);
void check_process(struct world *world, const struct process *process);
void check_replay(struct world *world);
void check_rest(struct world *world);

/* sim_cover.c */
void cover_event(struct world *world, const struct event *event);
void cover_crash(struct world *world);
/* Prints what was never reached; true when all was. */
bool cover_report(const struct cover *cover);

/* sim_world.c */
void world_run(struct world *world);
void world_release(struct world *world);

#endif
