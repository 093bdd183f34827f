/* SPDX-License-Identifier: MIT
 *
 * The checks of the journal against itself: the file, references, and the projection against the
 * events; and making the projection anew. The chain of acts is chain_check.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/chain_check.h"
#include "store/refold.h"
#include "store/schema.h"

/* ---- the file and its references ---------------------------------------------------------- */

struct check {
	struct journal *journal;
	struct buf *problems;
	int count;
};

/* Each row of `sql` is a problem: `what` and the row's text. */
static int each_problem(struct check *check, const char *sql, const char *what, struct err *err)
{
	struct db *db = &check->journal->db;
	sqlite3_stmt *statement;
	int rc = db_prepare(db, sql, &statement, err);

	if (rc < 0)
		return rc;
	for (rc = db_step(db, statement, err); rc == 1; rc = db_step(db, statement, err)) {
		buf_printf(check->problems, "%s%s\n", what, db_column_text(statement, 0));
		check->count++;
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}

static int check_file(struct check *check, struct err *err)
{
	return each_problem(check,
			    "SELECT integrity_check FROM pragma_integrity_check(100)"
			    " WHERE integrity_check <> 'ok'",
			    "file: ", err);
}

static int check_references(struct check *check, struct err *err)
{
	static const char *const tables[] = {"event", "node",	 "attempt", "revision",
					     "act",   "request", "snapshot"};
	int rc = each_problem(check,
			      "SELECT v.seq FROM event v LEFT JOIN chain c ON c.seq = v.seq"
			      " WHERE v.kind IN (1, 2, " SCHEMA_CHECKPOINTS ") AND c.seq IS NULL",
			      "an act is not in the chain: event ", err);

	for (size_t i = 0; rc == 0 && i < sizeof(tables) / sizeof(tables[0]); i++) {
		char *sql = mem_printf("SELECT DISTINCT execution FROM %s WHERE execution"
				       " NOT IN (SELECT row FROM execution)",
				       tables[i]);
		char *what = mem_printf("%s: rows of an execution that is not there: ", tables[i]);

		rc = each_problem(check, sql, what, err);
		free(sql);
		free(what);
	}
	return rc;
}

/* ---- the projection ----------------------------------------------------------------------- */

static int gather_id(void *ctx, const char *execution, struct err *err)
{
	struct buf *ids = ctx;

	buf_add(ids, execution, strlen(execution) + 1);
	if (ids->overflow)
		return err_set(err, ERR_LIMIT, "too many executions to check at once");
	return 0;
}

/* Every execution's id, each with its NUL. */
static int gather_ids(struct journal *journal, struct buf *out, struct err *err)
{
	buf_init(out, (size_t)64 * 1024 * 1024);
	return journal_each_execution(journal, true, gather_id, out, err);
}

/* How many rows of a table are only in one of the two, for the execution in the fresh tables. */
static int compare_table(struct check *check, const char *table, const char *execution,
			 struct err *err)
{
	bool own = strcmp(table, "execution") == 0;
	char *sql = mem_printf("SELECT count(*) FROM (SELECT * FROM (SELECT * FROM main.%s WHERE "
			       "%s = (SELECT row FROM fresh.execution) EXCEPT SELECT * FROM "
			       "fresh.%s) UNION ALL SELECT * FROM (SELECT * FROM fresh.%s EXCEPT "
			       "SELECT * FROM main.%s))",
			       table, own ? "row" : "execution", table, table, table);
	int64_t count = 0;
	int rc = db_number(&check->journal->db, sql, 0, &count, err);

	free(sql);
	if (rc < 0 || count == 0)
		return rc;
	buf_printf(check->problems, "execution %s: %lld rows of table %s differ from its events\n",
		   execution, (long long)count, table);
	check->count++;
	return 0;
}

static int check_execution(struct check *check, struct refold *refold, const char *execution,
			   struct err *err)
{
	const char *const *tables = refold_tables(refold);
	struct err why = {0};
	int rc = db_exec(&check->journal->db, "BEGIN", err);

	if (rc < 0)
		return rc;
	if (refold_execution(refold, execution, &why) < 0) {
		buf_printf(check->problems, "execution %s: %s\n", execution, why.message);
		check->count++;
	} else {
		for (; rc == 0 && *tables; tables++)
			rc = compare_table(check, *tables, execution, err);
	}
	(void)db_exec(&check->journal->db, "ROLLBACK", NULL); /* only the fresh tables changed */
	writer_settle(&refold->writer, WRITER_ROLLED_BACK);
	return rc;
}

static int check_projection(struct check *check, const struct journal_loader *loader,
			    struct err *err)
{
	struct refold refold;
	struct buf ids;
	int rc = gather_ids(check->journal, &ids, err);

	if (rc == 0)
		rc = refold_open(&refold, check->journal, loader, err);
	if (rc == 0) {
		for (size_t at = 0; rc == 0 && at < ids.length; at += strlen(ids.data + at) + 1)
			rc = check_execution(check, &refold, ids.data + at, err);
		refold_close(&refold);
	}
	buf_release(&ids);
	return rc;
}

int journal_check(struct journal *journal, const struct journal_loader *loader,
		  struct buf *problems, struct err *err)
{
	struct check check = {.journal = journal, .problems = problems};
	int links, rc = check_file(&check, err);

	if (rc < 0 || check.count > 0)
		return rc < 0 ? rc : check.count; /* what is read of a damaged file means little */
	links = chain_check(&journal->db, 0, problems, err);
	if (links < 0)
		return links;
	check.count += links;
	rc = check_references(&check, err);
	if (rc == 0 && loader)
		rc = check_projection(&check, loader, err);
	return rc < 0 ? rc : check.count;
}

/* ---- rebuilding --------------------------------------------------------------------------- */

static int replace_rows(struct journal *journal, const char *table, struct err *err)
{
	bool own = strcmp(table, "execution") == 0;
	char *sql = mem_printf("DELETE FROM main.%s WHERE %s = (SELECT row FROM fresh.execution);"
			       "INSERT INTO main.%s SELECT * FROM fresh.%s",
			       table, own ? "row" : "execution", table, table);
	int rc = db_exec(&journal->db, sql, err);

	free(sql);
	return rc;
}

/* They are made anew, too, when one is due again: what may lead elsewhere is not gone by. */
static int drop_snapshots(struct journal *journal, const char *execution, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int rc = journal_own_find(journal,
				  "DELETE FROM snapshot WHERE execution ="
				  " (SELECT row FROM execution WHERE id = ?1)",
				  execution, &statement, err);

	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}

static int rebuild_execution(struct journal *journal, struct refold *refold, const char *execution,
			     struct err *err)
{
	const char *const *tables = refold_tables(refold);
	int rc = journal_own_begin(journal, err);

	if (rc == 0)
		rc = journal_own_fence(journal, journal->last_seq, err);
	if (rc == 0)
		rc = drop_snapshots(journal, execution, err);
	if (rc == 0) {
		rc = refold_execution(refold, execution, err);
		if (rc < 0)
			rc = err ? err_prefix(err, "execution %s", execution) : rc;
	}
	for (; rc == 0 && *tables; tables++)
		rc = replace_rows(journal, *tables, err);
	if (rc == 0)
		rc = journal_own_commit(journal, err);
	if (rc < 0)
		journal_own_rollback(journal);
	return rc;
}

int journal_rebuild(struct journal *journal, const struct journal_loader *loader, struct err *err)
{
	struct refold refold;
	struct buf ids;
	int rc = gather_ids(journal, &ids, err);

	if (rc == 0)
		rc = refold_open(&refold, journal, loader, err);
	if (rc == 0) {
		for (size_t at = 0; rc == 0 && at < ids.length; at += strlen(ids.data + at) + 1)
			rc = rebuild_execution(journal, &refold, ids.data + at, err);
		refold_close(&refold);
	}
	buf_release(&ids);
	return rc;
}
