/* SPDX-License-Identifier: MIT
 *
 * The launcher as the init of an instance: hlpd's supervision, a client's words, the lock, the
 * socket, the home, output files. What it does to attempts is in test_executor_local.c too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/instance.h"
#include "base/mem.h"
#include "base/proc.h"
#include "launch/protocol.h"
#include "tests/unit/instance_box.h"
#include "tests/unit/instance_peer.h"

#define SECOND_US INT64_C(1000000)

/* ---- hlpd's supervision ------------------------------------------------------------------ */

static void hlpd_is_started_again_when_it_dies(void **state)
{
	struct instance_box *box = *state;

	box_set_hlpd(box, "echo start >> $HLP_HOME/starts; "
			  "test $(wc -l < $HLP_HOME/starts) -ge 3 && exec sleep 1000; kill -9 $$");
	box_start(box, NULL);
	free(box_await_file(box, NULL, "home/starts", "start\nstart\nstart\n"));
}

static void hlpd_has_the_home_and_no_descriptor(void **state)
{
	struct instance_box *box = *state;
	char *text;

	box_set_hlpd(box, "(echo $HLP_HOME; ls /proc/$$/fd | tr '\\n' ' '; "
			  "cut -d' ' -f6 /proc/$$/stat; echo $$; echo end) > $HLP_HOME/../seen; "
			  "exec sleep 1000");
	box_start(box, NULL);
	text = box_await_file(box, NULL, "seen", "end");
	assert_non_null(strstr(text, box->home.path));
	assert_non_null(strstr(text, "0 1 10 2 ")); /* 10: the shell's own script */
	free(text);
}

static bool has_given_up(void *ctx)
{
	struct instance_status status;

	return instance_status(ctx, &status, NULL) >= 0 && status.text[0] && !status.engine_pid;
}

static void exit_75_is_given_up_until_a_client_asks(void **state)
{
	struct instance_box *box = *state;
	struct instance_status status;
	struct err err;

	box_set_hlpd(box, "exit 75");
	box_start(box, NULL);
	box_await(NULL, has_given_up, &box->home, "given up");
	assert_int_equal(instance_status(&box->home, &status, &err), 0);
	assert_non_null(strstr(status.text, "75"));
	box_set_hlpd(box, "exec sleep 1000");
	assert_int_equal(instance_wake(&box->home, &status, &err), 0);
	assert_true(status.engine_pid > 0);
	assert_string_equal(status.text, "");
}

static void missing_hlpd_is_said(void **state)
{
	struct instance_box *box = *state;
	char *path = file_join(box->programs, "hlpd"), *text;

	assert_int_equal(unlink(path), 0);
	free(path);
	box_start(box, NULL);
	text = box_await_file(box, NULL, "home/engine.log", "hlpd");
	free(text);
}

static void goodbye_ends_the_instance(void **state)
{
	struct instance_box *box = *state;
	struct peer peer;
	int status;

	box_set_hlpd(box, "while ! test -e $HLP_HOME/go; do sleep 0.01; done; exit 0");
	box_start(box, NULL);
	peer_hello(&peer, box, 1);
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_GOODBYE});
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_LIST});
	(void)peer_await(&peer, LAUNCH_END);
	assert_int_equal(file_replace(box->home.engine_log, "", 0, 0600, NULL), 0);
	{
		char *go = box_path(box, "home/go");

		assert_int_equal(file_replace(go, "", 0, 0600, NULL), 0);
		free(go);
	}
	status = box_wait(box);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	peer_close(&peer);
}

/* ---- a client's words -------------------------------------------------------------------- */

static void status_agrees_with_the_protocol(void **state)
{
	struct instance_box *box = *state;
	struct instance_status status;
	struct peer peer;
	struct err err;

	box_start(box, NULL);
	peer_hello(&peer, box, 1);
	free(peer_start(&peer, box, "live-run-1", "exec sleep 1000", 0));
	free(peer_start(&peer, box, "dead-run-1", "exit 3", 0));
	(void)peer_await(&peer, LAUNCH_EXITED);
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_READY});
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_LIST});
	(void)peer_await(&peer, LAUNCH_END);
	assert_int_equal(instance_status(&box->home, &status, &err), 0);
	assert_int_equal(status.launcher_pid, box->launcher);
	assert_true(status.engine_pid > 0);
	assert_true(status.engine_ready);
	assert_int_equal(status.live, 1);
	assert_int_equal(status.unread, 1);
	assert_string_equal(status.text, "");
	peer_close(&peer);
}

