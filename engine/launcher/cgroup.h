/* SPDX-License-Identifier: MIT
 *
 * A cgroup a slot, so that a stop reaches and proves every process, escaped ones included. Found
 * where it can be written: cgroup v2 (freeze, kill) below our own cgroup, else the v1 freezer,
 * else none. A slot's cgroup is used again when it is empty; one in which a node left something
 * running is set aside until it is. One thread.
 */
#ifndef HLP_LAUNCHER_CGROUP_H
#define HLP_LAUNCHER_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/home.h"
#include "launcher/process.h"

enum cgroup_kind { CGROUP_NONE, CGROUP_V1, CGROUP_V2 };

struct cgroup {
	enum cgroup_kind kind;
	char *path;	  /* absolute, of its folder */
	const char *name; /* the same, as /proc/PID/cgroup gives it; points into path */
	int fd;		  /* of its folder */
	int procs_fd;	  /* of its cgroup.procs */
	int events_fd; /* v2: of its cgroup.events, which counts what lies in cgroups below too */
	bool busy;     /* an attempt has it */
};

struct cgroups {
	enum cgroup_kind kind;
	char *base;	       /* folder of this instance's slots; "" without cgroups */
	size_t mount_length;   /* how much of it is the mount point */
	struct cgroup **slots; /* all made so far, owned */
	size_t count, capacity;
	struct cgroup **empty; /* not busy, and seen empty; the last is taken first */
	size_t empty_count, empty_capacity;
	size_t dirty_count; /* neither busy nor empty when last looked at */
	unsigned next;	    /* number of the next new slot */
};

/* Finds where cgroups can be made. Never fails: without any, kind is CGROUP_NONE. `wanted` is the
 * best kind that may be used. */
void cgroups_init(struct cgroups *cgroups, const struct home *home, enum cgroup_kind wanted);
/* Removes what is empty. */
void cgroups_release(struct cgroups *cgroups);

/* An empty cgroup for an attempt; NULL when none can be had. */
struct cgroup *cgroups_take(struct cgroups *cgroups);
/* The cgroup at a path from an earlier life, for an attempt that still has it; NULL when it is
 * gone. */
struct cgroup *cgroups_claim(struct cgroups *cgroups, const char *path);
/* Accepts NULL. Whether it is proven that nothing is left in it. */
bool cgroups_give_back(struct cgroups *cgroups, struct cgroup *cgroup);

/* The processes in it, zombies excluded; not those in cgroups that it made below, which a kill and
 * a freeze reach and cgroup_is_empty counts. */
void cgroup_list(const struct cgroup *cgroup, struct process_list *out);
bool cgroup_is_empty(const struct cgroup *cgroup);
void cgroup_signal(const struct cgroup *cgroup, int signal);
/* KILL for all at once where the kernel can (v2), else for each. */
void cgroup_kill(const struct cgroup *cgroup);
enum cgroup_freezing { CGROUP_THAW, CGROUP_FREEZE };
void cgroup_set_frozen(const struct cgroup *cgroup, enum cgroup_freezing freezing);
bool cgroup_is_frozen(const struct cgroup *cgroup);
/* Writes one of the files of a cgroup; false when it is not there or takes no such text. */
bool cgroup_write(int folder_fd, const char *name, const char *text);
/* The path of a cgroup of the same name below our own one of the v1 memory controller, made or
 * not; NULL where there is no such controller. The caller frees it. */
char *cgroup_memory_folder(const struct cgroup *cgroup);

#endif
