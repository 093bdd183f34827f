/* SPDX-License-Identifier: MIT
 *
 * The schema as a list of steps; user_version counts the steps done. A released step is never
 * edited: a change is a new step at the end.
 *
 * `event` is the truth and only grows; it is clustered by execution, because events are read by
 * execution and written at its end. node, attempt and revision are projections with a primary key
 * and no further index: only so does INSERT OR REPLACE overwrite a row with a single search.
 */
#include "store/schema.h"

#include <stdio.h>

#define APPLICATION_ID 0x484c5031 /* "HLP1", in the file's header for file(1) */

static const char *const steps[] = {
	"CREATE TABLE instance ("
	"  id INTEGER PRIMARY KEY CHECK (id = 1),"
	"  term INTEGER NOT NULL,"
	"  last_seq INTEGER NOT NULL,"
	"  chain_anchor BLOB NOT NULL);" /* link before the oldest row of chain */
	"INSERT INTO instance VALUES (1, 0, 0, zeroblob(32));"

	"CREATE TABLE execution ("
	"  row INTEGER PRIMARY KEY,"
	"  id TEXT NOT NULL UNIQUE,"
	"  workflow TEXT NOT NULL, number INTEGER NOT NULL,"
	"  name TEXT, revision TEXT, dirty INTEGER NOT NULL DEFAULT 0,"
	"  folder TEXT, actor TEXT, note TEXT, blob TEXT,"
	"  state INTEGER NOT NULL DEFAULT 0, reason INTEGER NOT NULL DEFAULT 0,"
	"  paused INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0,"
	"  rolling_back INTEGER NOT NULL DEFAULT 0, quarantined INTEGER NOT NULL DEFAULT 0,"
	"  ended INTEGER NOT NULL DEFAULT 0,"
	"  created_us INTEGER NOT NULL DEFAULT 0, started_us INTEGER NOT NULL DEFAULT 0,"
	"  ended_us INTEGER NOT NULL DEFAULT 0, nodes_count INTEGER NOT NULL DEFAULT 0,"
	"  pending INTEGER NOT NULL DEFAULT 0, running INTEGER NOT NULL DEFAULT 0,"
	"  paused_nodes INTEGER NOT NULL DEFAULT 0, completed INTEGER NOT NULL DEFAULT 0,"
	"  failed INTEGER NOT NULL DEFAULT 0, recovering INTEGER NOT NULL DEFAULT 0,"
	"  recovered INTEGER NOT NULL DEFAULT 0,"
	"  seq INTEGER NOT NULL DEFAULT 0);"
	"CREATE INDEX execution_of_workflow ON execution (workflow, number);"
	"CREATE TABLE workflow (name TEXT PRIMARY KEY, last_number INTEGER NOT NULL) WITHOUT ROWID;"

	"CREATE TABLE event ("
	"  execution INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL,"
	"  format INTEGER NOT NULL, payload BLOB NOT NULL,"
	"  PRIMARY KEY (execution, seq)) WITHOUT ROWID;"
	"CREATE TABLE chain ("
	"  seq INTEGER PRIMARY KEY, execution TEXT NOT NULL, pruned INTEGER NOT NULL DEFAULT 0,"
	"  digest BLOB NOT NULL, link BLOB NOT NULL);"
	"CREATE TABLE request ("
	"  execution INTEGER NOT NULL, seq INTEGER NOT NULL, request TEXT NOT NULL UNIQUE,"
	"  PRIMARY KEY (execution, seq)) WITHOUT ROWID;"
	"CREATE TABLE snapshot ("
	"  row INTEGER PRIMARY KEY, execution INTEGER NOT NULL, seq INTEGER NOT NULL,"
	"  digest BLOB NOT NULL, image BLOB NOT NULL);"
	"CREATE INDEX snapshot_of_execution ON snapshot (execution, seq);"
	"CREATE TABLE recovery (execution INTEGER PRIMARY KEY, deaths INTEGER NOT NULL);"

	"CREATE TABLE node ("
	"  execution INTEGER NOT NULL, number INTEGER NOT NULL,"
	"  id TEXT NOT NULL, phase TEXT NOT NULL, risk REAL NOT NULL,"
	"  state INTEGER NOT NULL, reason INTEGER NOT NULL, flags INTEGER NOT NULL,"
	"  attempt INTEGER NOT NULL, undo_attempt INTEGER NOT NULL,"
	"  exit_code INTEGER, signal INTEGER NOT NULL,"
	"  started_us INTEGER NOT NULL, ended_us INTEGER NOT NULL, due_us INTEGER NOT NULL,"
	"  pid INTEGER NOT NULL, question INTEGER NOT NULL, message TEXT,"
	"  version INTEGER NOT NULL,"
	"  PRIMARY KEY (execution, number)) WITHOUT ROWID;"
	"CREATE TABLE attempt ("
	"  execution INTEGER NOT NULL, node INTEGER NOT NULL, kind INTEGER NOT NULL,"
	"  number INTEGER NOT NULL, exit_kind INTEGER NOT NULL, code INTEGER NOT NULL,"
	"  started_us INTEGER NOT NULL, ended_us INTEGER NOT NULL, pid INTEGER NOT NULL,"
	"  cpu_us INTEGER NOT NULL, rss_kib INTEGER NOT NULL, seq INTEGER NOT NULL,"
	"  PRIMARY KEY (execution, node, kind, number)) WITHOUT ROWID;"
	"CREATE TABLE revision ("
	"  execution INTEGER NOT NULL, node INTEGER NOT NULL, seq INTEGER NOT NULL,"
	"  artifact INTEGER NOT NULL, path TEXT NOT NULL, attempt_kind INTEGER NOT NULL,"
	"  attempt INTEGER NOT NULL, moment INTEGER NOT NULL, time_us INTEGER NOT NULL,"
	"  absent INTEGER NOT NULL, blob TEXT NOT NULL, size INTEGER NOT NULL,"
	"  mode INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL,"
	"  mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,"
	"  PRIMARY KEY (execution, node, seq, artifact)) WITHOUT ROWID;"
	"CREATE TABLE act ("
	"  execution INTEGER NOT NULL, seq INTEGER NOT NULL, time_us INTEGER NOT NULL,"
	"  node INTEGER, actor TEXT, verb TEXT, note TEXT, request TEXT,"
	"  PRIMARY KEY (execution, seq)) WITHOUT ROWID;",

	"ALTER TABLE execution ADD COLUMN quarantine TEXT NOT NULL DEFAULT '';",
	/* What few nodes have, packed; NULL for the others. */
	"ALTER TABLE node ADD COLUMN more BLOB;",

	/* Few of all events: listing an execution's checkpoints must not read the others. */
	"CREATE INDEX event_of_checkpoint ON event (execution, seq) WHERE kind IN"
	" (" SCHEMA_CHECKPOINTS ");",
	"ALTER TABLE execution ADD COLUMN policy TEXT NOT NULL DEFAULT '';",

	/* Whether a failed run left it, and the event that said so last. Of what is there already
	 * it follows from how the run ended and, of a node's newest, from its state. */
	"ALTER TABLE revision ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE revision ADD COLUMN judged INTEGER NOT NULL DEFAULT 0;"
	"UPDATE revision SET judged = seq;"
	"UPDATE revision SET failed = 1 WHERE moment = 2 AND EXISTS"
	" (SELECT 1 FROM attempt a JOIN node n ON n.execution = a.execution AND n.number = a.node"
	"  WHERE a.execution = revision.execution AND a.node = revision.node"
	"  AND a.kind = revision.attempt_kind AND a.number = revision.attempt"
	"  AND CASE WHEN n.attempt = a.number AND n.state = 4 THEN 1"
	"      WHEN n.attempt = a.number AND n.state = 3 AND n.reason <> 33 THEN 0"
	"      ELSE a.exit_kind > 1 OR (a.exit_kind = 1 AND a.code <> 0)"
	"           OR (n.attempt <> a.number AND revision.blob = '' AND NOT revision.absent)"
	"      END);",
};

