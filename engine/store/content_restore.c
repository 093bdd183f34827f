/* SPDX-License-Identifier: MIT
 *
 * Putting a file back as it was recorded. Until the rename the old file is untouched, after it the
 * recorded one is whole; doing it again after a death in between does no harm, and the temporary
 * file has a name of its own so that the next try removes it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/content_own.h"

#define STEP	       ((size_t)128 * 1024)
#define TEMPORARY_TEXT 64

/* The same for each try, different for each name of a folder; never too long for one. */
static void temporary_name(const char *name, char out[TEMPORARY_TEXT])
{
	char id[REPO_ID_TEXT];

	repo_hash(name, strlen(name), id);
	(void)snprintf(out, TEMPORARY_TEXT, ".hlp-restore-%.16s", id); /* fits */
}

/* 0 or -errno. */
static int copy_fd(int from, int to)
{
	char *step = mem_alloc(STEP);
	ssize_t got;
	int rc = 0;

	do {
		got = read(from, step, STEP);
		if (got > 0)
			rc = file_write_fd(to, step, (size_t)got);
	} while (rc == 0 && (got > 0 || (got < 0 && errno == EINTR)));
	if (rc == 0 && got < 0)
		rc = -errno;
	free(step);
	return rc;
}

static int write_contents(struct content *content, const char *blob, int to, struct err *err)
{
	struct bigfile_pointer pointer;
	struct buf data;
	int rc;

	buf_init(&data, (size_t)BIGFILE_FROM + BIGFILE_POINTER_MAX);
	rc = repo_read(&content->repo, blob, &data, err);
	if (rc == 0 && bigfile_parse(buf_text(&data), data.length, &pointer)) {
		int from = bigfile_open(&content->large, &pointer, err);

		rc = from < 0 ? from : copy_fd(from, to);
		if (from >= 0 && rc < 0)
			rc = err_errno(err, -rc, "cannot write");
		if (from >= 0)
			(void)close(from); /* only read */
	} else if (rc == 0) {
		rc = file_write_fd(to, buf_text(&data), data.length);
		if (rc < 0)
			rc = err_errno(err, -rc, "cannot write");
	}
	buf_release(&data);
	return rc;
}

/* Of a time before 1970, too, the nanoseconds count forwards. */
static struct timespec moment_of(int64_t ns)
{
	const int64_t rest = (ns % 1000000000 + 1000000000) % 1000000000;

	return (struct timespec){.tv_sec = (time_t)((ns - rest) / 1000000000),
				 .tv_nsec = (long)rest};
}

/* Owner first: changing it takes set-user-id bits away. */
static int dress(int fd, const struct event_item *recorded)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, moment_of(recorded->mtime_ns)};
	struct stat info;

	if (fstat(fd, &info) < 0)
		return -errno;
	if ((info.st_uid != recorded->uid || info.st_gid != recorded->gid) &&
	    fchown(fd, recorded->uid, recorded->gid) < 0)
		return -errno;
	if (fchmod(fd, recorded->mode & 07777) < 0 || futimens(fd, times) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

static int put_back(struct content *content, int folder_fd, const char *name,
		    const struct event_item *recorded, struct err *err)
{
	char temporary[TEMPORARY_TEXT];
	int fd, rc;

	if (!*recorded->blob)
		return err_set(err, ERR_NOT_FOUND,
			       "of that revision no contents were kept: it had %lld bytes, more "
			       "than its max_size",
			       (long long)recorded->size);
	temporary_name(name, temporary);
	if (unlinkat(folder_fd, temporary, 0) < 0 && errno != ENOENT)
		return err_errno(err, errno, "cannot remove '%s'", temporary);
	fd = openat(folder_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return err_errno(err, errno, "cannot make a file beside it");
	rc = write_contents(content, recorded->blob, fd, err);
	if (rc == 0) {
		rc = dress(fd, recorded);
		if (rc == 0 && renameat(folder_fd, temporary, folder_fd, name) < 0)
			rc = -errno;
		if (rc < 0)
			rc = err_errno(err, -rc, "cannot put it in place");
	}
	if (rc < 0)
		(void)unlinkat(folder_fd, temporary, 0); /* the next try would remove it */
	(void)close(fd);				 /* synced */
	return rc;
}

static int take_away(int folder_fd, const char *name, struct err *err)
{
	if (unlinkat(folder_fd, name, 0) < 0 && errno != ENOENT)
		return err_errno(err, errno, "cannot remove it");
	return 0;
}

static int restore_in(struct content *content, int folder_fd, const char *name,
		      const struct event_item *recorded, struct err *err)
{
	int rc = recorded->absent ? take_away(folder_fd, name, err)
				  : put_back(content, folder_fd, name, recorded, err);

	if (rc == 0 && fsync(folder_fd) < 0)
		return err_errno(err, errno, "cannot sync its folder");
	return rc;
}

/* What is there now, as an item. */
static int describe_now(const struct place *place, const char *path,
			const struct event_item *recorded, struct event_item *out, struct err *err)
{
	struct event_item now = *recorded;
	struct stat info;
	int rc = place_stat(place, path, &info, err);

	if (rc == -ERR_NOT_FOUND && recorded->absent)
		rc = 0;
	else if (rc == 0)
		content_own_describe(&info, &now);
	if (rc < 0)
		return rc;
	content_own_locate(place, path, &now);
	now.kind = out->kind;
	now.name = out->name;
	now.value = out->value;
	now.number = out->number;
	*out = now;
	return 0;
}

int content_restore(struct content *content, const char *folder, const char *const *roots,
		    size_t roots_count, const char *path, const struct event_item *recorded,
		    struct event_item *out, struct err *err)
{
	struct place place = {folder, roots, roots_count};
	enum place_folder mode = recorded->absent ? PLACE_EXISTING : PLACE_MAKE;
	const char *name;
	int fd, rc = content_compare(content, folder, roots, roots_count, path, recorded, err);

	if (rc == 0)
		return describe_now(&place, path, recorded, out, err);
	if (rc < 0)
		return rc;
	fd = place_open_folder(&place, path, mode, &name, err);
	if (fd < 0)
		return fd;
	rc = restore_in(content, fd, name, recorded, err);
	(void)close(fd); /* synced */
	if (rc < 0)
		return err ? err_prefix(err, "cannot restore '%s'", path) : rc;
	return describe_now(&place, path, recorded, out, err);
}
