/* SPDX-License-Identifier: MIT
 *
 * damage DATABASE WORKFLOW: overwrites the payload of the newest event of a workflow's executions
 * in the journal of an instance that is stopped, as a bad disk would.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static const char sql[] =
	"UPDATE event SET payload = x'ffffffff' WHERE seq = (SELECT max(v.seq) FROM event v"
	" JOIN execution e ON e.row = v.execution WHERE e.workflow = ?1)";

int main(int argc, char **argv)
{
	sqlite3_stmt *statement = NULL;
	sqlite3 *db = NULL;
	int changed = 0;

	if (argc != 3) {
		(void)fprintf(stderr, "usage: damage DATABASE WORKFLOW\n");
		return 2;
	}
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK) {
		(void)sqlite3_bind_text(statement, 1, argv[2], -1, SQLITE_STATIC);
		if (sqlite3_step(statement) == SQLITE_DONE)
			changed = sqlite3_changes(db);
	}
	if (changed != 1)
		(void)fprintf(stderr, "damage: %s\n", sqlite3_errmsg(db));
	(void)sqlite3_finalize(statement);
	(void)sqlite3_close(db);
	return changed == 1 ? 0 : 1;
}