#define STEPS ((int)(sizeof(steps) / sizeof(steps[0])))

int schema_version(void)
{
	return STEPS;
}

static int read_version(struct db *db, int64_t *out, struct err *err)
{
	int64_t application = 0, objects = 0;
	int rc = db_number(db, "PRAGMA user_version", 0, out, err);

	if (rc == 0)
		rc = db_number(db, "PRAGMA application_id", 0, &application, err);
	if (rc == 0)
		rc = db_number(db, "SELECT count(*) FROM sqlite_schema", 0, &objects, err);
	if (rc < 0)
		return rc;
	if (objects > 0 && application != APPLICATION_ID)
		return err_set(err, ERR_INVALID, "'%s' is a database of another program", db->path);
	if (*out > STEPS)
		return err_set(err, ERR_UNSUPPORTED,
			       "'%s' was written by a newer version (schema %lld, this program "
			       "knows %d): use that version or newer",
			       db->path, (long long)*out, STEPS);
	return 0;
}

static int step_up(struct db *db, int step, struct err *err)
{
	char stamp[120];
	int rc = db_exec(db, "BEGIN IMMEDIATE", err);

	if (rc < 0)
		return rc;
	(void)snprintf(stamp, sizeof(stamp), /* both numbers are ours and small */
		       "PRAGMA user_version = %d; PRAGMA application_id = %d; COMMIT", step + 1,
		       APPLICATION_ID);
	rc = db_exec(db, steps[step], err);
	if (rc == 0)
		rc = db_exec(db, stamp, err);
	if (rc < 0)
		(void)db_exec(db, "ROLLBACK", NULL); /* the first error is the one to report */
	return rc;
}

int schema_migrate(struct db *db, struct err *err)
{
	int64_t version = 0;
	int rc = read_version(db, &version, err);

	for (int step = (int)version; rc == 0 && step < STEPS; step++)
		rc = step_up(db, step, err);
	return rc;
}

int schema_expect(struct db *db, struct err *err)
{
	int64_t version = 0;
	int rc = read_version(db, &version, err);

	if (rc == 0 && version != STEPS)
		return err_set(err, ERR_UNAVAILABLE, "'%s' has no tables yet", db->path);
	return rc;
}
