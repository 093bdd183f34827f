/* SPDX-License-Identifier: MIT
 *
 * The local executor against the real launcher, with a fake hlpd.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/instance.h"
#include "base/mem.h"
#include "base/proc.h"
#include "executor/executor.h"
#include "launcher/cgroup.h"
#include "tests/unit/instance_box.h"

#define REPORTS_MAX 256

struct seen {
	enum report_kind kind;
	char attempt[128];
	enum exit_kind exit_kind;
	int32_t code;
	int64_t pid, cpu_us, rss_kib, time_us;
	uint64_t start_ticks;
	char text[500];
};

struct world {
	struct instance_box box;
	struct loop loop;
	struct executor *executor;
	struct seen seen[REPORTS_MAX];
	size_t count;
	char *output, *outputs;
	char a[64], b[64]; /* ids of attempts: no other run of this test may have the same */
};

static void remember(void *ctx, const struct report *report)
{
	struct world *world = ctx;
	struct seen *seen = &world->seen[world->count];

	assert_true(world->count < REPORTS_MAX);
	world->count++;
	seen->kind = report->kind;
	seen->exit_kind = report->exit_kind;
	seen->code = report->code;
	seen->pid = report->pid;
	seen->cpu_us = report->cpu_us;
	seen->rss_kib = report->rss_kib;
	seen->time_us = report->time_us;
	seen->start_ticks = report->start_ticks;
	(void)snprintf(seen->attempt, sizeof(seen->attempt), "%s",
		       report->attempt ? report->attempt : "");
	(void)snprintf(seen->text, sizeof(seen->text), "%s", report->text ? report->text : "");
}

static const struct seen *find(const struct world *world, enum report_kind kind,
			       const char *attempt)
{
	for (size_t i = 0; i < world->count; i++)
		if (world->seen[i].kind == kind && strcmp(world->seen[i].attempt, attempt) == 0)
			return &world->seen[i];
	return NULL;
}

struct wish {
	struct world *world;
	enum report_kind kind;
	const char *attempt;
};

static bool was_seen(void *ctx)
{
	const struct wish *wish = ctx;

	return find(wish->world, wish->kind, wish->attempt) != NULL;
}

/* Waits for a report of this kind about this attempt ("": about all). */
static const struct seen *await(struct world *world, enum report_kind kind, const char *attempt)
{
	struct wish wish = {world, kind, attempt};
	char what[200];

	(void)snprintf(what, sizeof(what), "report %d of '%s'", (int)kind, attempt);
	box_await(&world->loop, was_seen, &wish, what);
	return find(world, kind, attempt);
}

static void connect_engine(struct world *world, uint64_t term)
{
	struct err err;

	world->count = 0;
	assert_int_equal(executor_local_new(&world->loop, &world->box.home, term, remember, world,
					    &world->executor, &err),
			 0);
	(void)await(world, REPORT_REACHABLE, "");
}

static void disconnect_engine(struct world *world)
{
	if (world->executor)
		world->executor->ops->free(world->executor);
	world->executor = NULL;
}

static int set_up_with(void **state, const char *option)
{
	struct world *world = mem_zalloc(sizeof(*world));
	struct err err;

	box_make(&world->box);
	(void)snprintf(world->a, sizeof(world->a), "a-%d-run-1", (int)getpid());
	(void)snprintf(world->b, sizeof(world->b), "b-%d-run-1", (int)getpid());
	world->output = box_path(&world->box, "home/output/deep/x.log");
	world->outputs = box_path(&world->box, "home/output/deep/x.out");
	assert_int_equal(loop_init(&world->loop, &err), 0);
	box_start(&world->box, option);
	connect_engine(world, 1);
	*state = world;
	return 0;
}

static int set_up(void **state)
{
	return set_up_with(state, NULL);
}

static int set_up_without_cgroups(void **state)
{
	return set_up_with(state, "--cgroup=none");
}