static void no_launcher_is_unavailable(void **state)
{
	struct instance_box *box = *state;
	struct instance_status status;

	assert_int_equal(instance_status(&box->home, &status, NULL), -ERR_UNAVAILABLE);
	assert_int_equal(instance_wake(&box->home, &status, NULL), -ERR_UNAVAILABLE);
	assert_int_equal(instance_shutdown(&box->home, INSTANCE_ONLY_IDLE, SECOND_US, NULL),
			 -ERR_UNAVAILABLE);
}

static void shutdown_returns_when_both_are_gone(void **state)
{
	struct instance_box *box = *state;
	struct instance_status status;
	struct err err;

	box_start(box, NULL);
	assert_int_equal(instance_status(&box->home, &status, &err), 0);
	assert_int_equal(instance_shutdown(&box->home, INSTANCE_ONLY_IDLE, 20 * SECOND_US, &err),
			 0);
	assert_true(box_pid_is_gone(status.engine_pid));
	assert_int_equal(box_wait(box), 0);
	assert_false(file_exists(box->home.launcher_socket));
}

static void shutdown_is_refused_while_attempts_live(void **state)
{
	struct instance_box *box = *state;
	struct launch_message exited;
	struct peer peer;
	struct err err;

	box_start(box, NULL);
	peer_hello(&peer, box, 1);
	free(peer_start(&peer, box, "live-run-1", "exec sleep 1000", 0));
	(void)peer_await(&peer, LAUNCH_STARTED);
	assert_int_equal(instance_shutdown(&box->home, INSTANCE_ONLY_IDLE, SECOND_US, &err),
			 -ERR_REFUSED);
	assert_non_null(strstr(err.message, "1 attempt is still running"));
	assert_int_equal(
		instance_shutdown(&box->home, INSTANCE_STOP_ATTEMPTS, 20 * SECOND_US, &err), 0);
	exited = peer_await(&peer, LAUNCH_EXITED);
	assert_int_equal(exited.exit, LAUNCH_EXIT_SIGNAL);
	assert_int_equal(exited.code, SIGTERM);
	assert_int_equal(box_wait(box), 0);
	peer_close(&peer);
	/* Nobody acknowledged it: the next launcher still knows. */
	box_start(box, NULL);
	peer_hello(&peer, box, 2);
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_LIST});
	exited = peer_await(&peer, LAUNCH_EXITED);
	assert_string_equal(exited.attempt, "live-run-1");
	peer_close(&peer);
}

static void upgrade_to_nonsense_is_refused(void **state)
{
	struct instance_box *box = *state;
	struct instance_status status;
	struct err err;

	box_start(box, NULL);
	assert_int_equal(instance_upgrade(&box->home, "/no/such/program", &err), -ERR_REFUSED);
	assert_int_equal(instance_upgrade(&box->home, "/etc", &err), 0);
	assert_int_equal(instance_status(&box->home, &status, &err), 0); /* it lives on */
	assert_int_equal(status.launcher_pid, box->launcher);
}

/* ---- one launcher, one user -------------------------------------------------------------- */

static void second_launcher_ends_quietly(void **state)
{
	struct instance_box *box = *state;
	char *argv[] = {box->launcher_path, NULL};
	struct buf out;

	box_start(box, NULL);
	buf_init(&out, 1000);
	assert_int_equal(proc_run(argv, NULL, &out, NULL), 3);
	assert_int_equal(out.length, 0);
	buf_release(&out);
}

static bool instance_answers(void *ctx)
{
	struct instance_status status;

	return instance_status(ctx, &status, NULL) >= 0;
}

