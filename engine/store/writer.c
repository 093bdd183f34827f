/* SPDX-License-Identifier: MIT
 *
 * Records to rows. The hot path of the engine: a transition is one event and one node row, so each
 * record is one search in one tree, with integers for keys; texts are bound where they lie.
 */
#include "store/writer.h"

#include <string.h>

enum {
	FIND,
	ADD,
	NUMBER,
	EVENT,
	REQUEST,
	CHAIN,
	EXECUTION,
	NODE,
	ATTEMPT,
	REVISION,
	ACT,
	SNAPSHOT,
	SNAPSHOT_DROP,
};

/* '@' stands for the schema. */
static const char *const sql[] = {
	[FIND] = "SELECT row FROM @.execution WHERE id = ?1",
	[ADD] = "INSERT INTO @.execution (id, workflow, number) VALUES (?1, ?2, ?3)",
	[NUMBER] = "INSERT INTO @.workflow VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE"
		   " SET last_number = max(last_number, excluded.last_number)",
	[EVENT] = "INSERT INTO @.event VALUES (?1, ?2, ?3, ?4, ?5)",
	[REQUEST] = "INSERT OR IGNORE INTO @.request VALUES (?1, ?2, ?3)",
	[CHAIN] = "INSERT INTO @.chain (seq, execution, digest, link) VALUES (?1, ?2, ?3, ?4)",
	[EXECUTION] = "UPDATE @.execution SET name = ?2, revision = ?3, dirty = ?4, folder = ?5,"
		      " actor = ?6, note = ?7, blob = ?8, state = ?9, reason = ?10, paused = ?11,"
		      " cancelled = ?12, rolling_back = ?13, quarantined = ?14, ended = ?15,"
		      " created_us = ?16, started_us = ?17, ended_us = ?18, nodes_count = ?19,"
		      " pending = ?20, running = ?21, paused_nodes = ?22, completed = ?23,"
		      " failed = ?24, recovering = ?25, recovered = ?26, seq = ?27,"
		      " quarantine = ?28, policy = ?29 WHERE row = ?1",
	[NODE] = "INSERT OR REPLACE INTO @.node VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
		 " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
	[ATTEMPT] = "INSERT OR REPLACE INTO @.attempt VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
		    " ?10, ?11, ?12)",
	[REVISION] = "INSERT OR REPLACE INTO @.revision VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
		     " ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
	[ACT] = "INSERT OR REPLACE INTO @.act VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[SNAPSHOT] =
		"INSERT INTO @.snapshot (execution, seq, digest, image) VALUES (?1, ?2, ?3, ?4)",
	/* The newest and the one before it stay: if one is damaged, there is another. */
	[SNAPSHOT_DROP] = "DELETE FROM @.snapshot WHERE execution = ?1 AND seq <"
			  " (SELECT seq FROM @.snapshot WHERE execution = ?1"
			  "  ORDER BY seq DESC LIMIT 1 OFFSET 1)",
};
_Static_assert(sizeof(sql) / sizeof(sql[0]) == WRITER_STATEMENTS, "one slot a statement");

static int prepare_in(struct db *db, const char *schema, const char *text, sqlite3_stmt **out,
		      struct err *err)
{
	struct buf full;
	int rc;

	buf_init(&full, 2048);
	for (; *text; text++)
		if (*text == '@')
			buf_add_text(&full, schema);
		else
			buf_add_char(&full, *text);
	rc = db_prepare(db, buf_text(&full), out, err);
	buf_release(&full);
	return rc;
}

int writer_open(struct writer *writer, struct db *db, const char *schema, struct err *err)
{
	int rc = 0;

	*writer = (struct writer){.db = db};
	for (int i = 0; rc == 0 && i < WRITER_STATEMENTS; i++)
		rc = prepare_in(db, schema, sql[i], &writer->statements[i], err);
	if (rc < 0)
		writer_close(writer);
	return rc;
}

void writer_close(struct writer *writer)
{
	for (int i = 0; i < WRITER_STATEMENTS; i++)
		(void)sqlite3_finalize(writer->statements[i]); /* repeats an error already told */
	*writer = (struct writer){0};
}

void writer_forget(struct writer *writer)
{
	memset(writer->cache, 0, sizeof(writer->cache));
}

void writer_settle(struct writer *writer, enum writer_end end)
{
	switch (end) {
	case WRITER_COMMITTED:
		memcpy(writer->committed_link, writer->link, DIGEST_SIZE);
		break;
	case WRITER_ROLLED_BACK:
		memcpy(writer->link, writer->committed_link, DIGEST_SIZE);
		writer_forget(writer);
		break;
	}
}

/* ---- which execution ---------------------------------------------------------------------- */

