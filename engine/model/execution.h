/* SPDX-License-Identifier: MIT
 *
 * One run of a workflow: its state and what happens next. Pure: no clock, file, thread, SQL or
 * randomness; time and random draws come in with each input and leave in events.
 *
 *   execution_decide(state, input) → events        used live only; never changes the state
 *   execution_fold(state, event)                   never decides; the only thing that changes it
 *   execution_outstanding(state, node) → effects   what is to be done, from the state alone
 *
 * A struct execution belongs to one thread (the coordinator, the simulator, or a catalog rebuild).
 */
#ifndef HLP_MODEL_EXECUTION_H
#define HLP_MODEL_EXECUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/event.h"
#include "model/graph.h"
#include "model/workflow.h"

/* A file's contents at one moment, as an event recorded it. */
struct revision {
	uint32_t node, artifact; /* whose, and which of its artifacts */
	enum attempt_kind attempt_kind;
	uint32_t attempt;
	enum moment moment;
	uint64_t seq; /* of the event: the revision's name is "r" and this number */
	int64_t time_us;
	bool absent;
	char blob[41];
	int64_t size;
	uint32_t mode, uid, gid;
	int64_t mtime_ns;
	uint64_t inode;
	uint64_t device, folder; /* where it lies; 0 in old journals */
	uint32_t previous;	 /* the node's revision before this one, plus one; 0: none */
	bool failed;		 /* a run that failed left it: it stands for nothing */
	uint64_t judged;	 /* seq of the event that said so last; at first seq */
};

/* What a rollback does with one file where the rules of recovery do not say it already. */
struct file_target {
	uint32_t node, artifact;
	uint64_t revision; /* seq; 0: it is left as it is */
};

/* What a node was when a checkpoint was taken. */
struct checkpoint_node {
	uint8_t state, reason;
	bool fresh; /* no attempt of it had started since it was fresh */
	uint32_t attempt;
};

enum checkpoint_state {
	CHECKPOINT_WANTED, /* it is being recorded */
	CHECKPOINT_KEPT,
	CHECKPOINT_FAILED,
	CHECKPOINT_DROPPED,
};

/* All artifacts and node states at one moment; model/checkpoint.h. */
struct checkpoint {
	const char *name;
	enum checkpoint_state state;
	uint64_t seq; /* of the event that asked for it: it records the state right after that */
	int64_t time_us;
	char commit[41];	       /* in content.git; "" unless it is KEPT */
	const char *digest;	       /* SHA-256 over what it holds, hex; NULL unless KEPT */
	const char *message;	       /* why it failed; NULL unless it did */
	struct checkpoint_node *nodes; /* owned; NULL once it FAILED or was DROPPED */
};

/* Where a freeze stands. A node is PAUSED `frozen` from the report on that it is, until the one
 * that it goes on. */
enum freeze { FREEZE_NONE, FREEZE_ASKED, FREEZE_FROZEN, FREEZE_THAWING };

/* Where a rollback stands that the workflow asks for after a failure. The numbers are stored. */
enum policy_step {
	POLICY_NONE,
	POLICY_DUE,	  /* decided; begins when nothing runs any more */
	POLICY_ASKED,	  /* it cannot be as it is: its node asks */
	POLICY_UNDER_WAY, /* the rollback has begun */
	POLICY_DONE	  /* … and ended; an approval may still be due */
};

