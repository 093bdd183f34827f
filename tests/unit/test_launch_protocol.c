/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "launch/protocol.h"

static const char *const argv[] = {"sh", "-c", "echo \xff", NULL};
static const char *const env[] = {"A=1", "B=", NULL};

static struct launch_message an_order(void)
{
	return (struct launch_message){
		.kind = LAUNCH_START,
		.attempt = "01jd-swap.x-run-1",
		.argv = argv,
		.env = env,
		.folder = "/srv",
		.output = "/home/x/o",
		.timeout_us = INT64_MAX,
		.stop_signal = 15,
		.grace_us = 1,
		.output_max = 1 << 20,
		.memory = 64 << 20,
		.files = 100,
		.file_size = INT64_MAX,
	};
}

static void encode(const struct launch_message *message, struct buf *out)
{
	struct err err;

	buf_init(out, 4 * INSTANCE_FRAME_MAX);
	if (launch_encode(message, out, &err) < 0)
		fail_msg("%s", err.message);
}

/* Decoding these bytes fails, and the message names the cause. */
static void assert_refused(const void *data, size_t length, const char *cause)
{
	struct launch_message message = {.kind = LAUNCH_KINDS};
	struct arena arena = {0};
	struct err err;

	assert_int_equal(launch_decode(data, length, &arena, &message, &err), -ERR_PROTOCOL);
	if (!strstr(err.message, cause))
		fail_msg("'%s' does not say '%s'", err.message, cause);
	assert_int_equal(message.kind, LAUNCH_KINDS); /* the output is untouched */
	arena_release(&arena);
}

static void order_survives_the_wire(void **state)
{
	const struct launch_message order = an_order();
	struct launch_message message;
	struct arena arena = {0};
	struct buf frame;

	(void)state;
	encode(&order, &frame);
	assert_int_equal(launch_decode(frame.data, frame.length, &arena, &message, NULL),
			 frame.length);
	assert_int_equal(message.kind, LAUNCH_START);
	assert_string_equal(message.attempt, order.attempt);
	assert_string_equal(message.argv[2], "echo \xff");
	assert_null(message.argv[3]);
	assert_string_equal(message.env[1], "B=");
	assert_null(message.env[2]);
	assert_string_equal(message.outputs, "");
	assert_true(message.timeout_us == INT64_MAX);
	assert_int_equal(message.output_max, 1 << 20);
	arena_release(&arena);
	buf_release(&frame);
}

static void limits_survive_the_wire(void **state)
{
	struct launch_message order = an_order(), message;
	struct arena arena = {0};
	struct buf frame;

	(void)state;
	order.kind = LAUNCH_START_LIMITED;
	encode(&order, &frame);
	assert_int_equal(launch_decode(frame.data, frame.length, &arena, &message, NULL),
			 frame.length);
	assert_int_equal(message.memory, 64 << 20);
	assert_int_equal(message.files, 100);
	assert_true(message.file_size == INT64_MAX);
	arena_release(&arena);
	buf_release(&frame);
	order.files = -1;
	encode(&order, &frame);
	assert_refused(frame.data, frame.length, "a number is negative");
	buf_release(&frame);
}

static void every_kind_survives_the_wire(void **state)
{
	struct launch_message message = an_order(), read;
	struct arena arena = {0};

	(void)state;
	message.number = -1;
	message.text = message.boot_id = "text";
	for (int kind = 0; kind < LAUNCH_KINDS; kind++) {
		struct buf frame;

		if (!launch_kind_name(kind))
			continue;
		message.kind = kind;
		encode(&message, &frame);
		assert_int_equal(launch_decode(frame.data, frame.length, &arena, &read, NULL),
				 frame.length);
		assert_int_equal(read.kind, kind);
		buf_release(&frame);
	}
	arena_release(&arena);
}

static void part_of_a_frame_is_no_frame_yet(void **state)
{
	const struct launch_message order = an_order();
	struct launch_message message;
	struct arena arena = {0};
	struct buf frame;

	(void)state;
	encode(&order, &frame);
	for (size_t length = 0; length < frame.length; length++)
		assert_int_equal(launch_decode(frame.data, length, &arena, &message, NULL), 0);
	arena_release(&arena);
	buf_release(&frame);
}

static void frames_are_taken_one_by_one(void **state)
{
	const struct launch_message stop = {.kind = LAUNCH_STOP, .attempt = "a-run-1"};
	struct launch_message message;
	struct arena arena = {0};
	struct buf frames;
	int first;

	(void)state;
	encode(&stop, &frames);
	assert_int_equal(
		launch_encode(&(struct launch_message){.kind = LAUNCH_LIST}, &frames, NULL), 0);
	first = launch_decode(frames.data, frames.length, &arena, &message, NULL);
	assert_int_equal(message.kind, LAUNCH_STOP);
	assert_int_equal(launch_decode(frames.data + first, frames.length - (size_t)first, &arena,
				       &message, NULL),
			 frames.length - (size_t)first);
	assert_int_equal(message.kind, LAUNCH_LIST);
	arena_release(&arena);
	buf_release(&frames);
}

static void other_bytes_are_refused(void **state)
{
	const char version[] = {0, 0, 0, 0, 2, LAUNCH_LIST, 0, 0};
	const char unknown[] = {0, 0, 0, 0, 1, 99, 0, 0};
	const char longer[] = {1, 0, 0, 0, 1, LAUNCH_LIST, 0, 0, 7};

	(void)state;
	assert_refused("GET / HTTP/1.1\r\n", 16, "not the launcher's protocol");
	assert_refused(version, sizeof(version), "version 2, but 1");
	assert_refused(unknown, sizeof(unknown), "unknown message 99");
	assert_refused(longer, sizeof(longer), "bytes after its end");
}

