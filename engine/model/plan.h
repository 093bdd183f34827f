/* SPDX-License-Identifier: MIT
 *
 * A rollback plan: what will be stopped, undone and restored, in which order, and what cannot be.
 * Made from the state alone, shown before anything changes, then carried out by
 * VERB_ROLLBACK. Pure. First shape: one node with its dependents.
 */
#ifndef HLP_MODEL_PLAN_H
#define HLP_MODEL_PLAN_H

#include "model/execution.h"

enum plan_action {
	PLAN_STOP,	   /* it lives: it is stopped first */
	PLAN_UNDO,	   /* its undo command runs */
	PLAN_RESTORE,	   /* a file goes back to a revision */
	PLAN_HOOK,	   /* on_restore runs after that */
	PLAN_NO_UNDO,	   /* it ran, and has neither undo nor artifacts: stays as it is */
	PLAN_NOTHING,	   /* it never started: nothing to undo */
	PLAN_IRREVERSIBLE, /* it passed a point of no return */
};

enum plan_warning {
	PLAN_WARN_NO_UNDO = 1,
	PLAN_WARN_IRREVERSIBLE = 2,
	PLAN_WARN_PARTIAL = 4,	/* it ran only part way */
	PLAN_WARN_CHANGED = 8,	/* the file was changed by someone else since */
	PLAN_WARN_UNKNOWN = 16, /* outcome unknown */
};

struct plan_row {
	enum plan_action action;
	uint32_t node;
	uint32_t artifact;		  /* PLAN_RESTORE, PLAN_HOOK */
	const char *path;		  /* PLAN_RESTORE, PLAN_HOOK: as declared; else NULL */
	const struct revision *from, *to; /* PLAN_RESTORE; from: newest known; never NULL there */
	unsigned warnings;		  /* set of enum plan_warning */
	const char *text;		  /* what is said about it, for people */
};

struct plan {
	struct arena arena;
	char id[9];	       /* eight hex digits over what it does: equal plans, equal ids */
	uint64_t version;      /* the execution's seq it was computed at */
	uint32_t target;       /* the node asked for */
	struct plan_row *rows; /* in the order in which they will be done */
	uint32_t rows_count;
	uint32_t *nodes; /* that take part or go back to PENDING on retry, same order */
	uint32_t nodes_count;
	const char *refused; /* why it may not be carried out as it is; NULL when it may */
};

/* `past`: irreversible nodes that the operator names. On success *out is the caller's; it borrows
 * revisions from the execution and is valid until the execution's next fold. */
int plan_make(const struct execution *execution, uint32_t node, const uint32_t *past,
	      size_t past_count, struct plan **out, struct err *err);
void plan_free(struct plan *plan); /* accepts NULL */
/* Whether what would be done now was all shown: no row was added and none got worse. */
bool plan_covers(const struct plan *shown, const struct plan *now);
/* Whether a rollback that reaches this node does anything to it; the others stay as they are. */
bool plan_takes_part(const struct execution *execution, uint32_t node);
const char *plan_action_name(enum plan_action action); /* "stop", "undo", "restore", … */

#endif
