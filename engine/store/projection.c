/* SPDX-License-Identifier: MIT
 *
 * The projection. A file's tip is its current revision: where the newest ones were left by attempts
 * that failed, they stand in the history, and one more commit behind them has the contents that
 * stand. Commits carry the times of their revisions and nothing that changes from one making to the
 * next, so making it again gives the same ids and costs no room. How far it has come is a number in
 * a file of the repository: losing it costs time only.
 */
#include "store/projection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "model/rows.h"
#include "store/content_own.h"
#include "store/db.h"

#define REFS	   "refs/hlp/artifacts/"
#define MARK	   "hlp-projected"
#define MARK_BYTES 32

struct projection {
	struct db db;
	struct content *content;
	sqlite3_stmt *files, *revisions;
	char *mark_path;
	uint64_t mark; /* every file about which nothing newer is known has its ref */
	struct pending_ref {
		char *name;
		git_oid tip;
	} * refs;
	size_t refs_count, refs_capacity;
};

/* ---- names -------------------------------------------------------------------------------- */

/* Git takes no name with a part that begins or ends with a dot or ends in ".lock", with two dots in
 * a row, or with one of several other bytes. */
static bool is_plain(const char *text, size_t at)
{
	const char *rest = text + at;
	const char byte = *rest;
	const bool begins = at == 0 || text[at - 1] == '/';

	if (byte == '/')
		return !begins && rest[1];
	if (byte == '.')
		return !begins && rest[1] && rest[1] != '/' && rest[1] != '.' &&
		       !(strncmp(rest, ".lock", 5) == 0 && (!rest[5] || rest[5] == '/'));
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || (byte && strchr("_-#+,=", byte));
}

/* The rest as in a URL, so that the name can be read back. */
static void add_name(struct buf *out, const char *text)
{
	for (size_t at = 0; text[at]; at++)
		if (is_plain(text, at))
			buf_add_char(out, text[at]);
		else
			buf_printf(out, "%%%02X", (unsigned char)text[at]);
}

static char *ref_name(const char *execution, const char *node, const char *path)
{
	struct buf name;

	buf_init(&name, (size_t)64 * 1024);
	buf_add_text(&name, REFS);
	add_name(&name, execution);
	buf_add_char(&name, '/');
	add_name(&name, node);
	buf_add_char(&name, '/');
	add_name(&name, path);
	return buf_steal(&name);
}

/* ---- commits ------------------------------------------------------------------------------ */

enum {
	NAME,
	NODE,
	PATH,
	SEQ,
	KIND,
	ATTEMPT,
	MOMENT_COLUMN,
	TIME,
	BLOB,
	ABSENT,
	MODE,
	OWNER,
	GROUP,
	FAILED
}; /* columns of a revision */

static const char files_sql[] =
	"SELECT execution, node, artifact, max(judged) AS newest FROM revision WHERE judged > ?1"
	" GROUP BY execution, node, artifact ORDER BY newest";
static const char revisions_sql[] =
	"SELECT coalesce(e.name, e.id), n.id, r.path, r.seq, r.attempt_kind, r.attempt, r.moment,"
	" r.time_us, r.blob, r.absent, r.mode, r.uid, r.gid, r.failed"
	" FROM revision r JOIN execution e ON e.row = r.execution"
	" JOIN node n ON n.execution = r.execution AND n.number = r.node"
	" WHERE r.execution = ?1 AND r.node = ?2 AND r.artifact = ?3 ORDER BY r.seq";

static int put_tree(struct projection *projection, sqlite3_stmt *row, git_oid *out)
{
	struct repo *repo = &projection->content->repo;
	const char *blob = db_column_text(row, BLOB);
	git_oid id;

	if (!*blob) /* absent, or not kept: a tree without files */
		return repo_put(repo, GIT_OBJECT_TREE, "", 0, out);
	if (git_oid_fromstr(&id, blob) < 0 || !git_odb_exists(repo->odb, &id))
		return GIT_ENOTFOUND;
	repo_keep(repo, db_column_text(row, PATH), &id);
	return repo_tree_only(repo, out);
}

/* Larger than its max_size: there are no contents to show. */
static bool is_unkept(sqlite3_stmt *row)
{
	return !*db_column_text(row, BLOB) && !sqlite3_column_int(row, ABSENT);
}

