/* SPDX-License-Identifier: MIT
 *
 * The journal: the one write connection to state.db. Events are appended in batches, many batches
 * a transaction, each with the rows that follow from it; what journal_commit returned for is
 * durable. Belongs to the journal thread (before threads start, to the main thread). A failed sync
 * is never retried: the journal is then `broken`, every later call fails, and the engine ends with
 * exit 75 without acknowledging.
 */
#ifndef HLP_STORE_JOURNAL_H
#define HLP_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/home.h"
#include "model/event.h"
#include "model/rows.h"

enum durability { DURABILITY_FULL, DURABILITY_PROCESS }; /* survives power loss | only our death */

struct journal;

/* Opens or makes the database: header, schema version, migrations, tail of the chain of acts. A
 * newer schema is ERR_UNSUPPORTED, a damaged file ERR_CORRUPT, a full disk ERR_FULL (the ballast
 * is released first). Takes the ballast if it is missing and there is room. */
int journal_open(const struct home *home, enum durability durability, struct journal **out,
		 struct err *err);
/* The same for check and rebuild: a broken chain of acts does not keep it from opening. */
int journal_open_damaged(const struct home *home, struct journal **out, struct err *err);
void journal_close(struct journal *journal); /* accepts NULL */

/* Begins a new term: one more than the last, committed. Every append is conditional on it. */
int journal_begin_term(struct journal *journal, uint64_t *out_term, struct err *err);
uint64_t journal_last_seq(const struct journal *journal);
/* The number that the next execution of a workflow gets ("edge-cert#13"). */
int journal_next_number(struct journal *journal, const char *workflow, uint32_t *out,
			struct err *err);

/* One decision's events with the rows that follow, serialised by whoever made them so that the
 * journal thread touches no execution. Zeroed when empty. */
struct journal_batch {
	struct buf events; /* records of journal_batch_event */
	struct buf rows;   /* records of journal_batch_* rows */
	uint32_t events_count;
	uint64_t first_seq, last_seq;
};
void journal_batch_init(struct journal_batch *batch);
void journal_batch_release(struct journal_batch *batch);
void journal_batch_event(struct journal_batch *batch, const struct event *event);
void journal_batch_execution(struct journal_batch *batch, const struct execution_row *row);
void journal_batch_node(struct journal_batch *batch, const struct node_row *row);
/* For rows_of: attempts, revisions, acts go into the batch. */
struct rows_sink journal_batch_sink(struct journal_batch *batch);
/* A snapshot of an execution after `seq`, stored with the batch. */
void journal_batch_snapshot(struct journal_batch *batch, const char *execution, uint64_t seq,
			    const struct buf *image);

/* Commits the batches, in order, in one transaction. ERR_CONFLICT: the term is no longer ours. */
int journal_commit(struct journal *journal, const struct journal_batch *const *batches,
		   size_t count, struct err *err);

/* Executions that have not ended, or whose last checkpoint is not recorded, and that are not
 * quarantined (with `ended_too`: all), oldest first. */
int journal_each_execution(struct journal *journal, bool ended_too,
			   int (*each)(void *ctx, const char *execution, struct err *err),
			   void *ctx, struct err *err);
/* Events of an execution after `after_seq` in order, until `each` returns 1: enough. The event is
 * borrowed for the call. */
int journal_each_event(struct journal *journal, const char *execution, uint64_t after_seq,
		       int (*each)(void *ctx, const struct event *event, struct err *err),
		       void *ctx, struct err *err);
/* The newest intact snapshot: 1 and *out filled (caller releases), 0 when there is none. */
int journal_snapshot(struct journal *journal, const char *execution, uint64_t *out_seq,
		     struct buf *out, struct err *err);
/* The committed act with this request id: 1 and *out_seq, or 0. */
int journal_find_request(struct journal *journal, const char *request, uint64_t *out_seq,
			 char out_execution[ULID_TEXT], struct err *err);
/* Deaths of the engine in a row while it worked on this execution: one more; and none, of all. */
int journal_add_death(struct journal *journal, const char *execution, uint32_t *out_deaths,
		      struct err *err);
int journal_forget_deaths(struct journal *journal, struct err *err);
/* Quarantines an execution without folding it, which may be what kills: an event and its row.
 * Before other threads number events: it takes the next number. */
int journal_quarantine(struct journal *journal, const char *execution, int64_t now_us,
		       const char *cause, struct err *err);
struct quarantined { /* texts are borrowed for the call */
	const char *id, *name, *cause;
};
int journal_each_quarantined(struct journal *journal,
			     int (*each)(void *ctx, const struct quarantined *row, struct err *err),
			     void *ctx, struct err *err);

/* Ended executions that are older than `age_us` and not among the newest `keep` of their workflow,
 * oldest first: either keeps one, and 0 keeps none. */
struct prunable { /* texts are borrowed for the call */
	const char *id, *name;
	int64_t ended_us;
};
int journal_each_prunable(struct journal *journal, int64_t now_us, int64_t age_us, uint32_t keep,
			  int (*each)(void *ctx, const struct prunable *row, struct err *err),
			  void *ctx, struct err *err);
/* Removes one whole. Its acts stay links of the chain. */
int journal_remove(struct journal *journal, const char *execution, struct err *err);
/* After removals: some of the room goes back to the file system. */
int journal_give_back(struct journal *journal, struct err *err);
/* Every blob of content.git that an execution names: its workflow, pins, revisions. */
struct named_content {		 /* texts are borrowed for the call */
	const char *name, *path; /* of the execution; a path of its own in there */
	const char *blob;	 /* "" for an absent file */
};
int journal_each_named(struct journal *journal,
		       int (*each)(void *ctx, const struct named_content *row, struct err *err),
		       void *ctx, struct err *err);
/* The events of all checkpoints, with their execution's name, by execution and in order. */
int journal_each_checkpoint(struct journal *journal,
			    int (*each)(void *ctx, const char *name, const struct event *event,
					struct err *err),
			    void *ctx, struct err *err);
/* The full check: integrity of the file, chain of acts, projection against the journal (the rebuild
 * is told how to load an execution's fold by `load`). Problems as text lines. Returns their count.
 */
struct journal_loader {
	int (*load)(void *ctx, const char *execution, struct execution **out, struct err *err);
	/* An execution from its first event; the journal folds the rest by itself, compares with
	 * what `load` gives, and can then judge attempts, revisions and acts too. May be NULL. */
	int (*create)(void *ctx, const struct event *created, struct execution **out,
		      struct err *err);
	void *ctx;
};
int journal_check(struct journal *journal, const struct journal_loader *loader,
		  struct buf *problems, struct err *err);
int journal_rebuild(struct journal *journal, const struct journal_loader *loader, struct err *err);
bool journal_is_broken(const struct journal *journal);
/* Free space ran out: releases the ballast so that the operator can act. journal_commit does so by
 * itself; while there is none, the engine should admit nothing new. */
void journal_release_ballast(struct journal *journal);
bool journal_has_ballast(const struct journal *journal);
/* Bytes free on the instance's disk; all there are when the disk does not say. */
uint64_t journal_room(const struct journal *journal);
/* For a moment without work: moves the write-ahead log into
 * the database, takes the ballast again. */
int journal_idle(struct journal *journal, struct err *err);

#endif
