/* SPDX-License-Identifier: MIT
 *
 * Reading the tables, on a connection that cannot write. Finding what a person named is in
 * catalog_resolve.c. A statement is kept after its first use; a callback that asks the same
 * question again while it is being answered gets one of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/catalog_own.h"
#include "store/chain_check.h"
#include "store/schema.h"
#include "store/snapshots.h"

#define EXECUTION_COLUMNS                                                                          \
	"id, workflow, number, name, revision, dirty, folder, actor, note, blob, state, reason,"   \
	" paused, cancelled, rolling_back, quarantined, ended, created_us, started_us, ended_us,"  \
	" nodes_count, pending, running, paused_nodes, completed, failed, recovering, recovered,"  \
	" seq, quarantine, policy"

static const char *const sql[] = {
	[CATALOG_BEGIN] = "BEGIN",
	[CATALOG_END] = "COMMIT",
	[CATALOG_SEQ] = "SELECT last_seq FROM instance",
	[CATALOG_EXECUTIONS] =
		"SELECT " EXECUTION_COLUMNS " FROM execution ORDER BY row DESC LIMIT ?2",
	[CATALOG_OF_WORKFLOW] = "SELECT " EXECUTION_COLUMNS " FROM execution WHERE workflow = ?1"
				" ORDER BY row DESC LIMIT ?2",
	[CATALOG_OF_FILE] = "SELECT " EXECUTION_COLUMNS " FROM execution WHERE row IN"
			    " (SELECT DISTINCT execution FROM revision WHERE path = ?1"
			    "  OR substr(path, -length(?1) - 1) = '/' || ?1)"
			    " ORDER BY row DESC LIMIT ?2",
	[CATALOG_EXECUTION] = "SELECT " EXECUTION_COLUMNS " FROM execution WHERE id = ?1",
	[CATALOG_KEY] = "SELECT row FROM execution WHERE id = ?1",
	[CATALOG_NODES] = "SELECT number, id, phase, risk, state, reason, flags, attempt,"
			  " undo_attempt, exit_code, signal, started_us, ended_us, due_us, pid,"
			  " question, message, version, more FROM node WHERE execution = ?1"
			  " ORDER BY number",
	[CATALOG_ATTEMPTS] =
		"SELECT node, kind, number, exit_kind, code, started_us, ended_us, pid,"
		" cpu_us, rss_kib, seq FROM attempt WHERE execution = ?1"
		" AND node BETWEEN ?2 AND ?3 ORDER BY node, kind, number",
	[CATALOG_REVISIONS] = "SELECT node, artifact, attempt_kind, attempt, moment, seq, time_us,"
			      " absent, blob, size, mode, uid, gid, mtime_ns, inode, path,"
			      " failed, judged"
			      " FROM revision WHERE execution = ?1 AND node BETWEEN ?2 AND ?3"
			      " ORDER BY seq, artifact",
	[CATALOG_EVENTS] = "SELECT seq, kind, format, payload FROM event WHERE execution = ?1"
			   " AND seq > ?2 ORDER BY seq LIMIT ?3",
	[CATALOG_CHECKPOINTS] = "SELECT seq, kind, format, payload FROM event WHERE execution = ?1"
				" AND kind IN (" SCHEMA_CHECKPOINTS ") ORDER BY seq",
	[CATALOG_NAMED] = "SELECT id, coalesce(name, workflow || '#' || number), ended"
			  " FROM execution WHERE workflow = ?1 AND (?2 < 0 OR number = ?2)"
			  " ORDER BY row DESC",
	[CATALOG_ENDING] = "SELECT id, coalesce(name, workflow || '#' || number), ended"
			   " FROM execution WHERE ?1 = '' OR substr(id, -length(?1)) = ?1"
			   " ORDER BY row DESC",
	/* The newest 20 executions are enough to guess from, and bound the work. */
	[CATALOG_DURATIONS] = "SELECT a.ended_us - a.started_us FROM"
			      " (SELECT row, number FROM execution WHERE workflow = ?1"
			      "  ORDER BY number DESC LIMIT 20) e"
			      " CROSS JOIN node n ON n.execution = e.row AND n.id = ?2"
			      " JOIN attempt a ON a.execution = e.row AND a.node = n.number"
			      " AND a.kind = ?4 AND a.exit_kind = 1 AND a.code = 0"
			      " ORDER BY e.number DESC, a.number DESC LIMIT ?3",
	/* Few executions were ever rolled back, and only their attempts are looked through: the
	 * newest of them, as long as they are 200,000 nodes at most, but one in any case. */
	[CATALOG_UNDOS] =
		"SELECT CASE WHEN same THEN NULL ELSE (SELECT id FROM node n"
		"  WHERE n.execution = e.row AND n.number = a.node) END,"
		" a.node, a.kind, a.ended_us - a.started_us FROM"
		" (SELECT row, blob = (SELECT blob FROM execution WHERE row = ?1) AS same,"
		"  row_number() OVER w AS place, sum(nodes_count) OVER w AS nodes"
		"  FROM execution x"
		"  WHERE workflow = (SELECT workflow FROM execution WHERE row = ?1)"
		"  AND (rolling_back OR recovered OR EXISTS (SELECT 1 FROM act"
		"   WHERE act.execution = x.row AND verb IN ('rollback', 'answer')))"
		"  WINDOW w AS (ORDER BY number DESC)) e"
		" CROSS JOIN attempt a ON a.execution = e.row AND a.kind IN (2, 3)"
		" AND a.exit_kind = 1 AND a.code = 0"
		" WHERE place = 1 OR (place <= 20 AND nodes <= 200000)",
	/* Looks through all revisions, for want of an index: few files are asked for. */
	[CATALOG_WRITER] = "SELECT coalesce(e.name, e.workflow || '#' || e.number), n.id,"
			   " r.moment"
			   " FROM revision r JOIN execution e ON e.row = r.execution"
			   " JOIN node n ON n.execution = r.execution AND n.number = r.node"
			   " WHERE r.inode = ?1 AND r.mtime_ns = ?2 AND r.size = ?3"
			   " AND NOT r.absent AND r.moment <> 1 ORDER BY r.seq DESC LIMIT 1",
};
_Static_assert(sizeof(sql) / sizeof(sql[0]) == CATALOG_QUERIES, "one text a query");

