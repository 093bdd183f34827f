/* SPDX-License-Identifier: MIT
 *
 * What the coordinator and the other threads send each other. Each struct begins with its message
 * and is owned by whoever holds it (base/mailbox.h); a job comes back as its own reply.
 */
#ifndef HLP_RUNTIME_MESSAGES_H
#define HLP_RUNTIME_MESSAGES_H

#include "base/mailbox.h"
#include "executor/executor.h"
#include "model/execution.h"
#include "runtime/reload.h"
#include "runtime/runtime.h"

enum message_kind {
	MESSAGE_REQUEST =
		RUNTIME_REQUEST, /* struct request: from service, or back from another thread */
	MESSAGE_REPORT,		 /* struct report_message: an executor's fact */
	MESSAGE_COMMIT,		 /* struct commit: to journal and back */
	MESSAGE_CONTENT,	 /* struct content_job: to content and back */
	MESSAGE_LOAD,		 /* struct load_job: an execution that has ended, to be acted on */
	MESSAGE_ORDER,		 /* struct executor_command: to executors */
	MESSAGE_SPACE,		 /* struct space_message: from journal */
	MESSAGE_QUIT,		 /* the reader ends its thread */
};

/* An executor's report, copied out of its borrowed texts. */
struct report_message {
	struct message message;
	struct report report;
	bool about_all;
	enum executor_link link; /* about_all: where the link stands */
	unsigned capabilities;	 /* about_all: what it can do, set of enum executor_capability */
	char attempt[ATTEMPT_ID_TEXT];
	char *text; /* owned; NULL when none */
};

/* The disk ran full, or has room again. */
struct space_message {
	struct message message;
	bool has_space;
};

/* A sealed turn on its way to the disk. */
struct commit {
	struct message message;
	struct journal_batch batch;
	struct commit_part *parts; /* one per execution touched */
	size_t parts_count;
	char (*acks)[ATTEMPT_ID_TEXT]; /* exits that become durable with it */
	size_t acks_count, acks_capacity;
	struct request **answers; /* requests answered by it */
	size_t answers_count, answers_capacity;
	int64_t opened_us; /* monotonic */
	int result;
	struct err err;
};

enum content_kind {
	CONTENT_PIN,
	CONTENT_BEFORE,
	CONTENT_AFTER,
	CONTENT_COLLECT,
	CONTENT_RESTORE,
	CONTENT_COMPARE,
	CONTENT_CLAIM,	    /* after a restart: what runs has its files still */
	CONTENT_GIVE_BACK,  /* a node has ended, or a rollback (node: EVENT_NO_NODE) */
	CONTENT_WAITS,	    /* to the coordinator: a capture waits; err says for whom */
	CONTENT_FORGET,	    /* secrets of an execution: those in items, or with none all */
	CONTENT_CHECKPOINT, /* when nobody wants anything else */
};

/* Work on files. The workflow that `spec` points into outlives the job. */
struct content_job {
	struct message message;
	enum content_kind kind;
	struct request *request; /* PIN, COMPARE */
	bool first;		 /* BEFORE: of its first attempt since it was fresh */
	bool for_rollback;	 /* CLAIM: in the name of the execution's rollback */
	const bool *only;	 /* CLAIM: these of the node's files; NULL: all */
	char execution[ULID_TEXT];
	const struct node_spec *spec;
	uint32_t node, attempt;
	enum attempt_kind attempt_kind;
	struct arena arena;	  /* owns the texts and items */
	const char *name;	  /* "edge-cert#12/swap/run-1/before" */
	const char *owner;	  /* BEFORE, CLAIM: for people, "swap of edge-cert#12" */
	const char *folder;	  /* the node's working folder */
	const char *outputs;	  /* COLLECT: the file */
	struct event_item *items; /* RESTORE: in, what to bring back; all: out */
	bool *differs;		  /* RESTORE: what was last seen of it is not that */
	const struct content_checkpoint *wanted; /* CHECKPOINT */
	struct checkpoint recorded;		 /* CHECKPOINT: out: its name, commit, digest */
	int64_t since_us;			 /* CHECKPOINT: since when it waits */
	uint32_t items_count;
	int result;
	struct err err;
};

/* Folds an execution that is not loaded. */
struct load_job {
	struct catalog_job job; /* first */
	char execution[ULID_TEXT];
	struct reloaded loaded;	 /* out */
	struct request *waiting; /* to be taken up again */
};

enum executor_verb {
	EXECUTOR_START,
	EXECUTOR_STOP,
	EXECUTOR_QUERY,
	EXECUTOR_ACKNOWLEDGE,
	EXECUTOR_FREEZE_IT,
	EXECUTOR_THAW_IT,
	EXECUTOR_READY,
	EXECUTOR_GOODBYE
};
struct executor_command {
	struct message message;
	enum executor_verb verb;
	char attempt[ATTEMPT_ID_TEXT];
	uint64_t link;		   /* QUERY, READY: changes of the link before it */
	struct arena arena;	   /* owns the order */
	const struct order *order; /* START */
	const char *workspace;	   /* START: a folder to make first; NULL when it was made */
};

#endif