static int set_up_with_v1(void **state)
{
	return set_up_with(state, "--cgroup=v1");
}

static int tear_down(void **state)
{
	struct world *world = *state;

	disconnect_engine(world);
	box_remove(&world->box);
	loop_release(&world->loop);
	free(world->output);
	free(world->outputs);
	free(world);
	return 0;
}

/* An order to run a script with sh; the caller changes what it likes. */
static struct order order_of(struct world *world, const char *attempt, const char *script,
			     const char *argv[4], const char *env[3], char *attempt_env)
{
	argv[0] = "sh";
	argv[1] = "-c";
	argv[2] = script;
	argv[3] = NULL;
	(void)snprintf(attempt_env, 150, "HLP_ATTEMPT=%s", attempt);
	env[0] = "PATH=/usr/bin:/bin";
	env[1] = attempt_env;
	env[2] = NULL;
	return (struct order){
		.attempt = attempt,
		.argv = argv,
		.env = env,
		.folder = world->box.folder,
		.output = world->output,
		.stop_signal = SIGTERM,
		.stop_grace_us = 200000,
	};
}

static void start_script(struct world *world, const char *attempt, const char *script,
			 int64_t timeout_us)
{
	const char *argv[4], *env[3];
	char attempt_env[150];
	struct order order = order_of(world, attempt, script, argv, env, attempt_env);

	order.timeout_us = timeout_us;
	world->executor->ops->start(world->executor, &order);
}

/* Writes its pid, then the pid of a grandchild that left the session and ignores TERM. */
static const char stubborn[] =
	"trap '' TERM; echo $$ > main.pid; "
	"setsid sh -c 'trap \"\" TERM; echo $$ > grandchild.pid; while :; do sleep 1; done' & "
	"while :; do sleep 1; done";

static pid_t await_pid(struct world *world, const char *name)
{
	char *text = box_await_file(&world->box, &world->loop, name, "\n");
	const pid_t pid = (pid_t)strtol(text, NULL, 10);

	free(text);
	assert_true(pid > 0);
	return pid;
}

/* ---- plain lives -------------------------------------------------------------------------------
 */

static void start_reports_started_and_exited(void **state)
{
	struct world *world = *state;
	const struct seen *started, *exited;
	char *text;

	start_script(world, world->a, "echo hello; exit 7", 0);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_STATUS);
	assert_int_equal(exited->code, 7);
	assert_true(exited->rss_kib > 0);
	started = find(world, REPORT_STARTED, world->a);
	assert_non_null(started);
	assert_true(started->pid > 0 && started->start_ticks > 0);
	assert_true(exited->time_us >= started->time_us);
	assert_int_equal(file_read(world->output, 100, &text, NULL, NULL), 0);
	assert_string_equal(text, "hello\n");
	free(text);
}

static void death_by_signal_is_reported_as_such(void **state)
{
	struct world *world = *state;
	const struct seen *exited;

	start_script(world, world->a, "kill -SEGV $$", 0);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_SIGNAL);
	assert_int_equal(exited->code, SIGSEGV);
}

static bool output_is_gone(void *ctx)
{
	return !file_exists(((struct world *)ctx)->output);
}

static void silent_attempt_leaves_no_output_file(void **state)
{
	struct world *world = *state;

	start_script(world, world->a, ":", 0);
	(void)await(world, REPORT_EXITED, world->a);
	box_await(&world->loop, output_is_gone, world, "the empty file goes");
}

static int64_t inode_of(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? (int64_t)status.st_ino : -1;
}

/* What it left running can still print: its empty file is its own for good. */
static void output_of_what_left_something_is_not_used_again(void **state)
{
	struct world *world = *state;
	int64_t first;

	start_script(world, world->a,
		     "stat -L -c %i /proc/self/fd/3 3>&1 >inode; sleep 1000 & echo $! >left", 0);
	(void)await(world, REPORT_EXITED, world->a);
	first = await_pid(world, "inode");
	free(world->output);
	world->output = box_path(&world->box, "home/output/deep/y.log");
	start_script(world, world->b, "echo there", 0);
	(void)await(world, REPORT_EXITED, world->b);
	assert_int_not_equal(inode_of(world->output), first);
	assert_int_equal(kill(await_pid(world, "left"), SIGKILL), 0);
}

