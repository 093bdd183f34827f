/* SPDX-License-Identifier: MIT
 *
 * Reading what the journal has committed: an own read-only connection to state.db. Rows passed to
 * callbacks are borrowed for the call. One thread (catalog) per struct catalog.
 */
#ifndef HLP_STORE_CATALOG_H
#define HLP_STORE_CATALOG_H

#include <stdbool.h>

#include "base/err.h"
#include "base/home.h"
#include "model/rows.h"

struct catalog;

int catalog_open(const struct home *home, struct catalog **out, struct err *err);
void catalog_close(struct catalog *catalog); /* accepts NULL */

/* All reads between begin and end see one state; *out_seq is the last committed event in it. */
int catalog_begin(struct catalog *catalog, uint64_t *out_seq, struct err *err);
void catalog_end(struct catalog *catalog);

/* Resolves what a person typed: "name#12", "name" (newest), "@latest", a ULID or its last four or
 * more characters. ERR_NOT_FOUND; ERR_INVALID when ambiguous, naming the candidates. For acts,
 * "@latest" and a bare name are refused when more than one of them has not ended. */
enum catalog_use { CATALOG_LOOK, CATALOG_ACT };
int catalog_resolve(struct catalog *catalog, const char *text, enum catalog_use use,
		    char out_execution[ULID_TEXT], struct err *err);

typedef int catalog_each_execution(void *ctx, const struct execution_row *row, struct err *err);
typedef int catalog_each_node(void *ctx, const struct node_row *row, struct err *err);
typedef int catalog_each_attempt(void *ctx, const struct attempt_row *row, struct err *err);
typedef int catalog_each_revision(void *ctx, const struct revision_row *row, struct err *err);
typedef int catalog_each_event(void *ctx, const struct event *event, struct err *err);

/* Newest first; workflow NULL: all; limit 0: all. */
int catalog_executions(struct catalog *catalog, const char *workflow, uint32_t limit,
		       catalog_each_execution *each, void *ctx, struct err *err);
/* The same: those with a revision of a file, by its path as declared or the end of it. */
int catalog_executions_of_file(struct catalog *catalog, const char *path, uint32_t limit,
			       catalog_each_execution *each, void *ctx, struct err *err);
int catalog_execution(struct catalog *catalog, const char *execution, catalog_each_execution *each,
		      void *ctx, struct err *err);
int catalog_nodes(struct catalog *catalog, const char *execution, catalog_each_node *each,
		  void *ctx, struct err *err);
/* node EVENT_NO_NODE: all nodes. */
int catalog_attempts(struct catalog *catalog, const char *execution, uint32_t node,
		     catalog_each_attempt *each, void *ctx, struct err *err);
int catalog_revisions(struct catalog *catalog, const char *execution, uint32_t node,
		      catalog_each_revision *each, void *ctx, struct err *err);
int catalog_events(struct catalog *catalog, const char *execution, uint64_t after_seq,
		   uint32_t limit, catalog_each_event *each, void *ctx, struct err *err);
/* The newest intact snapshot: 1 and *out filled (caller releases), 0 when there is none. */
int catalog_snapshot(struct catalog *catalog, const char *execution, uint64_t *out_seq,
		     struct buf *out, struct err *err);
/* Those that checkpoints are made of (kinds CHECKPOINTING and on), in order. */
int catalog_checkpoints(struct catalog *catalog, const char *execution, catalog_each_event *each,
			void *ctx, struct err *err);
/* Follows the chain of acts of all executions; each problem is a line that names the act. Returns
 * their number. */
int catalog_check_chain(struct catalog *catalog, struct buf *problems, struct err *err);
/* Durations in us of the last attempts of a kind that went well, of a node by this name in
 * executions of this workflow, newest first; for estimates. Returns the count. */
int catalog_durations(struct catalog *catalog, const char *workflow, const char *node,
		      enum attempt_kind kind, int64_t *out, size_t max, struct err *err);
/* The same of all nodes' undo commands and hooks, in the executions of the workflow of this one.
 * `node` is NULL where the workflow is the very same, byte by byte: then `number` says which. */
typedef void catalog_each_undo(void *ctx, const char *node, uint32_t number, enum attempt_kind kind,
			       int64_t took_us);
int catalog_undos(struct catalog *catalog, const char *execution, catalog_each_undo *each,
		  void *ctx, struct err *err);
/* Which node, of which execution, left a file as it is now on disk, by what stat says of it: "swap
 * of edge-cert#12", or "the rollback of edge-cert#12", in `arena`. *out NULL: none did. */
int catalog_writer(struct catalog *catalog, const struct event_item *now, struct arena *arena,
		   const char **out, struct err *err);

#endif
