/* SPDX-License-Identifier: MIT
 *
 * The instance's folder: finding it, refusing a bad one, and the addresses of its sockets.
 */
#include "base/home.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] ? value : NULL;
}

static int absolute(const char *path, char **out, struct err *err)
{
	char *here;

	if (path[0] == '/') {
		*out = mem_strdup(path);
		return 0;
	}
	here = getcwd(NULL, 0);
	if (!here)
		return err_errno(err, errno, "cannot find the current folder");
	*out = file_join(here, path);
	free(here);
	return 0;
}

static int user_folder(char **out, struct err *err)
{
	const char *folder = variable("HOME");
	struct passwd entry, *found = NULL;
	char room[4096];

	if (!folder && getpwuid_r(geteuid(), &entry, room, sizeof(room), &found) == 0 && found)
		folder = found->pw_dir;
	if (!folder || folder[0] != '/')
		return err_set(err, ERR_NOT_FOUND,
			       "no home folder is known; set HLP_HOME to a folder of yours");
	*out = mem_strdup(folder);
	return 0;
}

static int resolve(char **out, struct err *err)
{
	const char *given = variable("HLP_HOME"), *state = variable("XDG_STATE_HOME");
	char *user;
	int rc;

	if (given)
		return absolute(given, out, err);
	if (state && state[0] == '/') { /* the specification says: ignore a relative one */
		*out = file_join(state, "hlp");
		return 0;
	}
	rc = user_folder(&user, err);
	if (rc < 0)
		return rc;
	*out = file_join(user, ".local/state/hlp");
	free(user);
	return 0;
}

static int open_folder(const char *path, enum home_mode mode, struct err *err)
{
	int fd, rc;

	if (mode == HOME_MAKE) {
		rc = file_make_folders(path, 0700, err);
		if (rc < 0)
			return rc;
	}
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_errno(err, errno, "cannot open HLP_HOME '%s'", path) : fd;
}

/* Locks and memory maps, on which SQLite and we rely, do not hold across machines. */
static bool is_of_network(long type)
{
	return type == NFS_SUPER_MAGIC || type == SMB_SUPER_MAGIC || type == CIFS_SUPER_MAGIC ||
	       type == SMB2_SUPER_MAGIC;
}

static int examine(struct home *home, struct err *err)
{
	struct statfs system;
	struct stat info;

	if (fstat(home->fd, &info) < 0 || fstatfs(home->fd, &system) < 0)
		return err_errno(err, errno, "cannot look at HLP_HOME '%s'", home->path);
	if (is_of_network((long)system.f_type))
		return err_set(err, ERR_UNSUPPORTED,
			       "HLP_HOME '%s' is on a network file system; name a local folder",
			       home->path);
	if (info.st_uid != geteuid())
		return err_set(err, ERR_DENIED, "HLP_HOME '%s' belongs to another user (uid %u)",
			       home->path, (unsigned)info.st_uid);
	if (info.st_mode & (S_IWGRP | S_IWOTH))
		return err_set(err, ERR_DENIED,
			       "others may write in HLP_HOME '%s'; run chmod 0700 on it",
			       home->path);
	home->device = info.st_dev;
	home->inode = info.st_ino;
	return 0;
}

static int name_files(struct home *home, struct err *err)
{
	const char *socket = variable("HLP_SOCKET");

	if (socket) {
		int rc = absolute(socket, &home->engine_socket, err);

		if (rc < 0)
			return rc;
	} else {
		home->engine_socket = file_join(home->path, "engine.sock");
	}
	home->launcher_socket = file_join(home->path, "launcher.sock");
	home->launcher_lock = file_join(home->path, "launcher.lock");
	home->engine_lock = file_join(home->path, "engine.lock");
	home->database = file_join(home->path, "state.db");
	home->content = file_join(home->path, "content.git");
	home->output = file_join(home->path, "output");
	home->secret = file_join(home->path, "secret");
	home->launcher_log = file_join(home->path, "launcher.log");
	home->engine_log = file_join(home->path, "engine.log");
	return 0;
}

int home_open(struct home *home, enum home_mode mode, struct err *err)
{
	struct home made = {.fd = -1};
	int rc = resolve(&made.path, err);

	if (rc < 0)
		return rc;
	made.fd = open_folder(made.path, mode, err);
	rc = made.fd < 0 ? made.fd : examine(&made, err);
	if (rc == 0)
		rc = name_files(&made, err);
	if (rc < 0) {
		home_release(&made);
		return rc;
	}
	*home = made;
	return 0;
}

void home_release(struct home *home)
{
	if (home->fd >= 0)
		(void)close(home->fd);
	free(home->path);
	free(home->engine_socket);
	free(home->launcher_socket);
	free(home->launcher_lock);
	free(home->engine_lock);
	free(home->database);
	free(home->content);
	free(home->output);
	free(home->secret);
	free(home->launcher_log);
	free(home->engine_log);
	*home = (struct home){.fd = -1};
}

int home_check(const struct home *home, struct err *err)
{
	struct stat info;

	if (stat(home->path, &info) < 0)
		return err_errno(err, errno, "HLP_HOME '%s' is gone", home->path);
	if (info.st_dev != home->device || info.st_ino != home->inode)
		return err_set(err, ERR_CONFLICT,
			       "HLP_HOME '%s' is no longer the folder this program serves",
			       home->path);
	return 0;
}

static int long_address(const char *path, struct sockaddr_un *address, int *out_fd, struct err *err)
{
	const char *name = strrchr(path, '/');
	char *folder = file_folder(path);
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC), rc = 0, length;

	if (fd < 0) {
		rc = err_errno(err, errno, "cannot open folder '%s'", folder);
		goto out;
	}
	length = snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s", fd,
			  name ? name + 1 : path);
	if (length < 0 || (size_t)length >= sizeof(address->sun_path)) {
		(void)close(fd);
		rc = err_set(err, ERR_LIMIT, "the name of socket '%s' is too long", path);
		goto out;
	}
	*out_fd = fd;
out:
	free(folder);
	return rc;
}

int home_socket_address(const char *path, struct sockaddr_un *out, socklen_t *out_length,
			int *out_dir_fd, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int dir_fd = -1;

	if (strlen(path) < sizeof(address.sun_path)) {
		memcpy(address.sun_path, path, strlen(path) + 1);
	} else {
		int rc = long_address(path, &address, &dir_fd, err);

		if (rc < 0)
			return rc;
	}
	*out = address;
	*out_length = (socklen_t)sizeof(address);
	*out_dir_fd = dir_fd;
	return 0;
}
