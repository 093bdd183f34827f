/* SPDX-License-Identifier: MIT
 *
 * The repository. Objects of a batch are gathered in memory and leave it as one pack: a loose
 * object costs an inode, a block and a sync each. The pack is built from our own list of objects,
 * since libgit2's dump of its memory store follows commits only and re-packs what old packs hold.
 * Trees are made in repo_tree.c.
 */
#include "store/repo.h"

#include <assert.h>
#include <errno.h>
#include <git2/sys/commit.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define LOG_REF	     "refs/hlp/log"
#define FRESH_MAX    ((size_t)32 * 1024 * 1024) /* bytes in memory before a pack is written early */
#define CACHE_BYTES  ((ssize_t)2 * 1024 * 1024)
#define MAPPED_BYTES ((size_t)32 * 1024 * 1024)
#define OPEN_PACKS   64
#define REOPEN_AFTER 256 /* reads */

int repo_error(int result, struct err *err, const char *format, ...)
{
	const git_error *last = git_error_last();
	const char *cause = last && last->message ? last->message : "no cause given";
	enum err_code code = ERR_IO;
	char what[200];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args); /* cut on purpose */
	va_end(args);
	if (result == GIT_ENOTFOUND)
		code = ERR_NOT_FOUND;
	else if (strstr(cause, strerror(ENOSPC)) || strstr(cause, strerror(EDQUOT)))
		code = ERR_FULL;
	else if (last && (last->klass == GIT_ERROR_ZLIB || last->klass == GIT_ERROR_INDEXER ||
			  (last->klass == GIT_ERROR_ODB && result == GIT_EMISMATCH)))
		code = ERR_CORRUPT;
	return err_set(err, code, "%s: %s", what, cause);
}

/* ---- opening ------------------------------------------------------------------------------ */

/* Settings of the whole process: no configuration but the repository's own may change what is
 * written, and memory stays small. */
int repo_library_open(void)
{
	static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
				     GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL};
	int result = git_libgit2_init();

	if (result > 1)
		return 0; /* another struct repo of this process did the rest */
	for (size_t i = 0; result >= 0 && i < sizeof(levels) / sizeof(levels[0]); i++)
		result = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, CACHE_BYTES);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, MAPPED_BYTES);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, (size_t)OPEN_PACKS);
	/* Root looks at other people's repositories, and libgit2 runs
	 * nothing of what is in them. */
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	return result;
}

void repo_library_close(void)
{
	(void)git_libgit2_shutdown(); /* counted */
}

/* Only one engine writes here: a lock that stands is of one that was killed with it. */
static bool remove_stale_lock(const struct repo *repo, const char *file)
{
	char *path = mem_printf("%s/%s.lock", repo->path, file);
	const bool removed = unlink(path) == 0;

	free(path);
	return removed;
}

/* Also finishes one whose making was cut short. */
static int make_repository(struct repo *repo)
{
	git_repository_init_options options = {
		.version = GIT_REPOSITORY_INIT_OPTIONS_VERSION,
		.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR,
		.mode = 0700,
		.initial_head = "main",
	};

	(void)remove_stale_lock(repo, "config"); /* most often there is none */
	(void)remove_stale_lock(repo, "HEAD");
	return git_repository_init_ext(&repo->git, repo->path, &options);
}

/* libgit2 does not look at the owner of a bare repository; another user's could hold anything. */
static int check_owner(const char *path, struct err *err)
{
	struct stat info;

	if (stat(path, &info) == 0 && info.st_uid != geteuid())
		return err_set(err, ERR_DENIED, "'%s' belongs to another user", path);
	return 0;
}

static int open_repository(struct repo *repo, enum repo_mode mode)
{
	int result = git_repository_open_bare(&repo->git, repo->path);

	if (result == GIT_ENOTFOUND) /* a reader may be the first to come */
		result = make_repository(repo);
	if (result == 0)
		result = git_repository_odb(&repo->odb, repo->git);
	if (result == 0 && mode == REPO_WRITE)
		result = git_mempack_new(&repo->memory);
	if (result == 0 && mode == REPO_WRITE)
		result = git_odb_add_backend(repo->odb, repo->memory, 999);
	return result;
}