static void outputs_file_is_made_empty(void **state)
{
	struct world *world = *state;
	const char *argv[4], *env[3];
	char attempt_env[150], *text;
	struct order order =
		order_of(world, world->a, "test -f home/output/deep/x.out && echo there", argv, env,
			 attempt_env);

	order.outputs = world->outputs;
	world->executor->ops->start(world->executor, &order);
	(void)await(world, REPORT_EXITED, world->a);
	assert_int_equal(file_read(world->output, 100, &text, NULL, NULL), 0);
	assert_string_equal(text, "there\n");
	free(text);
	assert_true(file_exists(world->outputs));
}

static void child_has_its_own_world(void **state)
{
	struct world *world = *state;
	char *text;

	start_script(world, world->a,
		     "umask; ls /proc/self/fd | tr '\\n' ' '; pwd; env | sort; "
		     "grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status; read x || echo no input; "
		     "test $(ps -o sid= -p $$) = $$ && echo own session",
		     0);
	(void)await(world, REPORT_EXITED, world->a);
	assert_int_equal(file_read(world->output, 10000, &text, NULL, NULL), 0);
	assert_non_null(strstr(text, "0022\n0 1 2 3 "));
	assert_non_null(strstr(text, world->box.folder));
	assert_non_null(strstr(text, world->box.folder));
	assert_non_null(strstr(text, world->a));
	assert_non_null(strstr(text, "-run-1\nPATH=/usr/bin:/bin\nPWD="));
	assert_null(strstr(text, "HLP_HOME"));
	assert_non_null(strstr(text, "SigBlk:\t0000000000000000"));
	/* posix_spawn of the C library ignores its two own signals. */
	assert_true(strstr(text, "SigIgn:\t0000000000000000") ||
		    strstr(text, "SigIgn:\t0000000180000000"));
	assert_non_null(strstr(text, "no input"));
	assert_non_null(strstr(text, "own session"));
	free(text);
}

static void missing_program_is_a_failed_launch(void **state)
{
	struct world *world = *state;
	const char *argv[4], *env[3];
	char attempt_env[150];
	struct order order = order_of(world, world->a, "", argv, env, attempt_env);
	const struct seen *exited;

	argv[0] = "no-such-program";
	world->executor->ops->start(world->executor, &order);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_LAUNCH);
	assert_int_equal(exited->code, 127);
	assert_non_null(strstr(exited->text, "no-such-program"));
	assert_null(find(world, REPORT_STARTED, world->a));
}

static void program_without_permission_is_126(void **state)
{
	struct world *world = *state;
	const char *argv[4], *env[3];
	char attempt_env[150];
	struct order order = order_of(world, world->a, "", argv, env, attempt_env);
	const struct seen *exited;

	argv[0] = "/etc/passwd";
	world->executor->ops->start(world->executor, &order);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_LAUNCH);
	assert_int_equal(exited->code, 126);
}

static void script_without_first_line_runs_with_sh(void **state)
{
	struct world *world = *state;
	const char *argv[4], *env[3];
	char attempt_env[150], *path = box_path(&world->box, "script");
	struct order order = order_of(world, world->a, "", argv, env, attempt_env);

	assert_int_equal(file_replace(path, "exit $1\n", 8, 0755, NULL), 0);
	argv[0] = "./script";
	argv[1] = "9";
	argv[2] = NULL;
	world->executor->ops->start(world->executor, &order);
	assert_int_equal(await(world, REPORT_EXITED, world->a)->code, 9);
	free(path);
}

