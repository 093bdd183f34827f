/* SPDX-License-Identifier: MIT
 *
 * Finding, making and using cgroups. Where something cannot be made, there is none: the caller
 * then falls back to searching /proc.
 */
#include "launcher/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define SLOTS_TRIED 10000 /* numbers looked at for a new slot */
#define FREEZER	    "freezer"
#define FILE_BYTES  ((size_t)1024 * 1024)

/* ---- finding -------------------------------------------------------------------------------- */

struct mount {
	char point[512], root[512];
};

/* Finds the mount of the v2 hierarchy or of a v1 controller. */
static bool find_mount(enum cgroup_kind kind, const char *controller, struct mount *out)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[2048];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		const char *rest = strstr(line, " - ");
		char type[32], options[512];

		if (!rest || sscanf(line, "%*d %*d %*s %511s %511s", out->root, out->point) != 2 ||
		    sscanf(rest, " - %31s %*s %511s", type, options) != 2)
			continue;
		if (kind == CGROUP_V2)
			found = strcmp(type, "cgroup2") == 0;
		else
			found = strcmp(type, "cgroup") == 0 && strstr(options, controller);
	}
	if (file)
		(void)fclose(file); /* it was only read */
	return found;
}

/* The path of a process's cgroup in a line of /proc/PID/cgroup, or NULL if it is of another
 * hierarchy. */
static const char *path_of_line(enum cgroup_kind kind, const char *controller, const char *line)
{
	const char *controllers = strchr(line, ':');
	const char *path = controllers ? strchr(controllers + 1, ':') : NULL;
	const size_t length = strlen(controller);

	if (!path)
		return NULL;
	if (kind == CGROUP_V2)
		return strncmp(line, "0::", 3) == 0 ? path + 1 : NULL;
	return (size_t)(path - controllers) == length + 1 &&
			       memcmp(controllers + 1, controller, length) == 0
		       ? path + 1
		       : NULL;
}

static bool read_own_path(enum cgroup_kind kind, const char *controller, pid_t pid, char *out,
			  size_t size)
{
	char name[64], line[2048];
	bool found = false;
	FILE *file;

	(void)snprintf(name, sizeof(name), "/proc/%d/cgroup", (int)pid); /* always fits */
	file = fopen(name, "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		const char *path = path_of_line(kind, controller, line);

		if (!path)
			continue;
		found = snprintf(out, size, "%.*s", (int)strcspn(path, "\n"), path) < (int)size;
	}
	if (file)
		(void)fclose(file); /* it was only read */
	return found;
}

/* Where our own cgroup lies; NULL when that hierarchy is not to be had. The caller frees it. */
static char *find_own_folder(enum cgroup_kind kind, const char *controller,
			     size_t *out_mount_length)
{
	struct mount mount;
	char own[1024];
	const char *below;

	if (!find_mount(kind, controller, &mount) ||
	    !read_own_path(kind, controller, getpid(), own, sizeof(own)))
		return NULL;
	below = text_starts_with(own, mount.root) && strcmp(mount.root, "/") != 0
			? own + strlen(mount.root)
			: own;
	*out_mount_length = strlen(mount.point);
	return mem_printf("%s%s", mount.point, strcmp(below, "/") == 0 ? "" : below);
}

/* Makes this instance's folder below our own cgroup and tries it out with a slot. */
static bool try_kind(struct cgroups *cgroups, const struct home *home, enum cgroup_kind kind)
{
	char *own = find_own_folder(kind, FREEZER, &cgroups->mount_length);
	struct cgroup *first;

	if (!own)
		return false;
	/* A launcher started by a node of an instance of its own
	 * lies in a slot: that is fine too. */
	cgroups->base = mem_printf("%s/hlp-%llx-%llx", own, (unsigned long long)home->device,
				   (unsigned long long)home->inode);
	free(own);
	cgroups->kind = kind;
	first = mkdir(cgroups->base, 0755) == 0 || errno == EEXIST ? cgroups_take(cgroups) : NULL;
	if (first) {
		(void)cgroups_give_back(cgroups, first);
		return true;
	}
	(void)rmdir(cgroups->base); /* only if it was made, and is of no use */
	free(cgroups->base);
	cgroups->base = NULL;
	return false;
}

