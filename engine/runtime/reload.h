/* SPDX-License-Identifier: MIT
 *
 * An execution as it is stored: by its newest snapshot and the events after it. Any thread; what is
 * read from is the caller's.
 */
#ifndef HLP_RUNTIME_RELOAD_H
#define HLP_RUNTIME_RELOAD_H

#include "base/err.h"
#include "model/execution.h"
#include "store/catalog.h"
#include "store/content.h"
#include "store/journal.h"

/* Where what is stored of executions is read: the journal's own connection, or a catalog's. All is
 * borrowed. */
struct reload_source {
	struct content *content;
	void *store;
	int (*snapshot)(void *store, const char *execution, uint64_t *out_seq, struct buf *out,
			struct err *err);
	/* At most `limit` events, 0: all; or until `each` returns 1. */
	int (*events)(void *store, const char *execution, uint64_t after_seq, uint32_t limit,
		      int (*each)(void *ctx, const struct event *event, struct err *err), void *ctx,
		      struct err *err);
};
struct reload_source reload_from_journal(struct journal *journal, struct content *content);
struct reload_source reload_from_catalog(struct catalog *catalog, struct content *content);

/* An execution by its newest intact snapshot and the events after it, or by all its events; it is
 * the caller's. Untouched: its rows are those of its events. */
struct reloaded {
	struct execution *execution;
	uint64_t snapshot_events; /* its events_count at that snapshot; 0 without one */
};
int reload_execution(const struct reload_source *source, const char *id, struct reloaded *out,
		     struct err *err);

#endif
