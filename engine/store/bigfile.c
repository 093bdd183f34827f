/* SPDX-License-Identifier: MIT
 *
 * The store of large files. A file is written under a temporary name while it is hashed, synced,
 * and only then given its name, so a name always has the whole contents behind it.
 */
#include "store/bigfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define POINTER_HEAD "hlp large file 1\n"
#define STEP	     ((size_t)128 * 1024)

void bigfile_init(struct bigfile *large, const char *home_path)
{
	large->folder = file_join(home_path, "large");
	large->secret = file_join(home_path, "secret");
}

void bigfile_release(struct bigfile *large)
{
	free(large->folder);
	free(large->secret);
	*large = (struct bigfile){0};
}

/* ---- pointers ----------------------------------------------------------------------------- */

void bigfile_print(const struct bigfile_pointer *pointer, struct buf *out)
{
	buf_printf(out, POINTER_HEAD "sha256 %s\nsize %lld\n", pointer->name,
		   (long long)pointer->size);
	if (pointer->secret[0])
		buf_printf(out, "secret %s\n", pointer->secret);
}

bool bigfile_looks_like(const void *data, size_t length)
{
	return length >= strlen(POINTER_HEAD) &&
	       memcmp(data, POINTER_HEAD, strlen(POINTER_HEAD)) == 0;
}

bool bigfile_parse(const void *data, size_t length, struct bigfile_pointer *out)
{
	char text[BIGFILE_POINTER_MAX + 1], name[DIGEST_TEXT], secret[ULID_TEXT] = "";
	long long size;
	int end = 0;

	if (length > BIGFILE_POINTER_MAX || !bigfile_looks_like(data, length))
		return false;
	memcpy(text, data, length);
	text[length] = '\0';
	if (sscanf(text + strlen(POINTER_HEAD), "sha256 %64[0-9a-f]\nsize %lld\n%n", name, &size,
		   &end) != 2)
		return false;
	if (end == 0 || strlen(name) != DIGEST_TEXT - 1 || size < 0)
		return false;
	(void)sscanf(text + strlen(POINTER_HEAD) + end, "secret %26[0-9a-z]\n", secret);
	memcpy(out->name, name, DIGEST_TEXT);
	memcpy(out->secret, secret, ULID_TEXT);
	out->size = size;
	return true;
}

/* ---- files -------------------------------------------------------------------------------- */

/* Copies to `to` (or only hashes, with -1) until the end of `from`. 0 or -errno. */
static int copy_and_hash(int from, int to, struct bigfile_pointer *out)
{
	uint8_t sum[DIGEST_SIZE];
	struct digest digest;
	char *step = mem_alloc(STEP);
	int64_t size = 0;
	int rc = 0;

	digest_init(&digest);
	for (;;) {
		ssize_t got = read(from, step, STEP);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			rc = got < 0 ? -errno : 0;
			break;
		}
		digest_add(&digest, step, (size_t)got);
		size += got;
		rc = to < 0 ? 0 : file_write_fd(to, step, (size_t)got);
		if (rc < 0)
			break;
	}
	free(step);
	digest_finish(&digest, sum);
	if (rc < 0)
		return rc;
	digest_text(sum, out->name);
	out->size = size;
	return 0;
}

static int rewind_fd(int fd)
{
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

int bigfile_digest_fd(int fd, struct bigfile_pointer *out, struct err *err)
{
	int rc = copy_and_hash(fd, -1, out);

	return rc < 0 ? err_errno(err, -rc, "cannot read a file") : 0;
}

/* Gives the temporary file its name; if the contents are there already, they are kept. */
static int settle(const char *folder, int fd, const char *temporary, const char *name)
{
	char *path = file_join(folder, name);
	int rc = 0;

	if (fchmod(fd, 0400) < 0 || fsync(fd) < 0 || rename(temporary, path) < 0)
		rc = -errno;
	free(path);
	return rc;
}

typedef int filler(void *ctx, int fd, struct bigfile_pointer *out);

static int add_by(const char *folder, filler *fill, void *ctx, struct bigfile_pointer *out,
		  struct err *err)
{
	char *temporary = file_join(folder, ".new-XXXXXX");
	struct bigfile_pointer pointer = {0};
	int fd, rc = file_make_folders(folder, 0700, err);

	if (rc < 0)
		goto out;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		rc = err_errno(err, errno, "cannot make a file in '%s'", folder);
		goto out;
	}
	rc = fill(ctx, fd, &pointer);
	if (rc == 0)
		rc = settle(folder, fd, temporary, pointer.name);
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc < 0) {
		(void)unlink(temporary); /* may have its name already */
		rc = err_errno(err, -rc, "cannot write to '%s'", folder);
		goto out;
	}
	rc = file_sync_folder(folder, err);
	if (rc == 0)
		*out = pointer;
out:
	free(temporary);
	return rc;
}

static int fill_from_fd(void *ctx, int fd, struct bigfile_pointer *out)
{
	int rc = rewind_fd(*(int *)ctx);

	return rc < 0 ? rc : copy_and_hash(*(int *)ctx, fd, out);
}

int bigfile_add_fd(struct bigfile *large, int fd, struct bigfile_pointer *out, struct err *err)
{
	return add_by(large->folder, fill_from_fd, &fd, out, err);
}

int bigfile_add_secret_fd(struct bigfile *large, const char *execution, int fd,
			  struct bigfile_pointer *out, struct err *err)
{
	char *folder = file_join(large->secret, execution);
	int rc = add_by(folder, fill_from_fd, &fd, out, err);

	if (rc == 0)
		(void)snprintf(out->secret, sizeof(out->secret), "%s", execution);
	free(folder);
	return rc;
}

struct bytes {
	const void *data;
	size_t length;
};

static int fill_from_bytes(void *ctx, int fd, struct bigfile_pointer *out)
{
	const struct bytes *bytes = ctx;
	uint8_t sum[DIGEST_SIZE];

	digest_of(bytes->data, bytes->length, sum);
	digest_text(sum, out->name);
	out->size = (int64_t)bytes->length;
	return file_write_fd(fd, bytes->data, bytes->length);
}

int bigfile_add(struct bigfile *large, const void *data, size_t length, struct bigfile_pointer *out,
		struct err *err)
{
	struct bytes bytes = {data, length};

	return add_by(large->folder, fill_from_bytes, &bytes, out, err);
}

/* The caller frees it. */
static char *path_of(const struct bigfile *large, const struct bigfile_pointer *pointer)
{
	char *folder = pointer->secret[0] ? file_join(large->secret, pointer->secret)
					  : mem_strdup(large->folder);
	char *path = file_join(folder, pointer->name);

	free(folder);
	return path;
}

int bigfile_forget(const struct bigfile *large, const struct bigfile_pointer *pointer,
		   struct err *err)
{
	char *path = path_of(large, pointer);
	int failed = pointer->secret[0] && unlink(path) < 0 && errno != ENOENT ? errno : 0;

	free(path);
	return failed ? err_errno(err, failed, "cannot forget '%s'", pointer->name) : 0;
}

int bigfile_open(const struct bigfile *large, const struct bigfile_pointer *pointer,
		 struct err *err)
{
	char *path = path_of(large, pointer);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), failed = errno;

	free(path);
	if (fd < 0 && failed == ENOENT && pointer->secret[0])
		return err_set(err, ERR_NOT_FOUND,
			       "its contents were secret and have been forgotten; their sha256 was "
			       "%s",
			       pointer->name);
	return fd < 0 ? err_errno(err, failed, "cannot open large file '%s'", pointer->name) : fd;
}
