/* SPDX-License-Identifier: MIT
 *
 * Files. What must survive a power cut goes through file_replace; what must stay inside a folder
 * goes through file_open_beneath. Everything is opened close-on-exec.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"

#define READ_STEP ((size_t)64 * 1024)

int file_read_fd(int fd, struct buf *buf, struct err *err)
{
	for (;;) {
		size_t left = buf->max - buf->length;
		size_t step = left < READ_STEP ? left : READ_STEP;
		char beyond, *room = step > 0 ? buf_reserve(buf, step) : &beyond;
		ssize_t got = read(fd, room, step > 0 ? step : 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, errno, "cannot read");
		if (got == 0)
			return 0;
		if (step == 0)
			return err_set(err, ERR_LIMIT, "larger than %zu bytes", buf->max);
		buf_commit(buf, (size_t)got);
	}
}

int file_read(const char *path, size_t max, char **out, size_t *out_length, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
	struct buf buf;

	if (fd < 0)
		return err_errno(err, errno, "cannot open '%s'", path);
	buf_init(&buf, max);
	rc = file_read_fd(fd, &buf, err);
	(void)close(fd);
	if (rc < 0) {
		buf_release(&buf);
		return err ? err_prefix(err, "'%s'", path) : rc;
	}
	if (out_length)
		*out_length = buf.length;
	*out = buf_steal(&buf);
	return 0;
}

int file_write_fd(int fd, const void *data, size_t length)
{
	const char *at = data;

	while (length > 0) {
		ssize_t put = write(fd, at, length);

		if (put < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		at += put;
		length -= (size_t)put;
	}
	return 0;
}

char *file_folder(const char *path)
{
	const char *end = path + strlen(path);

	while (end > path + 1 && end[-1] == '/')
		end--;
	while (end > path && end[-1] != '/')
		end--;
	while (end > path + 1 && end[-1] == '/')
		end--;
	return end == path ? mem_strdup(".") : mem_strndup(path, (size_t)(end - path));
}

char *file_join(const char *folder, const char *name)
{
	size_t length = strlen(folder);

	if (name[0] == '/' || length == 0)
		return mem_strdup(name);
	return mem_printf("%s%s%s", folder, folder[length - 1] == '/' ? "" : "/", name);
}

bool file_exists(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0;
}

int file_sync_folder(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), failed = 0;

	if (fd < 0)
		return err_errno(err, errno, "cannot open folder '%s'", path);
	if (fsync(fd) < 0)
		failed = errno;
	(void)close(fd);
	return failed ? err_errno(err, failed, "cannot sync folder '%s'", path) : 0;
}

/* 0 or -errno. The mode is set anew, because the umask took part in open(2). */
static int fill(int fd, const void *data, size_t length, mode_t mode)
{
	int rc = file_write_fd(fd, data, length);

	if (rc == 0 && fchmod(fd, mode) < 0)
		rc = -errno;
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	return rc;
}

int file_replace(const char *path, const void *data, size_t length, mode_t mode, struct err *err)
{
	char *temporary = mem_printf("%s.XXXXXX", path), *folder = file_folder(path);
	int fd = mkostemp(temporary, O_CLOEXEC), rc;

	if (fd < 0) {
		rc = err_errno(err, errno, "cannot make a file beside '%s'", path);
		goto out;
	}
	rc = fill(fd, data, length, mode);
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(temporary, path) < 0)
		rc = -errno;
	if (rc < 0) {
		(void)unlink(temporary);
		rc = err_errno(err, -rc, "cannot write '%s'", path);
		goto out;
	}
	rc = file_sync_folder(folder, err);
out:
	free(folder);
	free(temporary);
	return rc;
}

static int make_folder(const char *path, mode_t mode, struct err *err)
{
	struct stat info;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return err_errno(err, errno, "cannot make folder '%s'", path);
	if (stat(path, &info) < 0)
		return err_errno(err, errno, "cannot look at '%s'", path);
	if (!S_ISDIR(info.st_mode))
		return err_errno(err, ENOTDIR, "cannot make folder '%s'", path);
	return 0;
}

int file_make_folders(const char *path, mode_t mode, struct err *err)
{
	char *partial = mem_strdup(path);
	int rc = 0;

	for (char *at = partial + 1; rc == 0 && partial[0] && *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		rc = make_folder(partial, mode, err);
		*at = '/';
	}
	if (rc == 0)
		rc = make_folder(partial, mode, err);
	free(partial);
	return rc;
}

int file_open_beneath(int dir_fd, const char *path, int flags, mode_t mode, struct err *err)
{
	bool makes = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.mode = makes ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/* EAGAIN: something was renamed during the walk and the kernel could not be sure. */
	for (int tries = 0; tries < 128; tries++) {
		fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));
		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN && errno != EINTR)
			break;
	}
	if (errno == EXDEV)
		return err_set(err, ERR_DENIED, "'%s' leads out of its folder", path);
	return err_errno(err, errno, "cannot open '%s'", path);
}
