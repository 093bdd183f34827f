/* SPDX-License-Identifier: MIT
 *
 * The codec of the launcher's protocol: one table of fields drives both directions, so that
 * they cannot differ.
 */
#include "launch/protocol.h"

#include <string.h>

enum field_type { FIELD_NONE, FIELD_NUMBER, FIELD_TEXT, FIELD_TEXTS };

struct field {
	enum field_type type;
	size_t offset;
};

#define NUMBER(name)                                                                               \
	{                                                                                          \
		FIELD_NUMBER, offsetof(struct launch_message, name)                                \
	}
#define TEXT(name)                                                                                 \
	{                                                                                          \
		FIELD_TEXT, offsetof(struct launch_message, name)                                  \
	}
#define TEXTS(name)                                                                                \
	{                                                                                          \
		FIELD_TEXTS, offsetof(struct launch_message, name)                                 \
	}
#define FIELDS_MAX 13
/* Of both kinds of start. */
#define START_FIELDS                                                                               \
	TEXT(attempt), TEXTS(argv), TEXTS(env), TEXT(folder), TEXT(output), TEXT(outputs),         \
		NUMBER(timeout_us), NUMBER(stop_signal), NUMBER(grace_us), NUMBER(output_max)

struct layout {
	const char *name;
	struct field fields[FIELDS_MAX]; /* ends with FIELD_NONE, or is full */
};

/* clang-format off */
static const struct layout layouts[LAUNCH_KINDS] = {
	[LAUNCH_HELLO] = {"HELLO", {NUMBER(number), NUMBER(term), NUMBER(pid)}},
	[LAUNCH_WELCOME] = {"WELCOME", {NUMBER(pid), TEXT(boot_id), NUMBER(flags)}},
	[LAUNCH_START] = {"START", {START_FIELDS}},
	[LAUNCH_START_LIMITED] = {"START_LIMITED", {START_FIELDS, NUMBER(memory), NUMBER(files),
		NUMBER(file_size)}},
	[LAUNCH_STOP] = {"STOP", {TEXT(attempt)}},
	[LAUNCH_FREEZE] = {"FREEZE", {TEXT(attempt)}},
	[LAUNCH_THAW] = {"THAW", {TEXT(attempt)}},
	[LAUNCH_QUERY] = {"QUERY", {TEXT(attempt), NUMBER(flags)}},
	[LAUNCH_ACKNOWLEDGE] = {"ACKNOWLEDGE", {TEXT(attempt)}},
	[LAUNCH_LIST] = {"LIST", {{FIELD_NONE, 0}}},
	[LAUNCH_READY] = {"READY", {{FIELD_NONE, 0}}},
	[LAUNCH_GOODBYE] = {"GOODBYE", {{FIELD_NONE, 0}}},
	[LAUNCH_END] = {"END", {{FIELD_NONE, 0}}},
	[LAUNCH_STARTED] = {"STARTED", {TEXT(attempt), NUMBER(pid), NUMBER(start_ticks),
		TEXT(boot_id), NUMBER(time_us)}},
	[LAUNCH_EXITED] = {"EXITED", {TEXT(attempt), NUMBER(exit), NUMBER(code), NUMBER(cpu_us),
		NUMBER(rss_kib), NUMBER(time_us), TEXT(text)}},
	[LAUNCH_NOT_STARTED] = {"NOT_STARTED", {TEXT(attempt)}},
	[LAUNCH_LOST] = {"LOST", {TEXT(attempt), NUMBER(time_us), TEXT(text)}},
	[LAUNCH_UNREACHABLE] = {"UNREACHABLE", {TEXT(attempt), TEXT(text)}},
	[LAUNCH_FROZEN] = {"FROZEN", {TEXT(attempt), NUMBER(time_us), NUMBER(boot_us)}},
	[LAUNCH_THAWED] = {"THAWED", {TEXT(attempt), NUMBER(time_us), NUMBER(boot_us)}},
	[LAUNCH_BOOT] = {"BOOT", {TEXT(boot_id)}},
	[LAUNCH_STARTING] = {"STARTING", {TEXT(attempt), TEXT(cgroup), TEXT(output),
		NUMBER(timeout_us), NUMBER(stop_signal), NUMBER(grace_us), NUMBER(output_max),
		NUMBER(time_us), NUMBER(boot_us)}},
	[LAUNCH_STOPPING] = {"STOPPING", {TEXT(attempt), NUMBER(flags), NUMBER(boot_us)}},
	[LAUNCH_LIMITED] = {"LIMITED", {TEXT(attempt), NUMBER(memory), NUMBER(number),
		TEXT(cgroup)}},
	[LAUNCH_PING] = {"PING", {{FIELD_NONE, 0}}},
	[LAUNCH_WAKE] = {"WAKE", {{FIELD_NONE, 0}}},
	[LAUNCH_SHUTDOWN] = {"SHUTDOWN", {NUMBER(number)}},
	[LAUNCH_UPGRADE] = {"UPGRADE", {TEXT(text)}},
	[LAUNCH_STATUS] = {"STATUS", {NUMBER(pid), NUMBER(engine_pid), NUMBER(ready), NUMBER(live),
		NUMBER(unread), NUMBER(flags), TEXT(text)}},
	[LAUNCH_REFUSED] = {"REFUSED", {TEXT(text)}},
};
/* clang-format on */

