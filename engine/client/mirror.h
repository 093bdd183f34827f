/* SPDX-License-Identifier: MIT
 *
 * A client's copy of one execution: its graph, and its rows as the watch brings them. It holds no
 * truth: a resync replaces it. Used by `hlp run` and by the console. One thread.
 */
#ifndef HLP_CLIENT_MIRROR_H
#define HLP_CLIENT_MIRROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "base/mem.h"
#include "model/state.h"
#include "wire/hlp.pb-c.h"

struct mirror_param {
	const char *name, *value; /* "" of one that is missing */
	bool missing;
};

/* As it is shown: a value that is missing, or empty, in words. */
const char *mirror_value(const struct mirror_param *param);

/* What few nodes have: a question's values, a hold or a freeze, the check of a file. */
struct mirror_more {
	struct arena arena;	    /* owns what is below */
	struct mirror_param *shown; /* beside a question: values to decide by */
	uint32_t shown_count;
	const char *held_by, *held_note; /* who holds or froze it, and why; "" without */
	int64_t held_until_us;		 /* 0: until it is released */
	int64_t asked_us;		 /* since when it is asked, or frozen */
	bool freezing;			 /* a freeze or thaw is on its way */
	const char *checking;		 /* the file whose check is under way; "" without */
};

struct mirror_node {
	const char *id, *phase; /* of the graph; owned by the mirror */
	int32_t phase_index;	/* -1 without phases */
	const uint32_t *needs;
	uint32_t needs_count;
	const uint32_t *dependents;
	uint32_t dependents_count;
	double risk;
	const char *risk_name;
	bool has_undo;
	const char *irreversible, *command, *undo, *description; /* "" without */
	const char *host; /* where it runs, over ssh; "": the engine's machine */
	const char *manual, *undo_manual, *approval; /* as written; "" without */
	const char *const *artifacts;
	uint32_t artifacts_count;
	const char *const *outputs;
	uint32_t outputs_count;
	int64_t timeout_us, estimate_us;
	/* from rows */
	enum state state;
	enum reason reason;
	bool held, stale, verdict_pending, has_exit_code;
	uint32_t attempt, undo_attempt;
	int32_t exit_code, signal;
	int64_t started_us, ended_us, due_us, pid;
	char *question;		  /* "" when none */
	char *message;		  /* bytes from outside: goes through the gate before a terminal */
	struct mirror_more *more; /* NULL: nobody is asked, holds it or froze it */
	uint64_t version;
};

struct mirror {
	struct arena arena; /* the graph's texts */
	char *id, *name, *workflow, *description, *revision, *folder, *actor, *note;
	char *quarantine; /* why it is quarantined; "" while it is not */
	char *policy;	  /* the rule by which its last failure led to more; "": none */
	bool dirty, paused, cancelled, rolling_back, quarantined, ended;
	enum state state;
	enum reason reason;
	int64_t created_us, started_us, ended_us;
	uint32_t counts[STATES];
	const char *const *phases;
	uint32_t phases_count;
	const char *coach; /* the workflow's label of that name; NULL without; in the arena */
	struct mirror_param *params;
	uint32_t params_count;
	struct mirror_node *nodes;
	uint32_t nodes_count;
	uint32_t max_parallel;
	uint32_t *order;      /* nodes so that what a node needs comes before it; in the arena */
	uint32_t *phase_open; /* per phase: nodes that are not COMPLETED; in the arena */
	struct map index;     /* id → place in nodes */
	uint64_t seq;
	uint64_t topology; /* grows when the graph changes: layouts are keyed by it */
	bool has_graph, has_rows;
	bool uses_agent; /* some node gets SSH_AUTH_SOCK */
};

void mirror_init(struct mirror *mirror);
void mirror_release(struct mirror *mirror);
void mirror_set_graph(struct mirror *mirror, const Hlp__V1__Graph *graph);
/* Applies one update; one with an older seq than the mirror's is ignored. Returns whether anything
 * changed. */
bool mirror_apply(struct mirror *mirror, const Hlp__V1__Update *update);
int64_t mirror_find(const struct mirror *mirror, const char *node); /* index or -1 */

/* Why a node does not run now, in one line for people: "needs issue (running), swap (pending)",
 * "retries in 12s", "held", "waits for phase prepare", "pinned behind max_parallel". Derived. */
void mirror_why(const struct mirror *mirror, uint32_t node, int64_t now_us, char *out, size_t size);
/* Done and total, and the time left by past durations (-1 unknown). */
int64_t mirror_estimate_us(const struct mirror *mirror, int64_t now_us);

#endif
