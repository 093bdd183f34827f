/* SPDX-License-Identifier: MIT
 *
 * hlpd: the engine of one home. Options, lock, socket, assembly, and the clients' event loop on the
 * main thread. hlp-launcher starts it, and starts it again when it dies.
 *
 * Exit codes: 1 cannot start, 2 usage, and those of enum runtime_end.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/blackbox.h"
#include "base/home.h"
#include "base/instance.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/rng.h"
#include "daemon/listen.h"
#include "daemon/names.h"
#include "daemon/prune.h"
#include "daemon/upkeep.h"
#include "runtime/runtime.h"
#include "service/service.h"

#define SLOTS	       1024
#define SNAPSHOT_EVERY 50000 /* events: a restart folds at most as many of an execution */
#define FAREWELL_US    (2 * CLOCK_SECOND_US)
#define CANNOT_START   1

enum job { JOB_SERVE, JOB_CHECK, JOB_REBUILD, JOB_PRUNE, JOB_NAMES };

struct options {
	enum job job;
	bool json; /* of a check */
	struct prune_options prune;
	const char *execution; /* names of its parts; NULL: of executions */
};

struct daemon {
	struct home home;
	struct loop loop;
	struct service *service;
	struct runtime *runtime;
	struct loop_watch signals, over;
	int over_pipe[2]; /* written by runtime's threads */
	char *relay;	  /* path of hlp-relay; NULL: missing */
	bool ends;	  /* exit_code says why */
	int exit_code;
};

struct ending {
	enum runtime_end end;
	char why[200];
};

static int usage(FILE *out, int code)
{
	(void)fputs("usage: hlpd [--check [--json] | --rebuild | --names[=EXECUTION] |\n"
		    "             --prune [--age AGE] [--keep N] [--dry-run]]\n"
		    "The engine of $HLP_HOME. It is started by hlp-launcher, which 'hlp' starts.\n",
		    out);
	return code;
}

