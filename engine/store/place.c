/* SPDX-License-Identifier: MIT
 *
 * Every open of a node's file goes through here, one component of trust at a time: the folder or
 * root is the workflow's word, what lies beneath is not.
 */
#include "store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

/* The part of an absolute path beneath a folder, or NULL. */
static const char *part_beneath(const char *folder, const char *path)
{
	size_t length = strlen(folder);

	while (length > 0 && folder[length - 1] == '/')
		length--;
	if (strncmp(path, folder, length) != 0 || path[length] != '/')
		return NULL;
	path += length;
	while (*path == '/')
		path++;
	return *path ? path : NULL;
}

/* The folder that the path is beneath and the part beneath it. */
static int locate(const struct place *place, const char *path, const char **out_folder,
		  const char **out_part, struct err *err)
{
	*out_folder = place->folder;
	*out_part = path[0] == '/' ? part_beneath(place->folder, path) : path;
	for (size_t i = 0; !*out_part && i < place->roots_count; i++) {
		*out_folder = place->roots[i];
		*out_part = part_beneath(place->roots[i], path);
	}
	if (!*out_part || !**out_part)
		return err_set(err, ERR_DENIED,
			       "'%s' is outside '%s': name a folder above it in 'roots'", path,
			       place->folder);
	return 0;
}

static int open_base(const char *folder, struct err *err)
{
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? err_errno(err, errno, "cannot open folder '%s'", folder) : fd;
}

static int open_part(const struct place *place, const char *path, int flags, struct err *err)
{
	const char *folder, *part;
	int rc = locate(place, path, &folder, &part, err), base, fd;

	if (rc < 0)
		return rc;
	base = open_base(folder, err);
	if (base < 0)
		return base;
	fd = file_open_beneath(base, part, flags, 0, err);
	(void)close(base); /* only a path */
	return fd;
}

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a folder";
	case S_IFLNK:
		return "a symbolic link: name the file that it points to";
	case S_IFIFO:
		return "a named pipe";
	case S_IFSOCK:
		return "a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	default:
		return "no regular file";
	}
}

int place_stat(const struct place *place, const char *path, struct stat *out_info, struct err *err)
{
	struct stat info;
	int fd = open_part(place, path, O_PATH | O_NOFOLLOW, err), rc = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &info) < 0)
		rc = err_errno(err, errno, "cannot look at '%s'", path);
	(void)close(fd); /* only a path */
	if (rc == 0)
		*out_info = info;
	return rc;
}

/* Looked at before it is opened: opening a device or a pipe can have effects of its own. */
int place_open(const struct place *place, const char *path, struct stat *out_info, struct err *err)
{
	struct stat info;
	int rc = place_stat(place, path, &info, err), fd;

	if (rc < 0)
		return rc;
	if (!S_ISREG(info.st_mode))
		return err_set(err, ERR_INVALID, "'%s' is %s", path, kind_of(info.st_mode));
	fd = open_part(place, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &info) < 0)
		rc = err_errno(err, errno, "cannot look at '%s'", path);
	else if (!S_ISREG(info.st_mode))
		rc = err_set(err, ERR_INVALID, "'%s' is %s", path, kind_of(info.st_mode));
	if (rc < 0) {
		(void)close(fd); /* only read */
		return rc;
	}
	*out_info = info;
	return fd;
}

/* ---- the folder that holds it ------------------------------------------------------------- */

/* Makes one folder and opens it; both are closed or handed on. */
static int make_and_open(int parent, const char *name, struct err *err)
{
	int fd;

	if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return err_errno(err, errno, "cannot make folder '%s'", name);
	fd = file_open_beneath(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
	return fd;
}

/* Opens `part` beneath `base`, making what is missing on the way. Closes `base`. */
static int make_folders(int base, const char *part, struct err *err)
{
	char *copy = mem_strdup(part), *rest = copy, *name;
	int at = base;

	while (at >= 0 && (name = strsep(&rest, "/"))) {
		int next;

		if (!name[0] || strcmp(name, ".") == 0)
			continue;
		next = strcmp(name, "..") == 0
			       ? err_set(err, ERR_DENIED, "'%s' leads out of its folder", part)
			       : make_and_open(at, name, err);
		(void)close(at); /* only a path */
		at = next;
	}
	free(copy);
	return at;
}

int place_open_folder(const struct place *place, const char *path, enum place_folder mode,
		      const char **out_name, struct err *err)
{
	const char *folder, *part, *name;
	char *above;
	int rc = locate(place, path, &folder, &part, err), base, fd;

	if (rc < 0)
		return rc;
	name = strrchr(part, '/') ? strrchr(part, '/') + 1 : part;
	if (!name[0] || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return err_set(err, ERR_INVALID, "'%s' names a folder", path);
	base = open_base(folder, err);
	if (base < 0)
		return base;
	above = name == part ? mem_strdup(".") : mem_strndup(part, (size_t)(name - part));
	fd = file_open_beneath(base, above, O_RDONLY | O_DIRECTORY, 0, err);
	if (fd == -ERR_NOT_FOUND && mode == PLACE_MAKE)
		fd = make_folders(base, above, err);
	else
		(void)close(base); /* only a path */
	free(above);
	if (fd >= 0)
		*out_name = name;
	return fd;
}
