/* SPDX-License-Identifier: MIT
 *
 * The black box. The file is opened ahead and the record is a few bytes, so that the handler needs
 * nothing but write(2). It then lets the signal do what it did before: kill, or be reported by a
 * sanitizer.
 */
#include "base/blackbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
#define FATAL (sizeof(fatal) / sizeof(fatal[0]))

/* The kernel saves all registers there, on some machines 11 KiB; the handler needs little more. */
#define SIGNAL_STACK ((size_t)32 * 1024)

static struct sigaction before[FATAL];
static int box_fd = -1;
static _Thread_local char about[BLACKBOX_TEXT];
/* Beside the thread's variables, not on its stack, and gone with the thread. */
static _Thread_local char signal_stack[SIGNAL_STACK];

void blackbox_watch_thread(void)
{
	const stack_t ours = {.ss_sp = signal_stack, .ss_size = sizeof(signal_stack)};
	stack_t theirs;

	/* A sanitizer has given it one, and takes back what it finds. */
	if (sigaltstack(NULL, &theirs) == 0 && theirs.ss_flags & SS_DISABLE)
		(void)sigaltstack(&ours, NULL); /* else such a death leaves no word */
}

void blackbox_about(const char *what)
{
	if (what)
		(void)strncpy(about, what, sizeof(about) - 1); /* the last byte stays 0 */
	else
		about[0] = '\0';
}

/* Of our own doing: a fault of the kernel's telling, or abort. */
static bool is_own(const siginfo_t *info)
{
	return info->si_code > 0 || info->si_pid == getpid();
}

static void record(int number)
{
	/* Two digits, a blank, the text: signals of this list are below 100. */
	char line[4 + BLACKBOX_TEXT];
	const size_t length = strlen(about);

	line[0] = (char)('0' + number / 10);
	line[1] = (char)('0' + number % 10);
	line[2] = ' ';
	memcpy(line + 3, about, length);
	if (pwrite(box_fd, line, 3 + length, 0) < 0)
		return; /* nobody could be told */
}

static void on_fatal(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (is_own(info) && about[0])
		record(number);
	for (size_t i = 0; i < FATAL; i++)
		if (fatal[i] == number)
			(void)sigaction(number, &before[i], NULL);
	/* A fault strikes again on return; a signal that was sent must be sent again. */
	if (info->si_code <= 0)
		(void)raise(number);
}

static int take_last(int fd, struct blackbox_record *out)
{
	char line[4 + BLACKBOX_TEXT] = "";
	struct blackbox_record record = {0};
	ssize_t got = pread(fd, line, sizeof(line) - 1, 0);

	if (got < 0 || (got > 0 && ftruncate(fd, 0) < 0))
		return -errno;
	if (sscanf(line, "%d %31s", &record.signal, record.about) != 2)
		record = (struct blackbox_record){0};
	*out = record;
	return 0;
}

int blackbox_open(int folder_fd, const char *name, struct blackbox_record *out, struct err *err)
{
	const struct sigaction action = {.sa_sigaction = on_fatal,
					 .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
	int fd = openat(folder_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int rc = fd < 0 ? -errno : take_last(fd, out);

	if (rc < 0) {
		if (fd >= 0)
			(void)close(fd); /* nothing was written */
		return err_errno(err, -rc, "cannot use '%s'", name);
	}
	box_fd = fd;
	blackbox_watch_thread();
	for (size_t i = 0; i < FATAL; i++)
		(void)sigaction(fatal[i], &action, &before[i]); /* known signals: cannot fail */
	return 0;
}