int repo_open(struct repo *repo, const char *path, enum repo_mode mode, struct err *err)
{
	int result = repo_library_open(), rc;

	*repo = (struct repo){.path = mem_strdup(path)};
	if (result < 0)
		rc = repo_error(result, err, "cannot set up libgit2");
	else
		rc = check_owner(path, err);
	if (rc == 0 && mode == REPO_WRITE)
		repo_remove_locks(path);
	if (rc == 0) {
		result = open_repository(repo, mode);
		if (result < 0)
			rc = repo_error(result, err, "cannot open '%s'", path);
	}
	if (rc < 0)
		repo_close(repo);
	return rc;
}

int repo_reopen(struct repo *repo, struct err *err)
{
	struct repo again = {.path = repo->path};
	int result = open_repository(&again, repo->memory ? REPO_WRITE : REPO_READ);

	assert(!repo->entries_count && !repo->fresh_count);
	if (result < 0) {
		result = repo_error(result, err, "cannot open '%s' again", repo->path);
	} else {
		git_odb_free(repo->odb);
		git_repository_free(repo->git);
		repo->git = again.git;
		repo->odb = again.odb;
		repo->memory = again.memory;
		return 0;
	}
	git_odb_free(again.odb);
	git_repository_free(again.git);
	return result;
}

void repo_close(struct repo *repo)
{
	if (!repo->path)
		return;
	repo_drop(repo);
	git_odb_free(repo->odb);
	git_repository_free(repo->git);
	repo_library_close();
	free(repo->entries);
	free(repo->fresh);
	free(repo->path);
	*repo = (struct repo){0};
}

void repo_drop(struct repo *repo)
{
	for (size_t i = 0; i < repo->entries_count; i++)
		free(repo->entries[i].name);
	repo->entries_count = 0;
	repo->fresh_count = 0;
	repo->fresh_bytes = 0;
	if (repo->memory)
		(void)git_mempack_reset(repo->memory); /* only frees */
}

/* ---- adding ------------------------------------------------------------------------------- */

void repo_id_text(const git_oid *id, char out[REPO_ID_TEXT])
{
	(void)git_oid_tostr(out, REPO_ID_TEXT, id);
}

void repo_hash(const void *data, size_t length, char out_id[REPO_ID_TEXT])
{
	git_oid id = {{0}};

	(void)git_odb_hash(&id, data, length, GIT_OBJECT_BLOB); /* fails for unknown types only */
	repo_id_text(&id, out_id);
}

static void note_fresh(struct repo *repo, const git_oid *id, size_t bytes)
{
	repo->fresh = mem_grow(repo->fresh, &repo->fresh_capacity, repo->fresh_count + 1,
			       sizeof(*repo->fresh));
	repo->fresh[repo->fresh_count++] = *id;
	repo->fresh_bytes += bytes;
}

/* A path that a tree accepts: no empty, "." or ".." part and nothing called .git. */
static char *clean_name(const char *name)
{
	char *copy = mem_strdup(name), *rest = copy, *part;
	struct buf out;

	buf_init(&out, 2 * strlen(name) + 16);
	while ((part = strsep(&rest, "/"))) {
		if (!part[0] || strcmp(part, ".") == 0)
			continue;
		if (out.length > 0)
			buf_add_char(&out, '/');
		if (strcmp(part, "..") == 0 || strncasecmp(part, ".git", 4) == 0)
			buf_add_char(&out, '_');
		buf_add_text(&out, part);
	}
	if (out.length == 0)
		buf_add_char(&out, '_');
	free(copy);
	return buf_steal(&out);
}

void repo_keep_as(struct repo *repo, const char *name, const git_oid *id, git_filemode_t mode)
{
	repo->entries = mem_grow(repo->entries, &repo->entries_capacity, repo->entries_count + 1,
				 sizeof(*repo->entries));
	repo->entries[repo->entries_count++] = (struct repo_entry){clean_name(name), *id, mode};
}

void repo_keep(struct repo *repo, const char *name, const git_oid *id)
{
	repo_keep_as(repo, name, id, GIT_FILEMODE_BLOB);
}

/* ---- packs -------------------------------------------------------------------------------- */

