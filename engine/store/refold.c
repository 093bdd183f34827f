/* SPDX-License-Identifier: MIT
 *
 * Folding an execution from its first event and writing the rows that follow. The writer is the
 * very one of the journal, only its schema is another, so what differs can only be the rows.
 */
#include "store/refold.h"

#include <string.h>

#include "base/mem.h"

static const char *const all_tables[] = {"execution", "node", "attempt", "revision", "act", NULL};
static const char *const fold_tables[] = {"execution", "node", NULL};

const char *const *refold_tables(const struct refold *refold)
{
	return refold->loader->create ? all_tables : fold_tables;
}

/* ---- the fresh tables --------------------------------------------------------------------- */

/* Gathers "CREATE TABLE fresh.NAME (…);" for every table. */
static int copy_schema(struct db *db, struct buf *out, struct err *err)
{
	static const char head[] = "CREATE TABLE ";
	sqlite3_stmt *statement;
	int rc = db_prepare(db,
			    "SELECT sql FROM main.sqlite_schema WHERE type = 'table'"
			    " AND name NOT LIKE 'sqlite%'",
			    &statement, err);

	if (rc < 0)
		return rc;
	for (rc = db_step(db, statement, err); rc == 1; rc = db_step(db, statement, err)) {
		const char *sql = db_column_text(statement, 0);

		if (strncmp(sql, head, strlen(head)) == 0)
			buf_printf(out, "CREATE TABLE fresh.%s;", sql + strlen(head));
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}

int refold_open(struct refold *refold, struct journal *journal, const struct journal_loader *loader,
		struct err *err)
{
	struct buf sql;
	int rc = db_exec(&journal->db, "ATTACH ':memory:' AS fresh", err);

	*refold = (struct refold){.journal = journal, .loader = loader};
	if (rc < 0)
		return rc;
	buf_init(&sql, 64 * 1024);
	rc = copy_schema(&journal->db, &sql, err);
	if (rc == 0)
		rc = db_exec(&journal->db, buf_text(&sql), err);
	if (rc == 0)
		rc = writer_open(&refold->writer, &journal->db, "fresh", err);
	buf_release(&sql);
	if (rc < 0)
		refold_close(refold);
	return rc;
}

void refold_close(struct refold *refold)
{
	writer_close(&refold->writer);
	(void)db_exec(&refold->journal->db, "DETACH fresh", NULL); /* memory only */
}

/* Empties the tables; the execution's row keeps what identifies it. */
static int begin_fresh(struct refold *refold, const char *execution, struct err *err)
{
	struct db *db = &refold->journal->db;
	sqlite3_stmt *statement;
	int rc = db_exec(db,
			 "DELETE FROM fresh.execution; DELETE FROM fresh.node;"
			 "DELETE FROM fresh.attempt; DELETE FROM fresh.revision;"
			 "DELETE FROM fresh.act",
			 err);

	writer_forget(&refold->writer);
	if (rc == 0)
		rc = db_prepare(db,
				"INSERT INTO fresh.execution (row, id, workflow, number)"
				" SELECT row, id, workflow, number FROM main.execution"
				" WHERE id = ?1",
				&statement, err);
	if (rc < 0)
		return rc;
	db_bind_text(statement, 1, execution);
	rc = db_run(db, statement, err);
	(void)sqlite3_finalize(statement); /* its error was seen by db_run */
	return rc;
}

/* ---- folding ------------------------------------------------------------------------------ */

struct folding {
	struct refold *refold;
	struct execution *execution;
	struct journal_batch batch; /* rows on their way to the tables */
};

static int write_rows(struct folding *folding, struct err *err)
{
	struct batch_cursor cursor = journal_batch_rows(&folding->batch);
	struct batch_row row;
	int rc = 0;

	while (rc == 0 && journal_batch_next_row(&cursor, &row))
		rc = writer_row(&folding->refold->writer, &row, err);
	buf_clear(&folding->batch.rows);
	return rc;
}

static int fold_event(void *ctx, const struct event *event, struct err *err)
{
	struct folding *folding = ctx;
	const struct journal_loader *loader = folding->refold->loader;
	struct rows_sink sink = journal_batch_sink(&folding->batch);
	int rc;

	if (event->kind == EVENT_CREATED && !folding->execution)
		rc = loader->create(loader->ctx, event, &folding->execution, err);
	else if (!folding->execution)
		rc = err_set(err, ERR_CORRUPT, "its first event does not create it");
	else
		rc = execution_fold(folding->execution, event, err);
	if (rc < 0)
		return rc;
	execution_touched_clear(folding->execution);
	rows_of(folding->execution, event, &sink);
	return write_rows(folding, err);
}

static int write_fold(struct folding *folding, struct err *err)
{
	struct execution_row row;

	rows_of_execution(folding->execution, &row);
	journal_batch_execution(&folding->batch, &row);
	for (uint32_t i = 0; i < row.nodes_count; i++) {
		struct node_row node;

		rows_of_node(folding->execution, i, &node);
		journal_batch_node(&folding->batch, &node);
	}
	return write_rows(folding, err);
}

/* The loader may go by a snapshot and the events after it: that must be the same fold. */
static int compare_load(struct folding *folding, const char *id, struct err *err)
{
	const struct journal_loader *loader = folding->refold->loader;
	struct execution *loaded = NULL;
	const char *where = "";
	int rc = loader->load ? loader->load(loader->ctx, id, &loaded, err) : 0;

	if (rc >= 0 && loaded && !execution_equal(folding->execution, loaded, &where))
		rc = err_set(err, ERR_CORRUPT, "loading it differs from folding all events: %s",
			     where);
	execution_free(loaded);
	return rc < 0 ? rc : 0;
}

static int fold(struct folding *folding, const char *id, struct err *err)
{
	const struct journal_loader *loader = folding->refold->loader;
	int rc;

	if (!loader->create)
		return loader->load(loader->ctx, id, &folding->execution, err);
	rc = journal_each_event(folding->refold->journal, id, 0, fold_event, folding, err);
	if (rc == 0 && !folding->execution)
		rc = err_set(err, ERR_CORRUPT, "it has no events");
	return rc == 0 ? compare_load(folding, id, err) : rc;
}

int refold_execution(struct refold *refold, const char *execution, struct err *err)
{
	struct folding folding = {.refold = refold};
	int rc = begin_fresh(refold, execution, err);

	journal_batch_init(&folding.batch);
	if (rc == 0)
		rc = fold(&folding, execution, err);
	if (rc == 0)
		rc = write_fold(&folding, err);
	journal_batch_release(&folding.batch);
	execution_free(folding.execution);
	return rc;
}