/* The end of a ULID is its random part. */
static size_t slot_of(const char *execution)
{
	size_t hash = 0;

	for (const char *at = execution; *at; at++)
		hash = hash * 31 + (unsigned char)*at;
	return hash % WRITER_CACHE;
}

static void remember(struct writer *writer, const char *execution, int64_t row)
{
	size_t slot = slot_of(execution);

	memcpy(writer->cache[slot].id, execution, strlen(execution) + 1);
	writer->cache[slot].row = row;
}

int writer_find(struct writer *writer, const char *execution, int64_t *out, struct err *err)
{
	sqlite3_stmt *statement = writer->statements[FIND];
	size_t slot = slot_of(execution);
	int rc;

	if (strcmp(writer->cache[slot].id, execution) == 0 && execution[0]) {
		*out = writer->cache[slot].row;
		return 0;
	}
	db_bind_text(statement, 1, execution);
	rc = db_step(writer->db, statement, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "no execution '%s' in the journal", execution);
	*out = sqlite3_column_int64(statement, 0);
	db_reset(statement);
	if (strlen(execution) < ULID_TEXT)
		remember(writer, execution, *out);
	return 0;
}

static int add_execution(struct writer *writer, const struct batch_event *event, int64_t *out,
			 struct err *err)
{
	sqlite3_stmt *add = writer->statements[ADD], *number = writer->statements[NUMBER];
	const char *workflow = event->workflow ? event->workflow : "";
	int rc;

	db_bind_text(add, 1, event->execution);
	db_bind_text(add, 2, workflow);
	(void)sqlite3_bind_int64(add, 3, event->number);
	rc = db_run(writer->db, add, err);
	if (rc < 0)
		return rc;
	*out = sqlite3_last_insert_rowid(writer->db->sqlite);
	remember(writer, event->execution, *out);
	db_bind_text(number, 1, workflow);
	(void)sqlite3_bind_int64(number, 2, event->number);
	return db_run(writer->db, number, err);
}

/* ---- events ------------------------------------------------------------------------------- */

static int put_request(struct writer *writer, int64_t row, const struct batch_event *event,
		       struct err *err)
{
	sqlite3_stmt *statement = writer->statements[REQUEST];

	(void)sqlite3_bind_int64(statement, 1, row);
	(void)sqlite3_bind_int64(statement, 2, (int64_t)event->seq);
	db_bind_text(statement, 3, event->request);
	return db_run(writer->db, statement, err);
}

static int put_link(struct writer *writer, const struct batch_event *event, struct err *err)
{
	sqlite3_stmt *statement = writer->statements[CHAIN];
	uint8_t digest[DIGEST_SIZE], link[DIGEST_SIZE];

	digest_of(event->payload, event->payload_length, digest);
	chain_link(writer->link, event->seq, event->execution, digest, link);
	memcpy(writer->link, link, DIGEST_SIZE);
	(void)sqlite3_bind_int64(statement, 1, (int64_t)event->seq);
	db_bind_text(statement, 2, event->execution);
	db_bind_blob(statement, 3, digest, DIGEST_SIZE);
	db_bind_blob(statement, 4, link, DIGEST_SIZE);
	return db_run(writer->db, statement, err);
}

static int put_event(struct writer *writer, const struct batch_event *event, struct err *err)
{
	sqlite3_stmt *statement = writer->statements[EVENT];
	int64_t row = 0;
	int rc = event->kind == EVENT_CREATED ? add_execution(writer, event, &row, err)
					      : writer_find(writer, event->execution, &row, err);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(statement, 1, row);
	(void)sqlite3_bind_int64(statement, 2, (int64_t)event->seq);
	(void)sqlite3_bind_int(statement, 3, event->kind);
	(void)sqlite3_bind_int(statement, 4, EVENT_FORMAT);
	db_bind_blob(statement, 5, event->payload, event->payload_length);
	rc = db_run(writer->db, statement, err);
	if (rc == 0 && event->request && event->request[0])
		rc = put_request(writer, row, event, err);
	if (rc == 0 && chain_covers(event->kind))
		rc = put_link(writer, event, err);
	return rc;
}

/* ---- rows --------------------------------------------------------------------------------- */

static void bind_counts(sqlite3_stmt *statement, int first, const uint32_t counts[STATES])
{
	for (int i = 0; i < STATES; i++)
		(void)sqlite3_bind_int64(statement, first + i, counts[i]);
}

static int put_execution(struct writer *writer, int64_t key, const struct execution_row *row,
			 struct err *err)
{
	sqlite3_stmt *statement = writer->statements[EXECUTION];

