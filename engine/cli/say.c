/* SPDX-License-Identifier: MIT
 *
 * Saying things: the gate, styles, and gathering. See say.h.
 */
#include "cli/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define PENDING_MAX    ((size_t)256 * 1024 * 1024)
#define FLUSH_AT       ((size_t)64 * 1024)
#define COMMAND_COLUMN 40

static bool locale_is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);
		if (value != NULL && value[0] != '\0') {
			return strcasestr(value, "utf-8") != NULL ||
			       strcasestr(value, "utf8") != NULL;
		}
	}
	return false;
}

void say_init(struct say *say, int fd)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	*say = (struct say){.fd = fd};
	say->terminal = isatty(fd) == 1;
	say->utf8 = locale_is_utf8();
	say->colour = say->terminal && (no_color == NULL || no_color[0] == '\0') && term != NULL &&
		      strcmp(term, "dumb") != 0;
	buf_init(&say->pending, PENDING_MAX);
}

void say_flush(struct say *say)
{
	if (!say->failed && say->pending.length > 0)
		say->failed = file_write_fd(say->fd, say->pending.data, say->pending.length) != 0;
	buf_clear(&say->pending);
}

void say_release(struct say *say)
{
	say_flush(say);
	buf_release(&say->pending);
}

int say_columns(const struct say *say)
{
	struct winsize size;
	if (say->terminal && ioctl(say->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

static void flush_when_large(struct say *say)
{
	if (say->pending.length >= FLUSH_AT)
		say_flush(say);
}

void say_text(struct say *say, const char *data, size_t length)
{
	text_gate(&say->pending, data, length, TEXT_KEEP_LINES);
	flush_when_large(say);
}

static char *format_text(const char *format, va_list arguments)
{
	char *text = NULL;
	if (vasprintf(&text, format, arguments) < 0)
		abort();
	return text;
}

void say_printf(struct say *say, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *text = format_text(format, arguments);
	va_end(arguments);
	say_text(say, text, strlen(text));
	free(text);
}

/* Bytes of the longest beginning of `text` that takes at most `columns`. */
static size_t bytes_that_fit(const char *text, size_t length, int columns)
{
	size_t used = 0;
	while (used < length) {
		uint32_t code;
		size_t size = text_decode(text + used, length - used, &code);
		int wide = size == 0 ? 1 : text_columns(code);
		if (wide > columns)
			break;
		columns -= wide > 0 ? wide : 0;
		used += size == 0 ? 1 : size;
	}
	return used;
}

void say_fit(struct say *say, int columns, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *text = format_text(format, arguments);
	va_end(arguments);
	struct buf line;
	buf_init(&line, PENDING_MAX);
	text_gate(&line, text, strlen(text), TEXT_ONE_LINE);
	free(text);
	if (columns < 1)
		columns = 1;
	if (text_width(buf_text(&line)) <= (size_t)columns) {
		buf_add_text(&say->pending, buf_text(&line));
	} else {
		size_t fits = bytes_that_fit(line.data, line.length, columns - 1);
		buf_add(&say->pending, line.data, fits);
		buf_add_text(&say->pending, say->utf8 ? "…" : "~");
	}
	buf_release(&line);
	flush_when_large(say);
}

void say_cell(struct say *say, int columns, const char *text)
{
	size_t before = say->pending.length;
	text_gate(&say->pending, text, strlen(text), TEXT_ONE_LINE);
	size_t width = text_width(buf_text(&say->pending) + before);
	for (; width < (size_t)columns; width++)
		buf_add_char(&say->pending, ' ');
}

void say_way(struct say *say, const char *meaning, const char *command, ...)
{
	va_list arguments;
	va_start(arguments, command);
	char *text = format_text(command, arguments);
	va_end(arguments);
	say_text(say, "    ", 4);
	say_cell(say, COMMAND_COLUMN, text);
	say_printf(say, "  %s\n", meaning);
	free(text);
}

void say_document(struct say *say, const char *data, size_t length)
{
	if (say->terminal)
		say_text(say, data, length);
	else
		say_raw(say, data, length);
}

void say_raw(struct say *say, const void *data, size_t length)
{
	buf_add(&say->pending, data, length);
	flush_when_large(say);
}

/* Sixteen-colour attributes: hlp has no theme file, the console has. */
static const char *style_of(enum role role)
{
	switch ((int)role) {
	case ROLE_failed:
	case ROLE_error:
	case ROLE_diff_del:
		return "31";
	case ROLE_completed:
	case ROLE_diff_add:
		return "32";
	case ROLE_warning:
	case ROLE_asking:
	case ROLE_unknown:
	case ROLE_tolerated:
		return "33";
	case ROLE_running:
	case ROLE_diff_hunk:
	case ROLE_phase:
		return "36";
	case ROLE_paused:
	case ROLE_stopping:
	case ROLE_recovering:
	case ROLE_recovered:
		return "35";
	case ROLE_diff_changed: /* in the colour of its line */
		return "7";
	case ROLE_title:
	case ROLE_edge_hot:
		return "1";
	case ROLE_dim:
	case ROLE_edge:
	case ROLE_pending:
	case ROLE_skipped:
		return "2";
	default:
		return NULL;
	}
}

void say_style(struct say *say, enum role role)
{
	const char *style = style_of(role);
	if (say->colour && style != NULL)
		buf_printf(&say->pending, "\033[%sm", style);
}

void say_plain(struct say *say)
{
	if (say->colour)
		buf_add_text(&say->pending, "\033[0m");
}

void say_glyph(struct say *say, enum state state, enum reason reason)
{
	say_style(say, role_of(state_role(state, reason)));
	buf_add_text(&say->pending,
		     say->utf8 ? state_glyph(state, reason) : state_ascii(state, reason));
	say_plain(say);
}

void say_erase_lines(struct say *say, int lines)
{
	if (!say->terminal)
		return;
	buf_add_text(&say->pending, "\r");
	if (lines > 0)
		buf_printf(&say->pending, "\033[%dA", lines);
	buf_add_text(&say->pending, "\033[J");
}

/* Where no colour is wanted nothing else of the kind is either. */
void say_title(struct say *say, const char *text)
{
	if (!say->colour)
		return;
	if (!say->titled) {
		buf_add_text(&say->pending, "\033[22;2t");
		say->titled = true;
	}
	buf_add_text(&say->pending, "\033]2;");
	text_gate(&say->pending, text, strlen(text), TEXT_ONE_LINE);
	buf_add_text(&say->pending, "\007");
}

void say_title_end(struct say *say)
{
	if (say->titled) {
		buf_add_text(&say->pending, "\033]2;\007\033[23;2t");
		say->titled = false;
	}
}

void say_bell(struct say *say)
{
	if (say->colour)
		buf_add_text(&say->pending, "\007");
}

void say_wrapped(struct say *say, int indent, int used, const char *text)
{
	size_t most = (size_t)say_columns(say) - 1, at = used > 0 ? (size_t)used : most;
	while (*text != '\0') {
		size_t length = strcspn(text, " \n");
		if (at + 1 + length > most) {
			say_printf(say, "%s%*s", at < most || used > 0 ? "\n" : "", indent - 1, "");
			at = (size_t)indent - 1;
		}
		say_printf(say, " %.*s", (int)length, text);
		at += 1 + length;
		used = 1;
		text += length;
		text += strspn(text, " \n");
	}
	say_printf(say, "\n");
}

void say_paragraph_at(struct say *say, int indent, const char *text)
{
	say_wrapped(say, indent, 0, text);
}

void say_paragraph(struct say *say, const char *text)
{
	say_paragraph_at(say, 2, text);
}
