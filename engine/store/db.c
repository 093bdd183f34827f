/* SPDX-License-Identifier: MIT
 *
 * The SQLite connection: opening with the pragmas that the store relies on, stepping, errors.
 * Automatic checkpoints are off because SQLite drops their errors, and a failed sync in one must
 * end the engine; journal.c checkpoints by itself.
 */
#include "store/db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BUSY_WAIT_MS 5000

/* The cause of an I/O error. SQLite keeps it for some calls only (not for COMMIT), and nothing that
 * it does after a failed write sets errno anew; callers clear errno before they call. */
static int cause_of(const struct db *db)
{
	return errno ? errno : sqlite3_system_errno(db->sqlite);
}

static bool is_space_error(const struct db *db, int result)
{
	int number = cause_of(db);

	if ((result & 0xff) == SQLITE_FULL)
		return true;
	/* A sync that fails for want of space is a failed sync. */
	if ((result & 0xff) != SQLITE_IOERR || result == SQLITE_IOERR_FSYNC ||
	    result == SQLITE_IOERR_DIR_FSYNC)
		return false;
	return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

int db_error(struct db *db, int result, struct err *err, const char *what)
{
	const char *cause = db->sqlite ? sqlite3_errmsg(db->sqlite) : sqlite3_errstr(result);

	if (db->sqlite && is_space_error(db, result))
		return err_set(err, ERR_FULL, "%s: no space left for '%s'", what, db->path);
	switch (result & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		db->broken = true;
		return err_set(err, ERR_CORRUPT,
			       "%s: '%s' is damaged: run 'hlp engine check', then restore the "
			       "file from a backup or move it aside: %s",
			       what, db->path, cause);
	case SQLITE_IOERR:
		db->broken = true;
		return err_set(err, ERR_IO, "%s: '%s': %s (%d): %s", what, db->path, cause, result,
			       strerror(cause_of(db)));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_UNAVAILABLE, "%s: '%s' is in use: %s", what, db->path,
			       cause);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return err_set(err, ERR_DENIED, "%s: '%s': %s: %s", what, db->path, cause,
			       strerror(cause_of(db)));
	default:
		return err_set(err, ERR_INTERNAL, "%s: '%s': %s (%d)", what, db->path, cause,
			       result);
	}
}

int db_open(struct db *db, const char *path, enum db_mode mode, struct err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int result;

	flags |= mode == DB_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
				  : SQLITE_OPEN_READONLY;
	*db = (struct db){.path = mem_strdup(path)};
	errno = 0;
	result = sqlite3_open_v2(path, &db->sqlite, flags, NULL);
	if (result != SQLITE_OK) {
		int rc = db_error(db, result, err, "cannot open the database");

		db_close(db);
		return rc;
	}
	(void)sqlite3_busy_timeout(db->sqlite, BUSY_WAIT_MS); /* cannot fail on an open one */
	return 0;
}

void db_close(struct db *db)
{
	/* Statements are finalised by their owners, so this closes at once. */
	(void)sqlite3_close_v2(db->sqlite);
	free(db->path);
	*db = (struct db){0};
}

int db_exec(struct db *db, const char *sql, struct err *err)
{
	int result;

	errno = 0;
	result = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);

	return result == SQLITE_OK ? 0 : db_error(db, result, err, "cannot use the database");
}

int db_number(struct db *db, const char *sql, int64_t missing, int64_t *out, struct err *err)
{
	sqlite3_stmt *statement;
	int rc = db_prepare(db, sql, &statement, err);

	if (rc < 0)
		return rc;
	rc = db_step(db, statement, err);
	if (rc >= 0)
		*out = rc == 1 ? sqlite3_column_int64(statement, 0) : missing;
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc < 0 ? rc : 0;
}

int db_prepare(struct db *db, const char *sql, sqlite3_stmt **out, struct err *err)
{
	int result;

	errno = 0;
	result = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
	return result == SQLITE_OK ? 0 : db_error(db, result, err, "cannot read the database");
}

int db_step(struct db *db, sqlite3_stmt *statement, struct err *err)
{
	int result, rc = 0;

	errno = 0;
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		return 1;
	if (result != SQLITE_DONE)
		rc = db_error(db, result, err, "cannot use the database");
	(void)sqlite3_reset(statement); /* repeats the error of the step */
	return rc;
}

int db_run(struct db *db, sqlite3_stmt *statement, struct err *err)
{
	int rc = db_step(db, statement, err);

	if (rc == 1)
		db_reset(statement);
	return rc < 0 ? rc : 0;
}

void db_reset(sqlite3_stmt *statement)
{
	(void)sqlite3_reset(statement); /* repeats the error of the last step */
	(void)sqlite3_clear_bindings(statement);
}

void db_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	/* Binding fails only for a wrong index or a length over the limit, both bugs of ours that
	 * the statement's result then shows. */
	(void)sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

void db_bind_blob(sqlite3_stmt *statement, int index, const void *data, size_t length)
{
	(void)sqlite3_bind_blob64(statement, index, data, length, SQLITE_STATIC);
}

const char *db_column_text(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text ? text : "";
}
