/* SPDX-License-Identifier: MIT
 *
 * Mailboxes: order, bounds, and that no wake-up is lost between threads. The thread tests end
 * only when every message has arrived: a lost wake-up shows as the runner's timeout.
 */
#include "base/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

#define WRITERS	   4
#define PER_WRITER 5000

struct note {
	struct message message;
	int writer, number;
};

static bool readable(int fd)
{
	struct pollfd watch = {.fd = fd, .events = POLLIN};

	return poll(&watch, 1, 0) == 1;
}

static void messages_come_out_in_the_order_of_posting(void **state)
{
	struct message messages[3] = {{.kind = 1}, {.kind = 2}, {.kind = 3}};
	struct mailbox mailbox;
	struct message *taken;

	(void)state;
	mailbox_init(&mailbox, 3, false);
	for (int i = 0; i < 3; i++)
		assert_int_equal(mailbox_post_request(&mailbox, &messages[i]), 0);
	taken = mailbox_take(&mailbox);
	for (int i = 0; i < 3; i++, taken = taken->next)
		assert_ptr_equal(taken, &messages[i]);
	assert_null(taken);
	assert_null(mailbox_take(&mailbox));
	mailbox_release(&mailbox);
}

static void requests_are_bounded_and_replies_are_not(void **state)
{
	struct message request[2] = {0}, reply = {0};
	struct mailbox mailbox;

	(void)state;
	mailbox_init(&mailbox, 1, false);
	assert_int_equal(mailbox_post_request(&mailbox, &request[0]), 0);
	assert_int_equal(mailbox_post_request(&mailbox, &request[1]), -ERR_LIMIT);
	mailbox_post_reply(&mailbox, &reply);
	assert_ptr_equal(mailbox_take(&mailbox)->next, &reply);
	assert_int_equal(mailbox_post_request(&mailbox, &request[1]), 0);
	assert_non_null(mailbox_take(&mailbox));
	mailbox_release(&mailbox);
}

static void the_descriptor_is_readable_while_messages_wait(void **state)
{
	struct message messages[2] = {0};
	struct mailbox mailbox;

	(void)state;
	mailbox_init(&mailbox, 8, true);
	assert_false(readable(mailbox.fd));
	mailbox_post_reply(&mailbox, &messages[0]);
	mailbox_post_reply(&mailbox, &messages[1]);
	assert_true(readable(mailbox.fd));
	assert_non_null(mailbox_take(&mailbox));
	assert_false(readable(mailbox.fd));
	mailbox_post_reply(&mailbox, &messages[0]);
	assert_true(readable(mailbox.fd));
	assert_non_null(mailbox_take(&mailbox));
	mailbox_release(&mailbox);
}

/* As from a writer that was interrupted between its message and its wake-up. */
static void a_late_wake_up_finds_nothing_and_is_over(void **state)
{
	const uint64_t one = 1;
	struct message message = {0};
	struct mailbox mailbox;

	(void)state;
	mailbox_init(&mailbox, 1, true);
	mailbox_post_reply(&mailbox, &message);
	assert_ptr_equal(mailbox_take(&mailbox), &message);
	assert_int_equal(write(mailbox.fd, &one, sizeof(one)), sizeof(one));
	assert_true(readable(mailbox.fd));
	assert_null(mailbox_take(&mailbox));
	assert_false(readable(mailbox.fd));
	mailbox_release(&mailbox);
}

static void waiting_ends_at_the_deadline(void **state)
{
	struct mailbox mailbox;

	(void)state;
	mailbox_init(&mailbox, 1, false);
	assert_null(mailbox_wait(&mailbox, 0));
	assert_null(mailbox_wait(&mailbox, mailbox_now_us() - 1));
	assert_null(mailbox_wait(&mailbox, mailbox_now_us() + 1000));
	mailbox_release(&mailbox);
}

struct writer {
	struct mailbox *mailbox;
	int number;
};

static void *write_notes(void *ctx)
{
	const struct writer *writer = ctx;

	for (int i = 0; i < PER_WRITER; i++) {
		struct note *note = mem_zalloc(sizeof(*note));

		note->writer = writer->number;
		note->number = i;
		mailbox_post_reply(writer->mailbox, &note->message);
	}
	return NULL;
}

static struct message *wait_with_fd(struct mailbox *mailbox)
{
	struct pollfd watch = {.fd = mailbox->fd, .events = POLLIN};

	assert_int_equal(poll(&watch, 1, -1), 1);
	return mailbox_take(mailbox);
}

static void every_message_of_many_writers_arrives(bool with_fd)
{
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];
	int next[WRITERS] = {0}, left = WRITERS * PER_WRITER;
	struct mailbox mailbox;

	mailbox_init(&mailbox, 1, with_fd);
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){&mailbox, i};
		assert_int_equal(pthread_create(&threads[i], NULL, write_notes, &writers[i]), 0);
	}
	while (left > 0) {
		struct message *message =
			with_fd ? wait_with_fd(&mailbox) : mailbox_wait(&mailbox, INT64_MAX);

		while (message) {
			struct note *note = (struct note *)message;

			message = message->next;
			assert_int_equal(note->number, next[note->writer]++);
			free(note);
			left--;
		}
	}
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	mailbox_release(&mailbox);
}

static void no_wake_up_of_a_waiting_reader_is_lost(void **state)
{
	(void)state;
	every_message_of_many_writers_arrives(false);
}

static void no_wake_up_of_a_polling_reader_is_lost(void **state)
{
	(void)state;
	every_message_of_many_writers_arrives(true);
}

/* One message at a time to and fro: each side sleeps before every message. */
static void *echo(void *ctx)
{
	struct mailbox *boxes = ctx;

	for (int i = 0; i < PER_WRITER; i++) {
		struct message *message = mailbox_wait(&boxes[0], INT64_MAX);

		mailbox_post_reply(&boxes[1], message);
	}
	return NULL;
}

static void a_message_goes_to_and_fro(void **state)
{
	struct mailbox boxes[2];
	struct message message = {0};
	pthread_t thread;

	(void)state;
	mailbox_init(&boxes[0], 1, false);
	mailbox_init(&boxes[1], 1, true);
	assert_int_equal(pthread_create(&thread, NULL, echo, boxes), 0);
	for (int i = 0; i < PER_WRITER; i++) {
		mailbox_post_reply(&boxes[0], &message);
		assert_ptr_equal(wait_with_fd(&boxes[1]), &message);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	mailbox_release(&boxes[0]);
	mailbox_release(&boxes[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_out_in_the_order_of_posting),
		cmocka_unit_test(requests_are_bounded_and_replies_are_not),
		cmocka_unit_test(the_descriptor_is_readable_while_messages_wait),
		cmocka_unit_test(a_late_wake_up_finds_nothing_and_is_over),
		cmocka_unit_test(waiting_ends_at_the_deadline),
		cmocka_unit_test(no_wake_up_of_a_waiting_reader_is_lost),
		cmocka_unit_test(no_wake_up_of_a_polling_reader_is_lost),
		cmocka_unit_test(a_message_goes_to_and_fro),
	};

	return cmocka_run_group_tests_name("base_mailbox", tests, NULL, NULL);
}
