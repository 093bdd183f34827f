/* SPDX-License-Identifier: MIT
 *
 * An execution as it was: its events folded up to one of them. On the catalog thread.
 */
#ifndef HLP_SERVICE_READS_MOMENT_H
#define HLP_SERVICE_READS_MOMENT_H

#include "service/asking.h"

/* Folds up to that event; *out is the caller's, *out_seq the last event folded. */
int reads_moment_fold(struct asking *asking, struct catalog *catalog, struct content *content,
		      uint64_t until, struct execution **out, uint64_t *out_seq, struct err *err);

asking_read reads_moment; /* GetMoment: an Update with everything, as a resync */

#endif
