/* SPDX-License-Identifier: MIT
 *
 * The journal's read side, for recovery: events in order, snapshots, requests already answered,
 * numbers of executions. Everything else reads through catalog.c.
 */
#include <string.h>

#include "store/journal_own.h"
#include "store/schema.h"
#include "store/snapshots.h"

int journal_own_find(struct journal *journal, const char *sql, const char *text, sqlite3_stmt **out,
		     struct err *err)
{
	int rc = db_prepare(&journal->db, sql, out, err);

	if (rc < 0)
		return rc;
	db_bind_text(*out, 1, text);
	return db_step(&journal->db, *out, err);
}

int journal_next_number(struct journal *journal, const char *workflow, uint32_t *out,
			struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int rc = journal_own_find(journal, "SELECT last_number FROM workflow WHERE name = ?1",
				  workflow, &statement, err);

	if (rc >= 0)
		*out = rc == 1 ? (uint32_t)sqlite3_column_int64(statement, 0) + 1 : 1;
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc < 0 ? rc : 0;
}

int journal_own_each_id(struct journal *journal, sqlite3_stmt *statement,
			int (*each)(void *ctx, const char *execution, struct err *err), void *ctx,
			struct err *err)
{
	int rc = db_step(&journal->db, statement, err);

	while (rc == 1) {
		rc = each(ctx, db_column_text(statement, 0), err);
		if (rc >= 0)
			rc = db_step(&journal->db, statement, err);
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}

/* An ended one whose last checkpoint is still being recorded has something to do, too: each that
 * was asked for is either recorded or failed in the end. */
static const char unfinished[] =
	"SELECT id FROM execution e WHERE quarantined = 0 AND (ended = 0 OR (SELECT total(CASE kind"
	" WHEN 100 THEN 1 WHEN 103 THEN 0 ELSE -1 END) FROM event WHERE execution = e.row"
	" AND kind IN (" SCHEMA_CHECKPOINTS ")) > 0) ORDER BY row";

int journal_each_execution(struct journal *journal, bool ended_too,
			   int (*each)(void *ctx, const char *execution, struct err *err),
			   void *ctx, struct err *err)
{
	sqlite3_stmt *statement;
	int rc = db_prepare(&journal->db,
			    ended_too ? "SELECT id FROM execution ORDER BY row" : unfinished,
			    &statement, err);

	return rc < 0 ? rc : journal_own_each_id(journal, statement, each, ctx, err);
}

int journal_own_decode(sqlite3_stmt *statement, const char *execution, struct arena *arena,
		       struct event *out, struct err *err)
{
	struct event event = {0};
	int rc = event_decode(sqlite3_column_blob(statement, 3),
			      (size_t)sqlite3_column_bytes(statement, 3),
			      sqlite3_column_int(statement, 2), arena, &event, err);

	if (rc < 0)
		return rc;
	event.seq = (uint64_t)sqlite3_column_int64(statement, 0);
	event.kind = (enum event_kind)sqlite3_column_int(statement, 1);
	memset(event.execution, 0, sizeof(event.execution));
	memcpy(event.execution, execution, strnlen(execution, ULID_TEXT - 1));
	*out = event;
	return 0;
}

int journal_each_event(struct journal *journal, const char *execution, uint64_t after_seq,
		       int (*each)(void *ctx, const struct event *event, struct err *err),
		       void *ctx, struct err *err)
{
	sqlite3_stmt *statement;
	int64_t key = 0;
	int rc = writer_find(&journal->writer, execution, &key, err);

	if (rc < 0)
		return rc;
	rc = db_prepare(&journal->db,
			"SELECT seq, kind, format, payload FROM event"
			" WHERE execution = ?1 AND seq > ?2 ORDER BY seq",
			&statement, err);
	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(statement, 1, key);
	(void)sqlite3_bind_int64(statement, 2, (int64_t)after_seq);
	for (rc = db_step(&journal->db, statement, err); rc == 1;) {
		struct arena arena = {0};
		struct event event;

		rc = journal_own_decode(statement, execution, &arena, &event, err);
		if (rc == 0)
			rc = each(ctx, &event, err);
		arena_release(&arena);
		if (rc > 0) /* enough */
			break;
		if (rc == 0)
			rc = db_step(&journal->db, statement, err);
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc < 0 ? rc : 0;
}

int journal_snapshot(struct journal *journal, const char *execution, uint64_t *out_seq,
		     struct buf *out, struct err *err)
{
	return snapshots_newest(&journal->db, execution, out_seq, out, err);
}

int journal_find_request(struct journal *journal, const char *request, uint64_t *out_seq,
			 char out_execution[ULID_TEXT], struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int rc = journal_own_find(journal,
				  "SELECT r.seq, e.id FROM request r JOIN execution e"
				  " ON r.execution = e.row WHERE r.request = ?1",
				  request, &statement, err);

	if (rc == 1) {
		const char *id = db_column_text(statement, 1);

		*out_seq = (uint64_t)sqlite3_column_int64(statement, 0);
		memset(out_execution, 0, ULID_TEXT);
		memcpy(out_execution, id, strnlen(id, ULID_TEXT - 1));
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}

int journal_each_checkpoint(struct journal *journal,
			    int (*each)(void *ctx, const char *name, const struct event *event,
					struct err *err),
			    void *ctx, struct err *err)
{
	sqlite3_stmt *statement;
	int rc =
		db_prepare(&journal->db,
			   "SELECT v.seq, v.kind, v.format, v.payload, e.id, coalesce(e.name, e.id)"
			   " FROM execution e JOIN event v ON v.execution = e.row"
			   " AND v.kind IN (" SCHEMA_CHECKPOINTS ") ORDER BY e.row, v.seq",
			   &statement, err);

	if (rc < 0)
		return rc;
	for (rc = db_step(&journal->db, statement, err); rc == 1;) {
		struct arena arena = {0};
		struct event event;

		rc = journal_own_decode(statement, db_column_text(statement, 4), &arena, &event,
					err);
		if (rc >= 0)
			rc = each(ctx, db_column_text(statement, 5), &event, err);
		arena_release(&arena);
		if (rc >= 0)
			rc = db_step(&journal->db, statement, err);
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}