int catalog_open(const struct home *home, struct catalog **out, struct err *err)
{
	struct catalog *catalog = mem_zalloc(sizeof(*catalog));
	int rc = db_open(&catalog->db, home->database, DB_READ, err);

	if (rc == 0)
		rc = db_exec(&catalog->db,
			     "PRAGMA query_only = ON; PRAGMA cache_size = -4096;"
			     "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF",
			     err);
	if (rc == 0)
		rc = schema_expect(&catalog->db, err);
	if (rc < 0) {
		catalog_close(catalog);
		return rc;
	}
	*out = catalog;
	return 0;
}

void catalog_close(struct catalog *catalog)
{
	if (!catalog)
		return;
	for (int i = 0; i < CATALOG_QUERIES; i++)
		(void)sqlite3_finalize(catalog->kept[i]); /* repeats an error already told */
	db_close(&catalog->db);
	free(catalog);
}

/* ---- statements --------------------------------------------------------------------------- */

int catalog_own_take(struct catalog *catalog, enum catalog_query query, sqlite3_stmt **out,
		     struct err *err)
{
	sqlite3_stmt **kept = &catalog->kept[query];

	if (*kept && sqlite3_stmt_busy(*kept))
		return db_prepare(&catalog->db, sql[query], out, err);
	if (!*kept) {
		int rc = db_prepare(&catalog->db, sql[query], kept, err);

		if (rc < 0)
			return rc;
	}
	*out = *kept;
	return 0;
}

void catalog_own_give(struct catalog *catalog, enum catalog_query query, sqlite3_stmt *statement)
{
	if (statement == catalog->kept[query])
		db_reset(statement);
	else
		(void)sqlite3_finalize(statement); /* repeats an error already told */
}

int catalog_begin(struct catalog *catalog, uint64_t *out_seq, struct err *err)
{
	sqlite3_stmt *begin, *seq;
	int rc = catalog_own_take(catalog, CATALOG_BEGIN, &begin, err);

	if (rc == 0)
		rc = db_run(&catalog->db, begin, err);
	if (rc == 0)
		rc = catalog_own_take(catalog, CATALOG_SEQ, &seq, err);
	if (rc < 0)
		return rc;
	rc = db_step(&catalog->db, seq, err); /* the first read fixes the state that is seen */
	if (rc == 1)
		*out_seq = (uint64_t)sqlite3_column_int64(seq, 0);
	catalog_own_give(catalog, CATALOG_SEQ, seq);
	if (rc != 1)
		catalog_end(catalog);
	return rc == 0	? err_set(err, ERR_CORRUPT, "'%s' has lost its instance row",
				  catalog->db.path)
	       : rc < 0 ? rc
			: 0;
}

