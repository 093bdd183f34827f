/* SPDX-License-Identifier: MIT
 *
 * A rollback plan: what will be stopped, undone and restored, in which order, and what cannot be.
 * Made from the state alone, shown before anything changes, then carried out by VERB_ROLLBACK.
 * Files on disk are looked at by whoever shows the plan, who says with plan_mark what they are.
 * Pure.
 */
#ifndef HLP_MODEL_PLAN_H
#define HLP_MODEL_PLAN_H

#include "model/execution.h"

struct plan_history;

enum plan_level {
	PLAN_OF_NODE,	    /* a node and all that depends on it */
	PLAN_OF_PHASE,	    /* a phase and those after it */
	PLAN_OF_ALL,	    /* the whole execution */
	PLAN_OF_ARTIFACT,   /* one file back to a revision: its node keeps its state */
	PLAN_OF_CHECKPOINT, /* what a checkpoint has not, and its files to what it has */
};

enum plan_action {
	PLAN_STOP,	   /* it lives: it is stopped first */
	PLAN_UNDO,	   /* its undo command runs */
	PLAN_RESTORE,	   /* a file goes back to a revision */
	PLAN_HOOK,	   /* on_restore runs after that */
	PLAN_NO_UNDO,	   /* it ran, and has neither undo nor artifacts: stays as it is */
	PLAN_NOTHING,	   /* it never started, or changes nothing: nothing to undo */
	PLAN_IRREVERSIBLE, /* it passed a point of no return */
	PLAN_STALE, /* it ran with the file that is taken back, and keeps what it made of it */
	PLAN_ACTIONS
};

enum plan_warning {
	PLAN_WARN_NO_UNDO = 1,
	PLAN_WARN_IRREVERSIBLE = 2,
	PLAN_WARN_PARTIAL = 4,	/* it ran only part way */
	PLAN_WARN_CHANGED = 8,	/* the file was changed by someone else since */
	PLAN_WARN_UNKNOWN = 16, /* outcome unknown */
};

struct plan_file {
	uint32_t node, artifact;
};

/* What is asked for. */
struct plan_ask {
	enum plan_level level;
	uint32_t node;		/* NODE, ARTIFACT */
	uint32_t artifact;	/* ARTIFACT */
	uint64_t revision;	/* ARTIFACT: to this one; 0: what it was before its node ran */
	int32_t phase;		/* PHASE */
	const char *checkpoint; /* CHECKPOINT: its name, the execution's text */
	const uint32_t *past,
		*exclude; /* irreversible nodes that are named; nodes left as they are */
	size_t past_count, exclude_count;
	const struct plan_file *overwrite, *keep; /* files whose last writer is somebody else, and
						     that go back all the same; that stay */
	size_t overwrite_count, keep_count;
};

struct plan_row {
	enum plan_action action;
	uint32_t node;
	uint32_t artifact;		  /* PLAN_RESTORE, PLAN_HOOK */
	const char *path;		  /* PLAN_RESTORE, PLAN_HOOK: as declared; else NULL */
	const struct revision *from, *to; /* PLAN_RESTORE; from: newest known; never NULL there */
	unsigned warnings;		  /* set of enum plan_warning */
	const char *text;		  /* what is said about it, for people */
	const char *conflict; /* its last writer is outside the plan: who; NULL without */
	bool later;  /* an earlier row gives this file back first: what is on disk is that row's */
	bool writes; /* its node runs and may write it: what is on disk is its own */
	bool done;   /* the file is on disk as it would be restored */
	bool excludable;     /* the graph allows to leave it out */
	bool worse;	     /* plan_covers: not in the plan that was shown, or worse than there */
	int64_t estimate_us; /* UNDO, HOOK: plan_estimate; 0: unknown */
};

struct plan {
	struct arena arena;
	char id[9];	       /* eight hex digits over what it does: equal plans, equal ids */
	uint64_t version;      /* the execution's seq it was computed at */
	struct plan_ask ask;   /* a copy */
	struct plan_row *rows; /* in the order in which they will be done */
	uint32_t rows_count;
	uint32_t *nodes; /* that take part or go back to PENDING on retry, same order */
	uint32_t nodes_count;
	uint32_t *untouched; /* that ran and take no part, in file order */
	uint32_t untouched_count;
	bool live;	       /* attempts run or may start */
	const char *refused;   /* why it may not be carried out as it is; NULL when it may */
	const char *exclusion; /* what is wrong with what is left out; NULL when nothing is */
	int64_t estimate_us;   /* of the whole: plan_estimate; 0: unknown */
	const char *damage;    /* … and with the checkpoint; NULL when nothing is */
};

/* On success *out is the caller's; it borrows revisions from the execution and is valid until the
 * execution's next fold. */
int plan_make(const struct execution *execution, const struct plan_ask *ask, struct plan **out,
	      struct err *err);
void plan_free(struct plan *plan); /* accepts NULL */

/* Whether what is on disk says something about a row. */
static inline bool plan_wants_look(const struct plan_row *row)
{
	return row->action == PLAN_RESTORE && !row->later && !row->writes;
}
/* What a file of a node that takes part goes back to; NULL: it stays as it is. */
const struct revision *plan_restores(const struct execution *execution, const struct plan_ask *ask,
				     uint32_t node, uint32_t artifact);
/* What was found on disk for such a row. */
enum plan_found { PLAN_AS_LEFT, PLAN_AS_WANTED, PLAN_CHANGED };
/* Says it of a row; `who` changed it, for people, NULL when that is not known. */
void plan_mark(struct plan *plan, uint32_t row, enum plan_found found, const char *who);
/* The checkpoint that it leads to proved to be damaged: why, for people. */
void plan_mark_damaged(struct plan *plan, const struct execution *execution, const char *why);
/* Id and refusal, from the rows; to be called after the last mark. */
void plan_judge(struct plan *plan, const struct execution *execution);

/* How long undo commands and hooks of a workflow's nodes took before. Filled on one thread, then
 * read on another; plan_estimate sorts in it. */
struct plan_history *plan_history_new(void);
void plan_history_free(struct plan_history *history); /* accepts NULL */
/* Takes note of an attempt that went well, of a node by its number, or by its name in another
 * version of the workflow (NULL: this one); other kinds are no part of a rollback. */
void plan_history_add(struct plan_history *history, const char *node, uint32_t number,
		      enum attempt_kind kind, int64_t took_us);
/* Says how long each row and the whole will take, as far as that is known; history may be NULL. */
void plan_estimate(struct plan *plan, const struct execution *execution,
		   const struct plan_history *history);

/* Whether what would be done now was all shown: no row was added and none got worse. Those that
 * were are marked. */
bool plan_covers(const struct plan *shown, struct plan *now);
/* Whether a rollback that reaches this node does anything to it; the others stay as they are. */
bool plan_takes_part(const struct execution *execution, uint32_t node);
const char *plan_level_name(enum plan_level level);    /* "node", "phase", … */
const char *plan_action_name(enum plan_action action); /* "stop", "undo", "restore", … */
bool plan_action_parse(const char *name, enum plan_action *out);
/* For people: "ran only part way"; "" for what the action says itself. */
const char *plan_warning_word(enum plan_warning warning);

/* ---- for the parts of this module ---------------------------------------------------------- */

/* The same text for every name of one file of an execution. In `arena`. */
const char *plan_place(const struct execution *execution, uint32_t node, uint32_t artifact,
		       struct arena *arena);
/* Marks the rows whose file somebody else of this execution wrote last, inside the plan (`later`)
 * or outside (`conflict`). */
void plan_find_writers(struct plan *plan, const struct execution *execution);
const char *plan_say(struct plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
