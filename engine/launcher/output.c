/* SPDX-License-Identifier: MIT
 *
 * Making, sampling and bounding output files. Children write them by themselves; here they are
 * only looked at, by path, so that a running attempt costs no descriptor. A look that fails is
 * left out: the next one comes.
 */
#include "launcher/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#define SLACK_BYTES 65536 /* beyond its bound before it is cut (again) */

static int open_making_folders(const char *path, int flags, struct err *err)
{
	int fd = open(path, flags | O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	char *folder;
	int result;

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return err_errno(err, errno, "cannot make '%s'", path);
	folder = file_folder(path);
	result = file_make_folders(folder, 0700, err);
	free(folder);
	if (result < 0)
		return result;
	fd = open(path, flags | O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd >= 0 ? fd : err_errno(err, errno, "cannot make '%s'", path);
}

/* Gives a spare this name; -1 when that cannot be, for whatever reason: one is made then. */
static int open_spare(struct output_spares *spares, const char *path)
{
	char *spare;
	int fd = -1;

	if (!spares->count)
		return -1;
	spare = spares->paths[--spares->count];
	if (renameat2(AT_FDCWD, spare, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		fd = open(path, O_APPEND | O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	else
		(void)unlink(spare); /* one that stays is only untidy */
	free(spare);
	return fd;
}

int output_open(struct output_spares *spares, const char *path, struct err *err)
{
	const int fd = open_spare(spares, path);

	return fd >= 0 ? fd : open_making_folders(path, O_APPEND, err);
}

int output_make_empty(const char *path, struct err *err)
{
	const int fd = open_making_folders(path, O_TRUNC, err);

	if (fd < 0)
		return fd;
	(void)close(fd); /* nothing was written */
	return 0;
}

static void sample(const char *path, int64_t size, int64_t wall_us)
{
	char *name = mem_printf("%s.times", path);
	const int fd = open(name, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	const int64_t pair[2] = {size, wall_us};

	if (fd >= 0) {
		(void)file_write_fd(fd, pair, sizeof(pair)); /* a missing sample is harmless */
		(void)close(fd);
	}
	free(name);
}

/* Reads the last lines into `out`, from the beginning of one where there is one. */
static void read_tail(int fd, int64_t from, int64_t size, struct buf *out)
{
	const int64_t begin = size - OUTPUT_TAIL_BYTES > from ? size - OUTPUT_TAIL_BYTES : from;
	char *room = buf_reserve(out, OUTPUT_TAIL_BYTES);
	const ssize_t got = pread(fd, room, OUTPUT_TAIL_BYTES, begin);
	const char *line;

	if (got <= 0)
		return;
	buf_commit(out, (size_t)got);
	line = begin > from ? memchr(out->data, '\n', out->length) : NULL;
	if (line)
		buf_consume(out, (size_t)(line + 1 - out->data));
}

void output_tail(const char *path, struct buf *out)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat status;

	if (fd < 0)
		return;
	if (fstat(fd, &status) == 0)
		read_tail(fd, 0, status.st_size, out);
	(void)close(fd);
}

static void cut(const char *path, int64_t max, struct output_watch *watch)
{
	const int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	struct buf tail, text;
	struct stat status;

	if (fd < 0)
		return;
	buf_init(&tail, OUTPUT_TAIL_BYTES + 1);
	buf_init(&text, OUTPUT_TAIL_BYTES + 256);
	if (fstat(fd, &status) == 0) {
		read_tail(fd, max, status.st_size, &tail);
		watch->dropped += status.st_size - max - (int64_t)tail.length;
		buf_printf(&text,
			   "\n[hlp: output_max of %lld bytes reached: about %lld bytes not "
			   "kept here]\n",
			   (long long)max, (long long)watch->dropped);
		buf_add(&text, tail.data, tail.length);
		if (ftruncate(fd, max) == 0)
			(void)file_write_fd(fd, text.data,
					    text.length); /* a full disk keeps less */
		watch->size = max + (int64_t)text.length;
	}
	buf_release(&text);
	buf_release(&tail);
	(void)close(fd);
}

void output_look(const char *path, int64_t max, int64_t wall_us, struct output_watch *watch)
{
	struct stat status;

	if (stat(path, &status) < 0 || status.st_size == watch->size)
		return;
	watch->size = status.st_size;
	sample(path, status.st_size, wall_us);
	if (max && status.st_size > max + SLACK_BYTES)
		cut(path, max, watch);
}

static void put_away(struct output_spares *spares, const char *path)
{
	if (spares && spares->count < OUTPUT_SPARES)
		spares->paths[spares->count++] = mem_strdup(path);
	else
		(void)unlink(path); /* one that stays is only untidy */
}

void output_drop_spares(struct output_spares *spares)
{
	while (spares->count) {
		char *spare = spares->paths[--spares->count];

		(void)unlink(spare); /* as above */
		free(spare);
	}
}

void output_finish(struct output_spares *spares, const char *path, int64_t max,
		   struct output_watch *watch)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return;
	if (status.st_size == 0)
		put_away(spares, path);
	else if (max && status.st_size > max + (watch->dropped ? SLACK_BYTES : 0))
		cut(path, max, watch);
}
