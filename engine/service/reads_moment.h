/* SPDX-License-Identifier: MIT
 *
 * An execution as it was: its events folded up to one of them. On the catalog thread.
 */
#ifndef HLP_SERVICE_READS_MOMENT_H
#define HLP_SERVICE_READS_MOMENT_H

#include "service/asking.h"

asking_read reads_moment; /* GetMoment: an Update with everything, as a resync */

#endif
