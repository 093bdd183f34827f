/* SPDX-License-Identifier: MIT
 *
 * One SQLite connection and the few calls that the store makes on it, with SQLite's result codes
 * turned into our errors. Private to engine/store. One thread at a time.
 */
#ifndef HLP_STORE_DB_H
#define HLP_STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db {
	sqlite3 *sqlite;
	char *path;
	bool broken; /* a write or sync failed in a way after which nothing may be trusted */
};

enum db_mode { DB_WRITE, DB_READ };

int db_open(struct db *db, const char *path, enum db_mode mode, struct err *err);
void db_close(struct db *db); /* accepts a zeroed one; every statement must be finalised */

/* Runs one or more statements without parameters or results. */
int db_exec(struct db *db, const char *sql, struct err *err);
/* The first column of the first row; `missing` when there is no row. */
int db_number(struct db *db, const char *sql, int64_t missing, int64_t *out, struct err *err);
int db_prepare(struct db *db, const char *sql, sqlite3_stmt **out, struct err *err);

/* 1 a row, 0 the end; after the end and after a failure the statement is reset. */
int db_step(struct db *db, sqlite3_stmt *statement, struct err *err);
/* Runs a statement that gives no rows, and resets it. */
int db_run(struct db *db, sqlite3_stmt *statement, struct err *err);
void db_reset(sqlite3_stmt *statement); /* resets and forgets what was bound */

/* The error for a result code of SQLite; marks the connection broken where that is due. errno was 0
 * before the call that failed. */
int db_error(struct db *db, int result, struct err *err, const char *what);

/* Texts and blobs are borrowed until the statement is reset; NULL text binds NULL. */
void db_bind_text(sqlite3_stmt *statement, int index, const char *text);
void db_bind_blob(sqlite3_stmt *statement, int index, const void *data, size_t length);
/* Never NULL: an absent text reads as "". Valid until the next step. */
const char *db_column_text(sqlite3_stmt *statement, int column);

#endif
