/* SPDX-License-Identifier: MIT
 *
 * Letting go of the contents of executions that left the journal. One thread, while no engine runs.
 */
#ifndef HLP_STORE_CONTENT_PRUNE_H
#define HLP_STORE_CONTENT_PRUNE_H

#include "base/map.h"
#include "base/mem.h"
#include "store/content.h"

/* What must stay: the journal names it. Zeroed when empty. */
struct content_keep {
	struct arena arena;
	struct map names; /* of the executions, "edge-cert#12" */
	struct {
		const char *name, *path; /* of an execution; where in its folder it is kept */
		char blob[41];
	} * blobs;
	size_t count, capacity;
};
void content_keep_name(struct content_keep *keep, const char *name);
/* `blob` "" is an absent file: nothing to keep. */
void content_keep_blob(struct content_keep *keep, const char *name, const char *path,
		       const char *blob);
void content_keep_release(struct content_keep *keep);

/* Gives refs/hlp/log a new root with all that is kept, takes away what leads elsewhere, and lets
 * `git` delete what nothing leads to; large files go the same way. With `anything` false only if
 * there is something of an unknown execution. If it is cut short, nothing that is kept is lost, and
 * the next time finishes it. Returns 1 when it did something. */
int content_prune(struct content *content, const struct content_keep *keep, bool anything,
		  struct err *err);

#endif
