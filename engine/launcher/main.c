/* SPDX-License-Identifier: MIT
 *
 * hlp-launcher: the init of one instance. It starts hlpd and starts it again when it dies, owns the
 * children that run attempts, and outlives the engine's crash. This file reads the options, takes
 * the lock, sets the process up, and turns the loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/text.h"
#include "launcher/launcher.h"
#include "launcher/recover.h"
#include "launcher/serve.h"
#include "launcher/upgrade.h"

#define ENGINE_LOG_MAX ((off_t)16 * 1024 * 1024)

enum exit_code { DONE = 0, FAILED = 1, USAGE = 2, ALREADY_RUNNING = 3 };

#define LOCK_OPTION "--lock-is-stdin" /* taken by the process that went before */

struct options {
	bool background;
	int lock_fd; /* -1: this process takes the lock itself */
	enum cgroup_kind cgroup_kind;
	bool resumes;
	struct upgrade resume;
};

static const char help[] =
	"usage: hlp-launcher [--background] [--cgroup=v2|v1|none]\n"
	"\n"
	"The init of the instance in HLP_HOME: starts hlpd, keeps it up, and owns what it runs.\n"
	"hlp starts it by itself.\n"
	"\n"
	"  --background     end at once, and go on in a process of its own\n"
	"  --cgroup=KIND    the best kind of cgroup that may be used (default v2)\n"
	"  --version        print the version\n"
	"\n"
	"Exit: 0 ended in order, 1 could not start, 2 usage, 3 another launcher has this home.\n";

/* ---- options ----------------------------------------------------------------------------- */

/* An exit code, or -1 to go on. */
static int read_option(const char *option, struct options *out)
{
	struct err err;

	if (strcmp(option, "--help") == 0) {
		(void)fputs(help, stdout); /* nowhere to say that it failed */
		return DONE;
	}
	if (strcmp(option, "--version") == 0) {
		(void)puts("hlp-launcher " HLP_VERSION); /* likewise */
		return DONE;
	}
	if (strcmp(option, "--background") == 0) {
		out->background = true;
	} else if (strcmp(option, "--cgroup=v2") == 0) {
		out->cgroup_kind = CGROUP_V2;
	} else if (strcmp(option, "--cgroup=v1") == 0) {
		out->cgroup_kind = CGROUP_V1;
	} else if (strcmp(option, "--cgroup=none") == 0) {
		out->cgroup_kind = CGROUP_NONE;
	} else if (text_starts_with(option, UPGRADE_OPTION) &&
		   upgrade_parse(option + sizeof(UPGRADE_OPTION) - 1, &out->resume, &err) == 0) {
		out->resumes = true;
		out->lock_fd = out->resume.lock_fd;
	} else if (strcmp(option, LOCK_OPTION) == 0) {
		out->lock_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	} else {
		(void)fprintf(stderr, "hlp-launcher: unknown option '%s'\n%s", option, help);
		return USAGE;
	}
	return -1;
}

/* ---- the lock ------------------------------------------------------------------------------ */

