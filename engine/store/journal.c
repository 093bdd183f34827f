/* SPDX-License-Identifier: MIT
 *
 * The journal's write side: open, term, group commit, checkpoints, the ballast.
 *
 * One commit is one sync of the write-ahead log. The log is filled with zeros up to the size at
 * which it is checkpointed, and kept when the engine ends: a sync after overwriting a block costs
 * half of one after appending, since no file size has to be written. Checkpoints are ours because
 * SQLite's automatic ones drop their errors, and after a failed sync the kernel may call pages
 * clean that never reached the disk: trying again would then succeed and lose them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/ballast.h"
#include "store/chain_check.h"
#include "store/journal_own.h"
#include "store/schema.h"

#define CHECKPOINT_FRAMES 1000
#define IDLE_FRAMES	  100 /* fewer are not worth a checkpoint at idle */
#define WAL_BYTES	  ((off_t)(CHECKPOINT_FRAMES + 200) * (4096 + 24))
#define TAIL_LINKS	  16

static const char pragmas[] = "PRAGMA auto_vacuum = INCREMENTAL;"
			      "PRAGMA journal_mode = WAL;"
			      "PRAGMA wal_autocheckpoint = 0;"
			      "PRAGMA cache_size = -16384;"
			      "PRAGMA temp_store = MEMORY;"
			      "PRAGMA trusted_schema = OFF;";

/* ---- transactions ------------------------------------------------------------------------- */

int journal_own_usable(const struct journal *journal, struct err *err)
{
	if (journal->db.broken)
		return err_set(err, ERR_IO, "'%s' failed before and is not written any more",
			       journal->db.path);
	return 0;
}

int journal_own_begin(struct journal *journal, struct err *err)
{
	int rc = journal_own_usable(journal, err);

	return rc < 0 ? rc : db_run(&journal->db, journal->begin, err);
}

int journal_own_commit(struct journal *journal, struct err *err)
{
	int rc = db_run(&journal->db, journal->commit, err);

	if (rc == 0)
		writer_settle(&journal->writer, WRITER_COMMITTED);
	return rc;
}

void journal_own_rollback(struct journal *journal)
{
	bool broken = journal->db.broken;

	/* SQLite rolls back by itself after some errors. */
	if (!sqlite3_get_autocommit(journal->db.sqlite))
		(void)db_run(&journal->db, journal->rollback, NULL);
	journal->db.broken = broken || journal->db.broken;
	writer_settle(&journal->writer, WRITER_ROLLED_BACK);
}

/* ---- checkpoints -------------------------------------------------------------------------- */

static int note_frames(void *ctx, sqlite3 *sqlite, const char *name, int frames)
{
	struct journal *journal = ctx;

	(void)sqlite;
	(void)name;
	journal->wal_frames = frames;
	return SQLITE_OK;
}

/* Moves the log into the database. A full disk only postpones it. */
static int checkpoint(struct journal *journal, struct err *err)
{
	int frames = 0, done = 0, result, rc;

	errno = 0; /* db_error looks at it */
	result = sqlite3_wal_checkpoint_v2(journal->db.sqlite, NULL, SQLITE_CHECKPOINT_PASSIVE,
					   &frames, &done);
	if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) {
		rc = db_error(&journal->db, result, err, "cannot checkpoint");
		if (rc != -ERR_FULL)
			journal->db.broken = true;
		else
			(void)ballast_release(journal->home); /* the next one may then succeed */
		journal->checkpoint_at = journal->wal_frames + CHECKPOINT_FRAMES;
		return rc == -ERR_FULL ? 0 : rc;
	}
	/* A reader that still needs old frames keeps the log from starting over. */
	journal->checkpoint_at = CHECKPOINT_FRAMES;
	if (done < frames)
		journal->checkpoint_at += frames;
	else
		journal->wal_frames = 0;
	return 0;
}

int journal_idle(struct journal *journal, struct err *err)
{
	int rc = journal_own_usable(journal, err);

	if (rc < 0)
		return rc;
	(void)ballast_take(journal->home); /* without room there is none */
	return journal->wal_frames >= IDLE_FRAMES ? checkpoint(journal, err) : 0;
}

/* ---- opening ------------------------------------------------------------------------------ */

/* Made here and not by SQLite, so that nobody else may read it and its side files. */
static int make_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(err, errno, "cannot open '%s'", path);
	(void)close(fd); /* nothing was written */
	return 0;
}

/* Fills the log with zeros to its working size; SQLite stops reading a log at the first frame that
 * is not of the present generation. Without room it simply grows later. */
