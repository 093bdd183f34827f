/* SPDX-License-Identifier: MIT
 *
 * Files as revisions: what a file is now goes into the batch under way, and comes back by its id.
 * Small files are blobs of the repository; large ones lie beside it with a pointer for a blob, so
 * that an id always names an object of content.git. Putting back is in content_restore.c, comparing
 * for people in content_diff.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/text.h"
#include "store/content_own.h"

#define READ_TRIES	5  /* of a file that changes meanwhile */
#define FREE_LEAST	20 /* one part in 20, 5 %, of the disk stays free */
#define ALWAYS_READ_MAX ((int64_t)64 * 1024)

/* ---- opening ------------------------------------------------------------------------------ */

int content_open(const struct home *home, enum content_mode mode, struct content **out,
		 struct err *err)
{
	struct content *content = mem_zalloc(sizeof(*content));
	int rc;

	content->home = home;
	bigfile_init(&content->large, home->path);
	rc = repo_open(&content->repo, home->content,
		       mode == CONTENT_WRITE ? REPO_WRITE : REPO_READ, err);
	if (rc < 0) {
		content_close(content);
		return rc;
	}
	content_own_count_packs(content);
	*out = content;
	return 0;
}

void content_close(struct content *content)
{
	if (!content)
		return;
	repo_close(&content->repo);
	bigfile_release(&content->large);
	free(content);
}

/* ---- adding ------------------------------------------------------------------------------- */

void content_may_fill(struct content *content, bool may_fill)
{
	content->may_fill = may_fill;
}

void content_keep_up_to(struct content *content, int64_t size)
{
	content->keep_up_to = size;
}

static int check_room(const struct content *content, int64_t size, const char *path,
		      struct err *err)
{
	struct statvfs disk;

	if (content->may_fill)
		return 0;
	if (fstatvfs(content->home->fd, &disk) < 0)
		return err_errno(err, errno, "cannot look at the disk of '%s'",
				 content->home->path);
	if (disk.f_bavail < disk.f_blocks / FREE_LEAST ||
	    (uint64_t)size / disk.f_frsize >= disk.f_bavail - disk.f_blocks / FREE_LEAST)
		return err_set(err, ERR_FULL,
			       "keeping '%s' (%lld bytes) would leave less than 5 %% of the disk "
			       "of '%s' free: make room there, or run 'hlp engine prune'",
			       path, (long long)size, content->home->path);
	return 0;
}

static int add_pointer(struct content *content, const char *name,
		       const struct bigfile_pointer *pointer, git_oid *out, struct err *err)
{
	struct buf text;
	int rc;

	buf_init(&text, BIGFILE_POINTER_MAX);
	bigfile_print(pointer, &text);
	rc = repo_add(&content->repo, name, text.data, text.length, out, err);
	buf_release(&text);
	return rc;
}

static int add_bytes(struct content *content, const char *name, const void *data, size_t length,
		     git_oid *out, struct err *err)
{
	struct bigfile_pointer pointer;
	int rc;

	if ((int64_t)length <= BIGFILE_FROM && !bigfile_looks_like(data, length))
		return repo_add(&content->repo, name, data, length, out, err);
	rc = bigfile_add(&content->large, data, length, &pointer, err);
	return rc == 0 ? add_pointer(content, name, &pointer, out, err) : rc;
}

int content_add(struct content *content, const char *name, const void *data, size_t length,
		char out_blob[41], struct err *err)
{
	git_oid id;
	int rc = check_room(content, (int64_t)length, name, err);

	if (rc == 0)
		rc = add_bytes(content, name, data, length, &id, err);
	if (rc == 0)
		repo_id_text(&id, out_blob);
	return rc;
}

static bool is_unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* One reading, with stat before and after: 1 added, 0 it changed meanwhile. Among the secrets of
 * `execution` if that is not NULL. */
static int add_once(struct content *content, const char *execution, const char *name, int fd,
		    struct stat *info, git_oid *out, struct err *err)
{
	bool by_pointer;
	struct bigfile_pointer pointer;
	struct stat after;
	struct buf data;
	int rc = 0;

