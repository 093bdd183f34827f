/* SPDX-License-Identifier: MIT
 *
 * The answer to a comparison: two sides, line by line or by structure, or told by what they are
 * like. Catalog thread.
 */
#ifndef HLP_SERVICE_DIFF_REPLY_H
#define HLP_SERVICE_DIFF_REPLY_H

#include "service/asking.h"
#include "store/content.h"
#include "wire/hlp.pb-c.h"

struct diff_sides {
	struct content_side old, new; /* owned by whoever filled them */
	struct content_names names;
	const char *path; /* its end says whether it is compared by structure unasked */
	Hlp__V1__Revision *old_revision, *new_revision; /* NULL: none is recorded of it */
};

/* Packs a DiffReply as the DiffRequest asks for it. */
int diff_reply_put(struct asking *asking, const struct diff_sides *sides, struct err *err);

#endif