struct node_run {
	enum state state;
	enum reason reason;
	enum state resume_state; /* what PAUSED goes back to */
	enum reason resume_reason;
	bool held, stale;
	bool intended;			/* an attempt is intended and not yet dispatched */
	bool captured_before;		/* the intended attempt's pre-image is recorded */
	bool collected, captured_after; /* of the attempt that has exited */
	bool restored;			/* of the rollback under way */
	bool keeps;			/* … which only brings files of it back: */
	enum state kept_state;		/* this is what it was and will be */
	enum reason kept_reason;
	bool approved; /* its approval was given, for this and automatic tries */
	enum freeze freeze;
	enum attempt_kind live_kind; /* of the intended or live attempt; ATTEMPT_NONE when none */
	uint32_t attempt;	     /* run attempts so far; 0 before the first */
	uint32_t undo_attempt;
	uint32_t hook;		/* artifact whose on_restore is next or live */
	uint32_t shells;	/* that people opened on it so far */
	uint32_t hook_attempt;	/* hook attempts so far, over all rollbacks */
	uint32_t check;		/* artifact whose check is intended, live, or was the last */
	uint32_t check_attempt; /* check attempts so far, over all runs */
	bool check_failed;	/* of the last run, some artifact's check did not pass */
	bool check_lost;	/* … and nobody knows how an attempt of one ended */
	uint32_t fresh_attempt; /* run attempts when it was last fresh (never run, or RECOVERED) */
	uint32_t tries;		/* automatic tries since the operator's last word */
	uint32_t undo_tries;
	uint32_t reschedules;	/* tries that a rule of `triggers` added, since fresh */
	uint32_t policy_target; /* how far its failure rolls back; model/policy.h */
	enum verdict verdict;	/* stored, applies when the processes are proven gone */
	enum question question; /* asked now; the text is in `message` */
	enum reason undo_from;	/* where it stood when the rollback took it in */
	enum exit_kind exit_kind;
	int32_t code;		      /* of the last exit; meaning by exit_kind */
	int64_t first_try_us;	      /* when the first of these tries began */
	int64_t started_us, ended_us; /* spawn and exit of the last run attempt; 0 when none */
	int64_t undo_started_us;      /* spawn of the last undo or hook attempt */
	int64_t check_started_us;     /* … of the last check */
	int64_t due_us;		      /* of a backoff, or when a question expires; 0: never */
	int64_t asked_us;	      /* since when it is asked, or frozen */
	int64_t held_until_us;	      /* 0: until it is released */
	int64_t backoff_us;	      /* the last wait drawn, for decorrelated jitter */
	int64_t pid;
	uint64_t start_ticks;
	uint64_t start_order;	/* seq of the first dispatch since fresh: rollback goes backwards */
	uint64_t last_start;	/* seq of the last dispatch of a run */
	uint64_t taken_back;	/* seq at which it was last RECOVERED; 0: never */
	uint64_t settled;	/* seq at which it last ended: completed, failed, recovered */
	uint64_t version;	/* seq of its last event */
	uint64_t ready_seq;	/* when it became ready: age decides among equal priorities */
	uint32_t last_revision; /* its newest revision's place in revisions, plus one; 0: none */
	uint32_t unmet;		/* derived: vertices it still waits for */
	const char *message;	/* last evidence for people; "" when none */
	const char *held_by, *held_note; /* who holds or froze it, and why; NULL: nobody */
	const struct binding *shown;	 /* values beside the question */
	uint32_t shown_count;
	struct binding
		*outputs; /* of the last completed run; names as declared, values NULL if unset */
};

struct execution {
	struct arena arena; /* owns the texts that events brought */
	char id[ULID_TEXT];
	const struct workflow *workflow; /* owned */
	const struct graph *graph;	 /* owned */
	char *name;			 /* "edge-cert#12" */
	uint32_t number;
	char *actor, *note, *folder, *revision, *request;
	char blob[41];	  /* the pinned YAML */
	char *quarantine; /* why it is quarantined; NULL while it is not */
	bool dirty;
	struct binding *params; /* in the order of the declarations */
	struct binding *env;	/* recorded from the client */
	uint32_t env_count;
	enum state state;
	enum reason reason;
	bool paused, cancelled, draining, quarantined, ended;
	bool rolling_back;     /* a rollback is under way */
	bool rolled_back;      /* it has come to an end; retry or cancel is due */
	char plan_id[16];      /* of the rollback under way */
	uint64_t rollback_seq; /* its first event */
	bool steps;	       /* begun so that each node is let go by a word */
	bool only_files;       /* it takes no node back: afterwards all is as it was before */
	bool was_paused, was_ended;
	enum state ended_state; /* of what had ended */
	enum reason ended_reason;
	uint64_t seq;		 /* of the last event folded */
	uint64_t header_version; /* seq of the last event that changed the execution itself */
	uint64_t events_count;
	int64_t created_us, started_us, ended_us;
	uint32_t retries_used; /* of the execution's retry budget */
	enum policy_step policy_step;
	enum trigger policy_trigger; /* that decided, last */
	uint32_t policy_node;	     /* whose failure it was */
	char *policy;		     /* the rule, and why it was not done; NULL: none decided */
	struct node_run *nodes;
	uint32_t *unmet;	     /* per vertex: what it waits for, barriers included; derived */
	uint32_t counts[STATES];     /* nodes per state; derived */
	uint32_t by_reason[REASONS]; /* nodes per reason; derived */
	uint32_t *undo_unmet;	 /* per vertex: dependents that are still to be undone; derived */
	uint32_t undo_left;	 /* nodes of the rollback that are not RECOVERED yet; derived */
	uint32_t live_count;	 /* attempts dispatched and not yet proven gone; derived */
	uint32_t reserved_count; /* slots kept for the checks of runs that have ended; derived */
	uint32_t intended_count; /* intents not yet dispatched; derived */
	double *priority;	 /* per node; model/priority.h; derived once */
	struct ready *ready;	 /* nodes that could be admitted, best first; derived; own type */
	struct revision *revisions; /* in order of seq */
	size_t revisions_count, revisions_capacity;
	struct file_target *targets; /* of the rollback under way, by node and artifact */
	size_t targets_count, targets_capacity;
	struct checkpoint *checkpoints; /* in order of seq */
	size_t checkpoints_count, checkpoints_capacity;
	uint32_t *phase_left; /* per phase: nodes that are not COMPLETED; derived */
	uint32_t *touched; /* nodes changed since execution_touched_clear; for rows and effects */
	uint32_t touched_count;
	bool *touched_mark;
	bool header_touched;
};

