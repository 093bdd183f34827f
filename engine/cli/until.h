/* SPDX-License-Identifier: MIT
 *
 * A moment to come as people say it: "10m" from now, "03:30" or "03:30:15" of the local clock,
 * today or tomorrow. Pure but for the time zone.
 */
#ifndef HLP_CLI_UNTIL_H
#define HLP_CLI_UNTIL_H

#include <stdint.h>

#include "base/err.h"

/* ERR_INVALID names the two ways to write it. */
int until_parse(const char *text, int64_t now_us, int64_t *out_us, struct err *err);

#endif
