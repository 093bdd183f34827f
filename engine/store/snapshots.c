/* SPDX-License-Identifier: MIT
 *
 * A snapshot is given only if it holds the bytes that were stored; a damaged one is passed over for
 * the one before it. What the bytes mean is the model's.
 */
#include "store/snapshots.h"

#include <string.h>

#include "store/digest.h"

/* Whether the row holds the bytes that were stored. */
static bool is_intact(sqlite3_stmt *statement)
{
	const void *image = sqlite3_column_blob(statement, 1);
	size_t length = (size_t)sqlite3_column_bytes(statement, 1);
	uint8_t digest[DIGEST_SIZE];

	digest_of(image, length, digest);
	return sqlite3_column_bytes(statement, 2) == DIGEST_SIZE &&
	       memcmp(sqlite3_column_blob(statement, 2), digest, DIGEST_SIZE) == 0;
}

static int find_intact(struct db *db, sqlite3_stmt *statement, uint64_t *out_seq, struct buf *out,
		       struct err *err)
{
	int rc = db_step(db, statement, err);

	while (rc == 1 && !is_intact(statement))
		rc = db_step(db, statement, err);
	if (rc != 1)
		return rc;
	buf_add(out, sqlite3_column_blob(statement, 1), (size_t)sqlite3_column_bytes(statement, 1));
	if (out->overflow)
		return err_set(err, ERR_LIMIT, "a snapshot is larger than %zu bytes", out->max);
	*out_seq = (uint64_t)sqlite3_column_int64(statement, 0);
	return 1;
}

int snapshots_newest(struct db *db, const char *execution, uint64_t *out_seq, struct buf *out,
		     struct err *err)
{
	sqlite3_stmt *statement;
	int rc = db_prepare(db,
			    "SELECT s.seq, s.image, s.digest FROM snapshot s JOIN execution e"
			    " ON s.execution = e.row WHERE e.id = ?1 ORDER BY s.seq DESC",
			    &statement, err);

	if (rc < 0)
		return rc;
	db_bind_text(statement, 1, execution);
	rc = find_intact(db, statement, out_seq, out, err);
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}
