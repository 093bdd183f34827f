/* SPDX-License-Identifier: MIT
 *
 * Files too large for Git, or secret: kept beside the repository in $HLP_HOME/large, or in the
 * execution's own folder below $HLP_HOME/secret, named by the SHA-256 of their contents. The
 * repository holds a pointer of a few lines instead. Private to engine/store.
 */
#ifndef HLP_STORE_BIGFILE_H
#define HLP_STORE_BIGFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/ulid.h"
#include "store/digest.h"

#define BIGFILE_FROM	    ((int64_t)8 * 1024 * 1024) /* bytes; larger files go here */
#define BIGFILE_POINTER_MAX 256			       /* bytes of a pointer */

struct bigfile {
	char *folder; /* owned; made at the first file */
	char *secret; /* owned; folder of the executions' folders of secrets */
};

struct bigfile_pointer {
	char name[DIGEST_TEXT];
	int64_t size;
	char secret[ULID_TEXT]; /* the execution among whose secrets it is; "": it is none */
};

void bigfile_init(struct bigfile *large, const char *home_path);
void bigfile_release(struct bigfile *large); /* accepts a zeroed one */

/* Copies everything from `fd` into the store, durably. The same contents are kept once. */
int bigfile_add_fd(struct bigfile *large, int fd, struct bigfile_pointer *out, struct err *err);
/* The same among the secrets of an execution. */
int bigfile_add_secret_fd(struct bigfile *large, const char *execution, int fd,
			  struct bigfile_pointer *out, struct err *err);
int bigfile_add(struct bigfile *large, const void *data, size_t length, struct bigfile_pointer *out,
		struct err *err);
/* Opens a kept file. Returns a descriptor; ERR_NOT_FOUND, which of a secret says that it was
 * forgotten. */
int bigfile_open(const struct bigfile *large, const struct bigfile_pointer *pointer,
		 struct err *err);

/* Removes a secret one; any other stays. */
int bigfile_forget(const struct bigfile *large, const struct bigfile_pointer *pointer,
		   struct err *err);

void bigfile_print(const struct bigfile_pointer *pointer, struct buf *out);
bool bigfile_parse(const void *data, size_t length, struct bigfile_pointer *out);
/* Whether bytes begin as a pointer does: such contents must be kept as a large file themselves. */
bool bigfile_looks_like(const void *data, size_t length);
/* SHA-256 of what is left to read from `fd`. */
int bigfile_digest_fd(int fd, struct bigfile_pointer *out, struct err *err);

#endif
