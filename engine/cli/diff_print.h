/* SPDX-License-Identifier: MIT
 *
 * A comparison on standard output: below each other or side by side. Changed words are marked by
 * colour, and by [-old-] and {+new+} where there is none.
 */
#ifndef HLP_CLI_DIFF_PRINT_H
#define HLP_CLI_DIFF_PRINT_H

#include "cli/say.h"
#include "draw/diff.h"

enum diff_layout { DIFF_BELOW, DIFF_SIDES };

/* Writes the marks into the diff, if need be. */
void diff_print(struct say *say, struct diff *diff, enum diff_layout layout);

#endif