/* An execution from its first event. Takes ownership of workflow and graph. */
struct execution *execution_new(struct workflow *workflow, struct graph *graph,
				const struct event *created);
void execution_free(struct execution *execution); /* accepts NULL */

/* ---- inputs ------------------------------------------------------------------------------ */

enum verb {
	VERB_NONE,
	VERB_PAUSE,
	VERB_RESUME,
	VERB_CANCEL, /* execution; cancel also of one node */
	VERB_RETRY,  /* node, or every failed node */
	VERB_SKIP,
	VERB_DONE,
	VERB_HOLD,
	VERB_RELEASE,
	VERB_FREEZE,
	VERB_THAW,
	VERB_ANSWER,
	VERB_NOTE,
	VERB_ROLLBACK,
	VERB_SHELL,	 /* a person opens a shell of a node */
	VERB_LEFT_SHELL, /* … and has left it */
	VERB_ATTACH,	 /* somebody looks: agent */
	VERB_FORGET,	 /* its secrets; arguments: "artifact" and a path, or none: all */
	VERB_CHECKPOINT, /* arguments: "name" and one, or none: one is made up */
	VERBS
};
const char *verb_name(enum verb verb);
bool verb_parse(const char *name, enum verb *out);

struct plan; /* model/plan.h */

/* An operator's word. */
struct act {
	enum verb verb;
	uint32_t node; /* EVENT_NO_NODE: the execution */
	const char *actor;
	const char *origin; /* the actor's terminal, and over ssh from where; NULL: unknown */
	const char *note;   /* the operator's reason; NULL without */
	const char *
		request; /* the client's id for it; an act with a known one is answered, not done */
	uint64_t version;	 /* that the client saw (node's or execution's); 0: not given */
	enum answer answer;	 /* VERB_ANSWER */
	const struct plan *plan; /* VERB_ROLLBACK: as shown and confirmed; answer undo: or NULL */
	const struct binding *arguments; /* VERB_DONE, answer done: outputs */
	uint32_t arguments_count;
	int64_t until_us; /* VERB_HOLD: it is released then; 0: never */
	bool failed;	  /* VERB_DONE: a person's step did not succeed */
	bool next;	  /* VERB_RELEASE of the execution: the held node that would start first */
	uint32_t shell;	  /* VERB_LEFT_SHELL: its number, how it ended, how long it was open */
	int32_t code;
	int64_t took_us;
	const char *agent; /* where the actor's ssh agent listens; NULL: none is known */
	bool by_policy;	   /* VERB_ROLLBACK: the workflow asked for it */
};

/* What of an execution shall run, said when it is started. Names are the operator's. */
struct beginning {
	const char *from;	 /* node: what it needs, and earlier phases, count as skipped */
	const char *until;	 /* node or phase: what comes after it is held */
	const char *const *only; /* nodes: all others count as skipped */
	uint32_t only_count;
	bool step; /* every node is held */
};