/* Writes what is in memory as one synced pack, and empties the memory. */
static int write_pack(struct repo *repo)
{
	git_packbuilder *builder = NULL;
	int result = git_packbuilder_new(&builder, repo->git);

	if (result == 0)
		(void)git_packbuilder_set_threads(builder, 1); /* cannot fail */
	for (size_t i = 0; result == 0 && i < repo->fresh_count; i++)
		result = git_packbuilder_insert(builder, &repo->fresh[i], NULL);
	if (result == 0)
		result = git_packbuilder_write(builder, NULL, 0444, NULL, NULL);
	git_packbuilder_free(builder);
	if (result < 0)
		return result;
	repo->fresh_count = 0;
	repo->fresh_bytes = 0;
	return git_mempack_reset(repo->memory);
}

int repo_put(struct repo *repo, git_object_t type, const void *data, size_t length, git_oid *out)
{
	git_oid id;
	int result = git_odb_hash(&id, data, length, type);

	assert(repo->memory);
	/* Straight into memory: git_odb_write looks through the folder of packs first. */
	if (result == 0 && !git_odb_exists_ext(repo->odb, &id, GIT_ODB_LOOKUP_NO_REFRESH)) {
		result = repo->memory->write(repo->memory, &id, data, length, type);
		if (result == 0)
			note_fresh(repo, &id, length);
	}
	if (result == 0)
		*out = id;
	return result;
}

int repo_add(struct repo *repo, const char *name, const void *data, size_t length, git_oid *out_id,
	     struct err *err)
{
	git_oid id;
	int result = repo_put(repo, GIT_OBJECT_BLOB, data, length, &id);

	/* Blobs without a commit yet are safe: nothing prunes this repository but our own repack,
	 * and never during a batch. */
	if (result == 0 && repo->fresh_bytes > FRESH_MAX)
		result = write_pack(repo);
	if (result < 0)
		return repo_error(result, err, "cannot keep '%s' in '%s'", name, repo->path);
	repo_keep(repo, name, &id);
	*out_id = id;
	return 0;
}

/* ---- commits ------------------------------------------------------------------------------ */

static int create_commit(struct repo *repo, const git_oid *tree, const git_commit *parent,
			 const char *message, git_oid *out)
{
	const git_oid *parents[] = {parent ? git_commit_id(parent) : NULL};
	git_signature *signature = NULL;
	int result = git_signature_now(&signature, "hlp", "hlp@localhost");

	if (result == 0)
		result =
			git_commit_create_from_ids(out, repo->git, NULL, signature, signature,
						   "UTF-8", message, tree, parent ? 1 : 0, parents);
	git_signature_free(signature);
	return result;
}

/* The commit that a ref leads to; *out NULL when there is no such ref. */
static int lookup_tip(struct repo *repo, const char *ref_name, git_commit **out)
{
	git_oid id;
	int result = git_reference_name_to_id(&id, repo->git, ref_name);

	*out = NULL;
	if (result == GIT_ENOTFOUND)
		return 0;
	return result == 0 ? git_commit_lookup(out, repo->git, &id) : result;
}

static int write_ref(struct repo *repo, const char *ref_name, const git_oid *from,
		     const git_oid *to)
{
	git_reference *ref = NULL;
	int result =
		from ? git_reference_create_matching(&ref, repo->git, ref_name, to, 1, from, NULL)
		     : git_reference_create(&ref, repo->git, ref_name, to, 1, NULL);

	git_reference_free(ref);
	return result;
}

int repo_set_ref(struct repo *repo, const char *ref_name, const git_oid *from, const git_oid *to)
{
	int result = write_ref(repo, ref_name, from, to);

	if (result == GIT_ELOCKED && remove_stale_lock(repo, ref_name))
		result = write_ref(repo, ref_name, from, to);
	return result;
}

static int commit_batch(struct repo *repo, const char *message)
{
	git_commit *tip = NULL;
	git_tree *before = NULL;
	git_oid tree, commit;
	int result = lookup_tip(repo, LOG_REF, &tip);

	if (result == 0 && tip)
		result = git_commit_tree(&before, tip);
	if (result == 0)
		result = repo_tree_build(repo, before, &tree);
	if (result == 0)
		result = create_commit(repo, &tree, tip, message, &commit);
	if (result == 0) {
		note_fresh(repo, &commit, 0);
		result = write_pack(repo);
	}
	if (result == 0)
		result = repo_set_ref(repo, LOG_REF, tip ? git_commit_id(tip) : NULL, &commit);
	git_tree_free(before);
	git_commit_free(tip);
	return result;
}