static void missing_folder_is_a_failed_launch(void **state)
{
	struct world *world = *state;
	const char *argv[4], *env[3];
	char attempt_env[150];
	struct order order = order_of(world, world->a, ":", argv, env, attempt_env);
	const struct seen *exited;

	order.folder = "/no/such/folder";
	world->executor->ops->start(world->executor, &order);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_LAUNCH);
	assert_non_null(strstr(exited->text, "/no/such/folder"));
}

static void oversized_order_is_a_failed_launch(void **state)
{
	struct world *world = *state;
	char *huge = mem_zalloc(2 << 20);
	const struct seen *exited;

	memset(huge, 'x', (2 << 20) - 1);
	start_script(world, world->a, huge, 0);
	free(huge);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_LAUNCH);
}

static void second_start_of_an_id_starts_nothing(void **state)
{
	struct world *world = *state;
	char *text;

	start_script(world, world->a, "echo once >> starts", 0);
	start_script(world, world->a, "echo once >> starts", 0);
	(void)await(world, REPORT_EXITED, world->a);
	world->count = 0;
	start_script(world, world->a, "echo once >> starts", 0);
	(void)await(world, REPORT_EXITED, world->a);
	text = box_await_file(&world->box, &world->loop, "starts", "\n");
	assert_string_equal(text, "once\n");
	free(text);
}

/* ---- ends -------------------------------------------------------------------------------- */

static void stop_leaves_no_process(void **state)
{
	struct world *world = *state;
	const struct seen *exited;
	pid_t main_pid, grandchild;

	start_script(world, world->a, stubborn, 0);
	main_pid = await_pid(world, "main.pid");
	grandchild = await_pid(world, "grandchild.pid");
	world->executor->ops->stop(world->executor, world->a);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_SIGNAL);
	assert_int_equal(exited->code, SIGKILL);
	assert_true(box_pid_is_gone(main_pid));
	assert_true(box_pid_is_gone(grandchild));
}

static void stop_of_a_polite_one_keeps_its_exit(void **state)
{
	struct world *world = *state;
	const struct seen *exited;

	start_script(world, world->a,
		     "trap 'exit 3' TERM; echo $$ > main.pid; while :; do sleep 0.01; done", 0);
	(void)await_pid(world, "main.pid");
	world->executor->ops->stop(world->executor, world->a);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_STATUS);
	assert_int_equal(exited->code, 3);
}

static void timeout_strikes_without_an_engine(void **state)
{
	struct world *world = *state;
	const struct seen *exited;
	pid_t grandchild;

	start_script(world, world->a, stubborn, 2000000);
	grandchild = await_pid(world, "grandchild.pid");
	disconnect_engine(world);
	assert_false(grandchild == 0);
	connect_engine(world, 2);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_TIMEOUT);
	assert_int_equal(exited->code, 128 + SIGKILL);
	assert_true(box_pid_is_gone(grandchild));
}

static void server_that_a_node_left_lives_on(void **state)
{
	struct world *world = *state;
	const struct seen *exited;
	pid_t server;

	start_script(world, world->a,
		     "setsid sh -c 'echo $$ > server.pid; exec sleep 1000' & "
		     "while ! test -s server.pid; do sleep 0.01; done",
		     0);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_STATUS);
	server = await_pid(world, "server.pid");
	assert_false(box_pid_is_gone(server));
	if (world->executor->capabilities & EXECUTOR_PROVES_STOP)
		assert_non_null(strstr(exited->text, "left 1 process running"));
	/* Its cgroup is not used again while it lives: the next one's stop must not hit it. */
	start_script(world, world->b, "echo $$ > main.pid; exec sleep 1000", 0);
	(void)await_pid(world, "main.pid");
	world->executor->ops->stop(world->executor, world->b);
	(void)await(world, REPORT_EXITED, world->b);
	assert_false(box_pid_is_gone(server));
	(void)kill(server, SIGKILL);
}

