/* SPDX-License-Identifier: MIT
 *
 * Reading a range of an output file that may still be growing, and removing an execution's outputs.
 */
#include "store/output.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static int read_range(int fd, int64_t offset, size_t length, struct buf *out)
{
	while (length > 0) {
		char *room = buf_reserve(out, length);
		ssize_t got;

		if (!room)
			return -EFBIG;
		got = pread(fd, room, length, offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		buf_commit(out, (size_t)got);
		offset += got;
		length -= (size_t)got;
	}
	return 0;
}

/* Where reading begins, within the file. */
static int64_t place(int64_t offset, int64_t size)
{
	if (offset < 0)
		offset = offset + size > 0 ? offset + size : 0;
	return offset < size ? offset : size;
}

int64_t output_size(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : 0;
}

int output_read(const char *path, int64_t offset, size_t length, struct buf *out,
		int64_t *out_offset, int64_t *out_size, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), rc = 0;
	struct stat info;
	int64_t start;

	if (fd < 0 && errno == ENOENT) {
		*out_offset = *out_size = 0;
		return 0;
	}
	if (fd < 0)
		return err_errno(err, errno, "cannot open '%s'", path);
	if (fstat(fd, &info) < 0)
		rc = -errno;
	if (rc == 0 && !S_ISREG(info.st_mode))
		rc = -EINVAL;
	start = rc == 0 ? place(offset, info.st_size) : 0;
	if (rc == 0 && info.st_size - start < (int64_t)length)
		length = (size_t)(info.st_size - start);
	if (rc == 0)
		rc = read_range(fd, start, length, out);
	(void)close(fd); /* only read */
	if (rc < 0)
		return err_errno(err, -rc, "cannot read '%s'", path);
	*out_offset = start;
	*out_size = info.st_size;
	return 0;
}

/* Samples are pairs in the machine's byte order; see engine/launcher/output.h. */
static bool read_sample(int fd, int64_t index, struct output_time *out)
{
	int64_t pair[2];

	if (pread(fd, pair, sizeof(pair), index * (int64_t)sizeof(pair)) != sizeof(pair))
		return false;
	*out = (struct output_time){pair[0], pair[1]};
	return true;
}

/* The first sample of at least `bytes`; the count of them when none is. */
static int64_t sample_from(int fd, int64_t count, int64_t bytes)
{
	int64_t low = 0, high = count;
	struct output_time time;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		if (!read_sample(fd, middle, &time))
			return count;
		if (time.bytes < bytes)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t output_times(const char *path, int64_t from, int64_t to, struct output_time **out)
{
	char *name = mem_printf("%s.times", path);
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat info;
	size_t found = 0;

	*out = NULL;
	free(name);
	if (fd < 0)
		return 0;
	if (fstat(fd, &info) == 0) {
		int64_t count = info.st_size / (int64_t)(2 * sizeof(int64_t));
		*out = mem_calloc(OUTPUT_TIMES, sizeof(**out));
		for (int64_t at = sample_from(fd, count, from);
		     at < count && found < OUTPUT_TIMES && read_sample(fd, at, &(*out)[found]);
		     at++)
			if ((*out)[found++].bytes >= to)
				break;
	}
	(void)close(fd); /* only read */
	return found;
}

int output_remove(const char *folder, struct err *err)
{
	char *roots[] = {(char *)folder, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	int failed = 0;

	if (!walk)
		return err_errno(err, errno, "cannot remove '%s'", folder);
	for (FTSENT *entry = fts_read(walk); entry; entry = fts_read(walk)) {
		bool is_folder = entry->fts_info == FTS_DP || entry->fts_info == FTS_DNR;

		if (entry->fts_info == FTS_D)
			continue; /* comes again after its contents */
		if (unlinkat(AT_FDCWD, entry->fts_path, is_folder ? AT_REMOVEDIR : 0) < 0 &&
		    errno != ENOENT && !failed)
			failed = errno;
	}
	(void)fts_close(walk); /* only read */
	return failed ? err_errno(err, failed, "cannot remove '%s'", folder) : 0;
}