	_Static_assert(STATES == 7, "a column a state");
	(void)sqlite3_bind_int64(statement, 1, key);
	db_bind_text(statement, 2, row->name);
	db_bind_text(statement, 3, row->revision);
	(void)sqlite3_bind_int(statement, 4, row->dirty);
	db_bind_text(statement, 5, row->folder);
	db_bind_text(statement, 6, row->actor);
	db_bind_text(statement, 7, row->note);
	db_bind_text(statement, 8, row->blob);
	(void)sqlite3_bind_int(statement, 9, (int)row->state);
	(void)sqlite3_bind_int(statement, 10, (int)row->reason);
	(void)sqlite3_bind_int(statement, 11, row->paused);
	(void)sqlite3_bind_int(statement, 12, row->cancelled);
	(void)sqlite3_bind_int(statement, 13, row->rolling_back);
	(void)sqlite3_bind_int(statement, 14, row->quarantined);
	(void)sqlite3_bind_int(statement, 15, row->ended);
	(void)sqlite3_bind_int64(statement, 16, row->created_us);
	(void)sqlite3_bind_int64(statement, 17, row->started_us);
	(void)sqlite3_bind_int64(statement, 18, row->ended_us);
	(void)sqlite3_bind_int64(statement, 19, row->nodes_count);
	bind_counts(statement, 20, row->counts);
	(void)sqlite3_bind_int64(statement, 27, (int64_t)row->seq);
	db_bind_text(statement, 28, row->quarantine ? row->quarantine : "");
	db_bind_text(statement, 29, row->policy ? row->policy : "");
	return db_run(writer->db, statement, err);
}

static int put_node(struct writer *writer, int64_t key, const struct batch_row *record,
		    struct err *err)
{
	sqlite3_stmt *statement = writer->statements[NODE];
	const struct node_row *row = &record->node;

	(void)sqlite3_bind_int64(statement, 1, key);
	(void)sqlite3_bind_int64(statement, 2, row->index);
	db_bind_text(statement, 3, row->id ? row->id : "");
	db_bind_text(statement, 4, row->phase ? row->phase : "");
	(void)sqlite3_bind_double(statement, 5, row->risk);
	(void)sqlite3_bind_int(statement, 6, (int)row->state);
	(void)sqlite3_bind_int(statement, 7, (int)row->reason);
	(void)sqlite3_bind_int(statement, 8,
			       row->held | row->stale << 1 | row->verdict_pending << 2);
	(void)sqlite3_bind_int64(statement, 9, row->attempt);
	(void)sqlite3_bind_int64(statement, 10, row->undo_attempt);
	if (row->has_exit_code)
		(void)sqlite3_bind_int(statement, 11, row->exit_code);
	else
		(void)sqlite3_bind_null(statement, 11);
	(void)sqlite3_bind_int(statement, 12, row->signal);
	(void)sqlite3_bind_int64(statement, 13, row->started_us);
	(void)sqlite3_bind_int64(statement, 14, row->ended_us);
	(void)sqlite3_bind_int64(statement, 15, row->due_us);
	(void)sqlite3_bind_int64(statement, 16, row->pid);
	(void)sqlite3_bind_int(statement, 17, (int)row->question);
	db_bind_text(statement, 18, row->message);
	(void)sqlite3_bind_int64(statement, 19, (int64_t)row->version);
	if (record->more_length)
		db_bind_blob(statement, 20, record->more, record->more_length);
	else
		(void)sqlite3_bind_null(statement, 20);
	return db_run(writer->db, statement, err);
}

static int put_attempt(struct writer *writer, int64_t key, const struct attempt_row *row,
		       struct err *err)
{
	sqlite3_stmt *statement = writer->statements[ATTEMPT];

	(void)sqlite3_bind_int64(statement, 1, key);
	(void)sqlite3_bind_int64(statement, 2, row->node);
	(void)sqlite3_bind_int(statement, 3, (int)row->kind);
	(void)sqlite3_bind_int64(statement, 4, row->number);
	(void)sqlite3_bind_int(statement, 5, (int)row->exit_kind);
	(void)sqlite3_bind_int(statement, 6, row->code);
	(void)sqlite3_bind_int64(statement, 7, row->started_us);
	(void)sqlite3_bind_int64(statement, 8, row->ended_us);
	(void)sqlite3_bind_int64(statement, 9, row->pid);
	(void)sqlite3_bind_int64(statement, 10, row->cpu_us);
	(void)sqlite3_bind_int64(statement, 11, row->rss_kib);
	(void)sqlite3_bind_int64(statement, 12, (int64_t)row->seq);
	return db_run(writer->db, statement, err);
}

static int put_revision(struct writer *writer, int64_t key, const struct revision_row *row,
			struct err *err)
{
	sqlite3_stmt *statement = writer->statements[REVISION];
	const struct revision *revision = &row->revision;

