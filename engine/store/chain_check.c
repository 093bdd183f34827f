/* SPDX-License-Identifier: MIT
 *
 * Following the chain of acts from its anchor, or from a link near its end.
 */
#include "store/chain_check.h"

#include <string.h>

#include "store/chain.h"

struct chain_walk {
	struct db *db;
	uint8_t link[DIGEST_SIZE];
	int64_t start; /* links after this one are checked */
	struct buf *problems;
	int count;
};

static bool column_is(sqlite3_stmt *statement, int column, const uint8_t digest[DIGEST_SIZE])
{
	return sqlite3_column_bytes(statement, column) == DIGEST_SIZE &&
	       memcmp(sqlite3_column_blob(statement, column), digest, DIGEST_SIZE) == 0;
}

static int find_start(struct chain_walk *walk, uint32_t links, struct err *err)
{
	struct db *db = walk->db;
	sqlite3_stmt *statement;
	int rc = db_prepare(db,
			    "SELECT seq, link FROM (SELECT seq, link FROM chain WHERE ?1 > 0"
			    " ORDER BY seq DESC LIMIT 1 OFFSET ?1)"
			    " UNION ALL SELECT 0, chain_anchor FROM instance LIMIT 1",
			    &statement, err);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(statement, 1, links);
	rc = db_step(db, statement, err);
	if (rc == 1 && sqlite3_column_bytes(statement, 1) == DIGEST_SIZE) {
		walk->start = sqlite3_column_int64(statement, 0);
		memcpy(walk->link, sqlite3_column_blob(statement, 1), DIGEST_SIZE);
		rc = 0;
	} else if (rc >= 0) {
		rc = err_set(err, ERR_CORRUPT, "'%s' has lost the beginning of its chain of acts",
			     db->path);
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}

/* Of an act whose execution was removed nothing is left, and of any other everything. */
static const char *judge_event(sqlite3_stmt *statement)
{
	const bool gone = sqlite3_column_type(statement, 5) == SQLITE_NULL;
	uint8_t digest[DIGEST_SIZE];

	if (sqlite3_column_int(statement, 2))
		return gone ? NULL : "it counts as removed, and its event is there";
	if (gone)
		return "its event is missing";
	if (!chain_covers((enum event_kind)sqlite3_column_int(statement, 6)))
		return "its event is of another kind";
	digest_of(sqlite3_column_blob(statement, 5), (size_t)sqlite3_column_bytes(statement, 5),
		  digest);
	return column_is(statement, 3, digest) ? NULL : "its event was changed";
}

/* Columns: seq, execution, pruned, digest, link, payload, kind. NULL when the row is as it should
 * be. */
static const char *judge_link(struct chain_walk *walk, sqlite3_stmt *statement)
{
	uint8_t digest[DIGEST_SIZE], link[DIGEST_SIZE];

	if (sqlite3_column_bytes(statement, 3) != DIGEST_SIZE)
		return "its digest is damaged";
	memcpy(digest, sqlite3_column_blob(statement, 3), DIGEST_SIZE);
	chain_link(walk->link, (uint64_t)sqlite3_column_int64(statement, 0),
		   db_column_text(statement, 1), digest, link);
	if (!column_is(statement, 4, link))
		return "its link does not follow from the act before it";
	return judge_event(statement);
}

static int check_link(struct chain_walk *walk, sqlite3_stmt *statement, struct err *err)
{
	const char *problem = judge_link(walk, statement);
	long long seq = sqlite3_column_int64(statement, 0);

	/* One wrong link is one problem: the walk goes on from what is stored. */
	if (sqlite3_column_bytes(statement, 4) == DIGEST_SIZE)
		memcpy(walk->link, sqlite3_column_blob(statement, 4), DIGEST_SIZE);
	if (!problem)
		return 0;
	if (!walk->problems)
		return err_set(err, ERR_CORRUPT,
			       "the chain of acts in '%s' is broken at event %lld: %s: run "
			       "'hlp engine check', then restore the file from a backup or move "
			       "it aside",
			       walk->db->path, seq, problem);
	buf_printf(walk->problems, "act %lld of %s: %s\n", seq, db_column_text(statement, 7),
		   problem);
	walk->count++;
	return 0;
}

int chain_check(struct db *db, uint32_t links, struct buf *problems, struct err *err)
{
	struct chain_walk walk = {.db = db, .problems = problems};
	sqlite3_stmt *statement;
	int rc = find_start(&walk, links, err);

	if (rc == 0)
		rc = db_prepare(
			db,
			"SELECT c.seq, c.execution, c.pruned, c.digest, c.link, v.payload, v.kind,"
			" coalesce(e.name, c.execution)"
			" FROM chain c LEFT JOIN execution e ON e.id = c.execution"
			" LEFT JOIN event v ON v.execution = e.row AND v.seq = c.seq"
			" WHERE c.seq > ?1 ORDER BY c.seq",
			&statement, err);
	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(statement, 1, walk.start);
	for (rc = db_step(db, statement, err); rc == 1;) {
		rc = check_link(&walk, statement, err);
		if (rc == 0)
			rc = db_step(db, statement, err);
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc < 0 ? rc : walk.count;
}
