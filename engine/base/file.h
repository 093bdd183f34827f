/* SPDX-License-Identifier: MIT
 *
 * Files: whole reads with a bound, writes that finish, atomic replacement, opening beneath a
 * folder. Any thread.
 */
#ifndef HLP_BASE_FILE_H
#define HLP_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads a whole file; ERR_LIMIT when it is larger than `max`. The caller frees *out. */
int file_read(const char *path, size_t max, char **out, size_t *out_length, struct err *err);
/* Reads from a descriptor to its end into `buf` (bounded by it). */
int file_read_fd(int fd, struct buf *buf, struct err *err);
/* Writes all, whatever write(2) returns in between. 0 or -errno. */
int file_write_fd(int fd, const void *data, size_t length);
/* Replaces a file: temporary file, write, sync, rename, sync of the folder. */
int file_replace(const char *path, const void *data, size_t length, mode_t mode, struct err *err);
/* Makes a folder and those above it; an existing folder is fine. */
int file_make_folders(const char *path, mode_t mode, struct err *err);
int file_sync_folder(const char *path, struct err *err);
/* Opens `path` beneath the folder `dir_fd`: no "..", no absolute path and no symbolic link may lead
 * out of it (openat2 RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS). Returns a descriptor, O_CLOEXEC. */
int file_open_beneath(int dir_fd, const char *path, int flags, mode_t mode, struct err *err);
/* A path made of two; an absolute `name` wins. The caller frees it. */
char *file_join(const char *folder, const char *name);
/* The folder part of a path, "." when there is none. The caller frees it. */
char *file_folder(const char *path);
bool file_exists(const char *path);

#endif
