/* SPDX-License-Identifier: MIT
 *
 * The simulator: the production engine (engine/runtime and engine/model, as they are) on one
 * thread, with fakes for its seams, clients and an operator who act at random, and deaths between
 * any two steps. Everything comes from one seed.
 *
 *   sim_world.c     the steps               seam_worker.c    threads: their work, in any order
 *   sim_engine.c    the engine's lives      seam_journal.c   what is durable; catalog reads it
 *   sim_client.c    requests and answers    seam_content.c   files and their revisions
 *   sim_operator.c  acts                    seam_executor.c  the executor's end of the link
 *   sim_watch.c     watchers                sim_launcher.c   processes, which outlive the engine
 *   sim_draw.c      workflows, as YAML      sim_shadow.c     the fold of what is durable
 *   sim_check.c     what must hold          sim_cover.c      what was reached
 *   sim_main.c      seeds and options
 */
#ifndef HLP_TESTS_SIM_SIM_H
#define HLP_TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "base/rng.h"
#include "model/execution.h"
#include "model/rows.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"

#define WORKFLOWS_MAX 2
#define SHADOWS_MAX   4
#define ARTIFACTS_MAX 2

/* ---- processes: the truth, which nobody in the engine sees ------------------------------- */

enum process_status {
	PROCESS_NONE,
	PROCESS_RUNNING,
	PROCESS_ORPHAN, /* runs, but its launcher has died */
	PROCESS_EXITED,
	PROCESS_LOST,
	PROCESS_ACKNOWLEDGED
};

struct process { /* one attempt */
	char id[ATTEMPT_ID_TEXT];
	struct shadow *shadow;
	uint32_t node;
	enum attempt_kind kind;
	uint32_t number;
	/* as the journal has it */
	bool intended, revoked, dispatched;
	uint32_t exits;
	/* as it is */
	enum process_status status;
	uint32_t starts;		       /* how often it was really started */
	bool known;			       /* to the launcher */
	bool unsent;			       /* its START never left this engine */
	bool stop_asked, frozen, freeze_asked; /* the last: by somebody, says the journal */
	enum exit_kind exit_kind;
	int32_t code;
	int64_t pid, started_us;
};

enum wire_kind {
	WIRE_START,
	WIRE_STOP,
	WIRE_FREEZE,
	WIRE_THAW,
	WIRE_QUERY,
	WIRE_ACKNOWLEDGE,
	WIRE_READY
};

struct wire { /* a message to the launcher, in order */
	enum wire_kind kind;
	struct process *process;
	bool inherited;
};

struct word { /* a message from the launcher, in order */
	enum report_kind kind;
	struct process *process; /* NULL: all that is known has been said */
	int64_t time_us;
};

struct launcher {
	struct process **processes; /* of all time */
	size_t count, capacity;
	struct map by_id;
	struct wire *wires;
	size_t wires_count, wires_capacity;
	struct word *words;
	size_t words_count, words_capacity;
	int64_t pids;
	bool alive, seen_ready;
};

/* The executor's end, in the engine; executor.h's struct is its first member. */
struct link {
	struct executor executor;
	executor_report *report;
	void *ctx;
	enum executor_link link;
	bool welcome, has_met;
};

/* ---- the journal and its shadow ---------------------------------------------------------- */

struct entry {
	enum event_kind kind;
	uint64_t seq;
	size_t offset, length; /* of the payload */
	struct shadow *shadow;
};

struct journal {
	struct buf bytes;
	struct entry *entries;
	size_t count, capacity;
	uint64_t last_seq, term;
	struct map requests; /* id → place in entries */
	struct arena arena;
	bool broken, has_ballast;
	uint64_t hash; /* of everything, for determinism */
};

struct guard {	      /* what the simulator itself keeps of a node, from events alone */
	uint64_t row; /* hash of the row in the projection */
	bool held, approved;
	bool has_base;
	uint32_t base_attempt;	      /* 0: none started yet */
	char base[ARTIFACTS_MAX][41]; /* pre-images of the first attempt since fresh */
	bool has_seen;
	char seen[ARTIFACTS_MAX][41]; /* what its files last were seen to hold */
	bool passed[ARTIFACTS_MAX];   /* the last run's file its check */
};

