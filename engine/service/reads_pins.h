/* SPDX-License-Identifier: MIT
 *
 * Reading what was pinned with an execution, beside what stands there now, on the catalog thread.
 */
#ifndef HLP_SERVICE_READS_PINS_H
#define HLP_SERVICE_READS_PINS_H

#include "service/asking.h"

asking_read reads_pins; /* ListPins */
asking_read
	reads_changed_pins; /* those that changed, as fields of a RollbackReply begun in `out` */

/* What has changed in a pinned file since: the packed DiffReply. ERR_NOT_FOUND: none is called
 * that. */
int reads_pin_diff(struct asking *asking, struct catalog *catalog, struct content *content,
		   const char *name, struct err *err);

#endif