static void starting_twice_gives_one_launcher(void **state)
{
	struct instance_box *box = *state;
	char *before = mem_strdup(getenv("PATH")), *path;
	struct instance_status first, second;
	struct err err;

	path = mem_printf("%s:%s", box->programs, before);
	assert_int_equal(setenv("PATH", path, 1), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(instance_start_launcher(&box->home, &err), 0);
	assert_int_equal(setenv("PATH", before, 1), 0);
	box_await(NULL, instance_answers, &box->home, "an answer");
	assert_int_equal(instance_status(&box->home, &first, &err), 0);
	assert_int_equal(instance_status(&box->home, &second, &err), 0);
	assert_int_equal(first.launcher_pid, second.launcher_pid);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child of ours is left */
	free(before);
	free(path);
}

static void socket_is_for_this_user_alone(void **state)
{
	struct instance_box *box = *state;
	struct stat status;

	box_start(box, NULL);
	assert_int_equal(stat(box->home.launcher_socket, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

/* What another user's process sees: run by other_user_is_refused from a copy of this program. */
static int be_a_stranger(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct peer peer = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	struct launch_message answer;

	memcpy(address.sun_path, path, strlen(path) + 1);
	if (connect(peer.fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return 1;
	buf_init(&peer.in, 4 * INSTANCE_FRAME_MAX);
	/* Nothing is sent: the refusal comes unasked, and a word would cross it. */
	answer = peer_receive(&peer);
	(void)printf("%s: %s\n", launch_kind_name((int)answer.kind), answer.text);
	peer_close(&peer);
	return 0;
}

static void other_user_is_refused(void **state)
{
	struct instance_box *box = *state;
	char *program = box_path(box, "stranger"), *data;
	char *argv[] = {"/usr/bin/setpriv",
			"--reuid=65534",
			"--regid=65534",
			"--clear-groups",
			program,
			"--stranger",
			box->home.launcher_socket,
			NULL};
	struct instance_status status;
	size_t length;
	struct buf out;

	if (geteuid() != 0) {
		free(program);
		skip(); /* only root can become somebody else */
	}
	box_start(box, NULL);
	/* Even where the folders and the socket let them in, the launcher does not. */
	assert_int_equal(chmod(box->folder, 0755), 0);
	assert_int_equal(chmod(box->home.path, 0755), 0);
	assert_int_equal(chmod(box->home.launcher_socket, 0666), 0);
	assert_int_equal(file_read("/proc/self/exe", 1 << 28, &data, &length, NULL), 0);
	assert_int_equal(file_replace(program, data, length, 0755, NULL), 0);
	free(data);
	buf_init(&out, 10000);
	assert_int_equal(proc_run(argv, "/", &out, NULL), 0);
	free(program);
	assert_string_equal(buf_text(&out), "REFUSED: this instance belongs to another user\n");
	buf_release(&out);
	assert_int_equal(instance_status(&box->home, &status, NULL), 0);
}

static void garbage_is_refused_and_harms_nobody(void **state)
{
	struct instance_box *box = *state;
	struct instance_status status;
	struct peer peer;

	box_start(box, NULL);
	peer_open(&peer, box);
	assert_int_equal(send(peer.fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 18);
	assert_int_equal(peer_receive(&peer).kind, LAUNCH_REFUSED);
	assert_int_equal(peer_receive(&peer).kind, 0);
	peer_close(&peer);
	peer_open(&peer, box);
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_LIST});
	assert_non_null(strstr(peer_receive(&peer).text, "HELLO"));
	peer_close(&peer);
	assert_int_equal(instance_status(&box->home, &status, NULL), 0);
}

static void silent_connections_are_bounded(void **state)
{
	struct instance_box *box = *state;
	struct instance_status status;
	struct peer peers[80];

	box_start(box, NULL);
	for (size_t i = 0; i < 80; i++)
		peer_open(&peers[i], box);
	for (size_t i = 0; i < 80; i++)
		peer_close(&peers[i]);
	box_await(NULL, instance_answers, &box->home, "it answers again");
	assert_int_equal(instance_status(&box->home, &status, NULL), 0);
}

static void higher_term_takes_over(void **state)
{
	struct instance_box *box = *state;
	struct peer old, new;

	box_start(box, NULL);
	peer_hello(&old, box, 4);
	peer_hello(&new, box, 5);
	assert_int_equal(peer_receive(&old).kind, LAUNCH_REFUSED);
	assert_int_equal(peer_receive(&old).kind, 0);
	peer_close(&old);
	peer_open(&old, box);
	peer_send(&old, &(struct launch_message){.kind = LAUNCH_HELLO, .number = 1, .term = 4});
	assert_non_null(strstr(peer_receive(&old).text, "term 4 is over"));
	peer_close(&old);
	/* The term outlives the launcher. */
	peer_close(&new);
	box_kill(box);
	box_start(box, NULL);
	peer_open(&old, box);
	peer_send(&old, &(struct launch_message){.kind = LAUNCH_HELLO, .number = 1, .term = 4});
	assert_int_equal(peer_receive(&old).kind, LAUNCH_REFUSED);
	peer_close(&old);
}

/* ---- the home and the files in it -------------------------------------------------------- */

static void launcher_of_a_lost_home_starts_nothing(void **state)
{
	struct instance_box *box = *state;
	char *moved = box_path(box, "moved");
	struct peer peer;

	box_start(box, NULL);
	peer_hello(&peer, box, 1);
	free(peer_start(&peer, box, "live-run-1", "while ! test -e go; do sleep 0.01; done", 0));
	(void)peer_await(&peer, LAUNCH_STARTED);
	assert_int_equal(rename(box->home.path, moved), 0);
	free(peer_start(&peer, box, "late-run-1", ":", 0));
	(void)peer_await(&peer, LAUNCH_NOT_STARTED);
	{
		char *go = box_path(box, "go");

		assert_int_equal(file_replace(go, "", 0, 0600, NULL), 0);
		free(go);
	}
	(void)peer_await(&peer, LAUNCH_EXITED); /* what ran has ended by itself */
	assert_int_equal(box_wait(box), 0);
	peer_close(&peer);
	assert_int_equal(rename(moved, box->home.path), 0);
	free(moved);
}

static void damaged_log_is_put_aside(void **state)
{
	struct instance_box *box = *state;
	char *bad = mem_printf("%s.bad", box->home.launcher_log);

	assert_int_equal(file_replace(box->home.launcher_log, "what is this?", 13, 0600, NULL), 0);
	box_start(box, NULL);
	assert_true(file_exists(bad));
	free(bad);
}

static void log_of_another_boot_makes_lost(void **state)
{
	struct instance_box *box = *state;
	struct launch_message lost;
	struct peer peer;
	char *data, *at, boot_id[PROC_BOOT_ID_TEXT];
	size_t length;

	proc_boot_id(boot_id);
	box_start(box, NULL);
	peer_hello(&peer, box, 1);
	free(peer_start(&peer, box, "live-run-1", "echo $$ > main.pid; exec sleep 1000", 0));
	(void)peer_await(&peer, LAUNCH_STARTED);
	data = box_await_file(box, NULL, "main.pid", "\n");
	peer_close(&peer);
	box_kill(box);
	(void)kill((pid_t)strtol(data, NULL, 10), SIGKILL);
	free(data);
	/* The same records under another boot id, with checksums made anew. */
	assert_int_equal(file_read(box->home.launcher_log, 1 << 20, &data, &length, NULL), 0);
	for (at = data; (at = memmem(at, length - (size_t)(at - data), boot_id, 36)); at++)
		*at = *at == '0' ? '1' : '0';
	for (size_t i = 19; i < length;) {
		uint32_t size, hash = 2166136261U;

		memcpy(&size, data + i + 4, 4);
		size += (uint32_t)INSTANCE_FRAME_HEADER;
		for (size_t j = 0; j < size; j++)
			hash = (hash ^ (unsigned char)data[i + 4 + j]) * 16777619U;
		memcpy(data + i, &hash, 4);
		i += 4 + size;
	}
	assert_int_equal(file_replace(box->home.launcher_log, data, length, 0600, NULL), 0);
	free(data);
	box_start(box, NULL);
	peer_hello(&peer, box, 2);
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_LIST});
	lost = peer_await(&peer, LAUNCH_LOST);
	assert_string_equal(lost.attempt, "live-run-1");
	assert_non_null(strstr(lost.text, "restarted"));
	/* Acknowledged, it is forgotten, and stays so. */
	peer_send(&peer,
		  &(struct launch_message){.kind = LAUNCH_ACKNOWLEDGE, .attempt = "live-run-1"});
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_LIST});
	assert_int_equal(peer_receive(&peer).kind, LAUNCH_END);
	peer_close(&peer);
}

static void output_over_its_bound_is_cut_and_says_so(void **state)
{
	struct instance_box *box = *state;
	struct peer peer;
	struct stat status;
	char *output, *data;
	size_t length;

	box_start(box, NULL);
	peer_hello(&peer, box, 1);
	output = peer_start(&peer, box, "loud-run-1",
			    "echo first; head -c 3000000 /dev/zero | tr '\\0' '\\n'; echo last",
			    100000);
	(void)peer_await(&peer, LAUNCH_EXITED);
	assert_int_equal(stat(output, &status), 0);
	assert_true(status.st_size >= 100000 && status.st_size < 200000);
	assert_int_equal(file_read(output, 1 << 20, &data, &length, NULL), 0);
	assert_int_equal(strncmp(data, "first\n", 6), 0);
	assert_non_null(strstr(data, "output_max of 100000 bytes reached"));
	assert_string_equal(data + length - 5, "last\n");
	free(data);
	free(output);
	peer_close(&peer);
}

static void growing_output_is_sampled(void **state)
{
	struct instance_box *box = *state;
	struct peer peer;
	int64_t pair[2];
	char *output, *data;

	box_start(box, NULL);
	peer_hello(&peer, box, 1);
	output = peer_start(&peer, box, "slow-run-1",
			    "echo hello; while ! test -s slow-run-1.times; do sleep 0.01; done", 0);
	(void)peer_await(&peer, LAUNCH_EXITED);
	data = box_await_file(box, NULL, "slow-run-1.times", NULL);
	memcpy(pair, data, sizeof(pair));
	assert_int_equal(pair[0], 6);
	assert_true(pair[1] > INT64_C(1600000000000000));
	free(data);
	free(output);
	peer_close(&peer);
}

static void orphans_are_reaped(void **state)
{
	struct instance_box *box = *state;
	struct peer peer;
	char *text, *name;

	box_start(box, NULL);
	peer_hello(&peer, box, 1);
	free(peer_start(&peer, box, "a-run-1",
			"(setsid sh -c 'echo $$ > orphan.pid; exit 0' &) ; "
			"while ! test -s orphan.pid; do sleep 0.01; done",
			0));
	(void)peer_await(&peer, LAUNCH_EXITED);
	text = box_await_file(box, NULL, "orphan.pid", "\n");
	name = mem_printf("/proc/%ld", strtol(text, NULL, 10));
	for (int i = 0; file_exists(name) && i < 2000; i++)
		(void)poll(NULL, 0, 10);
	assert_false(file_exists(name)); /* not even as a zombie */
	free(name);
	free(text);
	peer_close(&peer);
}

static void ten_thousand_attempts_leave_a_small_log(void **state)
{
	struct instance_box *box = *state;
	struct stat status;
	struct peer peer;

	box_start(box, NULL);
	peer_hello(&peer, box, 1);
	/* Launches that fail are the cheapest attempts there are. */
	for (int i = 0; i < 10000; i++) {
		const char *const argv[] = {"/", NULL}, *const env[] = {NULL};
		char id[32];

		(void)snprintf(id, sizeof(id), "a%d-run-1", i);
		peer_send(&peer, &(struct launch_message){.kind = LAUNCH_START,
							  .attempt = id,
							  .argv = argv,
							  .env = env,
							  .folder = "/no/such/folder",
							  .output = "/no/such/output",
							  .stop_signal = 15});
		(void)peer_await(&peer, LAUNCH_EXITED);
		peer_send(&peer,
			  &(struct launch_message){.kind = LAUNCH_ACKNOWLEDGE, .attempt = id});
	}
	peer_send(&peer, &(struct launch_message){.kind = LAUNCH_LIST});
	assert_int_equal(peer_receive(&peer).kind, LAUNCH_END);
	box_kill(box);
	peer_close(&peer);
	box_start(box, NULL); /* reads it, and writes what is left anew */
	assert_int_equal(stat(box->home.launcher_log, &status), 0);
	assert_true(status.st_size < 1000);
}

#define IN_A_BOX(name) cmocka_unit_test_setup_teardown(name, box_set_up, box_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		IN_A_BOX(hlpd_is_started_again_when_it_dies),
		IN_A_BOX(hlpd_has_the_home_and_no_descriptor),
		IN_A_BOX(exit_75_is_given_up_until_a_client_asks),
		IN_A_BOX(missing_hlpd_is_said),
		IN_A_BOX(goodbye_ends_the_instance),
		IN_A_BOX(status_agrees_with_the_protocol),
		IN_A_BOX(no_launcher_is_unavailable),
		IN_A_BOX(shutdown_returns_when_both_are_gone),
		IN_A_BOX(shutdown_is_refused_while_attempts_live),
		IN_A_BOX(upgrade_to_nonsense_is_refused),
		IN_A_BOX(second_launcher_ends_quietly),
		IN_A_BOX(starting_twice_gives_one_launcher),
		IN_A_BOX(socket_is_for_this_user_alone),
		IN_A_BOX(other_user_is_refused),
		IN_A_BOX(garbage_is_refused_and_harms_nobody),
		IN_A_BOX(silent_connections_are_bounded),
		IN_A_BOX(higher_term_takes_over),
		IN_A_BOX(launcher_of_a_lost_home_starts_nothing),
		IN_A_BOX(damaged_log_is_put_aside),
		IN_A_BOX(log_of_another_boot_makes_lost),
		IN_A_BOX(output_over_its_bound_is_cut_and_says_so),
		IN_A_BOX(growing_output_is_sampled),
		IN_A_BOX(orphans_are_reaped),
		IN_A_BOX(ten_thousand_attempts_leave_a_small_log),
	};

	if (argc > 2 && strcmp(argv[1], "--stranger") == 0)
		return be_a_stranger(argv[2]);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
