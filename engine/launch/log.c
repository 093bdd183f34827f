/* SPDX-License-Identifier: MIT
 *
 * The launcher's log: a magic line, then records of four bytes checksum and one protocol frame.
 */
#include "launch/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define MAGIC	    "hlp-launcher log 1\n"
#define MAGIC_BYTES (sizeof(MAGIC) - 1)
#define CHECK_BYTES ((size_t)4)
#define LOG_MAX	    ((size_t)1024 * 1024 * 1024)
#define PENDING_MAX ((size_t)64 * 1024 * 1024)

/* FNV-1a: it must find a torn or rotten record, not an enemy's. */
static uint32_t checksum(const char *data, size_t length)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)data[i]) * 16777619U;
	return hash;
}

void launch_log_add(struct launch_log *log, const struct launch_message *record)
{
	const size_t begin = log->pending.length;
	uint32_t check = 0;

	buf_add(&log->pending, &check, CHECK_BYTES);
	if (launch_encode(record, &log->pending, NULL) < 0) {
		log->pending.length = begin;
		return;
	}
	check = checksum(log->pending.data + begin + CHECK_BYTES,
			 log->pending.length - begin - CHECK_BYTES);
	memcpy(log->pending.data + begin, &check, CHECK_BYTES);
}

int launch_log_flush(struct launch_log *log, struct err *err)
{
	int result;

	if (!log->pending.length)
		return 0;
	/* Half a record, left by a write that failed, would hide all that come after it. */
	if (log->torn && ftruncate(log->fd, (off_t)log->size) < 0)
		return err_errno(err, errno, "cannot mend '%s'", log->path);
	result = file_write_fd(log->fd, log->pending.data, log->pending.length);
	log->torn = result < 0;
	if (result < 0)
		return err_errno(err, -result, "cannot write '%s'", log->path);
	log->size += log->pending.length;
	buf_clear(&log->pending);
	return 0;
}

/* The length of the record at `data` with its checksum, or 0 when it is torn or damaged. */
static size_t read_record(const char *data, size_t length, struct arena *arena,
			  struct launch_message *out)
{
	uint32_t check;
	int frame;

	if (length <= CHECK_BYTES)
		return 0;
	memcpy(&check, data, CHECK_BYTES);
	frame = launch_decode(data + CHECK_BYTES, length - CHECK_BYTES, arena, out, NULL);
	if (frame <= 0 || checksum(data + CHECK_BYTES, (size_t)frame) != check)
		return 0;
	return CHECK_BYTES + (size_t)frame;
}

/* Hands over every good record; returns where the good ones end. */
static size_t read_records(const char *data, size_t length, launch_log_record *record, void *ctx)
{
	size_t at = MAGIC_BYTES;

	while (at < length) {
		struct launch_message message;
		struct arena arena = {0};
		const size_t size = read_record(data + at, length - at, &arena, &message);

		if (size)
			record(ctx, &message);
		arena_release(&arena);
		if (!size)
			break;
		at += size;
	}
	return at;
}

static int check_magic(const char *path, const char *data, size_t length, struct err *err)
{
	const size_t shown = length < MAGIC_BYTES ? length : MAGIC_BYTES;

	if (memcmp(data, MAGIC, shown) != 0)
		return err_set(err, ERR_CORRUPT, "'%s' is not a launcher's log of this version",
			       path);
	return 0;
}

static int read_log(struct launch_log *log, launch_log_record *record, void *ctx, size_t *out_cut,
		    struct err *err)
{
	char *data = NULL;
	size_t length = 0;
	int result = file_read(log->path, LOG_MAX, &data, &length, err);

	if (result < 0)
		return result;
	result = check_magic(log->path, data, length, err);
	if (result < 0)
		goto out;
	if (length < MAGIC_BYTES) {
		*out_cut = length;
		if (ftruncate(log->fd, 0) < 0 || write(log->fd, MAGIC, MAGIC_BYTES) < 0)
			result = err_errno(err, errno, "cannot write '%s'", log->path);
		log->size = MAGIC_BYTES;
		goto out;
	}
	log->size = read_records(data, length, record, ctx);
	*out_cut = length - log->size;
	if (*out_cut && ftruncate(log->fd, (off_t)log->size) < 0)
		result = err_errno(err, errno, "cannot cut '%s'", log->path);
out:
	free(data);
	return result;
}

int launch_log_open(struct launch_log *log, const char *path, launch_log_record *record, void *ctx,
		    size_t *out_cut, struct err *err)
{
	int result;

	*log = (struct launch_log){.path = mem_strdup(path)};
	buf_init(&log->pending, PENDING_MAX);
	*out_cut = 0;
	log->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (log->fd < 0) {
		result = err_errno(err, errno, "cannot open '%s'", path);
		goto fail;
	}
	result = read_log(log, record, ctx, out_cut, err);
	if (result < 0)
		goto fail;
	return 0;
fail:
	launch_log_close(log);
	return result;
}

void launch_log_close(struct launch_log *log)
{
	if (log->path && log->fd >= 0)
		(void)close(log->fd); /* nothing is owed to the disk */
	free(log->path);
	buf_release(&log->pending);
	*log = (struct launch_log){.fd = -1};
}

int launch_log_rewrite(struct launch_log *log, void (*write)(void *ctx, struct launch_log *log),
		       void *ctx, struct err *err)
{
	char *path = mem_printf("%s.new", log->path);
	struct launch_log fresh = {.path = path};
	int result;

	buf_init(&fresh.pending, PENDING_MAX);
	fresh.fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fresh.fd < 0) {
		result = err_errno(err, errno, "cannot make '%s'", path);
		goto fail;
	}
	buf_add_text(&fresh.pending, MAGIC);
	write(ctx, &fresh);
	result = launch_log_flush(&fresh, err);
	if (result < 0)
		goto fail;
	if (rename(path, log->path) < 0) {
		result = err_errno(err, errno, "cannot replace '%s'", log->path);
		goto fail;
	}
	(void)close(log->fd); /* the old file has no name any more */
	log->fd = fresh.fd;
	log->size = fresh.size;
	buf_clear(&log->pending);
	buf_release(&fresh.pending);
	free(path);
	return 0;
fail:
	launch_log_close(&fresh);
	return result;
}
