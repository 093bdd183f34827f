/* SPDX-License-Identifier: MIT
 *
 * Reading /proc. What vanishes while it is being read has ended, which is no error.
 */
#include "launcher/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define ENVIRON_BYTES ((size_t)4 * 1024 * 1024)
#define PRINTED_MAX   20

void process_list_add(struct process_list *list, const struct process *process)
{
	list->items = mem_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = *process;
}

void process_list_release(struct process_list *list)
{
	free(list->items);
	*list = (struct process_list){0};
}

/* Reads a small file of /proc/PID; an empty buffer when it is not to be had. */
static void read_file(pid_t pid, const char *name, struct buf *out)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name); /* always fits */
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)file_read_fd(fd, out, NULL); /* what was read until an error is what there is */
	(void)close(fd);
}

bool process_read(pid_t pid, struct process *out)
{
	unsigned long long start_ticks;
	int parent, session;
	const char *rest;
	char state;
	struct buf text;
	bool found = false;

	buf_init(&text, 4096);
	read_file(pid, "stat", &text);
	rest = strrchr(buf_text(&text), ')'); /* the name before it may hold anything */
	if (rest && sscanf(rest,
			   ") %c %d %*d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d "
			   "%*d %llu",
			   &state, &parent, &session, &start_ticks) == 4) {
		*out = (struct process){pid, parent, session, start_ticks};
		found = state != 'Z' && state != 'X';
	}
	buf_release(&text);
	return found;
}

static bool environment_names(pid_t pid, const char *wanted)
{
	bool found = false;
	struct buf text;
	const char *at;

	buf_init(&text, ENVIRON_BYTES);
	read_file(pid, "environ", &text);
	at = buf_text(&text);
	while (!found && at < buf_text(&text) + text.length) {
		found = strcmp(at, wanted) == 0;
		at += strlen(at) + 1;
	}
	buf_release(&text);
	return found;
}

static void read_all(struct process_list *out)
{
	DIR *folder = opendir("/proc");
	const struct dirent *entry;

	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		char *end;
		const long pid = strtol(entry->d_name, &end, 10);
		struct process process;

		if (*end == '\0' && pid > 0 && process_read((pid_t)pid, &process))
			process_list_add(out, &process);
	}
	(void)closedir(folder);
}

static bool is_child_of_any(const struct process *process, const struct process_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].pid == process->parent)
			return true;
	return false;
}

/* Moves one descendant from `rest` to `out`; false when there is none any more. */
static bool take_descendant(struct process_list *rest, struct process_list *out)
{
	for (size_t i = 0; i < rest->count; i++) {
		if (is_child_of_any(&rest->items[i], out)) {
			process_list_add(out, &rest->items[i]);
			rest->items[i] = rest->items[--rest->count];
			return true;
		}
	}
	return false;
}

void process_find(const char *attempt, pid_t main, struct process_list *out)
{
	char *wanted = mem_printf("HLP_ATTEMPT=%s", attempt);
	struct process_list all = {0}, rest = {0};

	read_all(&all);
	for (size_t i = 0; i < all.count; i++) {
		const struct process *process = &all.items[i];
		const bool ours = main && (process->pid == main || process->session == main);

		if (process->pid == getpid())
			continue;
		if (ours || environment_names(process->pid, wanted))
			process_list_add(out, process);
		else
			process_list_add(&rest, process);
	}
	while (take_descendant(&rest, out))
		continue;
	process_list_release(&all);
	process_list_release(&rest);
	free(wanted);
}

void process_signal_member(pid_t pid, int signal, bool (*is_member)(void *ctx, pid_t pid),
			   void *ctx)
{
	const int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return;
	if (is_member(ctx, pid))
		(void)syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0); /* gone is fine */
	(void)close(fd);
}

static bool is_same(void *ctx, pid_t pid)
{
	const struct process *wanted = ctx;
	struct process now;

	return process_read(pid, &now) && now.start_ticks == wanted->start_ticks;
}

void process_signal(const struct process *process, int signal)
{
	struct process wanted = *process;

	process_signal_member(process->pid, signal, is_same, &wanted);
}

void process_list_print(const struct process_list *list, struct buf *out)
{
	const size_t shown = list->count < PRINTED_MAX ? list->count : PRINTED_MAX;

	for (size_t i = 0; i < shown; i++)
		buf_printf(out, "%s%d", i ? ", " : "", (int)list->items[i].pid);
	if (shown < list->count)
		buf_printf(out, " and %zu more", list->count - shown);
}