void cgroups_init(struct cgroups *cgroups, const struct home *home, enum cgroup_kind wanted)
{
	*cgroups = (struct cgroups){0};
	if (wanted == CGROUP_V2 && try_kind(cgroups, home, CGROUP_V2))
		return;
	if (wanted != CGROUP_NONE && try_kind(cgroups, home, CGROUP_V1))
		return;
	cgroups->kind = CGROUP_NONE;
	cgroups->base = mem_strdup("");
}

/* ---- slots ---------------------------------------------------------------------------------- */

static void cgroup_free(struct cgroup *cgroup)
{
	if (cgroup->fd >= 0)
		(void)close(cgroup->fd);
	if (cgroup->procs_fd >= 0)
		(void)close(cgroup->procs_fd);
	if (cgroup->events_fd >= 0)
		(void)close(cgroup->events_fd);
	free(cgroup->path);
	free(cgroup);
}

static struct cgroup *cgroup_open(enum cgroup_kind kind, const char *path, size_t mount_length)
{
	struct cgroup *cgroup = mem_zalloc(sizeof(*cgroup));

	cgroup->kind = kind;
	cgroup->path = mem_strdup(path);
	cgroup->name = cgroup->path + mount_length;
	cgroup->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cgroup->procs_fd =
		cgroup->fd < 0 ? -1 : openat(cgroup->fd, "cgroup.procs", O_RDWR | O_CLOEXEC);
	cgroup->events_fd = cgroup->fd < 0 || kind != CGROUP_V2
				    ? -1
				    : openat(cgroup->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	if (cgroup->procs_fd >= 0 && (kind != CGROUP_V2 || cgroup->events_fd >= 0))
		return cgroup;
	cgroup_free(cgroup);
	return NULL;
}

bool cgroup_write(int folder_fd, const char *name, const char *text)
{
	const int fd = openat(folder_fd, name, O_WRONLY | O_CLOEXEC);
	bool written;

	if (fd < 0)
		return false;
	written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	(void)close(fd);
	return written;
}

static void lift_limits(const struct cgroup *cgroup)
{
	(void)cgroup_write(cgroup->fd, "memory.max",
			   "max"); /* is not there without the controller */
	(void)cgroup_write(cgroup->fd, "memory.swap.max", "max");
}

static void add_slot(struct cgroups *cgroups, struct cgroup *cgroup)
{
	cgroups->slots = mem_grow(cgroups->slots, &cgroups->capacity, cgroups->count + 1,
				  sizeof(struct cgroup *));
	cgroups->slots[cgroups->count++] = cgroup;
}

static void add_empty(struct cgroups *cgroups, struct cgroup *cgroup)
{
	cgroups->empty = mem_grow(cgroups->empty, &cgroups->empty_capacity,
				  cgroups->empty_count + 1, sizeof(struct cgroup *));
	cgroups->empty[cgroups->empty_count++] = cgroup;
}

static struct cgroup *find_slot(const struct cgroups *cgroups, const char *path)
{
	for (size_t i = 0; i < cgroups->count; i++)
		if (strcmp(cgroups->slots[i]->path, path) == 0)
			return cgroups->slots[i];
	return NULL;
}

/* Opens or makes the next slot; NULL when there can be none. */
static struct cgroup *make_slot(struct cgroups *cgroups)
{
	char *path = mem_printf("%s/slot-%u", cgroups->base, cgroups->next);
	const bool made = mkdir(path, 0755) == 0;
	struct cgroup *cgroup = NULL;

	if (made || errno == EEXIST)
		cgroup = cgroup_open(cgroups->kind, path, cgroups->mount_length);
	if (cgroup && !made && cgroup->kind == CGROUP_V2)
		lift_limits(cgroup); /* of a launcher that died */
	free(path);
	if (!cgroup)
		return NULL;
	cgroups->next++;
	add_slot(cgroups, cgroup);
	return cgroup;
}

static struct cgroup *take_new(struct cgroups *cgroups)
{
	for (unsigned tries = 0; tries < SLOTS_TRIED; tries++) {
		struct cgroup *cgroup = make_slot(cgroups);

		/* Someone may have tidied up our folder while it was empty. */
		if (!cgroup && mkdir(cgroups->base, 0755) == 0)
			cgroup = make_slot(cgroups);
		if (!cgroup || cgroup_is_empty(cgroup))
			return cgroup;
		cgroups->dirty_count++; /* of an earlier life */
	}
	return NULL;
}

/* Looks again at the slots in which something was left running. */
static void find_emptied(struct cgroups *cgroups)
{
	for (size_t i = 0; i < cgroups->count; i++) {
		struct cgroup *cgroup = cgroups->slots[i];

		if (!cgroup->busy && cgroup->kind == cgroups->kind && cgroup_is_empty(cgroup)) {
			add_empty(cgroups, cgroup);
			cgroups->dirty_count--;
		}
	}
}

/* Someone who tidies up may remove a folder that is empty just now. */
static bool was_removed(const struct cgroup *cgroup)
{
	char c;

	if (cgroup->kind == CGROUP_V2)
		return pread(cgroup->events_fd, &c, 1, 0) < 0;
	return access(cgroup->path, F_OK) < 0;
}

static struct cgroup *take_empty(struct cgroups *cgroups)
{
	while (cgroups->empty_count) {
		struct cgroup *cgroup = cgroups->empty[--cgroups->empty_count];

		if (!was_removed(cgroup))
			return cgroup;
		cgroup->busy = true; /* for good: it is of no use */
	}
	return NULL;
}

struct cgroup *cgroups_take(struct cgroups *cgroups)
{
	struct cgroup *cgroup;

