/* SPDX-License-Identifier: MIT
 *
 * A signal that would end hlp is passed on, so that the shell ends first and its end is told.
 */
#include "cli/visit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/proc.h"

static volatile sig_atomic_t relay_pid;

static void pass_on(int number)
{
	if (relay_pid > 0)
		(void)kill((pid_t)relay_pid, number); /* not reaped, so still ours */
}

static const int passed[] = {SIGHUP, SIGTERM, SIGINT, SIGQUIT};
#define PASSED (sizeof passed / sizeof passed[0])

static void watch_signals(struct sigaction before[PASSED])
{
	struct sigaction action = {.sa_handler = pass_on};
	for (size_t i = 0; i < PASSED; i++)
		(void)sigaction(passed[i], &action, &before[i]); /* valid: cannot fail */
}

static void forget_signals(const struct sigaction before[PASSED])
{
	for (size_t i = 0; i < PASSED; i++)
		(void)sigaction(passed[i], &before[i], NULL);
}

/* What a terminal needs beside what the node is given: its kind, a prompt that tells where one is,
 * and no history of what was typed, which the recording has without its secrets. */
static char **make_environment(const Hlp__V1__ShellReply *reply, const char *prompt)
{
	const char *kind = getenv("TERM");
	char **list = mem_calloc(reply->n_env + 4, sizeof *list);
	size_t count = 0;
	for (; count < reply->n_env; count++)
		list[count] = mem_strdup(reply->env[count]);
	list[count++] = mem_printf("TERM=%s", kind != NULL ? kind : "dumb");
	list[count++] = mem_printf("PS1=%s\\$ ", prompt);
	list[count++] = mem_strdup("HISTFILE=");
	return list;
}

static void free_list(char **list)
{
	for (size_t i = 0; list[i] != NULL; i++)
		free(list[i]);
	free(list);
}

static int spawn(const Hlp__V1__ShellReply *reply, const char *relay, char *const *environment,
		 pid_t *out, struct err *err)
{
	char **argv = mem_calloc(reply->n_argv + 1, sizeof *argv);
	memcpy(argv, reply->argv, reply->n_argv * sizeof *argv);
	argv[0] = (char *)relay;
	struct proc_spawn how = {.argv = argv,
				 .environment = environment,
				 .folder = reply->folder,
				 .stdin_fd = STDIN_FILENO,
				 .stdout_fd = STDOUT_FILENO,
				 .stderr_fd = STDERR_FILENO};
	int result = proc_spawn(&how, out, err);
	free(argv);
	return result;
}

static int wait_for(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	relay_pid = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int visit_run(const Hlp__V1__ShellReply *reply, const char *prompt, struct err *err)
{
	struct sigaction before[PASSED];
	struct termios terminal;
	char *relay;
	pid_t pid;
	if (reply->n_argv == 0 || tcgetattr(STDIN_FILENO, &terminal) < 0)
		return err_set(err, ERR_INVALID, "a shell needs a terminal");
	int result = proc_find_program("hlp-relay", &relay, err);
	if (result < 0)
		return result;
	char **environment = make_environment(reply, prompt);
	watch_signals(before);
	result = spawn(reply, relay, environment, &pid, err);
	if (result >= 0) {
		relay_pid = pid;
		result = wait_for(pid);
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal); /* had it been killed */
	}
	forget_signals(before);
	free_list(environment);
	free(relay);
	return result;
}
