/* SPDX-License-Identifier: MIT
 *
 * Files of the two memory controllers. Swap is no way around a limit: it is limited too, where the
 * kernel counts it.
 */
#include "launcher/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static int open_in(const char *folder, const char *name, int flags)
{
	char *path = file_join(folder, name);
	const int fd = open(path, flags | O_CLOEXEC);

	free(path);
	return fd;
}

static bool write_in(const char *folder, const char *name, const char *text)
{
	char *path = file_join(folder, name);
	const bool written = cgroup_write(AT_FDCWD, path, text);

	free(path);
	return written;
}

static bool is_v2(const char *folder)
{
	char *path = file_join(folder, "memory.max");
	const bool found = file_exists(path);

	free(path);
	return found;
}

/* How often the kernel killed for the limit, from the line `oom_kill N`. */
static int64_t count_kills(const char *folder)
{
	const int fd =
		open_in(folder, is_v2(folder) ? "memory.events" : "memory.oom_control", O_RDONLY);
	char text[512] = "";
	const char *line;

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	(void)close(fd);
	line = strstr(text, "oom_kill ");
	return line ? strtoll(line + strlen("oom_kill "), NULL, 10) : 0;
}

bool memory_limit_begin_in(struct memory_limit *limit, const char *folder, int64_t bytes)
{
	const bool second = is_v2(folder);
	char number[24];

	(void)snprintf(number, sizeof(number), "%lld", (long long)bytes); /* fits */
	if (!write_in(folder, second ? "memory.max" : "memory.limit_in_bytes", number))
		return false;
	/* Not every kernel counts swap. */
	(void)write_in(folder, second ? "memory.swap.max" : "memory.memsw.limit_in_bytes",
		       second ? "0" : number);
	*limit = (struct memory_limit){
		.bytes = bytes, .kills = count_kills(folder), .folder = mem_strdup(folder)};
	return true;
}

/* The slot's folder can hold a limit once its parent hands the controller down. */
static bool begin_v2(struct memory_limit *limit, const struct cgroup *slot, int64_t bytes)
{
	if (!is_v2(slot->path)) /* whether it worked is seen next */
		(void)write_in(slot->path, "../cgroup.subtree_control", "+memory");
	return is_v2(slot->path) && memory_limit_begin_in(limit, slot->path, bytes);
}

static bool begin_v1(struct memory_limit *limit, const struct cgroup *slot, int64_t bytes)
{
	char *folder = cgroup_memory_folder(slot);
	char *base = folder ? mem_strdup(folder) : NULL;
	bool begun = false;

	if (folder) {
		*strrchr(base, '/') = '\0';
		(void)rmdir(folder); /* of an earlier life: its counts with it */
		begun = (mkdir(base, 0755) == 0 || errno == EEXIST) &&
			(mkdir(folder, 0755) == 0 || errno == EEXIST) &&
			memory_limit_begin_in(limit, folder, bytes);
		if (!begun)
			(void)rmdir(folder); /* only if it was made, and is of no use */
	}
	free(base);
	free(folder);
	return begun;
}

void memory_limit_begin(struct memory_limit *limit, const struct cgroup *slot, int64_t bytes)
{
	if (slot && slot->kind == CGROUP_V2 && begin_v2(limit, slot, bytes))
		return;
	if (slot && begin_v1(limit, slot, bytes))
		return;
	*limit = (struct memory_limit){.bytes = bytes};
}

int memory_limit_open_procs(const struct memory_limit *limit)
{
	if (!limit->folder || is_v2(limit->folder))
		return -1;
	return open_in(limit->folder, "cgroup.procs", O_WRONLY);
}

bool memory_limit_struck(const struct memory_limit *limit)
{
	return limit->folder && count_kills(limit->folder) > limit->kills;
}

void memory_limit_end(struct memory_limit *limit)
{
	if (limit->folder && is_v2(limit->folder)) {
		(void)write_in(limit->folder, "memory.max", "max");
		(void)write_in(limit->folder, "memory.swap.max", "max");
	} else if (limit->folder && rmdir(limit->folder) < 0) {
		/* Something was left running in it. */
		(void)write_in(limit->folder, "memory.memsw.limit_in_bytes", "-1");
		(void)write_in(limit->folder, "memory.limit_in_bytes", "-1");
	} else if (limit->folder) {
		*strrchr(limit->folder, '/') = '\0';
		(void)rmdir(limit->folder); /* the instance's, with the last of them */
	}
	free(limit->folder);
	*limit = (struct memory_limit){0};
}