void catalog_end(struct catalog *catalog)
{
	sqlite3_stmt *end;

	if (catalog_own_take(catalog, CATALOG_END, &end, NULL) == 0)
		(void)db_run(&catalog->db, end, NULL); /* nothing was written */
}

/* ---- rows --------------------------------------------------------------------------------- */

typedef int row_reader(void *ctx, sqlite3_stmt *statement, struct err *err);

/* Steps to the end, or until the reader fails; gives the statement back. */
static int each_row(struct catalog *catalog, enum catalog_query query, sqlite3_stmt *statement,
		    row_reader *read, void *ctx, struct err *err)
{
	int rc = db_step(&catalog->db, statement, err);

	while (rc == 1) {
		rc = read(ctx, statement, err);
		if (rc >= 0)
			rc = db_step(&catalog->db, statement, err);
	}
	catalog_own_give(catalog, query, statement);
	return rc;
}

static void copy_id(char out[ULID_TEXT], const char *id)
{
	memset(out, 0, ULID_TEXT);
	memcpy(out, id, strnlen(id, ULID_TEXT - 1));
}

static void read_counts(sqlite3_stmt *statement, int first, uint32_t counts[STATES])
{
	for (int i = 0; i < STATES; i++)
		counts[i] = (uint32_t)sqlite3_column_int64(statement, first + i);
}

static void fill_execution(sqlite3_stmt *s, struct execution_row *out)
{
	*out = (struct execution_row){
		.workflow = db_column_text(s, 1),
		.number = (uint32_t)sqlite3_column_int64(s, 2),
		.name = db_column_text(s, 3),
		.revision = db_column_text(s, 4),
		.dirty = sqlite3_column_int(s, 5),
		.folder = db_column_text(s, 6),
		.actor = db_column_text(s, 7),
		.note = db_column_text(s, 8),
		.blob = db_column_text(s, 9),
		.state = (enum state)sqlite3_column_int(s, 10),
		.reason = (enum reason)sqlite3_column_int(s, 11),
		.paused = sqlite3_column_int(s, 12),
		.cancelled = sqlite3_column_int(s, 13),
		.rolling_back = sqlite3_column_int(s, 14),
		.quarantined = sqlite3_column_int(s, 15),
		.ended = sqlite3_column_int(s, 16),
		.created_us = sqlite3_column_int64(s, 17),
		.started_us = sqlite3_column_int64(s, 18),
		.ended_us = sqlite3_column_int64(s, 19),
		.nodes_count = (uint32_t)sqlite3_column_int64(s, 20),
		.seq = (uint64_t)sqlite3_column_int64(s, 28),
		.quarantine = db_column_text(s, 29),
		.policy = db_column_text(s, 30),
	};
	copy_id(out->id, db_column_text(s, 0));
	read_counts(s, 21, out->counts);
}

struct execution_call {
	catalog_each_execution *each;
	void *ctx;
};

static int read_execution(void *ctx, sqlite3_stmt *statement, struct err *err)
{
	struct execution_call *call = ctx;
	struct execution_row row;

	fill_execution(statement, &row);
	return call->each(call->ctx, &row, err);
}

static int each_execution(struct catalog *catalog, enum catalog_query query, const char *about,
			  uint32_t limit, struct execution_call *call, struct err *err)
{
	sqlite3_stmt *statement;
	int rc = catalog_own_take(catalog, query, &statement, err);

	if (rc < 0)
		return rc;
	if (about)
		db_bind_text(statement, 1, about);
	(void)sqlite3_bind_int64(statement, 2, limit ? (int64_t)limit : -1);
	return each_row(catalog, query, statement, read_execution, call, err);
}

int catalog_executions(struct catalog *catalog, const char *workflow, uint32_t limit,
		       catalog_each_execution *each, void *ctx, struct err *err)
{
	struct execution_call call = {each, ctx};

	return each_execution(catalog, workflow ? CATALOG_OF_WORKFLOW : CATALOG_EXECUTIONS,
			      workflow, limit, &call, err);
}

int catalog_executions_of_file(struct catalog *catalog, const char *path, uint32_t limit,
			       catalog_each_execution *each, void *ctx, struct err *err)
{
	struct execution_call call = {each, ctx};

	return each_execution(catalog, CATALOG_OF_FILE, path, limit, &call, err);
}