	if (cgroups->kind == CGROUP_NONE)
		return NULL;
	if (!cgroups->empty_count && cgroups->dirty_count)
		find_emptied(cgroups);
	cgroup = take_empty(cgroups);
	if (!cgroup)
		cgroup = take_new(cgroups);
	if (cgroup)
		cgroup->busy = true;
	return cgroup;
}

static size_t mount_length_of(const char *path, const struct cgroups *cgroups)
{
	const char *name = strstr(path, "/hlp-");
	struct mount mount;

	if (cgroups->kind != CGROUP_NONE &&
	    strncmp(path, cgroups->base, cgroups->mount_length) == 0)
		return cgroups->mount_length;
	if (find_mount(CGROUP_V2, FREEZER, &mount) && text_starts_with(path, mount.point))
		return strlen(mount.point);
	return name ? (size_t)(name - path) : 0;
}

/* A number that is in use may not be made again. */
static void skip_number(struct cgroups *cgroups, const char *path)
{
	const size_t length = strlen(cgroups->base);
	unsigned number;

	if (cgroups->kind != CGROUP_NONE && strncmp(path, cgroups->base, length) == 0 &&
	    sscanf(path + length, "/slot-%u", &number) == 1 && number >= cgroups->next)
		cgroups->next = number + 1;
}

/* Takes a slot that is known already out of the ones to be handed out. */
static void take_known(struct cgroups *cgroups, struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroups->empty_count; i++) {
		if (cgroups->empty[i] == cgroup) {
			cgroups->empty[i] = cgroups->empty[--cgroups->empty_count];
			return;
		}
	}
	if (!cgroup->busy)
		cgroups->dirty_count--;
}

struct cgroup *cgroups_claim(struct cgroups *cgroups, const char *path)
{
	struct cgroup *cgroup = find_slot(cgroups, path);
	char *freeze = mem_printf("%s/cgroup.freeze", path);

	if (cgroup) {
		take_known(cgroups, cgroup);
	} else {
		cgroup = cgroup_open(file_exists(freeze) ? CGROUP_V2 : CGROUP_V1, path,
				     mount_length_of(path, cgroups));
		if (cgroup)
			add_slot(cgroups, cgroup);
	}
	free(freeze);
	skip_number(cgroups, path);
	if (cgroup)
		cgroup->busy = true;
	return cgroup;
}

bool cgroups_give_back(struct cgroups *cgroups, struct cgroup *cgroup)
{
	const bool empty = cgroup && cgroup_is_empty(cgroup);

	if (!cgroup)
		return false;
	cgroup->busy = false;
	if (empty && cgroup->kind == cgroups->kind)
		add_empty(cgroups, cgroup);
	else
		cgroups->dirty_count++;
	return empty;
}

/* Slots of an earlier life may lie in our folder too. */
static void remove_empty_folders(const char *base)
{
	DIR *folder = opendir(base);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (text_starts_with(entry->d_name, "slot-"))
			(void)unlinkat(dirfd(folder), entry->d_name, AT_REMOVEDIR); /* if empty */
	if (folder)
		(void)closedir(folder);
	(void)rmdir(base); /* fails, rightly, while somebody is in it */
}

void cgroups_release(struct cgroups *cgroups)
{
	for (size_t i = 0; i < cgroups->count; i++)
		cgroup_free(cgroups->slots[i]);
	if (cgroups->kind != CGROUP_NONE)
		remove_empty_folders(cgroups->base);
	free(cgroups->slots);
	free(cgroups->empty);
	free(cgroups->base);
	*cgroups = (struct cgroups){0};
}