	buf_init(&data, (size_t)BIGFILE_FROM);
	if (fstat(fd, info) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_errno(err, errno, "cannot look at the file");
	by_pointer = execution || info->st_size > BIGFILE_FROM;
	if (execution)
		rc = bigfile_add_secret_fd(&content->large, execution, fd, &pointer, err);
	else if (by_pointer)
		rc = bigfile_add_fd(&content->large, fd, &pointer, err);
	else
		rc = file_read_fd(fd, &data, err);
	if (rc == 0 && fstat(fd, &after) < 0)
		rc = err_errno(err, errno, "cannot look at the file");
	if (rc == -ERR_LIMIT || (rc == 0 && !is_unchanged(info, &after)))
		rc = 0; /* it grew or changed */
	else if (rc == 0 && by_pointer)
		rc = add_pointer(content, name, &pointer, out, err) ?: 1;
	else if (rc == 0)
		rc = add_bytes(content, name, buf_text(&data), data.length, out, err) ?: 1;
	buf_release(&data);
	return rc;
}

void content_own_describe(const struct stat *info, struct event_item *out)
{
	out->absent = false;
	out->size = info->st_size;
	out->mode = info->st_mode & 07777;
	out->uid = info->st_uid;
	out->gid = info->st_gid;
	out->mtime_ns = (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec;
	out->inode = info->st_ino;
}

static void describe_absent(struct event_item *out)
{
	const char *kind = out->kind, *name = out->name;

	*out = (struct event_item){.kind = kind,
				   .name = name,
				   .value = out->value,
				   .number = out->number,
				   .absent = true,
				   .device = out->device,
				   .folder = out->folder};
}

bool content_locate(const char *folder, const char *const *roots, size_t roots_count,
		    const char *path, uint64_t *out_device, uint64_t *out_folder)
{
	struct place place = {folder, roots, roots_count};
	struct event_item item = {0};

	content_own_locate(&place, path, &item);
	*out_device = item.device;
	*out_folder = item.folder;
	return item.folder;
}

void content_own_locate(const struct place *place, const char *path, struct event_item *out)
{
	const char *name;
	struct stat info;
	int fd = place_open_folder(place, path, PLACE_EXISTING, &name, NULL);

	if (fd < 0)
		return;
	if (fstat(fd, &info) == 0) {
		out->device = info.st_dev;
		out->folder = info.st_ino;
	}
	(void)close(fd); /* only looked at */
}

static int add_open_file(struct content *content, const char *execution, const char *name,
			 const char *path, int fd, struct event_item *out, struct err *err)
{
	struct stat info;
	git_oid id;

	for (int tries = 0; tries < READ_TRIES; tries++) {
		int rc = add_once(content, execution, name, fd, &info, &id, err);

		if (rc < 0)
			return err ? err_prefix(err, "'%s'", path) : rc;
		if (rc > 0) {
			content_own_describe(&info, out);
			repo_id_text(&id, out->blob);
			return 0;
		}
	}
	return err_set(err, ERR_CONFLICT, "'%s' keeps changing while it is read", path);
}

static int add_file(struct content *content, const char *execution, const char *name,
		    const struct place *place, const char *path, struct event_item *out,
		    struct err *err)
{
	struct stat info;
	int fd = place_open(place, path, &info, err), rc;

	if (fd >= 0 || fd == -ERR_NOT_FOUND)
		content_own_locate(place, path, out);
	if (fd == -ERR_NOT_FOUND) {
		describe_absent(out);
		return 0;
	}
	if (fd < 0)
		return fd;
	if (content->keep_up_to && info.st_size > content->keep_up_to) {
		content_own_describe(&info, out);
		rc = 0;
	} else {
		rc = check_room(content, info.st_size, path, err);
		if (rc == 0)
			rc = add_open_file(content, execution, name, path, fd, out, err);
	}
	(void)close(fd); /* only read */
	return rc;
}

int content_add_file(struct content *content, const char *name, const char *folder,
		     const char *const *roots, size_t roots_count, const char *path,
		     struct event_item *out, struct err *err)
{
	const struct place place = {folder, roots, roots_count};

	return add_file(content, NULL, name, &place, path, out, err);
}

int content_add_secret_file(struct content *content, const char *execution, const char *name,
			    const char *folder, const char *const *roots, size_t roots_count,
			    const char *path, struct event_item *out, struct err *err)
{
	const struct place place = {folder, roots, roots_count};

	return add_file(content, execution, name, &place, path, out, err);
}

int content_commit(struct content *content, const char *message, struct err *err)
{
	int rc = repo_commit(&content->repo, message, err);

	if (rc > 0)
		content->packs++;
	return rc < 0 ? rc : 0;
}

/* ---- reading ------------------------------------------------------------------------------ */

static int read_large(struct content *content, const struct bigfile_pointer *pointer,
		      struct buf *out, struct err *err)
{
	int fd, rc;

	if (pointer->size > (int64_t)(out->max - out->length))
		return err_set(err, ERR_LIMIT, "the file has %lld bytes, more than %zu",
			       (long long)pointer->size, out->max - out->length);
	fd = bigfile_open(&content->large, pointer, err);
	if (fd < 0)
		return fd;
	rc = file_read_fd(fd, out, err);
	(void)close(fd); /* only read */
	return rc;
}

int content_read(struct content *content, const char *blob, size_t max, char **out,
		 size_t *out_length, struct err *err)
{
	struct bigfile_pointer pointer;
	struct buf data;
	int rc;

	buf_init(&data, max < BIGFILE_POINTER_MAX ? BIGFILE_POINTER_MAX : max);
	rc = repo_read(&content->repo, blob, &data, err);
	if (rc == 0 && bigfile_parse(buf_text(&data), data.length, &pointer) && pointer.secret[0])
		rc = err_set(err, ERR_DENIED, "object '%s' is secret", blob);
	else if (rc == 0 && bigfile_parse(buf_text(&data), data.length, &pointer)) {
		buf_release(&data);
		buf_init(&data, max);
		rc = read_large(content, &pointer, &data, err);
	}
	if (rc == 0 && data.length > max)
		rc = err_set(err, ERR_LIMIT, "object '%s' has %zu bytes, more than %zu", blob,
			     data.length, max);
	if (rc < 0) {
		buf_release(&data);
		return rc;
	}
	*out_length = data.length;
	*out = buf_steal(&data);
	return 0;
}

/* ---- comparing ---------------------------------------------------------------------------- */

/* What is secret has a pointer for a blob, whatever its size. 1 the same, 0 not. */
static int is_same_secret(struct content *content, int fd, const char *blob, struct err *err)
{
	struct bigfile_pointer recorded, now;
	struct buf data;
	int rc;

	buf_init(&data, BIGFILE_POINTER_MAX);
	if (repo_read(&content->repo, blob, &data, NULL) < 0 ||
	    !bigfile_parse(buf_text(&data), data.length, &recorded) || !recorded.secret[0])
		rc = 0; /* larger, or no pointer, or gone: no secret's */
	else if (lseek(fd, 0, SEEK_SET) < 0)
		rc = err_errno(err, errno, "cannot look at the file");
	else
		rc = bigfile_digest_fd(fd, &now, err) ?: strcmp(now.name, recorded.name) == 0;
	buf_release(&data);
	return rc;
}

int content_own_is_same(struct content *content, int fd, const struct stat *info, const char *blob,
			struct err *err)
{
	struct bigfile_pointer pointer = {0};
	char id[REPO_ID_TEXT];
	struct buf data;
	int rc;

	buf_init(&data, (size_t)BIGFILE_FROM);
	if (info->st_size > BIGFILE_FROM)
		rc = bigfile_digest_fd(fd, &pointer, err);
	else
		rc = file_read_fd(fd, &data, err);
	if (rc == 0 && info->st_size <= BIGFILE_FROM &&
	    bigfile_looks_like(buf_text(&data), data.length)) {
		uint8_t sum[DIGEST_SIZE];

		digest_of(data.data, data.length, sum);
		digest_text(sum, pointer.name);
		pointer.size = (int64_t)data.length;
		buf_clear(&data);
		bigfile_print(&pointer, &data);
	} else if (rc == 0 && info->st_size > BIGFILE_FROM) {
		bigfile_print(&pointer, &data);
	}
	if (rc == 0) {
		repo_hash(buf_text(&data), data.length, id);
		rc = strcmp(id, blob) == 0;
	}
	buf_release(&data);
	return rc ? rc : is_same_secret(content, fd, blob, err);
}

/* Whether mode, owner, size and times are as recorded; the inode
 * too, if the file was not replaced. */
static bool is_as_described(const struct stat *info, const struct event_item *recorded,
			    bool *out_same_owner)
{
	struct event_item now = {0};

	content_own_describe(info, &now);
	*out_same_owner =
		now.mode == recorded->mode && now.uid == recorded->uid && now.gid == recorded->gid;
	return now.size == recorded->size && now.mtime_ns == recorded->mtime_ns &&
	       now.inode == recorded->inode;
}

static int compare_open(struct content *content, int fd, const struct stat *info,
			const struct event_item *recorded, struct err *err)
{
	bool same_owner, untouched = is_as_described(info, recorded, &same_owner);
	int rc;

	if (!same_owner || info->st_size != recorded->size)
		return 1;
	if (!*recorded->blob) /* its contents were not kept: size, times and inode must do */
		return !untouched;
	/* Two writes within one tick of the clock leave the same times; a small file costs nothing
	 * to read, so times are trusted for large ones only. */
	if (untouched && info->st_size > ALWAYS_READ_MAX)
		return 0;
	rc = content_own_is_same(content, fd, info, recorded->blob, err);
	return rc < 0 ? rc : !rc;
}

int content_compare(struct content *content, const char *folder, const char *const *roots,
		    size_t roots_count, const char *path, const struct event_item *recorded,
		    struct err *err)
{
	struct place place = {folder, roots, roots_count};
	struct stat info;
	int fd, rc = place_stat(&place, path, &info, err);

	if (rc == -ERR_NOT_FOUND)
		return recorded->absent ? 0 : 1;
	if (rc < 0)
		return rc;
	if (recorded->absent || !S_ISREG(info.st_mode))
		return 1;
	fd = place_open(&place, path, &info, err);
	if (fd < 0)
		return fd;
	rc = compare_open(content, fd, &info, recorded, err);
	(void)close(fd); /* only read */
	return rc;
}

int content_look(const char *folder, const char *const *roots, size_t roots_count, const char *path,
		 struct event_item *out, struct err *err)
{
	struct place place = {folder, roots, roots_count};
	struct stat info;
	int rc = place_stat(&place, path, &info, err);

	if (rc == 0)
		content_own_describe(&info, out);
	return rc;
}

/* ---- git ---------------------------------------------------------------------------------- */

int content_own_git_words(const struct content *content, const char *const *words,
			  struct content_git *out, struct err *err)
{
	char *git = NULL;
	size_t count = 4;
	int rc = proc_find_program("git", &git, err);

	if (rc < 0)
		return rc;
	out->argv[0] = git;
	out->argv[1] = mem_strdup("-c");
	out->argv[2] = mem_printf("safe.directory=%s", content->home->content);
	out->argv[3] = mem_printf("--git-dir=%s", content->home->content);
	for (; *words; words++)
		out->argv[count++] = mem_strdup(*words);
	out->argv[count] = NULL;
	return 0;
}

void content_own_git_release(struct content_git *git)
{
	for (size_t i = 0; git->argv[i]; i++)
		free(git->argv[i]);
}

int content_own_git(const struct content *content, const char *const *words, struct err *err)
{
	struct content_git git;
	struct buf output;
	int rc = content_own_git_words(content, words, &git, err);

	if (rc < 0)
		return rc;
	buf_init(&output, 4096);
	rc = proc_run(git.argv, NULL, &output, err);
	if (rc > 0)
		rc = err_set(err, ERR_IO, "git %s of '%s' ended with %d", words[0],
			     content->home->content, rc);
	buf_release(&output);
	content_own_git_release(&git);
	return rc;
}