static int read_options(int argc, char **argv, struct options *out)
{
	static const struct option known[] = {
		{"check", no_argument, NULL, 'c'},
		{"rebuild", no_argument, NULL, 'r'},
		{"prune", no_argument, NULL, 'p'},
		{"age", required_argument, NULL, 'a'},
		{"keep", required_argument, NULL, 'k'},
		{"dry-run", no_argument, NULL, 'n'},
		{"names", optional_argument, NULL, 'm'},
		{"version", no_argument, NULL, 'v'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (option) {
		case 'c':
			out->job = JOB_CHECK;
			break;
		case 'r':
			out->job = JOB_REBUILD;
			break;
		case 'p':
			out->job = JOB_PRUNE;
			break;
		case 'm':
			out->job = JOB_NAMES;
			out->execution = optarg;
			break;
		case 'a':
			out->prune.age = optarg;
			break;
		case 'k':
			out->prune.keep = optarg;
			break;
		case 'j':
			out->json = true;
			break;
		case 'n':
			out->prune.dry_run = true;
			break;
		case 'v':
			(void)puts("hlpd " HLP_VERSION);
			exit(0);
		case 'h':
			exit(usage(stdout, 0));
		default:
			return usage(stderr, 2);
		}
	}
	return optind < argc ? usage(stderr, 2) : 0;
}

/* Runs on any of the runtime's threads: only tells the main thread. */
static void on_over(void *ctx, enum runtime_end end, const char *why)
{
	struct daemon *daemon = ctx;
	struct ending ending = {.end = end};

	(void)snprintf(ending.why, sizeof(ending.why), "%s", why);
	if (write(daemon->over_pipe[1], &ending, sizeof(ending)) < 0)
		abort(); /* a pipe of ours, far from full */
}

/* The first word stands, but for one: who was told that the engine stops is not deceived by a
 * launcher that died first, for which another pair would start. */
static bool is_heard(const struct daemon *daemon, enum runtime_end end)
{
	return !daemon->ends ||
	       (daemon->exit_code == RUNTIME_END_LAUNCHER && end == RUNTIME_END_PURPOSE);
}

static void on_ending(struct loop_watch *watch, unsigned events)
{
	struct daemon *daemon = watch->ctx;
	struct ending ending;

	(void)events;
	if (read(watch->fd, &ending, sizeof(ending)) != sizeof(ending) ||
	    !is_heard(daemon, ending.end))
		return;
	daemon->ends = true;
	log_write(ending.end == RUNTIME_END_SYNC ? LOG_ERROR : LOG_INFO, "the engine ends: %s",
		  ending.why);
	daemon->exit_code = ending.end;
	loop_stop(&daemon->loop);
}

static void on_signal(struct loop_watch *watch, unsigned events)
{
	struct daemon *daemon = watch->ctx;
	struct signalfd_siginfo info;

	(void)events;
	if (read(watch->fd, &info, sizeof(info)) != sizeof(info))
		return;
	log_info("the engine ends: %s", strsignal((int)info.ssi_signo));
	loop_stop(&daemon->loop);
}

static int watch_signals(struct daemon *daemon, struct err *err)
{
	sigset_t set;
	int fd;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_errno(err, errno, "cannot watch for signals");
	daemon->signals = (struct loop_watch){.fd = fd, .ready = on_signal, .ctx = daemon};
	return loop_add(&daemon->loop, &daemon->signals, LOOP_READ, err);
}

static int watch_ending(struct daemon *daemon, struct err *err)
{
	if (pipe2(daemon->over_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_errno(err, errno, "cannot make a pipe");
	daemon->over =
		(struct loop_watch){.fd = daemon->over_pipe[0], .ready = on_ending, .ctx = daemon};
	return loop_add(&daemon->loop, &daemon->over, LOOP_READ, err);
}

static enum durability durability_from_environment(void)
{
	const char *word = getenv("HLP_DURABILITY");

	return word && !strcmp(word, "process") ? DURABILITY_PROCESS : DURABILITY_FULL;
}

/* Whoever writes anything but a yes means to turn them off. */
static bool rollbacks_are_off(void)
{
	static const char *const on[] = {"", "true", "1", "yes", "on"};
	const char *word = getenv("PARTIAL_ROLLBACK_ENABLED");

	for (size_t i = 0; word && i < sizeof(on) / sizeof(*on); i++)
		if (!strcasecmp(word, on[i]))
			return false;
	if (word)
		log_info("PARTIAL_ROLLBACK_ENABLED is '%s': rollbacks are turned off", word);
	return word != NULL;
}

/* The launcher's count. */
static uint32_t crashes_before(void)
{
	const char *word = getenv("HLP_ENGINE_DIED");

	return word ? (uint32_t)strtoul(word, NULL, 10) : 0;
}

/* 1. loop and signals, 2. socket (clients wait in its backlog), 3. service's mailbox, 4. runtime:
 * fold, threads, 5. accept. */
static int assemble(struct daemon *daemon, struct err *err)
{
	struct runtime_options options = {
		.home = &daemon->home,
		.durability = durability_from_environment(),
		.clock = clock_system(),
		.encoder = service_encoder(),
		.no_rollbacks = rollbacks_are_off(),
		.slots = SLOTS,
		.snapshot_every = SNAPSHOT_EVERY,
		.crashes = crashes_before(),
		.over = on_over,
		.ctx = daemon,
	};
	int listen_fd, rc;

	if (proc_find_program("hlp-relay", &daemon->relay, err) < 0)
		log_warn("%s: nodes with 'host' or secrets cannot run", err->message);
	options.relay = daemon->relay;
	rng_entropy(&options.seed, sizeof(options.seed));
	rc = blackbox_open(daemon->home.fd, "last-crash", &options.last, err);
	if (rc >= 0)
		rc = loop_init(&daemon->loop, err);
	if (rc >= 0)
		rc = watch_signals(daemon, err);
	if (rc >= 0)
		rc = watch_ending(daemon, err);
	if (rc < 0)
		return rc;
	listen_fd = listen_open(&daemon->home, err);
	if (listen_fd < 0)
		return listen_fd;
	rc = service_new(&daemon->loop, &daemon->home, &daemon->service, err);
	if (rc < 0)
		return rc;
	options.updates = service_mailbox(daemon->service);
	rc = runtime_start(&options, &daemon->runtime, err);
	if (rc >= 0)
		rc = service_open(daemon->service, listen_fd, daemon->runtime, err);
	return rc;
}

/* Clients get what they are owed, within bounds; then the threads end, then the service. */
static void take_apart(struct daemon *daemon)
{
	int64_t until_us = loop_now_us() + FAREWELL_US;
	struct err err;

	if (daemon->service)
		service_stop(daemon->service);
	daemon->loop.stopping = false;
	while (daemon->service && !service_is_idle(daemon->service) && loop_now_us() < until_us)
		if (loop_turn(&daemon->loop, 20000, &err) < 0)
			break;
	runtime_stop(daemon->runtime);
	service_free(daemon->service);
	(void)unlink(daemon->home.engine_socket);
	loop_release(&daemon->loop);
}

/* How a start that failed ends: whether starting again may help without a person. */
static int exit_code_of(const struct err *err)
{
	switch (err->code) {
	case ERR_EXISTS: /* the one before may still be about to end */
	case ERR_FULL:
	case ERR_LIMIT:
	case ERR_UNAVAILABLE:
	case ERR_TIMEOUT:
		return CANNOT_START;
	default:
		return RUNTIME_END_SYNC;
	}
}

static int serve(struct daemon *daemon)
{
	struct err err = {0};

	if (assemble(daemon, &err) < 0 || loop_run(&daemon->loop, &err) < 0) {
		log_error("the engine cannot run: %s", err.message);
		daemon->exit_code = exit_code_of(&err);
	}
	take_apart(daemon);
	/* Children run on without a parent of ours: a new launcher looks after them. */
	if (daemon->exit_code == RUNTIME_END_LAUNCHER &&
	    instance_start_launcher(&daemon->home, &err) < 0)
		log_error("cannot start the launcher: %s", err.message);
	return daemon->exit_code;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct daemon daemon = {.home.fd = -1};
	const struct rlimit no_core = {0};
	struct err err;
	int rc = read_options(argc, argv, &options);

	if (rc)
		return rc;
	if (options.job == JOB_NAMES)
		return names_print(options.execution);
	log_setup_from_environment("hlpd");
	(void)setrlimit(RLIMIT_CORE, &no_core); /* values of runs are in memory */
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (home_open(&daemon.home, HOME_MAKE, &err) < 0 || listen_lock(&daemon.home, &err) < 0) {
		if (options.job == JOB_SERVE)
			log_error("the engine cannot run: %s", err.message);
		else
			(void)fprintf(stderr, "hlpd: error: %s\n", err.message);
		home_release(&daemon.home);
		return options.job == JOB_SERVE ? exit_code_of(&err) : CANNOT_START;
	}
	switch (options.job) {
	case JOB_SERVE:
		rc = serve(&daemon);
		break;
	case JOB_CHECK:
		rc = upkeep_check(&daemon.home, options.json);
		break;
	case JOB_REBUILD:
		rc = upkeep_rebuild(&daemon.home);
		break;
	case JOB_PRUNE:
		rc = prune_run(&daemon.home, &options.prune);
		break;
	case JOB_NAMES: /* needs no lock: done before */
		break;
	}
	free(daemon.relay);
	home_release(&daemon.home);
	return rc;
}