const char *launch_kind_name(int kind)
{
	return kind > 0 && kind < LAUNCH_KINDS ? layouts[kind].name : NULL;
}

/* ---- writing ------------------------------------------------------------------------------ */

static void put_u32(struct buf *out, uint32_t value)
{
	const unsigned char bytes[4] = {(unsigned char)value, (unsigned char)(value >> 8),
					(unsigned char)(value >> 16), (unsigned char)(value >> 24)};

	buf_add(out, bytes, sizeof(bytes));
}

static void put_number(struct buf *out, int64_t value)
{
	put_u32(out, (uint32_t)value);
	put_u32(out, (uint32_t)((uint64_t)value >> 32));
}

static void put_text(struct buf *out, const char *text)
{
	const size_t length = text ? strlen(text) : 0;

	put_u32(out, (uint32_t)length);
	buf_add(out, text ? text : "", length + 1);
}

static void put_texts(struct buf *out, const char *const *texts)
{
	uint32_t count = 0;

	while (texts && texts[count])
		count++;
	put_u32(out, count);
	for (uint32_t i = 0; i < count; i++)
		put_text(out, texts[i]);
}

static void put_field(struct buf *out, const struct field *field,
		      const struct launch_message *message)
{
	const void *at = (const char *)message + field->offset;

	switch (field->type) {
	case FIELD_NONE:
		break;
	case FIELD_NUMBER:
		put_number(out, *(const int64_t *)at);
		break;
	case FIELD_TEXT:
		put_text(out, *(const char *const *)at);
		break;
	case FIELD_TEXTS:
		put_texts(out, *(const char *const *const *)at);
		break;
	}
}

int launch_encode(const struct launch_message *message, struct buf *out, struct err *err)
{
	const struct layout *layout = &layouts[message->kind];
	const size_t begin = out->length;
	size_t payload;

	put_u32(out, 0);
	put_u32(out, INSTANCE_PROTOCOL | (uint32_t)message->kind << 8);
	for (size_t i = 0; i < FIELDS_MAX && layout->fields[i].type; i++)
		put_field(out, &layout->fields[i], message);
	payload = out->length - begin - INSTANCE_FRAME_HEADER;
	if (out->overflow || payload > INSTANCE_FRAME_MAX) {
		out->overflow = false;
		out->length = begin;
		return err_set(err, ERR_LIMIT, "message %s is larger than %zu bytes", layout->name,
			       INSTANCE_FRAME_MAX);
	}
	for (size_t i = 0; i < 4; i++)
		out->data[begin + i] = (char)(payload >> (8 * i));
	return 0;
}

/* ---- reading ------------------------------------------------------------------------------ */

struct reader {
	const char *at, *end;
	struct arena *arena;
	const char *wrong; /* first thing that was; NULL while all is well */
};