	(void)sqlite3_bind_int64(statement, 1, key);
	(void)sqlite3_bind_int64(statement, 2, revision->node);
	(void)sqlite3_bind_int64(statement, 3, (int64_t)revision->seq);
	(void)sqlite3_bind_int64(statement, 4, revision->artifact);
	db_bind_text(statement, 5, row->path ? row->path : "");
	(void)sqlite3_bind_int(statement, 6, (int)revision->attempt_kind);
	(void)sqlite3_bind_int64(statement, 7, revision->attempt);
	(void)sqlite3_bind_int(statement, 8, (int)revision->moment);
	(void)sqlite3_bind_int64(statement, 9, revision->time_us);
	(void)sqlite3_bind_int(statement, 10, revision->absent);
	db_bind_text(statement, 11, revision->blob);
	(void)sqlite3_bind_int64(statement, 12, revision->size);
	(void)sqlite3_bind_int64(statement, 13, revision->mode);
	(void)sqlite3_bind_int64(statement, 14, revision->uid);
	(void)sqlite3_bind_int64(statement, 15, revision->gid);
	(void)sqlite3_bind_int64(statement, 16, revision->mtime_ns);
	(void)sqlite3_bind_int64(statement, 17, (int64_t)revision->inode);
	(void)sqlite3_bind_int(statement, 18, revision->failed);
	(void)sqlite3_bind_int64(statement, 19, (int64_t)revision->judged);
	return db_run(writer->db, statement, err);
}

static int put_act(struct writer *writer, int64_t key, const struct act_row *row, struct err *err)
{
	sqlite3_stmt *statement = writer->statements[ACT];

	(void)sqlite3_bind_int64(statement, 1, key);
	(void)sqlite3_bind_int64(statement, 2, (int64_t)row->seq);
	(void)sqlite3_bind_int64(statement, 3, row->time_us);
	if (row->node == EVENT_NO_NODE)
		(void)sqlite3_bind_null(statement, 4);
	else
		(void)sqlite3_bind_int64(statement, 4, row->node);
	db_bind_text(statement, 5, row->actor);
	db_bind_text(statement, 6, row->verb);
	db_bind_text(statement, 7, row->note);
	db_bind_text(statement, 8, row->request);
	return db_run(writer->db, statement, err);
}

static int put_snapshot(struct writer *writer, int64_t key, const struct batch_snapshot *row,
			struct err *err)
{
	sqlite3_stmt *add = writer->statements[SNAPSHOT];
	sqlite3_stmt *drop = writer->statements[SNAPSHOT_DROP];
	uint8_t digest[DIGEST_SIZE];
	int rc;

	digest_of(row->image, row->length, digest);
	(void)sqlite3_bind_int64(add, 1, key);
	(void)sqlite3_bind_int64(add, 2, (int64_t)row->seq);
	db_bind_blob(add, 3, digest, DIGEST_SIZE);
	db_bind_blob(add, 4, row->image, row->length);
	rc = db_run(writer->db, add, err);
	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(drop, 1, key);
	return db_run(writer->db, drop, err);
}

static const char *execution_of(const struct batch_row *row)
{
	switch (row->kind) {
	case BATCH_EXECUTION:
		return row->execution.id;
	case BATCH_NODE:
		return row->node.execution;
	case BATCH_ATTEMPT:
		return row->attempt.execution;
	case BATCH_REVISION:
		return row->revision.execution;
	case BATCH_ACT:
		return row->act.execution;
	case BATCH_SNAPSHOT:
		return row->snapshot.execution;
	}
	return "";
}

int writer_row(struct writer *writer, const struct batch_row *row, struct err *err)
{
	int64_t key = 0;
	int rc = writer_find(writer, execution_of(row), &key, err);

	if (rc < 0)
		return rc;
	switch (row->kind) {
	case BATCH_EXECUTION:
		return put_execution(writer, key, &row->execution, err);
	case BATCH_NODE:
		return put_node(writer, key, row, err);
	case BATCH_ATTEMPT:
		return put_attempt(writer, key, &row->attempt, err);
	case BATCH_REVISION:
		return put_revision(writer, key, &row->revision, err);
	case BATCH_ACT:
		return put_act(writer, key, &row->act, err);
	case BATCH_SNAPSHOT:
		return put_snapshot(writer, key, &row->snapshot, err);
	}
	return err_set(err, ERR_INTERNAL, "a batch holds a row of kind %d", (int)row->kind);
}

int writer_batch(struct writer *writer, const struct journal_batch *batch, struct err *err)
{
	struct batch_cursor events = journal_batch_events(batch), rows = journal_batch_rows(batch);
	struct batch_event event;
	struct batch_row row;
	int rc = 0;

	if (batch->events.overflow || batch->rows.overflow)
		return err_set(err, ERR_LIMIT, "a batch of events is larger than %zu bytes",
			       batch->events.max);
	while (rc == 0 && journal_batch_next_event(&events, &event))
		rc = put_event(writer, &event, err);
	while (rc == 0 && journal_batch_next_row(&rows, &row))
		rc = writer_row(writer, &row, err);
	return rc;
}
