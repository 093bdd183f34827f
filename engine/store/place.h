/* SPDX-License-Identifier: MIT
 *
 * A file of a node, found beneath the node's folder or one of its roots and never outside. Private
 * to engine/store. Any thread.
 */
#ifndef HLP_STORE_PLACE_H
#define HLP_STORE_PLACE_H

#include <stddef.h>
#include <sys/stat.h>

#include "base/err.h"

/* Where artifacts may lie: a relative path is beneath `folder`, an absolute one beneath `folder` or
 * one of the roots. */
struct place {
	const char *folder;
	const char *const *roots;
	size_t roots_count;
};

/* Opens the file for reading: a regular file, not reached through a link at its end. Fills
 * *out_info. ERR_NOT_FOUND when there is none. Returns a descriptor. */
int place_open(const struct place *place, const char *path, struct stat *out_info, struct err *err);
/* What is there, without opening it: the entry itself, whatever it is. ERR_NOT_FOUND. */
int place_stat(const struct place *place, const char *path, struct stat *out_info, struct err *err);

/* Opens the folder that holds the path's last name (*out_name, within `path`); makes missing
 * folders when asked to. Returns a descriptor. */
enum place_folder { PLACE_EXISTING, PLACE_MAKE };
int place_open_folder(const struct place *place, const char *path, enum place_folder mode,
		      const char **out_name, struct err *err);

#endif
