/* SPDX-License-Identifier: MIT
 *
 * flock and bind.
 */
#include "daemon/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 128

int listen_lock(const struct home *home, struct err *err)
{
	int fd = open(home->engine_lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_errno(err, errno, "cannot open '%s'", home->engine_lock);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	(void)close(fd);
	return err_set(err, ERR_EXISTS, "another engine is at work in '%s'", home->path);
}

int listen_open(const struct home *home, struct err *err)
{
	struct sockaddr_un address;
	socklen_t length;
	mode_t mask;
	int folder_fd, fd, failed, rc;

	rc = home_socket_address(home->engine_socket, &address, &length, &folder_fd, err);
	if (rc < 0)
		return rc;
	(void)unlink(home->engine_socket); /* a dead engine's, or none */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(0177);
	failed = fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 ||
		 listen(fd, BACKLOG) < 0;
	rc = failed ? err_errno(err, errno, "cannot listen on '%s'", home->engine_socket) : fd;
	(void)umask(mask);
	if (failed && fd >= 0)
		(void)close(fd);
	if (folder_fd >= 0)
		(void)close(folder_fd);
	return rc;
}
