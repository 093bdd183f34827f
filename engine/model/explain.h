/* SPDX-License-Identifier: MIT
 *
 * Known failures by what they print: one sentence of what it means for a node, and the way out. A
 * node has no terminal and an environment of its own; much that works by hand fails for that.
 */
#ifndef HLP_MODEL_EXPLAIN_H
#define HLP_MODEL_EXPLAIN_H

#include <stddef.h>
#include <stdint.h>

/* The last line of `output` that is known decides. NULL: nothing is known about it. */
const char *explain_output(const char *output, size_t length);
/* By the end alone, where the output says nothing: an exit status of a shell, or a signal (0:
 * none). NULL: nothing is known about it. */
const char *explain_end(int32_t exit_code, int32_t signal);

#endif