enum input_kind {
	INPUT_ACT,
	INPUT_DISPATCHED,     /* the coordinator posts START now */
	INPUT_CAPTURED,	      /* moment, items: the content thread recorded revisions */
	INPUT_CAPTURE_FAILED, /* moment, text */
	INPUT_WAITS,	      /* text: who has the files of an intended attempt */
	INPUT_STARTED,	      /* pid, start_ticks, text: boot id */
	INPUT_EXITED,	      /* exit_kind, code, cpu_us, rss_kib, text */
	INPUT_COLLECTED, /* items: outputs; failed: text says what was wrong (FAILED `output`) */
	INPUT_COLLECT_FAILED,
	INPUT_RESTORED,	      /* items */
	INPUT_RESTORE_FAILED, /* text */
	INPUT_NOT_STARTED, /* the executor proves that this attempt was never started. Only as the
			      answer to a question asked after its START was posted, if it was: an
			      older answer would say that what is just starting never will */
	INPUT_LOST,	   /* proven gone, exit unknown */
	INPUT_UNREACHABLE, /* the executor is silent about it */
	INPUT_REACHABLE,
	INPUT_FROZEN, /* its processes stand still; they go on */
	INPUT_THAWED,
	INPUT_BEGIN,		 /* beginning: right after its creation, in the same commit */
	INPUT_DUE,		 /* time_us has come: what is due. Given again while more is */
	INPUT_ADMIT,		 /* intend the best ready node, if any; from admission */
	INPUT_QUARANTINE,	 /* text */
	INPUT_CHECKPOINTED,	 /* checkpoint: of what name, commit, digest */
	INPUT_CHECKPOINT_FAILED, /* checkpoint: of what name; text: why */
	INPUT_POLICY_REFUSED,	 /* text: why the rollback that is due cannot be as it is; failed:
				    never, else the node asks */
	INPUT_POLICY_ASK,	 /* the approval that is due after it */
};

struct input {
	enum input_kind kind;
	int64_t time_us;
	double draw; /* 0 <= draw < 1: the one random number a decision may use */
	const struct act *act;
	const struct beginning *beginning;   /* one that beginning_check accepted */
	const struct checkpoint *checkpoint; /* name, and of a recorded one commit and digest */
	const char *workspace; /* the execution's scratch folder, for texts that name it; or NULL */
	uint32_t node;
	enum attempt_kind attempt_kind;
	uint32_t attempt;
	enum moment moment;
	enum exit_kind exit_kind;
	int32_t code;
	int64_t pid, cpu_us, rss_kib;
	uint64_t start_ticks;
	const char *text;
	bool failed; /* POLICY_REFUSED */
	const struct event_item *items;
	uint32_t items_count;
};

/* What follows from an input, appended to `out` with seq 0. 0 events is a fine answer to a fact
 * that is late or known. An act that does not apply is ERR_REFUSED (or ERR_CONFLICT when the
 * version moved) with a message for the operator, and nothing is appended. Does not change the
 * execution; the events must then be numbered and folded in order before the next decide. */
int execution_decide(const struct execution *execution, const struct input *input,
		     struct event_list *out, struct err *err);

/* Applies one event. Asserts only what the journal's own checks already prove; an event that cannot
 * be folded (corrupt journal) is ERR_CORRUPT. */
int execution_fold(struct execution *execution, const struct event *event, struct err *err);

void execution_touched_clear(struct execution *execution);

/* ---- effects ----------------------------------------------------------------------------- */

enum effect_kind {
	EFFECT_CAPTURE_BEFORE, /* record the node's artifacts before the intended attempt */
	EFFECT_START,	       /* start the intended attempt when a slot is free */
	EFFECT_WATCH,	/* dispatched, not known to have exited: the executor owes us facts */
	EFFECT_STOP,	/* end the live attempt's processes and prove it */
	EFFECT_COLLECT, /* read the outputs of the attempt that has exited */
	EFFECT_CAPTURE_AFTER,
	EFFECT_RESTORE, /* bring the node's artifacts back to their pre-images */
	EFFECT_FREEZE,
	EFFECT_THAW,
	EFFECT_CHECKPOINT, /* of the execution: record the oldest one that is wanted */
};

