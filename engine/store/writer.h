/* SPDX-License-Identifier: MIT
 *
 * Puts the records of batches into the tables, with statements prepared once. Knows the tables, not
 * transactions: journal.c begins and commits and then says how it ended. Private to engine/store.
 */
#ifndef HLP_STORE_WRITER_H
#define HLP_STORE_WRITER_H

#include "store/chain.h"
#include "store/db.h"
#include "store/journal_batch.h"

#define WRITER_CACHE	  64
#define WRITER_STATEMENTS 13

struct writer {
	struct db *db;
	sqlite3_stmt *statements[WRITER_STATEMENTS];
	struct {
		char id[ULID_TEXT];
		int64_t row;
	} cache[WRITER_CACHE];		     /* rows of executions met lately */
	uint8_t link[DIGEST_SIZE];	     /* end of the chain, in this transaction */
	uint8_t committed_link[DIGEST_SIZE]; /* and before it */
};

/* `schema` is "main", or an attached database with the same tables. */
int writer_open(struct writer *writer, struct db *db, const char *schema, struct err *err);
void writer_close(struct writer *writer); /* accepts a zeroed one */

int writer_batch(struct writer *writer, const struct journal_batch *batch, struct err *err);
int writer_row(struct writer *writer, const struct batch_row *row, struct err *err);
/* The row of an execution; ERR_NOT_FOUND. */
int writer_find(struct writer *writer, const char *execution, int64_t *out, struct err *err);

/* Forgets where executions are: rows were removed. */
void writer_forget(struct writer *writer);
/* What was written since the last call is committed, or it is gone. */
enum writer_end { WRITER_COMMITTED, WRITER_ROLLED_BACK };
void writer_settle(struct writer *writer, enum writer_end end);

#endif