static int take_lock(const struct home *home, struct err *err)
{
	const int fd = open(home->launcher_lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int number;

	if (fd < 0)
		return err_errno(err, errno, "cannot open '%s'", home->launcher_lock);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	number = errno;
	(void)close(fd);
	if (number == EWOULDBLOCK)
		return err_set(err, ERR_EXISTS, "another launcher has '%s'", home->path);
	return err_errno(err, number, "cannot lock '%s'", home->launcher_lock);
}

/* ---- going to the background --------------------------------------------------------------- */

/* This program with the caller's arguments, but the lock in place of --background. */
static int start_again(char **argv, int lock_fd, struct err *err)
{
	char **again, *path;
	size_t count = 1;
	pid_t pid;
	int result = proc_find_program("hlp-launcher", &path, err);

	if (result < 0)
		return result;
	again = mem_calloc(16, sizeof(*again));
	again[0] = path;
	for (size_t i = 1; argv[i] && count < 14; i++)
		if (strcmp(argv[i], "--background") != 0)
			again[count++] = argv[i];
	again[count] = (char *)LOCK_OPTION;
	result = proc_spawn(&(struct proc_spawn){.argv = again,
						 .stdin_fd = lock_fd,
						 .stdout_fd = -1,
						 .stderr_fd = -1,
						 .new_session = true},
			    &pid, err);
	free(again);
	free(path);
	return result;
}

/* Starts this program again, with nobody waiting for it. It is given the lock, so that whoever
 * waits for this process knows from then on that a launcher is there. */
static int go_to_background(char **argv)
{
	struct home home;
	struct err err;
	int result = home_open(&home, HOME_MAKE, &err);

	if (result >= 0) {
		result = take_lock(&home, &err);
		home_release(&home);
	}
	if (result == -ERR_EXISTS)
		return DONE; /* one is there */
	if (result >= 0)
		result = start_again(argv, result, &err);
	if (result < 0)
		(void)fprintf(stderr, "hlp-launcher: %s\n", err.message);
	return result < 0 ? FAILED : DONE;
}

/* ---- setting up -------------------------------------------------------------------------- */

/* What is printed goes to engine.log, of which one older piece is kept. */
static int open_engine_log(const struct home *home, struct err *err)
{
	char *old = mem_printf("%s.1", home->engine_log);
	struct stat status;
	int fd;

	if (stat(home->engine_log, &status) == 0 && status.st_size > ENGINE_LOG_MAX)
		(void)rename(home->engine_log, old); /* else it grows on */
	free(old);
	fd = open(home->engine_log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(err, errno, "cannot open '%s'", home->engine_log);
	(void)dup2(fd, STDOUT_FILENO); /* valid descriptors: cannot fail */
	(void)dup2(fd, STDERR_FILENO);
	(void)close(fd);
	return 0;
}

static void close_inherited(const struct options *options)
{
	const unsigned low = options->lock_fd >= 0 ? (unsigned)options->lock_fd : 2;
	const unsigned high = options->resumes ? (unsigned)options->resume.listen_fd : low;
	const unsigned first = low < high ? low : high, second = low < high ? high : low;
	const int null_fd = open("/dev/null", O_RDWR);

	(void)dup2(null_fd,
		   STDIN_FILENO); /* a closed standard descriptor would be taken by others */
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
		(void)dup2(null_fd, STDOUT_FILENO);
	if (fcntl(STDERR_FILENO, F_GETFD) < 0)
		(void)dup2(null_fd, STDERR_FILENO);
	if (first > 3)
		(void)close_range(3, first - 1, 0); /* an old kernel leaves them open */
	if (second > first + 1)
		(void)close_range(first + 1, second - 1, 0);
	(void)close_range(second + 1, ~0U, 0);
}

/* Children get default signals and their mask cleared; so nothing is caught, only blocked. */
static int set_up_signals(void)
{
	sigset_t all;

	for (int number = 1; number <= SIGRTMAX; number++)
		(void)signal(number, SIG_DFL); /* KILL and STOP refuse, rightly */
	(void)sigemptyset(&all);
	(void)sigaddset(&all, SIGCHLD);
	(void)sigaddset(&all, SIGTERM);
	(void)sigaddset(&all, SIGINT);
	(void)sigprocmask(SIG_SETMASK, &all, NULL); /* cannot fail */
	return signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void set_up_process(void)
{
	struct rlimit limit;

	(void)setsid(); /* fails if it is a session's leader already */
	(void)umask(022);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); /* the calls below are good to have, */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);	 /* and nothing fails without them */
	if (getrlimit(RLIMIT_CORE, &limit) == 0) {
		limit.rlim_cur = 0;
		(void)setrlimit(RLIMIT_CORE, &limit);
	}
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int set_up(struct launcher *launcher, const struct options *options, struct err *err)
{
	int signal_fd, result = loop_init(&launcher->loop, err);

	if (result < 0)
		return result;
	signal_fd = set_up_signals();
	if (signal_fd < 0)
		return err_errno(err, errno, "cannot watch signals");
	result = spawner_init(&launcher->spawner, err); /* notes the limit that children get */
	if (result < 0)
		return result;
	if (options->resumes)
		launcher->spawner.files.rlim_cur = (rlim_t)options->resume.files;
	set_up_process();
	proc_boot_id(launcher->boot_id);
	cgroups_init(&launcher->cgroups, &launcher->home, options->cgroup_kind);
	engine_init(&launcher->engine, &launcher->loop, &launcher->home);
	result = recover(launcher, err);
	if (result < 0)
		return result;
	return serve_begin(launcher, signal_fd, options->resumes ? options->resume.listen_fd : -1,
			   err);
}

/* ---- life -------------------------------------------------------------------------------- */

static void begin(struct launcher *launcher, const struct options *options)
{
	log_info("hlp-launcher %s, pid %d, home '%s', cgroups %s", HLP_VERSION, (int)getpid(),
		 launcher->home.path,
		 launcher->cgroups.kind == CGROUP_NONE ? "none" : launcher->cgroups.base);
	if (options->resumes) {
		launcher->engine.pid = options->resume.engine_pid;
		launcher->engine.ready = options->resume.engine_ready;
		launcher->engine.wanted = options->resume.engine_wanted;
		serve_reap(launcher);
	}
	engine_wake(&launcher->engine);
}

static int turn(struct launcher *launcher, const struct options *options, struct err *err)
{
	while (!launcher->loop.stopping) {
		const int result = loop_turn(&launcher->loop, -1, err);

		if (result < 0)
			return result;
		serve_end_turn(launcher);
		if (launcher->upgrade && !launcher->loop.stopping) {
			log_info("becomes '%s'", launcher->upgrade);
			output_drop_spares(&launcher->spares);
			if (upgrade_execute(launcher, options->cgroup_kind, err) < 0)
				log_error("%s", err->message);
			free(launcher->upgrade);
			launcher->upgrade = NULL;
		}
	}
	return 0;
}

static void end(struct launcher *launcher)
{
	links_release(&launcher->links);
	(void)unlink(launcher->home.launcher_socket); /* the next one replaces it anyway */
	launch_log_close(&launcher->log);
	output_drop_spares(&launcher->spares);
	(void)close(launcher->signals.fd);
	attempts_release(&launcher->attempts);
	cgroups_release(&launcher->cgroups);
	spawner_release(&launcher->spawner);
	loop_release(&launcher->loop);
	(void)close(launcher->lock_fd);
	home_release(&launcher->home);
	log_info("hlp-launcher ends");
}

static int run(const struct options *options)
{
	struct launcher launcher = {0};
	struct err err;
	int result = home_open(&launcher.home, HOME_MAKE, &err);

	if (result >= 0)
		result = options->lock_fd >= 0 ? options->lock_fd : take_lock(&launcher.home, &err);
	if (result == -ERR_EXISTS) {
		home_release(&launcher.home);
		return ALREADY_RUNNING;
	}
	if (result >= 0) {
		launcher.lock_fd = result;
		result = open_engine_log(&launcher.home, &err);
	}
	if (result >= 0 && chdir("/") < 0) /* no folder of a caller is kept busy */
		result = err_errno(&err, errno, "cannot enter '/'");
	if (result >= 0 && setenv("HLP_HOME", launcher.home.path, 1) < 0)
		result = err_errno(&err, errno, "cannot set HLP_HOME");
	if (result >= 0)
		result = set_up(&launcher, options, &err);
	if (result >= 0) {
		begin(&launcher, options);
		result = turn(&launcher, options, &err);
	}
	if (result < 0) {
		log_error("%s", err.message);
		home_release(&launcher.home);
		return FAILED;
	}
	end(&launcher);
	return DONE;
}

int main(int argc, char **argv)
{
	struct options options = {.cgroup_kind = CGROUP_V2, .lock_fd = -1};

	for (int i = 1; i < argc; i++) {
		const int code = read_option(argv[i], &options);

		if (code >= 0)
			return code;
	}
	if (options.background)
		return go_to_background(argv);
	close_inherited(&options);
	proc_prefer_latency();
	log_setup_from_environment("hlp-launcher");
	return run(&options);
}
