/* SPDX-License-Identifier: MIT
 *
 * The ends of a comparison, as people write them: r12, before, newest, now, run-2 or 2; and of
 * another execution edge-cert#3 or edge-cert#3@run-2. Pure.
 */
#ifndef HLP_SERVICE_DIFF_END_H
#define HLP_SERVICE_DIFF_END_H

#include "base/err.h"
#include "service/file_rows.h"

enum diff_when {
	DIFF_WHEN_NEWEST,
	DIFF_WHEN_BEFORE,   /* what its node found, the first time since it was last fresh */
	DIFF_WHEN_NOW,	    /* what the file holds */
	DIFF_WHEN_REVISION, /* by number */
	DIFF_WHEN_ATTEMPT,  /* what that run left */
};

struct diff_end {
	const char *execution; /* as typed, "" for the one that is asked about */
	enum diff_when when;
	uint64_t number;
};

/* `otherwise` is what an empty text means. What it points to lies in the arena. ERR_INVALID. */
int diff_end_parse(const char *text, enum diff_when otherwise, struct arena *arena,
		   struct diff_end *out, struct err *err);
/* The row of the file that an end means; that of DIFF_WHEN_NOW is the file's newest, which says
 * whose it is. ERR_NOT_FOUND with what there is. */
int diff_end_find(const struct diff_end *end, const struct file_rows *files, const char *path,
		  const struct file_revision **out, struct err *err);

#endif
