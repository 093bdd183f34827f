/* SPDX-License-Identifier: MIT
 *
 * A line of JSON a frame.
 */
#include "tui/cast.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/text.h"

#define LINE_BYTES ((size_t)32 * 1024 * 1024)
#define PAUSE_MOST 2.0

struct cast {
	FILE *file;
	int64_t began_us;
};

/* ---- recording --------------------------------------------------------------------------- */

int cast_open(const char *file, int width, int height, struct cast **out, struct err *err)
{
	int fd = open(file, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct cast *cast;

	if (fd < 0)
		return err_errno(err, errno, "cannot write '%s'", file);
	cast = mem_zalloc(sizeof(*cast));
	cast->file = fdopen(fd, "w");
	cast->began_us = loop_now_us();
	(void)fprintf(cast->file,
		      "{\"version\": 2, \"width\": %d, \"height\": %d, \"timestamp\": %lld, "
		      "\"title\": \"hlp-console\"}\n",
		      width, height, (long long)(clock_wall_us(clock_system()) / CLOCK_SECOND_US));
	*out = cast;
	return 0;
}

void cast_frame(void *ctx, const char *bytes, size_t length)
{
	struct cast *cast = ctx;
	struct buf quoted;

	buf_init(&quoted, LINE_BYTES);
	text_json_quote(&quoted, bytes, length);
	(void)fprintf(cast->file, "[%.6f, \"o\", %s]\n",
		      (double)(loop_now_us() - cast->began_us) / 1e6, buf_text(&quoted));
	buf_release(&quoted);
}

int cast_close(struct cast *cast, struct err *err)
{
	if (cast == NULL)
		return 0;
	bool failed = ferror(cast->file) != 0;
	failed = fclose(cast->file) != 0 || failed;
	free(cast);
	return failed ? err_set(err, ERR_IO, "the recording is not whole") : 0;
}

/* ---- what may be played ------------------------------------------------------------------ */

/* The length of a sequence that the console itself sends, 0 for any other. */
static size_t known_sequence(const char *bytes, size_t length)
{
	size_t at = 2;

	if (length < 2 || bytes[0] != '\033')
		return 0;
	if (strchr("=>78M", bytes[1]) != NULL)
		return 2;
	if (bytes[1] == '(' || bytes[1] == ')')
		return length >= 3 && strchr("B0", bytes[2]) != NULL ? 3 : 0;
	if (bytes[1] != '[')
		return 0;
	while (at < length && at < 64 && (strchr("0123456789;?", bytes[at]) != NULL))
		at++;
	return at < length && bytes[at] != '\0' && strchr("ABCDEFGHJKLMPSTXZ@`bdfhlmr", bytes[at])
		       ? at + 1
		       : 0;
}

void cast_filter(struct buf *out, const char *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		unsigned char c = (unsigned char)bytes[at];
		size_t sequence = known_sequence(bytes + at, length - at);
		if (sequence > 0) {
			buf_add(out, bytes + at, sequence);
			at += sequence;
			continue;
		}
		if (c >= 0x20 ? c != 0x7f : strchr("\r\n\b\t\016\017", (int)c) != NULL && c != 0)
			buf_add_char(out, (char)c);
		at++;
	}
}

/* ---- reading ----------------------------------------------------------------------------- */

static const char *read_hex(const char *at, uint32_t *out)
{
	char digits[5] = "";
	char *end = NULL;

	(void)snprintf(digits, sizeof(digits), "%.4s", at);
	*out = (uint32_t)strtoul(digits, &end, 16);
	return *end == '\0' && strlen(digits) == 4 ? at + 4 : NULL;
}

/* After "\u": one code point, or a pair of surrogates. */
static const char *read_code(const char *at, struct buf *out)
{
	uint32_t code = 0, low = 0;
	char bytes[4];

	at = read_hex(at, &code);
	if (at != NULL && code >= 0xd800 && code < 0xdc00 && at[0] == '\\' && at[1] == 'u') {
		at = read_hex(at + 2, &low);
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	if (at != NULL && code <= 0x10ffff)
		buf_add(out, bytes, text_encode(code, bytes));
	return at;
}

static const char *read_escape(const char *at, struct buf *out)
{
	static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (*at == 'u')
		return read_code(at + 1, out);
	found = *at != '\0' ? strchr(FROM, *at) : NULL;
	if (found == NULL)
		return NULL;
	buf_add_char(out, TO[found - FROM]);
	return at + 1;
}

bool cast_read_line(const char *line, double *out_time, struct buf *out_data)
{
	char *end = NULL;

	if (line[0] != '[')
		return false;
	*out_time = strtod(line + 1, &end);
	const char *at = end + strspn(end, ", ");
	if (strncmp(at, "\"o\"", 3) != 0)
		return false;
	at += 3;
	at += strspn(at, ", ");
	if (*at++ != '"')
		return false;
	while (*at != '"') {
		if (*at == '\0')
			return false;
		if (*at != '\\') {
			buf_add_char(out_data, *at++);
			continue;
		}
		at = read_escape(at + 1, out_data);
		if (at == NULL)
			return false;
	}
	return true;
}

/* ---- playing ----------------------------------------------------------------------------- */

static void play_line(const char *line, double *last)
{
	struct buf data, clean;
	double time = 0;

	buf_init(&data, LINE_BYTES);
	buf_init(&clean, LINE_BYTES);
	if (cast_read_line(line, &time, &data)) {
		double pause = time - *last;
		pause = pause < 0 ? 0 : pause > PAUSE_MOST ? PAUSE_MOST : pause;
		(void)poll(NULL, 0, (int)(pause * 1000)); /* a signal only shortens it */
		*last = time;
		cast_filter(&clean, data.data, data.length);
		(void)fwrite(clean.data, 1, clean.length, stdout);
		(void)fflush(stdout);
	}
	buf_release(&data);
	buf_release(&clean);
}

int cast_play(const char *file, struct err *err)
{
	FILE *from = fopen(file, "re");
	char *line = NULL;
	size_t capacity = 0;
	double last = 0;

	if (from == NULL)
		return err_errno(err, errno, "cannot read '%s'", file);
	while (getline(&line, &capacity, from) > 0)
		play_line(line, &last);
	free(line);
	(void)fclose(from); /* only read */
	(void)fputs("\033[0m\033[?25h\n", stdout);
	return 0;
}