/* ---- use ------------------------------------------------------------------------------------- */

/* v1 keeps a list that was read once for a second, unless the file is opened anew. */
static int open_procs(const struct cgroup *cgroup)
{
	return openat(cgroup->fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
}

void cgroup_list(const struct cgroup *cgroup, struct process_list *out)
{
	const int fd = open_procs(cgroup);
	struct buf text;
	char *at, *end;

	buf_init(&text, FILE_BYTES);
	if (fd >= 0) {
		(void)file_read_fd(fd, &text, NULL); /* what was read until an error is in it */
		(void)close(fd);
	}
	for (at = text.data; at && *at; at = end + (*end == '\n')) {
		const long pid = strtol(at, &end, 10);

		if (end == at)
			break;
		if (pid > 0) /* 0: a process of another pid namespace */
			process_list_add(out, &(struct process){.pid = (pid_t)pid});
	}
	buf_release(&text);
}

static bool v1_is_empty(const struct cgroup *cgroup)
{
	const int fd = open_procs(cgroup);
	char c;
	bool empty;

	if (fd < 0)
		return true; /* it was removed, which only an empty one can be */
	empty = read(fd, &c, 1) <= 0;
	(void)close(fd);
	return empty;
}

bool cgroup_is_empty(const struct cgroup *cgroup)
{
	char text[128] = "";

	if (cgroup->kind == CGROUP_V1)
		return v1_is_empty(cgroup);
	if (pread(cgroup->events_fd, text, sizeof(text) - 1, 0) < 0)
		return true; /* removed too */
	return strstr(text, "populated 1") == NULL;
}

/* Whether a process is in this cgroup or in one that it made below. */
static bool is_member(void *ctx, pid_t pid)
{
	const struct cgroup *cgroup = ctx;
	const size_t length = strlen(cgroup->name);
	char own[2048];
	const char *name;

	if (!read_own_path(cgroup->kind, FREEZER, pid, own, sizeof(own)))
		return false;
	name = strstr(own, cgroup->name);
	return name && (name[length] == '\0' || name[length] == '/');
}

void cgroup_signal(const struct cgroup *cgroup, int signal)
{
	struct process_list list = {0};
	struct cgroup copy = *cgroup;

	cgroup_list(cgroup, &list);
	for (size_t i = 0; i < list.count; i++)
		process_signal_member(list.items[i].pid, signal, is_member, &copy);
	process_list_release(&list);
}

void cgroup_kill(const struct cgroup *cgroup)
{
	if (cgroup->kind == CGROUP_V2 && cgroup_write(cgroup->fd, "cgroup.kill", "1"))
		return;
	/* Frozen first, so that nothing is born while the list is walked. */
	cgroup_set_frozen(cgroup, CGROUP_FREEZE);
	cgroup_signal(cgroup, SIGKILL);
	cgroup_set_frozen(cgroup, CGROUP_THAW);
}

void cgroup_set_frozen(const struct cgroup *cgroup, enum cgroup_freezing freezing)
{
	const bool freeze = freezing == CGROUP_FREEZE;

	/* Whether it worked is asked with cgroup_is_frozen, since it takes its time anyway. */
	if (cgroup->kind == CGROUP_V2)
		(void)cgroup_write(cgroup->fd, "cgroup.freeze", freeze ? "1" : "0");
	else
		(void)cgroup_write(cgroup->fd, "freezer.state", freeze ? "FROZEN" : "THAWED");
}

bool cgroup_is_frozen(const struct cgroup *cgroup)
{
	char text[128] = "";
	int fd;

	if (cgroup->kind == CGROUP_V2) {
		if (pread(cgroup->events_fd, text, sizeof(text) - 1, 0) < 0)
			return false;
		return strstr(text, "frozen 1") != NULL;
	}
	fd = openat(cgroup->fd, "freezer.state", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	(void)close(fd);
	return strncmp(text, "FROZEN", 6) == 0;
}

char *cgroup_memory_folder(const struct cgroup *cgroup)
{
	const char *slot = strrchr(cgroup->path, '/'), *instance = slot;
	size_t mount_length;
	char *own = find_own_folder(CGROUP_V1, "memory", &mount_length);
	char *folder = NULL;

	while (instance > cgroup->path && *--instance != '/')
		continue;
	if (own)
		folder = mem_printf("%s%s", own, instance);
	free(own);
	return folder;
}