static uint32_t u32_at(const char *data)
{
	const unsigned char *b = (const unsigned char *)data;

	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint32_t get_u32(struct reader *reader)
{
	uint32_t value;

	if (reader->wrong || reader->end - reader->at < 4) {
		reader->wrong = reader->wrong ? reader->wrong : "cut short";
		return 0;
	}
	value = u32_at(reader->at);
	reader->at += 4;
	return value;
}

static int64_t get_number(struct reader *reader)
{
	const uint64_t low = get_u32(reader);
	const uint64_t high = get_u32(reader);

	return (int64_t)(low | high << 32);
}

static const char *get_text(struct reader *reader)
{
	const size_t length = get_u32(reader);
	const char *text = reader->at;

	if (reader->wrong)
		return "";
	if ((size_t)(reader->end - reader->at) <= length) {
		reader->wrong = "a text is cut short";
		return "";
	}
	if (strnlen(text, length + 1) != length) {
		reader->wrong = "a text holds a NUL or lacks its last one";
		return "";
	}
	reader->at += length + 1;
	return text;
}

static const char *const *get_texts(struct reader *reader)
{
	const size_t count = get_u32(reader);
	const char **texts;

	/* The smallest text takes five bytes: a count beyond that is a lie, found before memory
	 * is taken for it. */
	if (!reader->wrong && count > (size_t)(reader->end - reader->at) / 5)
		reader->wrong = "a list is cut short";
	texts = arena_alloc(reader->arena, ((reader->wrong ? 0 : count) + 1) * sizeof(*texts));
	for (size_t i = 0; !reader->wrong && i < count; i++)
		texts[i] = get_text(reader);
	return texts;
}

static void get_field(struct reader *reader, const struct field *field,
		      struct launch_message *message)
{
	void *at = (char *)message + field->offset;

	switch (field->type) {
	case FIELD_NONE:
		break;
	case FIELD_NUMBER:
		*(int64_t *)at = get_number(reader);
		break;
	case FIELD_TEXT:
		*(const char **)at = get_text(reader);
		break;
	case FIELD_TEXTS:
		*(const char *const **)at = get_texts(reader);
		break;
	}
}

static bool attempt_is_valid(const char *attempt)
{
	const size_t length = strnlen(attempt, LAUNCH_ATTEMPT_MAX + 1);

	return length > 0 && length <= LAUNCH_ATTEMPT_MAX &&
	       strspn(attempt, "abcdefghijklmnopqrstuvwxyz0123456789-.") == length;
}

/* What must hold for a message beyond its fields' form; NULL when it does. */
static const char *find_fault(const struct launch_message *message)
{
	if (message->attempt && !attempt_is_valid(message->attempt))
		return "an attempt's id is empty, too long or not of [a-z0-9.-]";
	if (message->kind != LAUNCH_START && message->kind != LAUNCH_START_LIMITED)
		return NULL;
	if (!message->argv[0] || !message->argv[0][0])
		return "there is no program";
	if (message->folder[0] != '/' || message->output[0] != '/')
		return "a path is not absolute";
	if (message->stop_signal < 1 || message->stop_signal > 64)
		return "there is no such signal";
	if (message->timeout_us < 0 || message->grace_us < 0 || message->output_max < 0 ||
	    message->memory < 0 || message->files < 0 || message->file_size < 0)
		return "a number is negative";
	return NULL;
}

static int decode_payload(const struct layout *layout, struct reader *reader,
			  struct launch_message *message, struct err *err)
{
	for (size_t i = 0; i < FIELDS_MAX && layout->fields[i].type; i++)
		get_field(reader, &layout->fields[i], message);
	if (!reader->wrong && reader->at != reader->end)
		reader->wrong = "there are bytes after its end";
	if (!reader->wrong)
		reader->wrong = find_fault(message);
	if (reader->wrong)
		return err_set(err, ERR_PROTOCOL, "bad message %s: %s", layout->name,
			       reader->wrong);
	return 0;
}

int launch_decode(const void *data, size_t length, struct arena *arena, struct launch_message *out,
		  struct err *err)
{
	const unsigned char *header = data;
	struct launch_message message = {0};
	struct reader reader;
	size_t payload;
	int result;

	if (length < INSTANCE_FRAME_HEADER)
		return 0;
	payload = u32_at(data);
	if (payload > INSTANCE_FRAME_MAX || header[6] || header[7])
		return err_set(err, ERR_PROTOCOL, "these bytes are not the launcher's protocol");
	if (header[4] != INSTANCE_PROTOCOL)
		return err_set(err, ERR_PROTOCOL, "protocol version %d, but %d is spoken here",
			       header[4], INSTANCE_PROTOCOL);
	if (!launch_kind_name(header[5]))
		return err_set(err, ERR_PROTOCOL, "unknown message %d", header[5]);
	if (length - INSTANCE_FRAME_HEADER < payload)
		return 0;
	message.kind = header[5];
	reader = (struct reader){.at = (const char *)data + INSTANCE_FRAME_HEADER, .arena = arena};
	reader.end = reader.at + payload;
	result = decode_payload(&layouts[message.kind], &reader, &message, err);
	if (result < 0)
		return result;
	*out = message;
	return (int)(INSTANCE_FRAME_HEADER + payload);
}