static void clock_stands_still_while_frozen(void **state)
{
	struct world *world = *state;
	const struct seen *thawed, *exited;
	int64_t frozen_us;

	start_script(world, world->a, "echo $$ > main.pid; while :; do sleep 0.01; done", 1500000);
	(void)await_pid(world, "main.pid");
	world->executor->ops->freeze(world->executor, world->a);
	frozen_us = await(world, REPORT_FROZEN, world->a)->time_us;
	/* Another one whose timeout is longer ends first: time passes, but not for the frozen. */
	start_script(world, world->b, "exec sleep 1000", 2000000);
	(void)await(world, REPORT_EXITED, world->b);
	assert_null(find(world, REPORT_EXITED, world->a));
	world->executor->ops->thaw(world->executor, world->a);
	thawed = await(world, REPORT_THAWED, world->a);
	assert_true(thawed->time_us - frozen_us >= 1900000);
	exited = await(world, REPORT_EXITED, world->a);
	assert_int_equal(exited->exit_kind, EXIT_TIMEOUT);
}

static void frozen_one_can_be_stopped(void **state)
{
	struct world *world = *state;

	start_script(world, world->a, stubborn, 0);
	(void)await_pid(world, "grandchild.pid");
	world->executor->ops->freeze(world->executor, world->a);
	(void)await(world, REPORT_FROZEN, world->a);
	world->executor->ops->stop(world->executor, world->a);
	(void)await(world, REPORT_EXITED, world->a);
	assert_true(box_pid_is_gone(await_pid(world, "grandchild.pid")));
}

static void slot_that_was_removed_is_made_again(void **state)
{
	struct world *world = *state;
	struct cgroups cgroups;

	start_script(world, world->a, "exit 3", 0);
	assert_int_equal(await(world, REPORT_EXITED, world->a)->code, 3);
	cgroups_init(&cgroups, &world->box.home, CGROUP_V2);
	cgroups_release(&cgroups); /* removes what is empty, the launcher's slots too */
	start_script(world, world->b, "exit 4", 0);
	assert_int_equal(await(world, REPORT_EXITED, world->b)->code, 4);
}

/* ---- memory ------------------------------------------------------------------------------ */

static void exit_is_repeated_until_acknowledged(void **state)
{
	struct world *world = *state;

	start_script(world, world->a, "exit 5", 0);
	(void)await(world, REPORT_EXITED, world->a);
	for (uint64_t term = 2; term < 4; term++) {
		disconnect_engine(world);
		connect_engine(world, term);
		assert_int_equal(find(world, REPORT_EXITED, world->a)->code, 5);
	}
	world->executor->ops->acknowledge(world->executor, world->a);
	world->executor->ops->free(world->executor);
	connect_engine(world, 4);
	assert_null(find(world, REPORT_EXITED, world->a));
}

static void query_of_a_stranger_is_not_started(void **state)
{
	struct world *world = *state;

	executor_local_ready(world->executor);
	world->executor->ops->query(world->executor, "never-run-1");
	(void)await(world, REPORT_NOT_STARTED, "never-run-1");
}

static void stranger_before_the_first_ready_is_lost(void **state)
{
	struct world *world = *state;

	world->executor->ops->query(world->executor, "never-run-1");
	(void)await(world, REPORT_UNREACHABLE, "never-run-1");
	(void)await(world, REPORT_LOST, "never-run-1");
}

static void stop_of_a_stranger_before_the_first_ready_proves_nothing(void **state)
{
	struct world *world = *state;

	world->executor->ops->stop(world->executor, "never-run-1");
	(void)await(world, REPORT_LOST, "never-run-1");
	assert_null(find(world, REPORT_NOT_STARTED, "never-run-1"));
}

static void start_without_a_link_is_unreachable_then_not_started(void **state)
{
	struct world *world = *state;

	box_kill(&world->box);
	(void)await(world, REPORT_UNREACHABLE, "");
	start_script(world, world->a, "echo never >> starts", 0);
	(void)await(world, REPORT_UNREACHABLE, world->a);
	world->count = 0;
	box_start(&world->box, NULL);
	(void)await(world, REPORT_REACHABLE, "");
	world->executor->ops->query(world->executor, world->a);
	(void)await(world, REPORT_NOT_STARTED, world->a);
}

