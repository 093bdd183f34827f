/* SPDX-License-Identifier: MIT
 *
 * The running engine: its threads and what the service may ask of them. Requests are structs that
 * travel to a thread and come back, answered, in the asker's mailbox; the request is the asker's
 * again then. Service knows nothing of what lies behind.
 *
 * Threads: coordinator (owns every execution and the executors), journal, content, catalog. The
 * clients thread is service's own.
 */
#ifndef HLP_RUNTIME_RUNTIME_H
#define HLP_RUNTIME_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/blackbox.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/home.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "model/execution.h"
#include "model/plan.h"
#include "model/plan_words.h"
#include "model/rows.h"
#include "store/catalog.h"
#include "store/content.h"
#include "store/journal.h"

struct runtime;

/* How rows and plans become bytes for clients; given by service, called on the coordinator thread
 * without locks. Both append to `out`. */
struct runtime_encoder {
	void (*update)(void *ctx, uint64_t seq, const struct execution_row *header,
		       const struct node_row *nodes, size_t nodes_count, const struct act_row *acts,
		       const char *const *act_nodes, size_t acts_count, bool last, struct buf *out);
	void (*plan)(void *ctx, const struct execution *execution, const struct plan *plan,
		     struct buf *out);
	void *ctx;
};

/* How an engine ends; these are hlpd's exit codes. */
enum runtime_end {
	RUNTIME_END_PURPOSE = 0,     /* asked to, or idle */
	RUNTIME_END_SYNC = 75,	     /* the disk refused: nothing since was acknowledged */
	RUNTIME_END_SUPERSEDED = 76, /* another engine began a later term */
	RUNTIME_END_LAUNCHER = 77,   /* hlp-launcher died: start it again, as the last act */
};

struct runtime_options {
	struct home *home;
	enum durability durability;
	const struct clock *clock;
	struct runtime_encoder encoder;
	bool no_rollbacks;	 /* all are refused */
	struct mailbox *updates; /* where committed updates of watched executions are posted */
	const char *relay;	 /* path of hlp-relay */
	uint32_t slots;		 /* attempts alive at once, over all executions */
	uint32_t snapshot_every; /* events of an execution from one snapshot to the next */
	uint64_t seed;		 /* of all that is drawn by lot: jitter, ids of executions */
	uint32_t crashes; /* engines before this one that died of their own doing, in a row */
	struct blackbox_record last; /* what the last of them was working on */
	/* Something ended the engine from inside. On any thread;
	 * the caller then stops the runtime. */
	void (*over)(void *ctx, enum runtime_end end, const char *why);
	void *ctx;
};

/* Opens the store, begins a term, folds what has not ended, starts the threads and reconciles with
 * the executors. Returns when requests are answered. ERR_EXISTS: another engine has this home. */
int runtime_start(const struct runtime_options *options, struct runtime **out, struct err *err);
/* Ends the threads in order; children run on under the launcher. Accepts NULL. */
void runtime_stop(struct runtime *runtime);

/* Kinds of the messages that come to an asker's mailbox. */
enum runtime_mail { RUNTIME_REQUEST = 1, RUNTIME_JOB = 100, RUNTIME_UPDATE = 101 };

enum request_kind {
	REQUEST_EXECUTE = 1,
	REQUEST_ACT,  /* every verb but rollback */
	REQUEST_PLAN, /* a rollback plan */
	REQUEST_ROLLBACK,
	REQUEST_WATCH,
	REQUEST_UNWATCH, /* execution "" : headers of all */
	REQUEST_STATUS,	 /* of the engine */
	REQUEST_STOP,	 /* the engine; flag: live attempts are stopped first */
	REQUEST_POLICY,	 /* the runtime's own: a rollback that the workflow asks for */
};

/* A file that a plan restores, and whether somebody changed it since the engine last saw it. */
struct compared {
	const struct node_spec *spec; /* of an execution that stays loaded meanwhile */
	const char *folder;
	uint32_t node, artifact;
	struct event_item item, wanted; /* as last seen; as it would be restored */
	enum plan_found found;
	const char *writer; /* of what was found there instead: "swap of edge-cert#12", or NULL */
	bool only_claimed;  /* an undo command may write it: nothing else is asked */
};