int catalog_execution(struct catalog *catalog, const char *execution, catalog_each_execution *each,
		      void *ctx, struct err *err)
{
	struct execution_row row;
	sqlite3_stmt *statement;
	int rc = catalog_own_take(catalog, CATALOG_EXECUTION, &statement, err);

	if (rc < 0)
		return rc;
	db_bind_text(statement, 1, execution);
	rc = db_step(&catalog->db, statement, err);
	if (rc == 1) {
		fill_execution(statement, &row);
		rc = each(ctx, &row, err);
	} else if (rc == 0) {
		rc = err_set(err, ERR_NOT_FOUND, "no execution '%s'", execution);
	}
	catalog_own_give(catalog, CATALOG_EXECUTION, statement);
	return rc;
}

/* A statement about one execution, its row bound as the first parameter. */
static int take_for(struct catalog *catalog, enum catalog_query query, const char *execution,
		    sqlite3_stmt **out, struct err *err)
{
	sqlite3_stmt *find;
	int64_t key = 0;
	int rc = catalog_own_take(catalog, CATALOG_KEY, &find, err);

	if (rc < 0)
		return rc;
	db_bind_text(find, 1, execution);
	rc = db_step(&catalog->db, find, err);
	if (rc == 1)
		key = sqlite3_column_int64(find, 0);
	catalog_own_give(catalog, CATALOG_KEY, find);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "no execution '%s'", execution);
	if (rc < 0)
		return rc;
	rc = catalog_own_take(catalog, query, out, err);
	if (rc == 0)
		(void)sqlite3_bind_int64(*out, 1, key);
	return rc;
}

static void bind_node(sqlite3_stmt *statement, uint32_t node)
{
	bool all = node == EVENT_NO_NODE;

	(void)sqlite3_bind_int64(statement, 2, all ? 0 : (int64_t)node);
	(void)sqlite3_bind_int64(statement, 3, all ? INT64_MAX : (int64_t)node);
}

struct node_call {
	catalog_each_node *each;
	void *ctx;
	struct node_row row; /* its execution is filled in once */
	struct arena arena;  /* of the row's rare members, for the call */
};

static int call_node(struct node_call *call, sqlite3_stmt *s, struct err *err)
{
	int rc = rows_unpack_more(sqlite3_column_blob(s, 18), (size_t)sqlite3_column_bytes(s, 18),
				  &call->arena, &call->row, err);

	if (rc >= 0)
		rc = call->each(call->ctx, &call->row, err);
	arena_release(&call->arena);
	return rc;
}

static int read_node(void *ctx, sqlite3_stmt *s, struct err *err)
{
	struct node_call *call = ctx;
	struct node_row *row = &call->row;
	int flags = sqlite3_column_int(s, 6);

	row->index = (uint32_t)sqlite3_column_int64(s, 0);
	row->id = db_column_text(s, 1);
	row->phase = db_column_text(s, 2);
	row->risk = sqlite3_column_double(s, 3);
	row->state = (enum state)sqlite3_column_int(s, 4);
	row->reason = (enum reason)sqlite3_column_int(s, 5);
	row->held = flags & 1;
	row->stale = flags & 2;
	row->verdict_pending = flags & 4;
	row->attempt = (uint32_t)sqlite3_column_int64(s, 7);
	row->undo_attempt = (uint32_t)sqlite3_column_int64(s, 8);
	row->has_exit_code = sqlite3_column_type(s, 9) != SQLITE_NULL;
	row->exit_code = sqlite3_column_int(s, 9);
	row->signal = sqlite3_column_int(s, 10);
	row->started_us = sqlite3_column_int64(s, 11);
	row->ended_us = sqlite3_column_int64(s, 12);
	row->due_us = sqlite3_column_int64(s, 13);
	row->pid = sqlite3_column_int64(s, 14);
	row->question = (enum question)sqlite3_column_int(s, 15);
	row->message = db_column_text(s, 16);
	row->version = (uint64_t)sqlite3_column_int64(s, 17);
	return call_node(call, s, err);
}

int catalog_nodes(struct catalog *catalog, const char *execution, catalog_each_node *each,
		  void *ctx, struct err *err)
{
	struct node_call call = {.each = each, .ctx = ctx};
	sqlite3_stmt *statement;
	int rc = take_for(catalog, CATALOG_NODES, execution, &statement, err);

	if (rc < 0)
		return rc;
	copy_id(call.row.execution, execution);
	return each_row(catalog, CATALOG_NODES, statement, read_node, &call, err);
}

struct attempt_call {
	catalog_each_attempt *each;
	void *ctx;
	struct attempt_row row;
};

