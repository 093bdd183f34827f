/* SPDX-License-Identifier: MIT
 *
 * Executions that kill the engine: how often each did, and setting one aside. Nothing here folds.
 */
#include <string.h>

#include "store/journal_own.h"

int journal_add_death(struct journal *journal, const char *execution, uint32_t *out_deaths,
		      struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int rc = journal_own_usable(journal, err);

	if (rc == 0)
		rc = journal_own_find(journal,
				      "INSERT INTO recovery SELECT row, 1 FROM execution"
				      " WHERE id = ?1 ON CONFLICT (execution) DO UPDATE"
				      " SET deaths = deaths + 1 RETURNING deaths",
				      execution, &statement, err);
	if (rc == 1) {
		*out_deaths = (uint32_t)sqlite3_column_int64(statement, 0);
		rc = db_step(&journal->db, statement, err); /* to its end: then it is committed */
	} else if (rc == 0) {
		rc = err_set(err, ERR_NOT_FOUND, "no execution '%s' in the journal", execution);
	}
	(void)sqlite3_finalize(statement); /* its error was seen above */
	return rc;
}

int journal_forget_deaths(struct journal *journal, struct err *err)
{
	int rc = journal_own_usable(journal, err);

	return rc == 0 ? db_exec(&journal->db, "DELETE FROM recovery", err) : rc;
}

/* The row as its fold would make it: nothing else follows from the event. */
static int mark_row(struct journal *journal, const struct event *event, struct err *err)
{
	sqlite3_stmt *statement;
	int rc = db_prepare(&journal->db,
			    "UPDATE execution SET quarantined = 1, quarantine = ?2, seq = ?3"
			    " WHERE id = ?1",
			    &statement, err);

	if (rc < 0)
		return rc;
	db_bind_text(statement, 1, event->execution);
	db_bind_text(statement, 2, event->text);
	(void)sqlite3_bind_int64(statement, 3, (int64_t)event->seq);
	rc = db_run(&journal->db, statement, err);
	(void)sqlite3_finalize(statement); /* its error was seen by db_run */
	return rc;
}

int journal_quarantine(struct journal *journal, const char *execution, int64_t now_us,
		       const char *cause, struct err *err)
{
	struct event event = {.seq = journal->last_seq + 1,
			      .kind = EVENT_QUARANTINED,
			      .node = EVENT_NO_NODE,
			      .time_us = now_us,
			      .text = cause};
	struct journal_batch batch;
	int rc;

	journal_batch_init(&batch);
	memcpy(event.execution, execution, strnlen(execution, ULID_TEXT - 1));
	journal_batch_event(&batch, &event);
	rc = journal_own_begin(journal, err);
	if (rc == 0)
		rc = journal_own_fence(journal, event.seq, err);
	if (rc == 0)
		rc = writer_batch(&journal->writer, &batch, err);
	if (rc == 0)
		rc = mark_row(journal, &event, err);
	if (rc == 0)
		rc = journal_own_commit(journal, err);
	if (rc < 0)
		journal_own_rollback(journal);
	else
		journal->last_seq = event.seq;
	journal_batch_release(&batch);
	return rc;
}

int journal_each_quarantined(struct journal *journal,
			     int (*each)(void *ctx, const struct quarantined *row, struct err *err),
			     void *ctx, struct err *err)
{
	sqlite3_stmt *statement;
	int rc = db_prepare(&journal->db,
			    "SELECT id, coalesce(name, id), quarantine FROM execution"
			    " WHERE quarantined = 1",
			    &statement, err);

	if (rc < 0)
		return rc;
	for (rc = db_step(&journal->db, statement, err); rc == 1;) {
		const struct quarantined row = {db_column_text(statement, 0),
						db_column_text(statement, 1),
						db_column_text(statement, 2)};

		rc = each(ctx, &row, err);
		if (rc >= 0)
			rc = db_step(&journal->db, statement, err);
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}
