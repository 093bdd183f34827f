/* SPDX-License-Identifier: MIT
 *
 * The child between clone and exec. It shares the launcher's memory while the launcher waits, so
 * everything it needs is made ready before, and it calls nothing but system calls.
 */
#include "launcher/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define STACK_BYTES  ((size_t)64 * 1024)
#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"
#define PATH_BYTES   4096

/* All that the child needs, and what it says when it fails. */
struct child {
	const struct spawn_order *order;
	const char *search;  /* PATH; NULL: argv[0] holds a slash */
	const char **script; /* argv for /bin/sh, when the kernel does not know the format */
	const struct rlimit *files;
	int null_fd;
	bool join; /* the child itself must join the cgroup */
	/* Written by the child in the launcher's memory, behind the compiler's back. */
	const char *volatile failed; /* the step that failed; NULL while none has */
	volatile int number;	     /* its errno */
};

int spawner_init(struct spawner *spawner, struct err *err)
{
	*spawner = (struct spawner){.null_fd = -1, .has_clone3 = true};
	if (getrlimit(RLIMIT_NOFILE, &spawner->files) < 0)
		return err_errno(err, errno, "cannot read the limit of open files");
	spawner->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (spawner->null_fd < 0)
		return err_errno(err, errno, "cannot open '/dev/null'");
	spawner->stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (spawner->stack == MAP_FAILED) {
		spawner->stack = NULL;
		return err_errno(err, errno, "cannot map a stack");
	}
	return 0;
}

void spawner_release(struct spawner *spawner)
{
	if (spawner->stack)
		(void)munmap(spawner->stack, STACK_BYTES); /* it was mapped by us */
	if (spawner->null_fd >= 0)
		(void)close(spawner->null_fd);
	*spawner = (struct spawner){.null_fd = -1};
}

/* ---- in the child -------------------------------------------------------------------------- */

/* It leaves its frames by exec, never by return. A sanitizer would keep what it noted of them, in
 * memory that the launcher and the next child share. */
#define IN_CHILD __attribute__((no_sanitize("address", "thread")))

IN_CHILD static void execute(struct child *child, const char *path)
{
	char *const *env = (char *const *)child->order->env;

	(void)execve(path, (char *const *)child->order->argv, env); /* returns only on failure */
	if (errno != ENOEXEC)
		return;
	child->script[1] = path;
	(void)execve("/bin/sh", (char *const *)child->script, env);
}

/* Every folder of PATH in turn, as a shell would: a forbidden one is remembered, not final. */
IN_CHILD static void execute_in_path(struct child *child)
{
	const char *name = child->order->argv[0];
	const size_t name_length = strlen(name);
	bool denied = false;
	char path[PATH_BYTES];

	for (const char *at = child->search;;) {
		const size_t length = strcspn(at, ":");

		if (length + name_length + 2 <= sizeof(path)) {
			memcpy(path, length ? at : ".", length ? length : 1);
			path[length ? length : 1] = '/';
			memcpy(path + (length ? length : 1) + 1, name, name_length + 1);
			execute(child, path);
			denied = denied || errno == EACCES;
			if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
				return;
		}
		if (!at[length])
			break;
		at += length + 1;
	}
	errno = denied ? EACCES : ENOENT;
}

/* Hard, so that the program cannot lift it. */
IN_CHILD static bool limit(__rlimit_resource_t resource, rlim_t most)
{
	const struct rlimit limit = {.rlim_cur = most, .rlim_max = most};

	return !most || setrlimit(resource, &limit) == 0;
}

/* Last: they hold for what this child still does, too. */
IN_CHILD static const char *set_limits(const struct spawn_limits *limits)
{
	if (!limit(RLIMIT_NOFILE, limits->files))
		return "cannot set the limit of open files";
	if (!limit(RLIMIT_FSIZE, limits->file_size))
		return "cannot set the limit of a file's size";
	if (!limit(RLIMIT_AS, limits->address_space))
		return "cannot set the limit of memory";
	return NULL;
}