static void lying_lengths_are_refused(void **state)
{
	const struct launch_message order = an_order();
	struct buf frame;
	size_t count_at;

	(void)state;
	encode(&order, &frame);
	frame.data[INSTANCE_FRAME_HEADER] = 100; /* the attempt's length */
	assert_refused(frame.data, frame.length, "holds a NUL");
	frame.data[INSTANCE_FRAME_HEADER + 3] = 100;
	assert_refused(frame.data, frame.length, "cut short");
	buf_release(&frame);
	encode(&order, &frame);
	count_at = INSTANCE_FRAME_HEADER + 4 + strlen(order.attempt) + 1;
	memset(frame.data + count_at, 0xff, 4);
	assert_refused(frame.data, frame.length, "a list is cut short");
	buf_release(&frame);
}

static void impossible_orders_are_refused(void **state)
{
	const char *const nothing[] = {NULL};
	const struct {
		struct launch_message change;
		const char *cause;
	} cases[] = {
		{{.attempt = "../x"}, "an attempt's id"}, {{.attempt = ""}, "an attempt's id"},
		{{.argv = nothing}, "no program"},	  {{.folder = "relative"}, "not absolute"},
		{{.output = "relative"}, "not absolute"}, {{.stop_signal = 65}, "no such signal"},
		{{.grace_us = -1}, "negative"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct launch_message *change = &cases[i].change;
		struct launch_message order = an_order();
		struct buf frame;

		order.attempt = change->attempt ? change->attempt : order.attempt;
		order.argv = change->argv ? change->argv : order.argv;
		order.folder = change->folder ? change->folder : order.folder;
		order.output = change->output ? change->output : order.output;
		order.stop_signal = change->stop_signal ? change->stop_signal : order.stop_signal;
		order.grace_us = change->grace_us ? change->grace_us : order.grace_us;
		encode(&order, &frame);
		assert_refused(frame.data, frame.length, cases[i].cause);
		buf_release(&frame);
	}
}

/* A STOP whose frame's payload is `payload` bytes: an id cannot be that long, but REFUSED can. */
static int encode_of_size(size_t payload, struct buf *out)
{
	char *text = mem_zalloc(payload);
	int result;

	memset(text, 'x', payload - 5);
	buf_init(out, 4 * INSTANCE_FRAME_MAX);
	result = launch_encode(&(struct launch_message){.kind = LAUNCH_REFUSED, .text = text}, out,
			       NULL);
	free(text);
	return result;
}

static void frame_is_bounded(void **state)
{
	struct launch_message message;
	struct arena arena = {0};
	struct buf frame;

	(void)state;
	assert_int_equal(encode_of_size(INSTANCE_FRAME_MAX, &frame), 0);
	assert_true(launch_decode(frame.data, frame.length, &arena, &message, NULL) > 0);
	buf_release(&frame);
	assert_int_equal(encode_of_size(INSTANCE_FRAME_MAX + 1, &frame), -ERR_LIMIT);
	assert_int_equal(frame.length, 0);
	buf_release(&frame);
	arena_release(&arena);
}

static void id_is_bounded(void **state)
{
	char id[LAUNCH_ATTEMPT_MAX + 2];
	struct launch_message stop = {.kind = LAUNCH_STOP, .attempt = id};
	struct launch_message message;
	struct arena arena = {0};
	struct buf frame;

	(void)state;
	memset(id, 'a', sizeof(id));
	id[LAUNCH_ATTEMPT_MAX] = '\0';
	encode(&stop, &frame);
	assert_true(launch_decode(frame.data, frame.length, &arena, &message, NULL) > 0);
	buf_release(&frame);
	id[LAUNCH_ATTEMPT_MAX] = 'a';
	id[LAUNCH_ATTEMPT_MAX + 1] = '\0';
	encode(&stop, &frame);
	assert_refused(frame.data, frame.length, "an attempt's id");
	buf_release(&frame);
	arena_release(&arena);
}

static void damaged_frames_never_harm(void **state)
{
	const struct launch_message order = an_order();
	struct rng rng = {.state = 11};
	struct buf frame;

	(void)state;
	encode(&order, &frame);
	for (int i = 0; i < 20000; i++) {
		char *copy = mem_dup(frame.data, frame.length);
		struct launch_message message;
		struct arena arena = {0};

		for (int change = 0; change < 3; change++)
			copy[rng_below(&rng, frame.length)] = (char)rng_next(&rng);
		(void)launch_decode(copy, frame.length, &arena, &message, NULL);
		arena_release(&arena);
		free(copy);
	}
	buf_release(&frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_survives_the_wire),
		cmocka_unit_test(limits_survive_the_wire),
		cmocka_unit_test(every_kind_survives_the_wire),
		cmocka_unit_test(part_of_a_frame_is_no_frame_yet),
		cmocka_unit_test(frames_are_taken_one_by_one),
		cmocka_unit_test(other_bytes_are_refused),
		cmocka_unit_test(lying_lengths_are_refused),
		cmocka_unit_test(impossible_orders_are_refused),
		cmocka_unit_test(frame_is_bounded),
		cmocka_unit_test(id_is_bounded),
		cmocka_unit_test(damaged_frames_never_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