static bool launcher_is_known_dead(void *ctx)
{
	return executor_local_link(ctx) == EXECUTOR_LAUNCHER_DIED;
}

static void death_of_the_launcher_is_noticed(void **state)
{
	struct world *world = *state;

	assert_int_equal(executor_local_link(world->executor), EXECUTOR_LINKED);
	assert_int_equal(executor_local_launcher_pid(world->executor), world->box.launcher);
	box_kill(&world->box);
	box_await(&world->loop, launcher_is_known_dead, world->executor, "the death is noticed");
	(void)await(world, REPORT_UNREACHABLE, "");
}

static void attempts_of_a_dead_launcher_are_unreachable_then_lost(void **state)
{
	struct world *world = *state;
	pid_t main_pid, grandchild;

	start_script(world, world->a, stubborn, 0);
	start_script(world, world->b, "exit 4", 0);
	(void)await(world, REPORT_EXITED, world->b);
	main_pid = await_pid(world, "main.pid");
	grandchild = await_pid(world, "grandchild.pid");
	box_kill(&world->box);
	disconnect_engine(world);
	box_start(&world->box, NULL);
	connect_engine(world, 2);
	assert_non_null(find(world, REPORT_UNREACHABLE, world->a));
	assert_int_equal(find(world, REPORT_EXITED, world->b)->code, 4);
	(void)kill(main_pid, SIGKILL);
	world->executor->ops->query(world->executor, world->a);
	assert_null(find(world, REPORT_LOST, world->a));
	(void)kill(grandchild, SIGKILL);
	(void)await(world, REPORT_LOST, world->a);
	assert_true(box_pid_is_gone(grandchild));
}

static void attempt_of_a_dead_launcher_can_be_stopped(void **state)
{
	struct world *world = *state;
	pid_t grandchild;

	start_script(world, world->a, stubborn, 0);
	grandchild = await_pid(world, "grandchild.pid");
	box_kill(&world->box);
	disconnect_engine(world);
	box_start(&world->box, NULL);
	connect_engine(world, 2);
	world->executor->ops->stop(world->executor, world->a);
	(void)await(world, REPORT_LOST, world->a);
	assert_true(box_pid_is_gone(grandchild));
}

static void lower_term_is_refused(void **state)
{
	struct world *world = *state;
	struct executor *older;
	struct err err;

	disconnect_engine(world);
	connect_engine(world, 7);
	assert_int_equal(executor_local_new(&world->loop, &world->box.home, 6, remember, world,
					    &older, &err),
			 0);
	(void)await(world, REPORT_UNREACHABLE, "");
	assert_int_equal(executor_local_link(older), EXECUTOR_SUPERSEDED);
	assert_int_equal(executor_local_link(world->executor), EXECUTOR_LINKED);
	older->ops->free(older);
}

static void upgrade_keeps_children_and_exits(void **state)
{
	struct world *world = *state;
	struct instance_status before, after;
	struct err err;
	char *go = box_path(&world->box, "go");

	start_script(world, world->a,
		     "echo $$ > main.pid; while ! test -e go; do sleep 0.01; done; exit 6", 0);
	start_script(world, world->b, "exit 4", 0);
	(void)await(world, REPORT_EXITED, world->b);
	(void)await_pid(world, "main.pid");
	assert_int_equal(instance_status(&world->box.home, &before, &err), 0);
	assert_int_equal(instance_upgrade(&world->box.home, world->box.launcher_path, &err), 0);
	(void)await(world, REPORT_UNREACHABLE, "");
	world->count = 0;
	(void)await(world, REPORT_REACHABLE, "");
	assert_int_equal(find(world, REPORT_EXITED, world->b)->code, 4);
	assert_non_null(find(world, REPORT_STARTED, world->a));
	assert_int_equal(instance_status(&world->box.home, &after, &err), 0);
	assert_int_equal(after.launcher_pid, before.launcher_pid);
	assert_int_equal(after.engine_pid, before.engine_pid);
	assert_int_equal(file_replace(go, "", 0, 0644, &err), 0);
	assert_int_equal(await(world, REPORT_EXITED, world->a)->code, 6);
	free(go);
}

