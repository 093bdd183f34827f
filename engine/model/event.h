/* SPDX-License-Identifier: MIT
 *
 * An event: a fact or a decision, durable before anything acts on it. The journal of an execution
 * is the list of its events; folding them gives its state. One flat record serves all kinds: each
 * kind says below which fields it carries, all others are zero, and the codec stores only what is
 * not zero, by field number, so that an old journal reads for ever and a new field costs nothing.
 *
 * Texts and items belong to whoever made the event; event_decode puts them into the arena given.
 */
#ifndef HLP_MODEL_EVENT_H
#define HLP_MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/ulid.h"
#include "model/state.h"

#define EVENT_NO_NODE UINT32_MAX
#define EVENT_FORMAT  1 /* version of the payload, stored with each event */

/* The numbers are stored: never renumber, only add. */
enum event_kind {
	/* of the execution */
	EVENT_CREATED = 1, /* items: params ("param"), environment ("env"), pinned files ("pin");
			      text: workflow name; number; actor; note: operator's reason; blob:
			      the YAML's; revision; flag: dirty; folder; request */
	EVENT_ACT = 2,	   /* an operator's word, before its consequences in the same batch:
			      verb, actor, note, request, node or none, items: arguments;
			      flag: of a person's step, it did not succeed */
	EVENT_PAUSED = 3,  /* the execution: start nothing new */
	EVENT_RESUMED = 4,
	EVENT_CANCELLED = 5, /* nothing starts any more */
	EVENT_DRAINING = 6,  /* on_failure took hold; node: whose failure; code: enum on_failure */
	EVENT_ENDED = 7,     /* state, reason: how */
	EVENT_REOPENED = 8,  /* an act opens it again: ended, drained, cancelled, rolled back */
	EVENT_QUARANTINED = 9, /* text: cause */
	EVENT_QUARANTINE_LIFTED = 90,
	EVENT_AGENT =
		94, /* text: where the ssh agent of whoever acts listens: for later attempts */
	EVENT_LATE_EXIT = 91, /* of a run attempt that is `lost`, for people: exit_kind, code,
				 cpu_us, rss_kib, text: the node's message with it */

	/* of a node's attempt; node, attempt_kind, attempt always */
	EVENT_INTENDED = 20,   /* the attempt will be started when a slot is free; artifact: whose
				  on_restore (hooks) or check */
	EVENT_REVOKED = 21,    /* it will not; text: why; flag: it was dispatched */
	EVENT_CAPTURED = 22,   /* moment; items: revisions ("artifact") */
	EVENT_DISPATCHED = 23, /* START was posted */
	EVENT_STARTED = 24,    /* pid, start_ticks, text: boot id */
	EVENT_EXITED = 25,     /* exit_kind, code, cpu_us, rss_kib, text: evidence for people */
	EVENT_COLLECTED = 26,  /* items: outputs ("output") */
	EVENT_UNREACHABLE = 27,
	EVENT_REACHABLE = 28,
	EVENT_LOST = 29,     /* proven gone, no exit known; text: why */
	EVENT_VERDICT = 30,  /* on a live attempt: verdict, items: outputs (done); the state is
				`stopping` until proof */
	EVENT_RESTORED = 31, /* moment RESTORED; items: revisions ("artifact") */

	/* of a node */
	EVENT_COMPLETED = 40, /* reason; items: outputs (by hand) */
	EVENT_FAILED = 41,    /* reason, code, text: message */
	EVENT_BACKOFF = 42,   /* until_us, interval_us: the wait that was drawn */
	EVENT_HELD = 43,     /* actor, note; until_us or 0; flag: the execution goes step by step */
	EVENT_RELEASED = 44, /* text: why, when nobody did it */
	EVENT_ASKED = 45,    /* question, text; reason: what an answer `again` goes back to; items:
				values to decide by ("shown"); until_us: when it expires */
	EVENT_ANSWERED = 46, /* answer; reason: where the node goes; flag: past this hook; text,
				items: outputs (a person's step) */
	EVENT_RESET = 47,    /* PENDING again: retry */
	EVENT_STALE = 48,    /* flag: set or cleared */
	EVENT_FROZEN = 49,
	EVENT_THAWED = 50,
	EVENT_DUE = 51,	      /* the wait is over: ready again (run), or waiting (undo) */
	EVENT_WITHDRAWN = 53, /* an approval is not wanted now; it is asked for again in time */
	EVENT_FREEZING = 54,  /* its processes shall stand still */
	EVENT_THAWING = 55,   /* they shall go on */
	EVENT_BY_HAND = 56,   /* an operator did it: its files are recorded, then COMPLETED; items:
				 outputs */

