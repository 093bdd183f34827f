/* SPDX-License-Identifier: MIT
 *
 * The graph as it is drawn: nodes, and groups of nodes that stand for many. A phase is a group; so
 * are siblings with the same needs and the same dependents, and chains in which each node needs one
 * and frees one. What is folded depends on the graph, on what the user wants and on the moment at
 * which it was made, never on what happens after: a change of state moves no box. Pure.
 */
#ifndef HLP_TUI_FOLD_H
#define HLP_TUI_FOLD_H

#include "client/mirror.h"
#include "draw/layout.h"

#define FOLD_NONE UINT32_MAX

enum fold_kind { FOLD_NODE, FOLD_STACK, FOLD_CHAIN, FOLD_PHASE };

/* What is wanted; each list has one flag a node or a phase, NULL: none. */
struct fold_wish {
	bool groups;	    /* stacks and chains at all */
	const bool *apart;  /* nodes that stand for themselves, such as those that failed */
	const bool *phases; /* phases that are folded */
	const bool *shown;  /* nodes that are in the picture at all; NULL: every one */
};

struct fold_group {
	enum fold_kind kind;
	uint32_t first, count; /* in fold->members */
};

struct fold {
	struct arena arena;
	struct fold_group *groups;
	uint32_t groups_count;
	uint32_t *group_of;	   /* per node; FOLD_NONE: not in the picture */
	uint32_t *members;	   /* nodes by group, in file order */
	struct layout_graph graph; /* of the groups; borrows the mirror's names of phases */
};

struct fold *fold_make(const struct mirror *mirror, const struct fold_wish *wish);
void fold_free(struct fold *fold); /* accepts NULL */

/* Of a group: how many members are in each state, and the member that one should look at first. */
void fold_count(const struct fold *fold, const struct mirror *mirror, uint32_t group,
		uint32_t counts[STATES]);
uint32_t fold_foremost(const struct fold *fold, const struct mirror *mirror, uint32_t group);
/* "backfill", what the names of its members have in common; of a phase its name. */
void fold_name(const struct fold *fold, const struct mirror *mirror, uint32_t group, char *out,
	       size_t size);

/* Marks what a node needs, all the way up, or what needs it, all the way down; and itself. */
void fold_reach(const struct mirror *mirror, uint32_t node, bool up, bool *out);

#endif
