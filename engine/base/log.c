/* SPDX-License-Identifier: MIT
 *
 * Log lines. The settings are the one piece of state here: written once at start, before other
 * threads exist, and only read afterwards.
 */
#include "base/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define LINE_MAX_BYTES ((size_t)8 * 1024)
#define TAIL_BYTES     ((size_t)16 * 1024)

static struct {
	const char *program;
	enum log_level level;
	enum log_format format;
} settings = {"hlp", LOG_INFO, LOG_TEXT};

static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_setup(const char *program, enum log_level level, enum log_format format)
{
	settings.program = program;
	settings.level = level;
	settings.format = format;
}

void log_setup_from_environment(const char *program)
{
	const char *level = getenv("LOG_LEVEL"), *format = getenv("LOG_FORMAT");
	enum log_level chosen = LOG_INFO;
	bool json = !isatty(STDERR_FILENO);

	for (int i = LOG_DEBUG; level && i <= LOG_ERROR; i++)
		if (strcasecmp(level, level_names[i]) == 0)
			chosen = (enum log_level)i;
	if (level && strcasecmp(level, "warning") == 0)
		chosen = LOG_WARN;
	if (format && strcasecmp(format, "json") == 0)
		json = true;
	if (format && strcasecmp(format, "text") == 0)
		json = false;
	log_setup(program, chosen, json ? LOG_JSON : LOG_TEXT);
}

static void make_line(struct buf *line, enum log_level level, const char *message)
{
	char time[CLOCK_TIME_TEXT];

	clock_format_time(clock_wall_us(clock_system()), time);
	if (settings.format == LOG_JSON) {
		buf_printf(line, "{\"time\":\"%s\",\"level\":\"%s\",\"program\":", time,
			   level_names[level]);
		text_json_quote(line, settings.program, strlen(settings.program));
		buf_add_text(line, ",\"message\":");
		text_json_quote(line, message, strlen(message));
		buf_add_text(line, "}\n");
		return;
	}
	buf_printf(line, "%s %-5s %s: ", time, level_names[level], settings.program);
	text_gate(line, message, strlen(message), TEXT_ONE_LINE);
	buf_add_char(line, '\n');
}

void log_write(enum log_level level, const char *format, ...)
{
	char message[1000];
	struct buf line;
	va_list args;

	if (level < settings.level)
		return;
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args); /* cut on purpose */
	va_end(args);
	buf_init(&line, LINE_MAX_BYTES);
	make_line(&line, level, message);
	(void)file_write_fd(STDERR_FILENO, line.data, line.length); /* nowhere left to say so */
	buf_release(&line);
}

/* ---- reading it back ---------------------------------------------------------------------- */

/* Where the message of an error line of `program` begins, in one of the two formats, or NULL. */
static const char *find_message(const char *line, const char *program, bool *out_quoted)
{
	char wanted[100];
	const char *at;

	(void)snprintf(wanted, sizeof(wanted),
		       "\"level\":\"error\",\"program\":\"%s\",\"message\":\"", program);
	at = strstr(line, wanted);
	*out_quoted = at;
	if (!at) {
		(void)snprintf(wanted, sizeof(wanted), " error %s: ", program);
		at = strstr(line, wanted);
	}
	return at ? at + strlen(wanted) : NULL;
}

static void copy_message(const char *message, bool quoted, char *out, size_t size)
{
	size_t length = 0;

	for (; *message && length + 1 < size; message++) {
		if (quoted && *message == '"')
			break;
		if (quoted && *message == '\\' && (message[1] == '"' || message[1] == '\\'))
			message++;
		out[length++] = *message;
	}
	out[length] = '\0';
}

void log_last_error(const char *path, off_t from, const char *program, char *out, size_t size)
{
	char *tail = mem_alloc(TAIL_BYTES + 1), *rest = tail, *line;
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	const off_t first = end - from > (off_t)TAIL_BYTES ? end - (off_t)TAIL_BYTES : from;
	const ssize_t length = fd < 0 ? -1 : pread(fd, tail, TAIL_BYTES, first);

	out[0] = '\0';
	tail[length > 0 ? length : 0] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		bool quoted;
		const char *message = find_message(line, program, &quoted);

		if (message)
			copy_message(message, quoted, out, size);
	}
	if (fd >= 0)
		(void)close(fd);
	free(tail);
}
