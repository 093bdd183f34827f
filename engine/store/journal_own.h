/* SPDX-License-Identifier: MIT
 *
 * What the files of the journal (journal.c and journal_*.c) share. Private to
 * engine/store.
 */
#ifndef HLP_STORE_JOURNAL_OWN_H
#define HLP_STORE_JOURNAL_OWN_H

#include "store/db.h"
#include "store/journal.h"
#include "store/writer.h"

struct journal {
	const struct home *home; /* borrowed */
	struct db db;
	struct writer writer;
	sqlite3_stmt *begin, *fence, *commit, *rollback;
	uint64_t term;	   /* 0 until journal_begin_term: then appends are not conditional */
	uint64_t last_seq; /* committed */
	int wal_frames;	   /* in the write-ahead log, as of the last commit */
	int checkpoint_at; /* frames at which the next checkpoint is due */
};

/* A transaction: begin and commit, or rollback after a failure (of which nothing is reported: the
 * failure itself is what counts). */
int journal_own_begin(struct journal *journal, struct err *err);
int journal_own_commit(struct journal *journal, struct err *err);
void journal_own_rollback(struct journal *journal);
/* The first write of every transaction: moves last_seq and proves that the term is ours, else
 * ERR_CONFLICT. */
int journal_own_fence(struct journal *journal, uint64_t last_seq, struct err *err);
/* Fails once the journal is broken. */
int journal_own_usable(const struct journal *journal, struct err *err);

/* Prepares a statement for one call, as in recovery, which is rare and whose callbacks may nest;
 * binds `text` and takes the first step. The caller finalises. */
int journal_own_find(struct journal *journal, const char *sql, const char *text, sqlite3_stmt **out,
		     struct err *err);
/* Calls `each` with the first column of every row, until one fails, and ends the statement. */
int journal_own_each_id(struct journal *journal, sqlite3_stmt *statement,
			int (*each)(void *ctx, const char *execution, struct err *err), void *ctx,
			struct err *err);
/* An event from a row of (seq, kind, format, payload). */
int journal_own_decode(sqlite3_stmt *statement, const char *execution, struct arena *arena,
		       struct event *out, struct err *err);

#endif