struct shadow { /* an execution as the durable events say it is */
	char id[ULID_TEXT];
	const char *workflow;
	struct execution *execution;
	struct guard *nodes;
	uint64_t header_row;
	struct buf snapshot;
	uint64_t snapshot_seq, snapshot_events;
	int64_t act_us;		       /* time of the act whose consequences come, or -1 */
	const struct moment_kept *aim; /* the checkpoint that its last rollback leads to; or NULL */
	bool rollback_decided;	       /* by a rule of the workflow; not yet begun or given up */
	bool rollback_asked;	       /* by a person, or by such a rule: it may begin */
};

/* ---- files ------------------------------------------------------------------------------- */

enum kept { KEPT_NOT, KEPT_IN_BATCH, KEPT_DURABLE };

struct content {       /* revisions; blob n is n in 40 digits */
	char **texts;  /* of those that hold a workflow */
	uint8_t *kept; /* enum kept */
	int64_t keep_up_to;
	bool may_fill;
	size_t count, capacity;
	struct map files; /* path → revision that stands there */
	struct arena arena;
};

/* ---- clients ----------------------------------------------------------------------------- */

enum sim_begin { BEGIN_ALL, BEGIN_STEP, BEGIN_FROM, BEGIN_UNTIL, BEGIN_ONLY, BEGINS };

struct asked { /* what a client wants, kept by it until it is answered */
	char id[24];
	enum request_kind kind;
	uint32_t workflow; /* execute */
	char execution[ULID_TEXT], node[16], plan[16];
	char phase[4], artifact[40], past[16], exclude[16]; /* of a rollback, with node */
	char checkpoint[80];
	bool all, overwrite;
	char first[8]; /* execute: the node that a beginning names */
	enum sim_begin begin;
	int64_t until_us; /* hold */
	bool failed, next;
	uint32_t shell; /* left-shell */
	const char *note, *agent;
	enum verb verb;
	enum answer answer;
	uint64_t version;
	bool flag, outputs;
	uint32_t under_way; /* requests on their way for it */
	bool doubled, done;
	bool races; /* a hold on a node that may be starting just now */
};

struct watcher {
	bool wanted, registered, reading;
	char execution[ULID_TEXT];
	uint64_t life, seq;
	uint64_t *rows; /* the mirror, by hash; 0: not told */
	uint64_t header;
	struct runtime_update **kept;
	size_t kept_count, kept_capacity;
};

/* ---- the world --------------------------------------------------------------------------- */

enum thread { THREAD_JOURNAL, THREAD_CONTENT, THREAD_CATALOG, THREAD_EXECUTORS, THREADS };

struct cover { /* over all seeds of a run */
	uint64_t kinds[128];
	uint64_t reasons[REASONS], crashes[REASONS];
	uint64_t ends[ATTEMPT_SHELL + 1]; /* of attempts, by their kind */
	uint64_t refused[VERBS], accepted[VERBS];
	uint64_t holds, holds_too_late; /* of those that raced with a start */
};

struct world {
	uint64_t seed;
	struct rng rng;
	bool trace, faults;
	int64_t now_us;
	uint64_t steps;
	struct clock clock;
	struct home home;
	struct buf workflows[WORKFLOWS_MAX];
	/* the engine, while it lives */
	struct runtime *runtime;
	struct engine *engine;
	struct worker *workers[THREADS];
	bool wakes[THREADS];	     /* its wait has an end: it may work without a message */
	struct mailbox out[THREADS]; /* what a thread has said and the coordinator not yet heard */
	struct mailbox clients;
	int64_t deadline_us;
	uint64_t life;
	bool dead; /* it dies: nothing that it does reaches the world any more */
	int over;  /* enum runtime_end + 1, once it asked to be ended */
	/* the world */
	struct journal journal;
	struct content content;
	struct link *link;
	struct launcher launcher;
	struct shadow *shadows[SHADOWS_MAX];
	uint32_t shadows_count, executes;
	struct asked *asked[400];
	uint32_t asked_count;
	struct watcher watcher;
	struct moment_kept *moments; /* all checkpoints; sim_checkpoint.c */
	bool disk_full;
	char failure[600]; /* what did not hold; "" while all holds */
	uint64_t acts, restarts;
	struct cover *cover;
};
extern struct world *sim; /* the one that runs now: seams are called without it */

