/* SPDX-License-Identifier: MIT
 *
 * Asking for an engine, with a launcher of a few lines: a thread that answers each connection with
 * one prepared status.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/instance.h"
#include "base/mem.h"
#include "client/client.h"
#include "client/start.h"

struct rig {
	char folder[64];
	struct home home;
	int listener;
	pthread_t thread;
	bool running;
	int64_t engine_pid;
	const char *text;
	int asked; /* of the launcher's thread until it was joined */
};

/* ---- a launcher of a few lines ----------------------------------------------------------- */

static void add_number(struct buf *out, uint64_t number, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		buf_add_char(out, (char)(number >> (8 * i)));
}

static void answer(const struct rig *rig, int fd)
{
	const uint64_t numbers[] = {4321, (uint64_t)rig->engine_pid, 0, 0, 0, 0};
	struct buf out;

	buf_init(&out, INSTANCE_FRAME_MAX);
	add_number(&out, sizeof(numbers) + 4 + strlen(rig->text) + 1, 4);
	buf_add_char(&out, INSTANCE_PROTOCOL);
	buf_add_char(&out, (char)INSTANCE_STATUS);
	add_number(&out, 0, 2);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		add_number(&out, numbers[i], 8);
	add_number(&out, strlen(rig->text), 4);
	buf_add(&out, rig->text, strlen(rig->text) + 1);
	assert_int_equal(send(fd, out.data, out.length, MSG_NOSIGNAL), out.length);
	buf_release(&out);
}

static void *launcher_live(void *ctx)
{
	struct rig *rig = ctx;
	char bytes[256];

	for (;;) {
		int fd = accept4(rig->listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			return NULL; /* it was shut down */
		if (recv(fd, bytes, sizeof(bytes), 0) > 0) {
			rig->asked++;
			answer(rig, fd);
		}
		(void)close(fd);
	}
}

static void launcher_start(struct rig *rig, int64_t engine_pid, const char *text)
{
	struct sockaddr_un address;
	socklen_t length;
	int dir_fd;

	rig->engine_pid = engine_pid;
	rig->text = text;
	rig->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
		home_socket_address(rig->home.launcher_socket, &address, &length, &dir_fd, NULL),
		0);
	assert_int_equal(bind(rig->listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(rig->listener, 16), 0);
	if (dir_fd >= 0)
		(void)close(dir_fd);
	assert_int_equal(pthread_create(&rig->thread, NULL, launcher_live, rig), 0);
	rig->running = true;
}

static void launcher_stop(struct rig *rig)
{
	if (!rig->running)
		return;
	(void)shutdown(rig->listener, SHUT_RDWR); /* wakes accept */
	assert_int_equal(pthread_join(rig->thread, NULL), 0);
	(void)close(rig->listener);
	(void)unlink(rig->home.launcher_socket);
	rig->running = false;
}

static int set_up(void **state)
{
	struct rig *rig = mem_zalloc(sizeof(*rig));
	struct err err;

	(void)snprintf(rig->folder, sizeof(rig->folder), "/tmp/hlp-start-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	assert_int_equal(setenv("HLP_HOME", rig->folder, 1), 0);
	assert_int_equal(unsetenv("HLP_SOCKET"), 0);
	assert_int_equal(home_open(&rig->home, HOME_MAKE, &err), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	launcher_stop(rig);
	assert_int_equal(rmdir(rig->folder), 0);
	home_release(&rig->home);
	free(rig);
	return 0;
}

/* ---- claims ------------------------------------------------------------------------------ */

static void nothing_is_under_way_without_a_launcher(void **state)
{
	struct rig *rig = *state;
	struct err err;

	assert_int_equal(start_is_under_way(&rig->home, &err), -ERR_UNAVAILABLE);
	assert_non_null(strstr(err.message, rig->folder));
	assert_int_equal(start_hope(&rig->home, 0, &err), 0);
}

static void launcher_is_asked_before_another_is_started(void **state)
{
	struct rig *rig = *state;

	launcher_start(rig, 77, "");
	assert_int_equal(start_instance(&rig->home, NULL), 0);
	assert_int_equal(start_is_under_way(&rig->home, NULL), 0);
	launcher_stop(rig);
	assert_int_equal(rig->asked, 2);
}

static void hope_ends_when_the_launcher_gives_up(void **state)
{
	struct rig *rig = *state;
	struct err err;

	launcher_start(rig, 0, "exit 75");
	assert_int_equal(start_hope(&rig->home, 0, &err), -ERR_UNAVAILABLE);
	start_explain(&rig->home, &err);
	assert_non_null(strstr(err.message, "the launcher says: exit 75"));
	assert_non_null(strstr(err.message, rig->home.engine_log));
	launcher_stop(rig);
	launcher_start(rig, 77, "");
	assert_int_equal(start_hope(&rig->home, 0, &err), 0);
}

static void opening_ends_at_once_when_the_launcher_gave_up(void **state)
{
	struct rig *rig = *state;
	struct client *client = NULL;
	struct err err;

	launcher_start(rig, 0, "the disk is full");
	assert_int_equal(client_open(&rig->home, CLIENT_ONLY_CONNECT, &client, &err),
			 -ERR_UNAVAILABLE);
	assert_null(client);
	assert_non_null(strstr(err.message, "the disk is full"));
}

static void hope_ends_when_the_launcher_did_not_stay(void **state)
{
	struct rig *rig = *state;
	static const char line[] = "TIME error hlp-launcher: its log is damaged\n";
	struct err err;

	assert_int_equal(file_replace(rig->home.engine_log, line, strlen(line), 0600, &err), 0);
	assert_int_equal(start_hope(&rig->home, 4000000, &err), -ERR_UNAVAILABLE);
	start_explain(&rig->home, &err);
	assert_non_null(strstr(err.message, "its log is damaged"));
	assert_int_equal(unlink(rig->home.engine_log), 0);
}

static void launcher_that_could_not_even_log_is_not_started(void **state)
{
	struct rig *rig = *state;
	struct err err;

	assert_int_equal(mkdir(rig->home.engine_log, 0700), 0);
	assert_int_equal(start_instance(&rig->home, &err), -ERR_IO);
	assert_non_null(strstr(err.message, rig->home.engine_log));
	assert_int_equal(rmdir(rig->home.engine_log), 0);
	assert_int_equal(unlink(rig->home.launcher_lock), 0);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(nothing_is_under_way_without_a_launcher),
		CLAIM(launcher_is_asked_before_another_is_started),
		CLAIM(hope_ends_when_the_launcher_gives_up),
		CLAIM(hope_ends_when_the_launcher_did_not_stay),
		CLAIM(launcher_that_could_not_even_log_is_not_started),
		CLAIM(opening_ends_at_once_when_the_launcher_gave_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