struct effect {
	enum effect_kind kind;
	uint32_t node;
	enum attempt_kind attempt_kind;
	uint32_t attempt;
	uint32_t artifact; /* of a hook or check */
};
#define EFFECTS_PER_NODE 4

/* What this node's state asks for; the same answer until an event changes it. Each effect names its
 * attempt, so that carrying it out twice does no harm. EVENT_NO_NODE: what the execution itself
 * asks for. After a restart nothing else is left to do. Returns the count. */
size_t execution_outstanding(const struct execution *execution, uint32_t node,
			     struct effect out[EFFECTS_PER_NODE]);
/* The next time at which INPUT_DUE is wanted; INT64_MAX when never. */
int64_t execution_next_due(const struct execution *execution);

/* What the execution as a whole asks for: the same durable, derived work. */
enum policy_work { POLICY_NO_WORK, POLICY_ROLL_BACK, POLICY_ASK };
enum policy_work execution_policy_work(const struct execution *execution);

/* ---- admission --------------------------------------------------------------------------- */

/* Hands out up to `slots` intents over all executions, best priority first, each within its own
 * max_parallel: calls `intend` with the execution to which INPUT_ADMIT is then given. `intend`
 * decides and folds, and returns false when that gave nothing. Returns how many it handed out. */
size_t admission_decide(struct execution *const *executions, size_t count, size_t slots,
			bool (*intend)(void *ctx, struct execution *execution), void *ctx);
/* Whether INPUT_ADMIT would give an intent now. */
bool execution_can_admit(const struct execution *execution);
/* Whether one more attempt may be live: INPUT_DISPATCHED is the caller's to hold back until then. A
 * check needs no such leave: it runs in the slot of the run before it. */
bool execution_can_dispatch(const struct execution *execution);
/* How many slots are taken: by what is live, and by runs whose checks are still to come. */
uint32_t execution_slots_taken(const struct execution *execution);

/* ---- reading ------------------------------------------------------------------------------ */

/* "01jd…-swap-run-1": known to every executor. '_' in a node's name becomes '.'. */
#define ATTEMPT_ID_TEXT 112
void attempt_id(const struct execution *execution, uint32_t node, enum attempt_kind kind,
		uint32_t attempt, char out[ATTEMPT_ID_TEXT]);
bool attempt_id_parse(const char *text, char out_execution[ULID_TEXT], char out_node[64],
		      enum attempt_kind *out_kind, uint32_t *out_attempt);

/* The revision that the rules of recovery restore for an artifact (the pre-image of the first
 * attempt since fresh), or NULL when no attempt began. */
const struct revision *execution_pre_image(const struct execution *execution, uint32_t node,
					   uint32_t artifact);
/* Whether a run attempt is the first since the node was fresh. */
bool execution_is_first_try(const struct execution *execution, uint32_t node, uint32_t attempt);
/* The newest revision of an artifact; NULL when there is none. */
const struct revision *execution_newest_revision(const struct execution *execution, uint32_t node,
						 uint32_t artifact);
/* The newest one from before an event that says what the node left: a capture for an attempt that
 * never began does not. */
const struct revision *execution_last_seen(const struct execution *execution, uint32_t node,
					   uint32_t artifact, uint64_t before);
/* An artifact's revision by its seq; NULL when there is none. */
const struct revision *execution_find_revision(const struct execution *execution, uint32_t node,
					       uint32_t artifact, uint64_t seq);
/* What the rollback under way restores of an artifact; NULL: nothing. */
const struct revision *execution_target(const struct execution *execution, uint32_t node,
					uint32_t artifact);
void execution_sort_targets(struct execution *execution); /* after they were added */
bool execution_has_target(const struct execution *execution, uint32_t node);
/* Whether they hold the same: bytes, mode and owner, or no file at all. */
bool execution_same_file(const struct revision *a, const struct revision *b);

/* A checksummed image of the fold, for quick loading; and back. The workflow and graph come from
 * the pinned bytes. ERR_CORRUPT when damaged or of another format. */
void execution_snapshot(const struct execution *execution, struct buf *out);
int execution_from_snapshot(struct workflow *workflow, struct graph *graph, const void *data,
			    size_t length, struct execution **out, struct err *err);
/* Whether two folds are the same state; if not, *out_where names the first difference. */
bool execution_equal(const struct execution *a, const struct execution *b, const char **out_where);

#endif