IN_CHILD static const char *prepare(const struct child *child)
{
	const struct spawn_order *order = child->order;
	sigset_t none;

	if (setsid() < 0)
		return "cannot begin a session";
	if (child->join && write(order->cgroup_procs_fd, "0", 1) != 1)
		return "cannot join the cgroup";
	if (order->memory_procs_fd >= 0 && write(order->memory_procs_fd, "0", 1) != 1)
		return "cannot join the cgroup of its memory";
	if (dup2(child->null_fd, STDIN_FILENO) < 0 || dup2(order->output_fd, STDOUT_FILENO) < 0 ||
	    dup2(order->output_fd, STDERR_FILENO) < 0)
		return "cannot redirect its output";
	if (chdir(order->folder) < 0)
		return "cannot enter the folder";
	if (setrlimit(RLIMIT_NOFILE, child->files) < 0)
		return "cannot set the limit of open files";
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return "cannot unblock signals";
	return set_limits(&order->limits);
}

IN_CHILD static _Noreturn void child_main(struct child *child)
{
	child->failed = prepare(child);
	if (!child->failed) {
		if (child->search)
			execute_in_path(child);
		else
			execute(child, child->order->argv[0]);
		child->failed = "cannot start";
	}
	child->number = errno;
	_exit(127);
}

/* ---- in the launcher ----------------------------------------------------------------------- */

#if defined(__x86_64__)
/* The C library has no clone3 that takes a stack and returns once in each process; so here is the
 * jump onto the child's own stack. */
static pid_t clone_into(const struct spawner *spawner, struct child *child)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.stack = (uintptr_t)spawner->stack,
		.stack_size = STACK_BYTES,
		.cgroup = (uint64_t)child->order->cgroup_fd,
	};
	long result;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[child], %%rdi\n\t"
			 "call *%[entry]\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(result)
			 : "0"((long)SYS_clone3), "D"(&args),
			   "S"(sizeof(args)), [child] "r"(child), [entry] "r"(child_main)
			 : "rcx", "r11", "memory", "cc");
	if (result < 0) {
		errno = (int)-result;
		return -1;
	}
	return (pid_t)result;
}
#else
static pid_t clone_into(const struct spawner *spawner, struct child *child)
{
	(void)spawner;
	(void)child;
	errno = ENOSYS;
	return -1;
}
#endif

static int clone_main(void *child)
{
	child_main(child);
}

/* What vfork does, but on the child's own stack, so that nothing returns twice. */
static pid_t clone_beside(const struct spawner *spawner, struct child *child)
{
	return clone(clone_main, spawner->stack + STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD,
		     child);
}

static pid_t start(struct spawner *spawner, struct child *child)
{
	if (child->order->cgroup_fd >= 0 && spawner->has_clone3) {
		const pid_t pid = clone_into(spawner, child);

		if (pid > 0 || (errno != ENOSYS && errno != EPERM && errno != EINVAL))
			return pid;
		spawner->has_clone3 = false;
	}
	child->join = child->order->cgroup_procs_fd >= 0;
	return clone_beside(spawner, child);
}

static const char *find_search_path(const struct spawn_order *order)
{
	if (strchr(order->argv[0], '/'))
		return NULL;
	for (const char *const *env = order->env; *env; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return PATH_DEFAULT;
}

static const char **make_script(const char *const *argv)
{
	size_t count = 0;
	const char **script;

	while (argv[count])
		count++;
	script = mem_calloc(count + 2, sizeof(*script));
	script[0] = "/bin/sh";
	for (size_t i = 1; i < count; i++)
		script[i + 1] = argv[i];
	return script;
}

int spawn(struct spawner *spawner, const struct spawn_order *order, pid_t *out_pid, int *out_code,
	  struct err *err)
{
	struct child child = {
		.order = order,
		.search = find_search_path(order),
		.script = make_script(order->argv),
		.files = &spawner->files,
		.null_fd = spawner->null_fd,
	};
	const pid_t pid = start(spawner, &child);
	const int number = pid < 0 ? errno : child.number;

	free(child.script);
	if (pid < 0) {
		*out_code = 126;
		return err_errno(err, number, "cannot start a process");
	}
	if (child.failed) {
		(void)waitpid(pid, NULL, 0); /* it has ended: nobody else may see it */
		*out_code = number == ENOENT || number == ENOTDIR ? 127 : 126;
		return err_errno(err, number, "%s '%s'", child.failed,
				 strcmp(child.failed, "cannot enter the folder") == 0
					 ? order->folder
					 : order->argv[0]);
	}
	*out_pid = pid;
	return 0;
}