	/* A person's shell of a node; attempt_kind SHELL, attempt: its number */
	EVENT_SHELL_OPENED = 92,
	EVENT_SHELL_CLOSED = 93, /* exit_kind, code; interval_us: how long it was open */

	/* of a rollback */
	EVENT_ROLLBACK_STARTED = 60, /* text: plan id; items: rows ("node"), accepted pasts
					("past"), files with a target of their own ("file"); flag:
					only files, all nodes keep their states; interval_us: how
					long it will take, 0: unknown */
	EVENT_UNDO_WAITING = 61,     /* node joins the rollback; flag: only for its files */
	EVENT_UNDO_BACKOFF = 62,     /* until_us */
	EVENT_RECOVERED = 63,	     /* reason */
	EVENT_ROLLBACK_ENDED = 64,
	EVENT_RESTORING = 65, /* its turn has come, no undo command: only its files go back */
	EVENT_WAITS = 67,     /* text: an intended attempt's files are somebody else's just now */
	EVENT_KEPT = 66,      /* reason: its files are back, it is again what it was */

	/* of a checkpoint, by its name (text): what it records is the state right after the first
	   of them */
	EVENT_CHECKPOINTING = 100,	/* it shall be recorded */
	EVENT_CHECKPOINTED = 101,	/* it is: blob: the commit in content.git; digest */
	EVENT_CHECKPOINT_FAILED = 102,	/* it is not and will not be; note: why */
	EVENT_CHECKPOINT_DROPPED = 103, /* it is kept no longer */

	/* what a failure leads to by itself */
	EVENT_POLICY = 105,	 /* of a node's failure: trigger, policy_target, text: the rule that
				    decided, and what it says; note: how the node failed */
	EVENT_POLICY_LEFT = 106, /* its rollback will not be; node; text: why */
};

enum attempt_kind {
	ATTEMPT_NONE,
	ATTEMPT_RUN,
	ATTEMPT_UNDO,
	ATTEMPT_HOOK,
	ATTEMPT_CHECK, /* of an artifact, after a run that ended well */
	ATTEMPT_SHELL  /* a person's, recorded; never started by the engine */
};
enum exit_kind {
	EXIT_NONE,
	EXIT_STATUS,
	EXIT_SIGNAL,
	EXIT_TIMEOUT,
	EXIT_LAUNCH,
	EXIT_UNKILLABLE,
	EXIT_RESOURCE /* code: its status, or 128 + signal */
};
enum verdict {
	VERDICT_NONE,
	VERDICT_CANCEL,
	VERDICT_SKIP,
	VERDICT_DONE,
	VERDICT_UNDO,
	VERDICT_RETRY,
	VERDICT_REJECT /* a person's step that did not succeed */
};
enum question {
	QUESTION_NONE,
	QUESTION_LOST,
	QUESTION_UNDO_FAILED,
	QUESTION_RISK,
	QUESTION_MANUAL,      /* a person's step: done or failed */
	QUESTION_APPROVAL,    /* may it start: approve or reject */
	QUESTION_UNDO_MANUAL, /* a person's undo: done, leave or failed */
	QUESTION_POLICY,      /* a rollback that the workflow asks for cannot be as it is */
	QUESTION_SECURITY     /* after a security violation: may it run again: approve or reject */
};
enum answer {
	ANSWER_NONE,
	ANSWER_HAPPENED,
	ANSWER_AGAIN,
	ANSWER_UNDO,
	ANSWER_BY_HAND,
	ANSWER_LEAVE,
	ANSWER_APPROVE,
	ANSWER_REJECT,
	ANSWER_DONE,
	ANSWER_FAILED
};
enum moment { MOMENT_NONE, MOMENT_BEFORE, MOMENT_AFTER, MOMENT_RESTORED };

