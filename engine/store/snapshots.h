/* SPDX-License-Identifier: MIT
 *
 * Reading stored snapshots, for journal and catalog alike. Private to engine/store.
 */
#ifndef HLP_STORE_SNAPSHOTS_H
#define HLP_STORE_SNAPSHOTS_H

#include "base/buf.h"
#include "store/db.h"

/* The newest intact one of an execution: 1, its event in *out_seq and its bytes added to *out; 0
 * when there is none. */
int snapshots_newest(struct db *db, const char *execution, uint64_t *out_seq, struct buf *out,
		     struct err *err);

#endif
