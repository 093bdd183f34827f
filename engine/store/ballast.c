/* SPDX-License-Identifier: MIT
 *
 * The ballast file. Its blocks are reserved, not written: only their number matters.
 */
#include "store/ballast.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BALLAST_NAME "ballast"
#define BALLAST_ROOM 10 /* times its size that must be free before it is taken */

bool ballast_is_held(const struct home *home)
{
	struct stat info;

	return fstatat(home->fd, BALLAST_NAME, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (uint64_t)info.st_blocks * 512 >= BALLAST_BYTES;
}

uint64_t ballast_room(const struct home *home)
{
	struct statvfs disk;

	return fstatvfs(home->fd, &disk) == 0 ? (uint64_t)disk.f_bavail * disk.f_frsize
					      : UINT64_MAX;
}

bool ballast_take(const struct home *home)
{
	int fd, failed;

	if (ballast_is_held(home))
		return true;
	if (ballast_room(home) / BALLAST_ROOM < BALLAST_BYTES)
		return false;
	fd = openat(home->fd, BALLAST_NAME, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	failed = fallocate(fd, 0, 0, (off_t)BALLAST_BYTES);
	(void)close(fd); /* nothing was written */
	if (failed)
		(void)ballast_release(home);
	return !failed;
}

bool ballast_release(const struct home *home)
{
	return unlinkat(home->fd, BALLAST_NAME, 0) == 0;
}