static struct revision read_revision(sqlite3_stmt *row)
{
	struct revision revision = {
		.moment = (enum moment)sqlite3_column_int(row, MOMENT_COLUMN),
		.absent = sqlite3_column_int(row, ABSENT),
		.mode = (uint32_t)sqlite3_column_int64(row, MODE),
		.uid = (uint32_t)sqlite3_column_int64(row, OWNER),
		.gid = (uint32_t)sqlite3_column_int64(row, GROUP),
		.failed = sqlite3_column_int(row, FAILED),
	};
	const char *blob = db_column_text(row, BLOB);

	memcpy(revision.blob, blob, strnlen(blob, sizeof(revision.blob) - 1));
	return revision;
}

static void print_message(struct buf *out, sqlite3_stmt *row, bool failed)
{
	static const char *const moments[] = {"", "before", "after", "restored by"};
	const int moment = sqlite3_column_int(row, MOMENT_COLUMN);

	buf_printf(out, "r%lld: ", (long long)sqlite3_column_int64(row, SEQ));
	if (moment == MOMENT_RESTORED)
		buf_add_text(out, "restored by a rollback");
	else
		buf_printf(out, "%s %s %lld", moment < 3 ? moments[moment] : "",
			   attempt_kind_name((enum attempt_kind)sqlite3_column_int(row, KIND)),
			   (long long)sqlite3_column_int64(row, ATTEMPT));
	buf_printf(out, " of %s%s, %s\n", db_column_text(row, NODE), failed ? ", which failed" : "",
		   db_column_text(row, NAME));
	if (is_unkept(row))
		buf_add_text(out, "\nThe file was larger than its max_size: it is not kept.\n");
}

/* The commits of one file so far. */
struct chain {
	git_oid tip;
	bool has_tip;
	struct revision last;	/* failed: it stands for nothing */
	git_oid standing;	/* tree of the current revision */
	long long standing_seq; /* 0: none */
	long long seconds;	/* of the last commit */
};

static int put_commit(struct projection *projection, struct chain *chain, const git_oid *tree,
		      const char *message)
{
	char id[REPO_ID_TEXT];
	struct buf text;
	int result;

	buf_init(&text, (size_t)16 * 1024);
	repo_id_text(tree, id);
	buf_printf(&text, "tree %s\n", id);
	repo_id_text(&chain->tip, id);
	if (chain->has_tip)
		buf_printf(&text, "parent %s\n", id);
	buf_printf(&text,
		   "author hlp <hlp@localhost> %lld +0000\n"
		   "committer hlp <hlp@localhost> %lld +0000\n\n%s",
		   chain->seconds, chain->seconds, message);
	result = repo_put(&projection->content->repo, GIT_OBJECT_COMMIT, text.data, text.length,
			  &chain->tip);
	chain->has_tip = chain->has_tip || result >= 0;
	buf_release(&text);
	return result;
}

static int put_revision(struct projection *projection, sqlite3_stmt *row, struct chain *chain)
{
	struct revision revision = read_revision(row);
	const bool failed = revision.failed;
	struct buf message;
	git_oid tree;
	int result = put_tree(projection, row, &tree);

	if (result < 0)
		return result;
	revision.failed = rows_stands_for_nothing(&revision, chain->has_tip ? &chain->last : NULL);
	chain->last = revision;
	chain->seconds = sqlite3_column_int64(row, TIME) / 1000000;
	if (!revision.failed) {
		chain->standing = tree;
		chain->standing_seq = sqlite3_column_int64(row, SEQ);
	}
	buf_init(&message, (size_t)8 * 1024);
	print_message(&message, row, failed);
	result = put_commit(projection, chain, &tree, buf_text(&message));
	buf_release(&message);
	return result;
}

/* Behind what failed attempts left comes what stands. */
static int put_standing(struct projection *projection, struct chain *chain)
{
	char message[100];

	if (!chain->last.failed || !chain->standing_seq)
		return 0;
	(void)snprintf(message, sizeof(message), "r%lld stands: what failed left does not count\n",
		       chain->standing_seq);
	return put_commit(projection, chain, &chain->standing, message);
}

static void note_ref(struct projection *projection, char *name, const git_oid *tip)
{
	projection->refs = mem_grow(projection->refs, &projection->refs_capacity,
				    projection->refs_count + 1, sizeof(*projection->refs));
	projection->refs[projection->refs_count++] = (struct pending_ref){name, *tip};
}