int repo_commit(struct repo *repo, const char *message, struct err *err)
{
	int rc = 1, result;

	if (repo->entries_count == 0)
		return 0;
	result = commit_batch(repo, message);
	if (result < 0)
		rc = repo_error(result, err, "cannot commit to '%s'", repo->path);
	repo_drop(repo);
	return rc;
}

static int begin_log(struct repo *repo, const char *message)
{
	git_oid tree, commit;
	int result;

	if (repo->entries_count == 0) {
		result = git_reference_remove(repo->git, LOG_REF);
		return result == GIT_ENOTFOUND ? 0 : result;
	}
	result = repo_tree_build(repo, NULL, &tree);
	if (result == 0)
		result = create_commit(repo, &tree, NULL, message, &commit);
	if (result == 0) {
		note_fresh(repo, &commit, 0);
		result = write_pack(repo);
	}
	if (result == 0)
		result = repo_set_ref(repo, LOG_REF, NULL, &commit);
	return result;
}

int repo_begin(struct repo *repo, const char *message, struct err *err)
{
	int result = begin_log(repo, message), rc = 0;

	if (result < 0)
		rc = repo_error(result, err, "cannot begin the log of '%s' anew", repo->path);
	repo_drop(repo);
	return rc;
}

int repo_tree_only(struct repo *repo, git_oid *out)
{
	int result = repo_tree_build(repo, NULL, out);

	for (size_t i = 0; i < repo->entries_count; i++)
		free(repo->entries[i].name);
	repo->entries_count = 0;
	return result;
}

int repo_put_commit(struct repo *repo, const struct repo_commit_text *commit, git_oid *out)
{
	const long long seconds = commit->time_us / 1000000;
	char id[REPO_ID_TEXT];
	struct buf text;
	int result;

	buf_init(&text, (size_t)16 * 1024);
	repo_id_text(&commit->tree, id);
	buf_printf(&text, "tree %s\n", id);
	if (commit->parent) {
		repo_id_text(commit->parent, id);
		buf_printf(&text, "parent %s\n", id);
	}
	buf_printf(&text,
		   "author hlp <hlp@localhost> %lld +0000\n"
		   "committer hlp <hlp@localhost> %lld +0000\n\n%s",
		   seconds, seconds, commit->message);
	result = repo_put(repo, GIT_OBJECT_COMMIT, text.data, text.length, out);
	buf_release(&text);
	return result;
}

int repo_flush(struct repo *repo, struct err *err)
{
	int result;

	if (repo->fresh_count == 0)
		return 0;
	result = write_pack(repo);
	return result < 0 ? repo_error(result, err, "cannot write to '%s'", repo->path) : 1;
}

/* ---- reading ------------------------------------------------------------------------------ */

int repo_read(struct repo *repo, const char *id_text, struct buf *out, struct err *err)
{
	git_odb_object *object = NULL;
	git_object_t type;
	size_t length;
	git_oid id;
	int result = strlen(id_text) == 40 ? git_oid_fromstr(&id, id_text) : GIT_EINVALID;

	if (result < 0)
		return err_set(err, ERR_INVALID, "'%s' is no object id", id_text);
	if (!repo->memory && ++repo->reads % REOPEN_AFTER == 0)
		(void)repo_reopen(repo, NULL); /* or not: it can be read as it is */
	/* The size first: what is too large is not unpacked. */
	result = git_odb_read_header(&length, &type, repo->odb, &id);
	if (result == 0 && length > out->max - out->length)
		return err_set(err, ERR_LIMIT, "object '%s' has %zu bytes, more than %zu", id_text,
			       length, out->max - out->length);
	if (result == 0)
		result = git_odb_read(&object, repo->odb, &id);
	if (result < 0)
		return repo_error(result, err, "cannot read object '%s' in '%s'", id_text,
				  repo->path);
	buf_add(out, git_odb_object_data(object), git_odb_object_size(object));
	git_odb_object_free(object);
	return 0;
}