static void preallocate(const char *database)
{
	enum { STEP = 128 * 1024 };
	char *path = mem_printf("%s-wal", database), *zeros = mem_zalloc(STEP);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct stat info;

	if (fd >= 0 && fstat(fd, &info) == 0 && info.st_size < WAL_BYTES) {
		int rc = lseek(fd, 0, SEEK_END) < 0 ? -1 : 0;

		for (off_t at = info.st_size; rc == 0 && at < WAL_BYTES; at += STEP)
			rc = file_write_fd(fd, zeros, STEP);
		if (rc < 0 && ftruncate(fd, info.st_size) < 0)
			rc = -errno; /* it keeps what it has */
	}
	if (fd >= 0)
		(void)close(fd); /* SQLite's own sync covers the file */
	free(zeros);
	free(path);
}

static int configure(struct journal *journal, enum durability durability, struct err *err)
{
	int persist = 1, rc = db_exec(&journal->db, pragmas, err);

	if (rc < 0)
		return rc;
	/* NORMAL syncs at checkpoints only: a power cut takes
	 * the newest commits, never the file. */
	rc = db_exec(&journal->db,
		     durability == DURABILITY_FULL ? "PRAGMA synchronous = FULL"
						   : "PRAGMA synchronous = NORMAL",
		     err);
	if (rc < 0)
		return rc;
	(void)sqlite3_file_control(journal->db.sqlite, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
	/* Closing must not sync again what failed to sync; journal_close checkpoints by itself. */
	(void)sqlite3_db_config(journal->db.sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	(void)sqlite3_wal_hook(journal->db.sqlite, note_frames, journal);
	rc = schema_migrate(&journal->db, err);
	if (rc == 0 && durability == DURABILITY_FULL)
		preallocate(journal->home->database);
	return rc;
}

static int prepare(struct journal *journal, struct err *err)
{
	struct db *db = &journal->db;
	int rc = db_prepare(db, "BEGIN IMMEDIATE", &journal->begin, err);

	if (rc == 0)
		rc = db_prepare(db, "COMMIT", &journal->commit, err);
	if (rc == 0)
		rc = db_prepare(db, "ROLLBACK", &journal->rollback, err);
	if (rc == 0)
		rc = db_prepare(db,
				"UPDATE instance SET last_seq = ?1"
				" WHERE id = 1 AND (term = ?2 OR ?2 = 0)",
				&journal->fence, err);
	return rc == 0 ? writer_open(&journal->writer, db, "main", err) : rc;
}

static int load_end(struct journal *journal, struct err *err)
{
	static const char sql[] = "SELECT last_seq, coalesce((SELECT link FROM chain ORDER BY seq"
				  " DESC LIMIT 1), chain_anchor) FROM instance";
	sqlite3_stmt *statement;
	int rc = db_prepare(&journal->db, sql, &statement, err);

	if (rc < 0)
		return rc;
	rc = db_step(&journal->db, statement, err);
	if (rc == 1 && sqlite3_column_bytes(statement, 1) == DIGEST_SIZE) {
		journal->last_seq = (uint64_t)sqlite3_column_int64(statement, 0);
		memcpy(journal->writer.link, sqlite3_column_blob(statement, 1), DIGEST_SIZE);
		writer_settle(&journal->writer, WRITER_COMMITTED);
		rc = 0;
	} else if (rc >= 0) {
		rc = err_set(err, ERR_CORRUPT,
			     "'%s' has lost its instance row or its chain of acts",
			     journal->db.path);
	}
	(void)sqlite3_finalize(statement); /* its error was seen by db_step */
	return rc;
}

static int open_once(struct journal *journal, enum durability durability, struct err *err)
{
	int rc = make_file(journal->home->database, err);

	if (rc == 0)
		rc = db_open(&journal->db, journal->home->database, DB_WRITE, err);
	if (rc == 0)
		rc = configure(journal, durability, err);
	if (rc == 0)
		rc = prepare(journal, err);
	return rc == 0 ? load_end(journal, err) : rc;
}

static void close_all(struct journal *journal)
{
	writer_close(&journal->writer);
	(void)sqlite3_finalize(journal->begin); /* these repeat errors already told */
	(void)sqlite3_finalize(journal->commit);
	(void)sqlite3_finalize(journal->rollback);
	(void)sqlite3_finalize(journal->fence);
	db_close(&journal->db);
	*journal = (struct journal){.home = journal->home};
}

int journal_open_damaged(const struct home *home, struct journal **out, struct err *err)
{
	struct journal *journal = mem_zalloc(sizeof(*journal));
	int rc;

	journal->home = home;
	journal->checkpoint_at = CHECKPOINT_FRAMES;
	rc = open_once(journal, DURABILITY_FULL, err);
	if (rc < 0) {
		close_all(journal);
		free(journal);
		return rc;
	}
	*out = journal;
	return 0;
}

int journal_open(const struct home *home, enum durability durability, struct journal **out,
		 struct err *err)
{
	struct journal *journal = mem_zalloc(sizeof(*journal));
	int rc;

	journal->home = home;
	journal->checkpoint_at = CHECKPOINT_FRAMES;
	rc = open_once(journal, durability, err);
	if (rc == -ERR_FULL && ballast_release(home)) {
		close_all(journal);
		rc = open_once(journal, durability, err);
	} else if (rc == 0) {
		(void)ballast_take(home); /* without room there is none */
	}
	if (rc == 0)
		rc = chain_check(&journal->db, TAIL_LINKS, NULL, err);
	if (rc < 0) {
		close_all(journal);
		free(journal);
		return rc;
	}
	*out = journal;
	return 0;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	if (!journal->db.broken && journal->db.sqlite && journal->wal_frames > 0)
		(void)checkpoint(journal, NULL); /* the log holds everything anyway */
	close_all(journal);
	free(journal);
}

/* ---- writing ------------------------------------------------------------------------------ */

int journal_begin_term(struct journal *journal, uint64_t *out_term, struct err *err)
{
	int64_t term = 0;
	int rc = journal_own_begin(journal, err);

	if (rc < 0)
		return rc;
	rc = db_exec(&journal->db, "UPDATE instance SET term = term + 1", err);
	if (rc == 0)
		rc = db_number(&journal->db, "SELECT term FROM instance", 0, &term, err);
	if (rc == 0)
		rc = journal_own_commit(journal, err);
	if (rc < 0) {
		journal_own_rollback(journal);
		return rc;
	}
	journal->term = (uint64_t)term;
	*out_term = journal->term;
	return 0;
}

uint64_t journal_last_seq(const struct journal *journal)
{
	return journal->last_seq;
}

bool journal_is_broken(const struct journal *journal)
{
	return journal->db.broken;
}

/* The one row that every commit writes: it moves last_seq and proves that the term is ours. */
int journal_own_fence(struct journal *journal, uint64_t last_seq, struct err *err)
{
	int rc;

	(void)sqlite3_bind_int64(journal->fence, 1, (int64_t)last_seq);
	(void)sqlite3_bind_int64(journal->fence, 2, (int64_t)journal->term);
	rc = db_run(&journal->db, journal->fence, err);
	if (rc == 0 && sqlite3_changes(journal->db.sqlite) != 1)
		return err_set(err, ERR_CONFLICT, "another engine has taken over '%s'",
			       journal->home->path);
	return rc;
}

static int commit_once(struct journal *journal, const struct journal_batch *const *batches,
		       size_t count, struct err *err)
{
	uint64_t last_seq = journal->last_seq;
	int rc = journal_own_begin(journal, err);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (batches[i]->events_count > 0 && batches[i]->first_seq <= last_seq)
			rc = err_set(err, ERR_INTERNAL, "event %llu comes after event %llu",
				     (unsigned long long)batches[i]->first_seq,
				     (unsigned long long)last_seq);
		if (rc == 0 && batches[i]->events_count > 0)
			last_seq = batches[i]->last_seq;
	}
	if (rc == 0)
		rc = journal_own_fence(journal, last_seq, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = writer_batch(&journal->writer, batches[i], err);
	if (rc == 0)
		rc = journal_own_commit(journal, err);
	if (rc < 0)
		journal_own_rollback(journal);
	else
		journal->last_seq = last_seq;
	return rc;
}

int journal_commit(struct journal *journal, const struct journal_batch *const *batches,
		   size_t count, struct err *err)
{
	int rc = commit_once(journal, batches, count, err);

	if (rc == -ERR_FULL && ballast_release(journal->home))
		rc = commit_once(journal, batches, count, err);
	if (rc == 0 && journal->wal_frames >= journal->checkpoint_at)
		rc = checkpoint(journal, err);
	return rc;
}

void journal_release_ballast(struct journal *journal)
{
	(void)ballast_release(journal->home); /* there may be none */
}

uint64_t journal_room(const struct journal *journal)
{
	return ballast_room(journal->home);
}

bool journal_has_ballast(const struct journal *journal)
{
	return ballast_is_held(journal->home);
}