/* The whole history of one file, from its rows. A blob that is gone ends it: the rest is shown. */
static int put_file(struct projection *projection, sqlite3_stmt *file, struct err *err)
{
	sqlite3_stmt *row = projection->revisions;
	struct chain chain = {0};
	char *name = NULL;
	int rc, result = 0;

	for (int i = 0; i < 3; i++)
		(void)sqlite3_bind_int64(row, i + 1, sqlite3_column_int64(file, i));
	for (rc = db_step(&projection->db, row, err); rc == 1 && result == 0;) {
		result = put_revision(projection, row, &chain);
		if (result == 0 && !name)
			name = ref_name(db_column_text(row, NAME), db_column_text(row, NODE),
					db_column_text(row, PATH));
		rc = db_step(&projection->db, row, err);
	}
	db_reset(row);
	if (rc >= 0 && result == 0)
		result = put_standing(projection, &chain);
	if (name)
		note_ref(projection, name, &chain.tip);
	if (rc >= 0 && result < 0 && result != GIT_ENOTFOUND)
		return repo_error(result, err, "cannot write to '%s'",
				  projection->content->repo.path);
	return rc < 0 ? rc : 0;
}

/* ---- the mark ----------------------------------------------------------------------------- */

static void read_mark(struct projection *projection)
{
	char *text = NULL;
	size_t length;

	if (file_read(projection->mark_path, MARK_BYTES, &text, &length, NULL) == 0)
		projection->mark = strtoull(text, NULL, 10);
	free(text);
}

static int write_mark(const struct projection *projection, struct err *err)
{
	char text[MARK_BYTES];
	int length = snprintf(text, sizeof(text), "%llu\n", (unsigned long long)projection->mark);

	return file_replace(projection->mark_path, text, (size_t)length, 0600, err);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static int open_all(struct projection *projection, const struct home *home, struct content *content,
		    struct err *err)
{
	int rc;

	*projection = (struct projection){.content = content};
	projection->mark_path = file_join(home->content, MARK);
	rc = db_open(&projection->db, home->database, DB_READ, err);
	if (rc == 0)
		rc = db_prepare(&projection->db, files_sql, &projection->files, err);
	if (rc == 0)
		rc = db_prepare(&projection->db, revisions_sql, &projection->revisions, err);
	return rc;
}

static void close_all(struct projection *projection)
{
	(void)sqlite3_finalize(projection->files); /* these repeat errors already told */
	(void)sqlite3_finalize(projection->revisions);
	db_close(&projection->db);
	for (size_t i = 0; i < projection->refs_count; i++)
		free(projection->refs[i].name);
	free(projection->refs);
	free(projection->mark_path);
	repo_drop(&projection->content->repo);
}

/* Objects first, then the refs that lead to them. One that Git does not take is left out: people
 * can do without. */
static int set_refs(struct projection *projection, struct err *err)
{
	struct repo *repo = &projection->content->repo;
	int rc = repo_flush(repo, err);

	for (size_t i = 0; rc >= 0 && i < projection->refs_count; i++)
		(void)repo_set_ref(repo, projection->refs[i].name, NULL, &projection->refs[i].tip);
	if (rc > 0)
		projection->content->packs++;
	return rc < 0 ? rc : 0;
}

static int project(struct projection *projection, uint32_t most, struct err *err)
{
	uint64_t done = projection->mark;
	uint32_t count = 0;
	int rc;

	(void)sqlite3_bind_int64(projection->files, 1, (int64_t)projection->mark);
	for (rc = db_step(&projection->db, projection->files, err); rc == 1;) {
		const uint64_t newest = (uint64_t)sqlite3_column_int64(projection->files, 3);

		/* Files of one event go together: the mark is between events. */
		if (count >= most && newest != done)
			break;
		done = newest;
		count++;
		rc = put_file(projection, projection->files, err);
		if (rc >= 0)
			rc = db_step(&projection->db, projection->files, err);
	}
	if (rc >= 0 && count)
		rc = set_refs(projection, err);
	if (rc >= 0 && count) {
		projection->mark = done;
		rc = write_mark(projection, err);
	}
	return rc < 0 ? rc : (int)count;
}

static int run(const struct home *home, struct content *content, uint32_t most, bool from_mark,
	       struct err *err)
{
	struct projection projection;
	int rc = open_all(&projection, home, content, err);

	if (rc == 0 && from_mark)
		read_mark(&projection);
	if (rc == 0)
		rc = project(&projection, most, err);
	close_all(&projection);
	return rc;
}

int projection_go_on(const struct home *home, struct content *content, uint32_t most,
		     struct err *err)
{
	return run(home, content, most, true, err);
}

int projection_rebuild(const struct home *home, struct content *content, struct err *err)
{
	return run(home, content, UINT32_MAX, false, err);
}