struct request {
	struct message message; /* first; RUNTIME_REQUEST */
	enum request_kind kind;
	struct mailbox *reply_to;
	void *ctx;	    /* the asker's */
	struct arena arena; /* owns the texts below; released by the asker */

	/* asked */
	char execution[ULID_TEXT];
	const char *node;    /* id; NULL: the execution */
	const char *request; /* client's id of a mutating request */
	const char *actor, *note;
	const char *origin; /* the actor's terminal, and over ssh from where; NULL: unknown */
	const char *file;
	const char *text;
	size_t text_length;
	struct binding *params, *env;
	uint32_t params_count, env_count;
	enum verb verb;
	enum answer answer;
	uint64_t version;
	int64_t until_us; /* hold */
	bool failed;	  /* done: it did not succeed */
	bool next;	  /* release: what would start first */
	uint32_t shell;	  /* left-shell: its number, how it ended, how long it was open */
	int32_t code;
	int64_t took_us;
	const char *agent;	    /* where the actor's ssh agent listens; NULL: unknown */
	struct beginning beginning; /* execute */
	struct plan_words words;    /* of a rollback */
	const char *plan;	    /* the id that was shown */
	struct plan_said *shown;    /* … and what it said */
	size_t shown_count;
	const char *shown_of; /* … of this execution, by name; "" when it does not say */
	bool has_shown;
	const struct plan_history *history; /* … and how long that took before; may be NULL */
	bool flag;			    /* execute: another; stop: all */

	/* answered */
	int result; /* 0 or -ERR_x, then err */
	struct err err;
	uint64_t seq;	/* committed: read your own writes */
	struct buf out; /* plan: encoded; execute: problems of the file; act: what it leads to */
	bool started;	/* rollback: it is under way */
	uint64_t term;
	uint32_t executions_live, attempts_live;
	bool launcher_reachable;
	const char *warning; /* what is wrong with the instance, for people; NULL: nothing */

	/* the runtime's own, while it travels */
	struct workflow *workflow;
	struct graph *graph;
	char blob[41], revision[41];
	struct compared *compared;
	struct checkpoint *checkpoint; /* that it leads to; NULL: to none */
	const char *checkpoint_of;     /* … its execution, by name */
	const char *damage;	       /* what is wrong with that; NULL: nothing */
	const char *busy;	       /* somebody writes one of the files now: who, for people */
	const char *owner; /* of the files, for people: "the rollback of edge-cert#12" */
	uint32_t compared_count;
	struct plan *planned; /* before the files were looked at; owned */
	bool has_compared;
	bool keeps_secrets; /* some lie in the store for the execution that is to come */
	bool dirty, looked_up, retry;
	uint32_t number;
	struct event_item *pins;
	uint32_t pins_count;
};

struct request *request_new(enum request_kind kind, struct mailbox *reply_to, void *ctx);
void request_free(struct request *request); /* accepts NULL */

/* Sends a request to the coordinator. -ERR_LIMIT when it is overloaded: stop reading the source. */
int runtime_ask(struct runtime *runtime, struct request *request);

/* Work for the catalog thread: reads and encodes. `run` is called there with the thread's own
 * catalog and content (NULL if it could not be opened) and touches nothing else; then the job is
 * posted to reply_to. */
struct catalog_job {
	struct message message; /* first */
	void (*run)(struct catalog_job *job, struct catalog *catalog, struct content *content);
	struct mailbox *reply_to;
	void *ctx;
	int result;
	struct err err;
};
int runtime_read(struct runtime *runtime, struct catalog_job *job);

/* A committed change of a watched execution, posted to options.updates; the reader frees it. */
struct runtime_update {
	struct message message; /* first */
	char execution[ULID_TEXT];
	uint64_t seq;
	bool last;	   /* the execution has ended */
	struct buf bytes;  /* as the encoder made them, with nodes */
	struct buf header; /* without nodes, for those who watch all */
};
void runtime_update_free(struct runtime_update *update);

#endif