/* One entry of an event's list. For params, env, outputs, pins: name and value. For an artifact's
 * revision: name is its path as declared, the rest describes the file. For a file of a rollback:
 * name, number and node say which, revision to what it goes back; absent: it is left as it is. */
struct event_item {
	const char *kind; /* "param", "env", "pin", "output", "artifact", "node", "past", "file",
			     "argument", "shown" */
	const char *name;
	const char *value; /* NULL when it has none */
	uint32_t number;   /* artifact: its index in the node's list; node: its index */
	bool absent;	   /* artifact: there was no file */
	char blob[41]; /* artifact, pin: object id in content.git, hex; "" when absent, or not kept
			*/
	int64_t size;
	uint32_t mode, uid, gid;
	int64_t mtime_ns;
	uint64_t inode;
	uint32_t node;	   /* file: whose */
	uint64_t revision; /* file: the target's event */
	uint64_t device;   /* artifact: of the folder that holds it, and which folder: where it */
	uint64_t folder;   /* really is, however it was named */
};

struct event {
	uint64_t seq; /* in the whole journal; 0 until the coordinator numbers it */
	char execution[ULID_TEXT];
	enum event_kind kind;
	int64_t time_us;
	uint32_t node; /* EVENT_NO_NODE when it concerns the execution */
	uint32_t attempt;
	enum attempt_kind attempt_kind;
	enum state state;
	enum reason reason;
	enum exit_kind exit_kind;
	enum verdict verdict;
	enum question question;
	enum answer answer;
	enum moment moment;
	int32_t code;
	uint32_t artifact;
	bool flag;
	uint32_t number;
	int64_t until_us, interval_us;
	int64_t pid;
	uint64_t start_ticks;
	int64_t cpu_us, rss_kib;
	uint32_t trigger;	/* enum trigger; BACKOFF: it waits by this rule; ROLLBACK_STARTED:
				   by which it was asked for */
	uint32_t policy_target; /* POLICY: model/policy.h */
	const char *text, *note, *actor, *verb, *request, *revision, *folder; /* NULL when absent */
	const char *origin; /* CREATED, ACT: the actor's terminal, and over ssh from where */
	const char *digest; /* CHECKPOINTED: SHA-256 over what it holds, hex */
	char blob[41];
	struct event_item *items;
	uint32_t items_count;
};

/* The kind's name as `hlp events` prints it ("node_completed" is "completed", …). */
const char *event_kind_name(enum event_kind kind);
const char *attempt_kind_name(enum attempt_kind kind); /* "run", "undo", "hook", … */
bool attempt_kind_parse(const char *name, enum attempt_kind *out);
const char *verdict_name(enum verdict verdict);
const char *question_name(enum question question);
const char *
answer_name(enum answer answer); /* as in `hlp answer`: "happened", "again", "by-hand" */
bool answer_parse(const char *name, enum answer *out);

/* Appends the payload (everything but seq, execution and kind,
 * which the journal stores beside it). */
void event_encode(const struct event *event, struct buf *out);
/* Reads a payload of any format up to EVENT_FORMAT into *out (kind, seq and execution are the
 * caller's to fill in). Unknown fields are skipped. ERR_CORRUPT on anything malformed. */
int event_decode(const void *data, size_t length, int format, struct arena *arena,
		 struct event *out, struct err *err);

/* A growing list of events, zeroed when empty. Texts and items live in its arena. */
struct event_list {
	struct arena arena;
	struct event *events;
	size_t count, capacity;
};
/* Adds a zeroed event of a kind; valid until the next call. */
struct event *event_list_add(struct event_list *list, enum event_kind kind, uint32_t node,
			     int64_t time_us);
void event_list_clear(struct event_list *list);
void event_list_release(struct event_list *list);

#endif
