/* SPDX-License-Identifier: MIT
 *
 * Retention: ended executions leave the journal whole, one transaction each. What they had on disk
 * besides (outputs) is the caller's to remove; blobs that nothing names any more stay in Git.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/journal_own.h"

#define VACUUM_PAGES "2000" /* given back to the file system after a prune, at most */

/* Ended before ?1, or with at least ?2 newer ones of the same workflow; 0 turns a rule off. */
static const char candidates[] =
	"SELECT id FROM (SELECT id, row, ended, ended_us,"
	" row_number() OVER (PARTITION BY workflow ORDER BY number DESC, row DESC) AS place"
	" FROM execution) WHERE ended = 1 AND ((?1 > 0 AND ended_us < ?1)"
	" OR (?2 > 0 AND place > ?2)) ORDER BY row";

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

struct prunable {
	char (*ids)[ULID_TEXT];
	size_t count, capacity;
};

static int note(void *ctx, const char *execution, struct err *err)
{
	struct prunable *list = ctx;

	(void)err;
	list->ids = mem_grow(list->ids, &list->capacity, list->count + 1, sizeof(*list->ids));
	memset(list->ids[list->count], 0, ULID_TEXT);
	memcpy(list->ids[list->count++], execution, strnlen(execution, ULID_TEXT - 1));
	return 0;
}

int journal_each_prunable(struct journal *journal, int64_t now_us, int64_t age_us, uint32_t keep,
			  int (*each)(void *ctx, const char *execution, struct err *err), void *ctx,
			  struct err *err)
{
	sqlite3_stmt *statement;
	int rc = db_prepare(&journal->db, candidates, &statement, err);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(statement, 1, age_us > 0 ? now_us - age_us : 0);
	(void)sqlite3_bind_int64(statement, 2, keep);
	return journal_own_each_id(journal, statement, each, ctx, err);
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

static int remove_execution(struct journal *journal, const char *execution, struct err *err)
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

int journal_prune(struct journal *journal, int64_t now_us, int64_t age_us, uint32_t keep,
		  struct err *err)
{
	struct prunable list = {0};
	int rc = journal_each_prunable(journal, now_us, age_us, keep, note, &list, err);

	for (size_t i = 0; rc == 0 && i < list.count; i++)
		rc = remove_execution(journal, list.ids[i], err);
	if (rc == 0 && list.count > 0)
		rc = db_exec(&journal->db, "PRAGMA incremental_vacuum(" VACUUM_PAGES ")", err);
	if (rc == 0 && list.count > 0)
		rc = journal_idle(journal, err);
	if (rc == 0)
		rc = (int)list.count;
	free(list.ids);
	return rc;
}
