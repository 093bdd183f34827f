/* SPDX-License-Identifier: MIT
 *
 * The upgrade's hand-over, as one option of the command line.
 */
#include "launcher/upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

static void set_inherited(int fd, int inherited)
{
	(void)fcntl(fd, F_SETFD, inherited ? 0 : FD_CLOEXEC); /* fails only for a closed one */
}

static const char *kind_name(enum cgroup_kind kind)
{
	return kind == CGROUP_V2   ? "--cgroup=v2"
	       : kind == CGROUP_V1 ? "--cgroup=v1"
				   : "--cgroup=none";
}

int upgrade_execute(struct launcher *launcher, enum cgroup_kind cgroup_kind, struct err *err)
{
	const struct engine *engine = &launcher->engine;
	char *resume = mem_printf(UPGRADE_OPTION "%d,%d,%d,%d,%d,%lld", launcher->lock_fd,
				  launcher->links.fd, (int)engine->pid, engine->ready,
				  engine->wanted, (long long)launcher->spawner.files.rlim_cur);
	char *argv[] = {"hlp-launcher", (char *)kind_name(cgroup_kind), resume, NULL};
	int number;

	set_inherited(launcher->lock_fd, 1);
	set_inherited(launcher->links.fd, 1);
	(void)execv(launcher->upgrade, argv); /* returns only on failure */
	number = errno;
	set_inherited(launcher->lock_fd, 0);
	set_inherited(launcher->links.fd, 0);
	free(resume);
	return err_errno(err, number, "cannot become '%s'", launcher->upgrade);
}

int upgrade_parse(const char *text, struct upgrade *out, struct err *err)
{
	struct upgrade read;
	int pid, end = 0;

	if (sscanf(text, "%d,%d,%d,%d,%d,%lld%n", &read.lock_fd, &read.listen_fd, &pid,
		   &read.engine_ready, &read.engine_wanted, &read.files, &end) != 6 ||
	    text[end] || read.lock_fd < 3 || read.listen_fd < 3 || pid < 0)
		return err_set(err, ERR_INVALID, "bad " UPGRADE_OPTION "%s", text);
	read.engine_pid = pid;
	set_inherited(read.lock_fd, 0);
	set_inherited(read.listen_fd, 0);
	*out = read;
	return 0;
}
