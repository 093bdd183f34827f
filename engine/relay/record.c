/* SPDX-License-Identifier: MIT
 *
 * Text goes through the mask byte by byte; a control goes out when all text before it is decided,
 * so that a recording plays as it was. Within a secret that is hidden controls stay: they say
 * nothing of it.
 */
#include "relay/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define OUT_MAX	     ((size_t)16 * 1024 * 1024)
#define WAITING_MAX  ((size_t)1024 * 1024) /* of controls; beyond, they are left out */
#define SAMPLE_US    INT64_C(20000)
#define SECRET_BYTES ((size_t)1024 * 1024)

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void record_hide(struct mask *mask, const char *secret, size_t length)
{
	struct buf text;

	buf_init(&text, SECRET_BYTES);
	for (size_t i = 0; i < length; i++)
		if (screen_is_text(secret[i]))
			buf_add_char(&text, secret[i]);
	if (text.length < length)
		mask_add(mask, buf_text(&text), text.length);
	if (text.data)
		explicit_bzero(text.data, text.capacity);
	buf_release(&text);
}

/* ---- files ------------------------------------------------------------------------------- */

static int open_file(const char *path, struct err *err)
{
	const int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd >= 0 ? fd : err_errno(err, errno, "cannot make '%s'", path);
}

static void close_files(struct record *record)
{
	if (record->fd >= 0)
		(void)close(record->fd); /* what could not be written is known */
	if (record->times_fd >= 0)
		(void)close(record->times_fd); /* a missing sample is harmless */
	record->fd = record->times_fd = -1;
}

static int open_files(struct record *record, const char *path, struct err *err)
{
	char *folder = file_folder(path), *times = mem_printf("%s.times", path);
	int result = file_make_folders(folder, 0700, err);

	if (result >= 0)
		result = record->fd = open_file(path, err);
	if (result >= 0)
		result = record->times_fd = open_file(times, err);
	free(folder);
	free(times);
	return result < 0 ? result : 0;
}

static void sample(struct record *record, int64_t now)
{
	const int64_t pair[2] = {record->written, now};

	if (record->times_fd >= 0)
		(void)file_write_fd(record->times_fd, pair, sizeof(pair)); /* as above */
	record->sampled_us = now;
}

/* The shell goes on without its recording; whoever leaves it is told. */
static void give_up(struct record *record, int error)
{
	record->error = error;
	close_files(record);
}

static void flush(struct record *record)
{
	const int64_t now = now_us();
	int result;

	if (!record->out.length || record->fd < 0)
		return;
	result = file_write_fd(record->fd, record->out.data, record->out.length);
	record->written += (int64_t)record->out.length;
	buf_clear(&record->out);
	if (result < 0)
		give_up(record, -result);
	else if (record->most && record->written > record->most)
		give_up(record, EFBIG);
	else if (now - record->sampled_us >= SAMPLE_US)
		sample(record, now);
}

/* ---- text and controls ------------------------------------------------------------------- */

/* Between two secrets it parts them: each is *** of its own. */
static void put_control(struct record *record, const char *data, size_t length)
{
	buf_add(&record->out, data, length);
	if (!record->stream.hidden)
		record->stream.hiding = false;
}

static void put_controls(struct record *record)
{
	while (record->controls_first < record->controls_count) {
		const struct record_control *next = &record->controls[record->controls_first];

		if (next->place > record->decided)
			return;
		put_control(record, record->control_bytes.data, next->length);
		buf_consume(&record->control_bytes, next->length);
		record->controls_first++;
	}
	record->controls_first = record->controls_count = 0;
}

static void decide(struct record *record, enum mask_more more)
{
	while (mask_step(record->mask, &record->stream, more, &record->out)) {
		record->decided++;
		put_controls(record);
	}
}

static void take_text(void *ctx, char byte)
{
	struct record *record = ctx;

	mask_put(&record->stream, &byte, 1);
	record->put++;
	decide(record, MASK_MORE);
}

/* Digits of a sequence may be anything, too. */
static bool is_secret(const struct record *record, const char *data, size_t length)
{
	struct mask_stream stream;
	struct buf out;
	bool secret;

	mask_stream_init(&stream);
	buf_init(&out, 4 * SCREEN_CONTROL_MAX);
	mask_pass(record->mask, &stream, data, length, MASK_LAST, &out);
	secret = out.length != length || memcmp(out.data, data, length) != 0;
	buf_release(&out);
	mask_stream_release(&stream);
	return secret;
}

static void take_control(void *ctx, const char *data, size_t length)
{
	struct record *record = ctx;

	if (length > 1 && is_secret(record, data, length))
		return;
	if (record->put == record->decided) {
		put_control(record, data, length);
		return;
	}
	if (record->control_bytes.length + length > WAITING_MAX)
		return;
	record->controls = mem_grow(record->controls, &record->controls_capacity,
				    record->controls_count + 1, sizeof(*record->controls));
	record->controls[record->controls_count++] =
		(struct record_control){.place = record->put, .length = length};
	buf_add(&record->control_bytes, data, length);
}

/* ---- the recording ----------------------------------------------------------------------- */

int record_open(struct record *record, const char *path, int64_t most, const struct mask *mask,
		struct err *err)
{
	int result;

	*record = (struct record){.fd = -1, .times_fd = -1, .mask = mask, .most = most};
	result = open_files(record, path, err);
	if (result < 0) {
		close_files(record);
		return result;
	}
	mask_stream_init(&record->stream);
	screen_init(&record->screen);
	record->screen.text = take_text;
	record->screen.controls = take_control;
	record->screen.ctx = record;
	buf_init(&record->control_bytes, WAITING_MAX);
	buf_init(&record->out, OUT_MAX);
	sample(record, now_us());
	return 0;
}

void record_size(struct record *record, const struct winsize *size)
{
	char text[40];
	const int length = snprintf(text, sizeof(text), "\033[8;%u;%ut", (unsigned)size->ws_row,
				    (unsigned)size->ws_col);

	take_control(record, text, (size_t)length);
	flush(record);
}

void record_take(struct record *record, const char *data, size_t length)
{
	if (record->fd < 0)
		return;
	screen_take(&record->screen, data, length);
	flush(record);
}

void record_close(struct record *record)
{
	screen_end(&record->screen);
	decide(record, MASK_LAST);
	put_controls(record);
	flush(record);
	sample(record, now_us());
	close_files(record);
	mask_stream_release(&record->stream);
	screen_release(&record->screen);
	free(record->controls);
	buf_release(&record->control_bytes);
	buf_release(&record->out);
}
