/* SPDX-License-Identifier: MIT
 *
 * The instance that a crash test kills. See victim.h.
 */
#include "tests/crash/victim/victim.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"

#define FSCK_TRIES 50

static bool take_option(const struct victim_option *options, const char *name, const char *value)
{
	for (; options->name; options++) {
		if (strcmp(options->name, name) != 0)
			continue;
		*options->value = strtoull(value, NULL, 10);
		return true;
	}
	return false;
}

void victim_read_arguments(struct victim *victim, int argc, char **argv,
			   const struct victim_option *options)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		const char *value = argv[i + 1];

		if (!strcmp(argv[i], "--bin"))
			victim->bin = value;
		else if (!strcmp(argv[i], "--target"))
			victim->target = !strcmp(value, "engine")     ? TARGET_ENGINE
					 : !strcmp(value, "launcher") ? TARGET_LAUNCHER
								      : TARGET_BOTH;
		else if (!take_option(options, argv[i], value))
			victim_die("no such option", argv[i]);
	}
	if (!victim->bin)
		victim_die("usage", "--bin FOLDER, and what the head of the file says");
}

_Noreturn void victim_die(const char *what, const char *why)
{
	(void)fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
	exit(1);
}

void victim_open(struct victim *victim)
{
	(void)snprintf(victim->home, sizeof(victim->home), "/tmp/hlp-kill-XXXXXX");
	if (!mkdtemp(victim->home))
		victim_die("mkdtemp", strerror(errno));
	(void)snprintf(victim->folder, sizeof(victim->folder), "%s/work", victim->home);
	(void)mkdir(victim->folder, 0700);
	(void)setenv("HLP_HOME", victim->home, 1);
	(void)setenv("HLP_REASON", "kill test", 1);
}

/* ---- the instance's processes ------------------------------------------------------------ */

static bool file_has(const char *path, const char *text, size_t text_length)
{
	struct buf buf;
	struct err err;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool found = false;

	if (fd < 0)
		return false;
	buf_init(&buf, 1 << 20);
	if (file_read_fd(fd, &buf, &err) >= 0 && buf.length)
		found = memmem(buf.data, buf.length, text, text_length) != NULL;
	buf_release(&buf);
	(void)close(fd);
	return found;
}

/* The pid of a program of this very home, or 0. */
static pid_t find_program(const struct victim *victim, const char *name)
{
	char path[300], want[128];
	size_t length = (size_t)snprintf(want, sizeof(want), "HLP_HOME=%s", victim->home) + 1;
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	while (proc && !found && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (!file_has(path, name, strlen(name)) ||
		    (!strcmp(name, "hlpd\n") && file_has(path, "launcher", 8)))
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%s/environ", entry->d_name);
		if (file_has(path, want, length)) /* with its NUL */
			found = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	if (proc)
		(void)closedir(proc);
	return found;
}

bool victim_kill(const struct victim *victim)
{
	static const char *const names[] = {"hlpd\n", "hlp-launcher\n"};
	pid_t pids[2] = {0};
	bool hit = false;

	for (int i = 0; i < 2; i++)
		if (victim->target & (1 << i))
			pids[i] = find_program(victim, names[i]);
	for (int i = 0; i < 2; i++)
		if (pids[i] && kill(pids[i], SIGKILL) == 0)
			hit = true;
	return hit;
}

int victim_hlp(const struct victim *victim, struct buf *out, char *const *args)
{
	char *argv[16] = {mem_printf("%s/hlp", victim->bin)};
	struct err err = {0};
	size_t count = 1;
	int rc;

	while (args[count - 1] && count < 15) {
		argv[count] = args[count - 1];
		count++;
	}
	rc = proc_run(argv, victim->folder, out, &err);
	free(argv[0]);
	return rc;
}

void victim_run(const struct victim *victim, char *const *argv)
{
	struct err err = {0};
	struct buf out;
	int rc;

	buf_init(&out, 65536);
	rc = proc_run(argv, victim->folder, &out, &err);
	if (rc)
		victim_die(argv[0], rc < 0 ? err.message : "it failed");
	buf_release(&out);
}

void victim_check_contents(const struct victim *victim)
{
	char *where = mem_printf("--git-dir=%s/content.git", victim->home);
	char *argv[] = {"git", where, "fsck", "--strict", "--no-dangling", NULL};
	struct err err = {0};
	struct buf out;
	int rc = 1;

	buf_init(&out, 1 << 20);
	for (int tries = 0; rc && tries < FSCK_TRIES; tries++) {
		buf_clear(&out);
		if (tries)
			victim_sleep_us(200000);
		rc = proc_ask(argv, victim->folder, &out, &err);
	}
	if (rc)
		victim_die("git fsck", rc < 0 ? err.message : buf_text(&out));
	buf_release(&out);
	free(where);
}

void victim_close(const struct victim *victim)
{
	char *stop[] = {"engine", "stop", "--all", "--yes", NULL};
	char *clear[] = {"rm", "-rf", (char *)victim->home, NULL};
	struct victim end = *victim;
	struct buf out;

	buf_init(&out, 65536);
	(void)victim_hlp(victim, &out, stop); /* or it has ended already */
	buf_release(&out);
	victim_check_contents(victim);
	(void)snprintf(end.folder, sizeof(end.folder), "/");
	victim_run(&end, clear);
}

void victim_sleep_us(uint64_t us)
{
	struct timespec wait = {.tv_sec = (time_t)(us / 1000000),
				.tv_nsec = (long)(us % 1000000) * 1000};

	(void)nanosleep(&wait, NULL);
}