void sim_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sim_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline bool sim_failed(void)
{
	return sim->failure[0] != '\0';
}
/* A number below n, and true once in n times, from the seed. */
static inline uint64_t sim_draw(uint64_t n)
{
	return rng_below(&sim->rng, n);
}
static inline bool sim_chance(uint64_t n)
{
	return sim_draw(n) == 0;
}

/* sim_draw.c */
void draw_workflow(struct buf *out, uint32_t number);

/* sim_engine.c */
void engine_begin(void);
void engine_crash(void); /* its memory is gone */
void engine_stop(void);	 /* it ends in order */
void engine_turn(void);
void engine_work(enum thread thread);	 /* on some of what waits for it */
void engine_forward(enum thread thread); /* some of what it said arrives */
/* The first messages of a mailbox, at least one if there are any; the rest stays. */
struct message *engine_take_some(struct mailbox *mailbox);

/* seam_content.c */
void files_write(const char *path, bool absent); /* somebody does, not the engine */
const char *files_blob(const char *path);	 /* what stands there; "" for nothing */
bool content_is_durable(const char *blob);
int content_refusal(struct err *err); /* it is dead, or the disk refuses */
void content_crash(void);	      /* a batch that was not committed is gone */
void content_release(void);

/* sim_checkpoint.c */
void checkpoint_note(struct shadow *shadow, const struct event *event); /* after its fold */
/* What a rollback to a checkpoint brings a file to; NULL: to what its node found, or there is none
 * under way. */
const char *checkpoint_wants(const struct shadow *shadow, uint32_t node, uint32_t artifact);
void checkpoint_check_rest(const struct shadow *shadow);
void checkpoint_release(void);

/* seam_journal.c */
void journal_release(void);

/* sim_launcher.c */
struct process *launcher_find(const char *attempt); /* made when there is none */
void launcher_say(enum report_kind kind, struct process *process);
void launcher_list(void);
void launcher_receive(void); /* one message arrives at the launcher */
bool launcher_runs(void);
bool launcher_has_orphans(void);
void launcher_end_one(void);
void launcher_end_orphan(void);
void launcher_die(void);
void launcher_begin(void);
void launcher_reboot(void); /* the machine: nothing runs any more */
void launcher_release(void);

/* seam_executor.c */
void link_connect(void);
void link_break(void);	/* some of what is on the way arrives */
void link_report(void); /* one word of the launcher is heard */

/* sim_shadow.c */
struct shadow *shadow_find(const char *execution);
void shadow_take(struct shadow *shadow, const struct event *event);
struct shadow *shadow_new(const struct event *created);
void shadow_release(struct shadow *shadow);
uint64_t shadow_hash_node(const struct node_row *row);
uint64_t shadow_hash_header(const struct execution_row *row);
const char *shadow_node(const struct shadow *shadow, uint32_t node);

/* sim_client.c */
struct asked *client_new(enum request_kind kind);
void client_send(struct asked *asked);
void client_send_again(void); /* one that was never answered */
bool client_waits(void);
void client_take(void); /* what has come back */
void client_lose(void); /* the connection */
void client_release(void);
struct runtime_encoder client_encoder(void);

/* sim_operator.c */
void operator_executes(void);
void operator_acts(void);
void operator_stops(void);

/* sim_watch.c */
void watch_acts(void); /* somebody begins or ends watching */
void watch_answered(struct request *request);
void watch_read(struct catalog_job *job);
void watch_update(struct runtime_update *update);
void watch_lose(void);
void watch_begin(void); /* again, after a restart */
void watch_check(void); /* at rest */
void watch_release(void);
void watch_encode(void *ctx, uint64_t seq, const struct execution_row *header,
		  const struct node_row *nodes, size_t nodes_count, const struct act_row *acts,
		  const char *const *act_nodes, size_t acts_count, bool last, struct buf *out);

/* sim_check.c */
void check_event(struct shadow *shadow, const struct event *event);
void check_after_event(struct shadow *shadow, const struct event *event, enum state before);
void check_order(const struct process *process); /* START reached the executors thread */
void check_process(const struct process *process);
void check_live(void); /* the engine's fold is that of the journal */
void check_projection(struct shadow *shadow, bool whole);
void check_rest(void);

/* sim_cover.c */
void cover_event(const struct shadow *shadow, const struct event *event);
void cover_crash(void);
/* Prints what was never reached; true when all was. */
bool cover_report(const struct cover *cover);

/* sim_world.c */
void world_run(void);
void world_release(void);

#endif
