/* SPDX-License-Identifier: MIT
 *
 * An execution that is loaded, with what the coordinator knows beside its state: which effects are
 * in flight, what watchers have not been told. Belongs to the coordinator thread.
 */
#ifndef HLP_RUNTIME_LIVE_H
#define HLP_RUNTIME_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mailbox.h"
#include "base/map.h"
#include "model/execution.h"
#include "model/rows.h"
#include "runtime/reload.h"

/* Effects in flight for one node's attempt; another attempt makes it empty. */
struct in_flight {
	uint32_t attempt;
	uint16_t artifact;
	uint8_t attempt_kind;
	uint16_t effects; /* set of 1 << enum effect_kind */
};

struct live {
	struct execution *execution; /* owned */
	struct in_flight *in_flight; /* per node */
	bool *has_files;	     /* per node: the content thread counts its files as its own */
	bool rollback_has_files;     /* … as the rollback's */
	bool checkpointing;	     /* a checkpoint is being recorded */
	uint32_t jobs;		     /* content jobs under way: it may not be unloaded */
	uint32_t unanswered;	     /* queries of recovery: nothing is decided before 0 */
	bool *queried;		     /* per node, while unanswered > 0; else NULL */
	struct message *kept, **kept_last; /* facts that came meanwhile, oldest first */
	uint32_t watchers;
	int64_t unused_since_us; /* monotonic: ended, and nobody wants it; 0: it is wanted */
	uint32_t *dirty;	 /* nodes that watchers have not been told of */
	bool *dirty_mark;
	uint32_t dirty_count;
	bool header_dirty;
	bool policy_looks;	   /* a rollback that the workflow asks for is being looked at */
	bool policy_waits;	   /* … and its files are somebody's, until some are given back */
	uint64_t policy_looked_at; /* files_given_back when it was last looked at */
	bool has_workspace;	   /* its scratch folder was made in this life */
	char *workspace;	   /* where that is; NULL until live_workspace is asked */
	struct execution_row header; /* as of the last commit */
	uint64_t snapshot_events;    /* events_count at the last snapshot */
	struct act_row *acts;	     /* committed acts to tell; texts borrowed from the execution */
	size_t acts_count, acts_capacity;
};

struct live_table {
	struct live **items;
	size_t count, capacity;
	struct map by_id;
	struct execution **executions; /* the same, for admission; kept in step */
};

/* Takes ownership of the execution. */
struct live *live_add(struct live_table *table, struct execution *execution);
struct live *live_add_loaded(struct live_table *table, const struct reloaded *loaded);
struct live *live_find(const struct live_table *table, const char *id);
void live_remove(struct live_table *table, struct live *live); /* and frees it */
void live_table_release(struct live_table *table);

/* Whether an effect is in flight; and marking it so, or not. */
bool live_is_in_flight(const struct live *live, const struct effect *effect);
void live_set_in_flight(struct live *live, const struct effect *effect);
void live_clear_in_flight(struct live *live, uint32_t node, enum effect_kind kind);

/* The execution's scratch folder beneath the folder of outputs; lives as long as it. */
const char *live_workspace(struct live *live, const char *output_folder);

void live_mark_dirty(struct live *live, uint32_t node);

#endif