#define IN_A_BOX(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define WITHOUT_CGROUPS(name)                                                                      \
	{                                                                                          \
#name "_without_cgroups", name, set_up_without_cgroups, tear_down, NULL            \
	}
#define WITH_V1(name)                                                                              \
	{                                                                                          \
#name "_with_v1", name, set_up_with_v1, tear_down, NULL                            \
	}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		IN_A_BOX(start_reports_started_and_exited),
		IN_A_BOX(death_by_signal_is_reported_as_such),
		IN_A_BOX(silent_attempt_leaves_no_output_file),
		IN_A_BOX(output_of_what_left_something_is_not_used_again),
		IN_A_BOX(outputs_file_is_made_empty),
		IN_A_BOX(child_has_its_own_world),
		WITHOUT_CGROUPS(child_has_its_own_world),
		WITH_V1(child_has_its_own_world),
		IN_A_BOX(missing_program_is_a_failed_launch),
		WITHOUT_CGROUPS(missing_program_is_a_failed_launch),
		IN_A_BOX(program_without_permission_is_126),
		IN_A_BOX(script_without_first_line_runs_with_sh),
		IN_A_BOX(missing_folder_is_a_failed_launch),
		IN_A_BOX(oversized_order_is_a_failed_launch),
		IN_A_BOX(second_start_of_an_id_starts_nothing),
		IN_A_BOX(stop_leaves_no_process),
		WITHOUT_CGROUPS(stop_leaves_no_process),
		WITH_V1(stop_leaves_no_process),
		IN_A_BOX(stop_of_a_polite_one_keeps_its_exit),
		IN_A_BOX(timeout_strikes_without_an_engine),
		WITHOUT_CGROUPS(timeout_strikes_without_an_engine),
		IN_A_BOX(server_that_a_node_left_lives_on),
		WITHOUT_CGROUPS(server_that_a_node_left_lives_on),
		WITH_V1(server_that_a_node_left_lives_on),
		IN_A_BOX(clock_stands_still_while_frozen),
		WITHOUT_CGROUPS(clock_stands_still_while_frozen),
		WITH_V1(clock_stands_still_while_frozen),
		IN_A_BOX(frozen_one_can_be_stopped),
		WITHOUT_CGROUPS(frozen_one_can_be_stopped),
		WITH_V1(frozen_one_can_be_stopped),
		IN_A_BOX(slot_that_was_removed_is_made_again),
		IN_A_BOX(exit_is_repeated_until_acknowledged),
		IN_A_BOX(query_of_a_stranger_is_not_started),
		IN_A_BOX(stranger_before_the_first_ready_is_lost),
		IN_A_BOX(stop_of_a_stranger_before_the_first_ready_proves_nothing),
		IN_A_BOX(start_without_a_link_is_unreachable_then_not_started),
		IN_A_BOX(death_of_the_launcher_is_noticed),
		IN_A_BOX(attempts_of_a_dead_launcher_are_unreachable_then_lost),
		WITHOUT_CGROUPS(attempts_of_a_dead_launcher_are_unreachable_then_lost),
		WITH_V1(attempts_of_a_dead_launcher_are_unreachable_then_lost),
		IN_A_BOX(attempt_of_a_dead_launcher_can_be_stopped),
		WITHOUT_CGROUPS(attempt_of_a_dead_launcher_can_be_stopped),
		IN_A_BOX(lower_term_is_refused),
		IN_A_BOX(upgrade_keeps_children_and_exits),
		WITHOUT_CGROUPS(upgrade_keeps_children_and_exits),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