static int read_attempt(void *ctx, sqlite3_stmt *s, struct err *err)
{
	struct attempt_call *call = ctx;
	struct attempt_row *row = &call->row;

	row->node = (uint32_t)sqlite3_column_int64(s, 0);
	row->kind = (enum attempt_kind)sqlite3_column_int(s, 1);
	row->number = (uint32_t)sqlite3_column_int64(s, 2);
	row->exit_kind = (enum exit_kind)sqlite3_column_int(s, 3);
	row->code = sqlite3_column_int(s, 4);
	row->started_us = sqlite3_column_int64(s, 5);
	row->ended_us = sqlite3_column_int64(s, 6);
	row->pid = sqlite3_column_int64(s, 7);
	row->cpu_us = sqlite3_column_int64(s, 8);
	row->rss_kib = sqlite3_column_int64(s, 9);
	row->seq = (uint64_t)sqlite3_column_int64(s, 10);
	return call->each(call->ctx, row, err);
}

int catalog_attempts(struct catalog *catalog, const char *execution, uint32_t node,
		     catalog_each_attempt *each, void *ctx, struct err *err)
{
	struct attempt_call call = {.each = each, .ctx = ctx};
	sqlite3_stmt *statement;
	int rc = take_for(catalog, CATALOG_ATTEMPTS, execution, &statement, err);

	if (rc < 0)
		return rc;
	copy_id(call.row.execution, execution);
	bind_node(statement, node);
	return each_row(catalog, CATALOG_ATTEMPTS, statement, read_attempt, &call, err);
}

struct revision_call {
	catalog_each_revision *each;
	void *ctx;
	const char *execution;
};

static void fill_revision(sqlite3_stmt *s, struct revision_row *out)
{
	out->path = db_column_text(s, 15);
	out->revision = (struct revision){
		.node = (uint32_t)sqlite3_column_int64(s, 0),
		.artifact = (uint32_t)sqlite3_column_int64(s, 1),
		.attempt_kind = (enum attempt_kind)sqlite3_column_int(s, 2),
		.attempt = (uint32_t)sqlite3_column_int64(s, 3),
		.moment = (enum moment)sqlite3_column_int(s, 4),
		.seq = (uint64_t)sqlite3_column_int64(s, 5),
		.time_us = sqlite3_column_int64(s, 6),
		.absent = sqlite3_column_int(s, 7),
		.size = sqlite3_column_int64(s, 9),
		.mode = (uint32_t)sqlite3_column_int64(s, 10),
		.uid = (uint32_t)sqlite3_column_int64(s, 11),
		.gid = (uint32_t)sqlite3_column_int64(s, 12),
		.mtime_ns = sqlite3_column_int64(s, 13),
		.inode = (uint64_t)sqlite3_column_int64(s, 14),
		.failed = sqlite3_column_int(s, 16),
		.judged = (uint64_t)sqlite3_column_int64(s, 17),
	};
	memcpy(out->revision.blob, db_column_text(s, 8),
	       strnlen(db_column_text(s, 8), sizeof(out->revision.blob) - 1));
}

static int read_revision(void *ctx, sqlite3_stmt *statement, struct err *err)
{
	struct revision_call *call = ctx;
	struct revision_row row;

	copy_id(row.execution, call->execution);
	fill_revision(statement, &row);
	return call->each(call->ctx, &row, err);
}

int catalog_revisions(struct catalog *catalog, const char *execution, uint32_t node,
		      catalog_each_revision *each, void *ctx, struct err *err)
{
	struct revision_call call = {each, ctx, execution};
	sqlite3_stmt *statement;
	int rc = take_for(catalog, CATALOG_REVISIONS, execution, &statement, err);

	if (rc < 0)
		return rc;
	bind_node(statement, node);
	return each_row(catalog, CATALOG_REVISIONS, statement, read_revision, &call, err);
}

struct event_call {
	catalog_each_event *each;
	void *ctx;
	const char *execution;
};

static int read_event(void *ctx, sqlite3_stmt *s, struct err *err)
{
	struct event_call *call = ctx;
	struct arena arena = {0};
	struct event event = {0};
	int rc = event_decode(sqlite3_column_blob(s, 3), (size_t)sqlite3_column_bytes(s, 3),
			      sqlite3_column_int(s, 2), &arena, &event, err);

	if (rc >= 0) {
		event.seq = (uint64_t)sqlite3_column_int64(s, 0);
		event.kind = (enum event_kind)sqlite3_column_int(s, 1);
		copy_id(event.execution, call->execution);
		rc = call->each(call->ctx, &event, err);
	}
	arena_release(&arena);
	return rc;
}

