/* SPDX-License-Identifier: MIT
 *
 * Retention: ended executions leave the journal whole, one transaction each. What they had on disk
 * besides is the caller's to remove: their outputs before, since then they can still be found, and
 * after, what nothing names any more in content.git.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/journal_own.h"

#define VACUUM_PAGES "2000" /* given back to the file system after a prune, at most */

/* Ended before ?1, with at least ?2 newer ones of the same workflow. */
static const char candidates[] =
	"SELECT id, coalesce(name, id), ended_us FROM (SELECT id, name, row, ended, ended_us,"
	" row_number() OVER (PARTITION BY workflow ORDER BY number DESC, row DESC) AS place"
	" FROM execution) WHERE ended = 1 AND ended_us < ?1 AND place > ?2 ORDER BY row";

static const char *const removals[] = {
	"DELETE FROM node WHERE execution = ?1",
	"DELETE FROM attempt WHERE execution = ?1",
	"DELETE FROM revision WHERE execution = ?1",
	"DELETE FROM act WHERE execution = ?1",
	"DELETE FROM request WHERE execution = ?1",
	"DELETE FROM snapshot WHERE execution = ?1",
	"DELETE FROM recovery WHERE execution = ?1",
	"DELETE FROM event WHERE execution = ?1",
	"UPDATE chain SET pruned = 1 WHERE execution = (SELECT id FROM execution WHERE row = ?1)",
	"DELETE FROM execution WHERE row = ?1",
};

int journal_each_prunable(struct journal *journal, int64_t now_us, int64_t age_us, uint32_t keep,
			  int (*each)(void *ctx, const struct prunable *row, struct err *err),
			  void *ctx, struct err *err)
{
	sqlite3_stmt *statement;
	int rc = db_prepare(&journal->db, candidates, &statement, err);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(statement, 1, age_us > 0 ? now_us - age_us : INT64_MAX);
	(void)sqlite3_bind_int64(statement, 2, keep);
	for (rc = db_step(&journal->db, statement, err); rc == 1;) {
		const struct prunable row = {db_column_text(statement, 0),
					     db_column_text(statement, 1),
					     sqlite3_column_int64(statement, 2)};

		rc = each(ctx, &row, err);
		if (rc >= 0)
			rc = db_step(&journal->db, statement, err);
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}

static int remove_rows(struct journal *journal, int64_t key, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(removals) / sizeof(removals[0]); i++) {
		sqlite3_stmt *statement;

		rc = db_prepare(&journal->db, removals[i], &statement, err);
		if (rc < 0)
			break;
		(void)sqlite3_bind_int64(statement, 1, key);
		rc = db_run(&journal->db, statement, err);
		(void)sqlite3_finalize(statement); /* its error was seen by db_run */
	}
	return rc;
}

/* Links before the oldest act that is still there prove nothing any more: the last of them becomes
 * the anchor. */
static int shorten_chain(struct journal *journal, struct err *err)
{
	return db_exec(&journal->db,
		       "UPDATE instance SET chain_anchor = coalesce((SELECT link FROM chain"
		       " WHERE seq < (SELECT coalesce(min(seq), 9223372036854775807) FROM chain"
		       "  WHERE pruned = 0) ORDER BY seq DESC LIMIT 1), chain_anchor);"
		       "DELETE FROM chain WHERE seq < (SELECT coalesce(min(seq),"
		       " 9223372036854775807) FROM chain WHERE pruned = 0);",
		       err);
}

int journal_remove(struct journal *journal, const char *execution, struct err *err)
{
	int64_t key = 0;
	int rc = journal_own_begin(journal, err);

	if (rc < 0)
		return rc;
	rc = journal_own_fence(journal, journal->last_seq, err);
	if (rc == 0)
		rc = writer_find(&journal->writer, execution, &key, err);
	if (rc == 0)
		rc = remove_rows(journal, key, err);
	if (rc == 0)
		rc = shorten_chain(journal, err);
	if (rc == 0)
		rc = journal_own_commit(journal, err);
	if (rc < 0)
		journal_own_rollback(journal);
	else
		writer_forget(&journal->writer); /* the row's number may be given again */
	return rc;
}

int journal_give_back(struct journal *journal, struct err *err)
{
	int rc = db_exec(&journal->db, "PRAGMA incremental_vacuum(" VACUUM_PAGES ")", err);

	return rc < 0 ? rc : journal_idle(journal, err);
}

/* ---- what the rest names in content.git ---------------------------------------------------- */

struct naming {
	int (*each)(void *ctx, const struct named_content *row, struct err *err);
	void *ctx;
};

static int each_pin(struct naming *naming, sqlite3_stmt *statement, struct err *err)
{
	struct arena arena = {0};
	struct event event;
	int rc = journal_own_decode(statement, "", &arena, &event, err);

	for (uint32_t i = 0; rc >= 0 && i < event.items_count; i++) {
		char *path;

		if (strcmp(event.items[i].kind, "pin") != 0)
			continue;
		path = mem_printf("pins/%s", event.items[i].name);
		rc = naming->each(naming->ctx,
				  &(struct named_content){db_column_text(statement, 4), path,
							  event.items[i].blob},
				  err);
		free(path);
	}
	arena_release(&arena);
	return rc;
}

static int each_row(struct naming *naming, sqlite3_stmt *statement, struct err *err)
{
	return naming->each(naming->ctx,
			    &(struct named_content){db_column_text(statement, 0),
						    db_column_text(statement, 1),
						    db_column_text(statement, 2)},
			    err);
}

static int each_of(struct journal *journal, struct naming *naming, const char *sql,
		   int (*read)(struct naming *naming, sqlite3_stmt *statement, struct err *err),
		   struct err *err)
{
	sqlite3_stmt *statement;
	int rc = db_prepare(&journal->db, sql, &statement, err);

	if (rc < 0)
		return rc;
	for (rc = db_step(&journal->db, statement, err); rc == 1;) {
		rc = read(naming, statement, err);
		if (rc >= 0)
			rc = db_step(&journal->db, statement, err);
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}

int journal_each_named(struct journal *journal,
		       int (*each)(void *ctx, const struct named_content *row, struct err *err),
		       void *ctx, struct err *err)
{
	static const char workflows[] =
		"SELECT coalesce(name, id), 'workflow.yaml', coalesce(blob, '') FROM execution";
	static const char revisions[] =
		"SELECT coalesce(e.name, e.id), 'r' || r.seq || '/' || r.path, r.blob"
		" FROM revision r JOIN execution e ON e.row = r.execution";
	static const char pins[] =
		"SELECT v.seq, v.kind, v.format, v.payload, coalesce(e.name, e.id) FROM event v"
		" JOIN execution e ON e.row = v.execution WHERE v.kind = 1";
	struct naming naming = {each, ctx};
	int rc = each_of(journal, &naming, workflows, each_row, err);

	if (rc >= 0)
		rc = each_of(journal, &naming, revisions, each_row, err);
	return rc < 0 ? rc : each_of(journal, &naming, pins, each_pin, err);
}