int catalog_events(struct catalog *catalog, const char *execution, uint64_t after_seq,
		   uint32_t limit, catalog_each_event *each, void *ctx, struct err *err)
{
	struct event_call call = {each, ctx, execution};
	sqlite3_stmt *statement;
	int rc = take_for(catalog, CATALOG_EVENTS, execution, &statement, err);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(statement, 2, (int64_t)after_seq);
	(void)sqlite3_bind_int64(statement, 3, limit ? (int64_t)limit : -1);
	return each_row(catalog, CATALOG_EVENTS, statement, read_event, &call, err);
}

int catalog_snapshot(struct catalog *catalog, const char *execution, uint64_t *out_seq,
		     struct buf *out, struct err *err)
{
	return snapshots_newest(&catalog->db, execution, out_seq, out, err);
}

int catalog_checkpoints(struct catalog *catalog, const char *execution, catalog_each_event *each,
			void *ctx, struct err *err)
{
	struct event_call call = {each, ctx, execution};
	sqlite3_stmt *statement;
	int rc = take_for(catalog, CATALOG_CHECKPOINTS, execution, &statement, err);

	if (rc < 0)
		return rc;
	return each_row(catalog, CATALOG_CHECKPOINTS, statement, read_event, &call, err);
}

int catalog_check_chain(struct catalog *catalog, struct buf *problems, struct err *err)
{
	return chain_check(&catalog->db, 0, problems, err);
}

int catalog_durations(struct catalog *catalog, const char *workflow, const char *node,
		      enum attempt_kind kind, int64_t *out, size_t max, struct err *err)
{
	sqlite3_stmt *statement;
	int count = 0, rc = catalog_own_take(catalog, CATALOG_DURATIONS, &statement, err);

	if (rc < 0)
		return rc;
	db_bind_text(statement, 1, workflow);
	db_bind_text(statement, 2, node);
	(void)sqlite3_bind_int64(statement, 3, (int64_t)max);
	(void)sqlite3_bind_int64(statement, 4, (int64_t)kind);
	for (rc = db_step(&catalog->db, statement, err); rc == 1;) {
		out[count++] = sqlite3_column_int64(statement, 0);
		rc = db_step(&catalog->db, statement, err);
	}
	catalog_own_give(catalog, CATALOG_DURATIONS, statement);
	return rc < 0 ? rc : count;
}

int catalog_undos(struct catalog *catalog, const char *execution, catalog_each_undo *each,
		  void *ctx, struct err *err)
{
	sqlite3_stmt *statement;
	int rc = take_for(catalog, CATALOG_UNDOS, execution, &statement, err);

	if (rc < 0)
		return rc;
	for (rc = db_step(&catalog->db, statement, err); rc == 1;) {
		each(ctx, (const char *)sqlite3_column_text(statement, 0),
		     (uint32_t)sqlite3_column_int(statement, 1),
		     (enum attempt_kind)sqlite3_column_int(statement, 2),
		     sqlite3_column_int64(statement, 3));
		rc = db_step(&catalog->db, statement, err);
	}
	catalog_own_give(catalog, CATALOG_UNDOS, statement);
	return rc < 0 ? rc : 0;
}

int catalog_writer(struct catalog *catalog, const struct event_item *now, struct arena *arena,
		   const char **out, struct err *err)
{
	sqlite3_stmt *statement;
	int rc = catalog_own_take(catalog, CATALOG_WRITER, &statement, err);
	char *text;

	if (rc < 0)
		return rc;
	*out = NULL;
	(void)sqlite3_bind_int64(statement, 1, (int64_t)now->inode);
	(void)sqlite3_bind_int64(statement, 2, now->mtime_ns);
	(void)sqlite3_bind_int64(statement, 3, now->size);
	rc = db_step(&catalog->db, statement, err);
	if (rc == 1) {
		if (sqlite3_column_int(statement, 2) == MOMENT_RESTORED)
			text = mem_printf("the rollback of %s", db_column_text(statement, 0));
		else
			text = mem_printf("%s of %s", db_column_text(statement, 1),
					  db_column_text(statement, 0));
		*out = arena_strdup(arena, text);
		free(text);
	}
	catalog_own_give(catalog, CATALOG_WRITER, statement);
	return rc < 0 ? rc : 0;
}
