/* SPDX-License-Identifier: MIT
 *
 * What could stand where a person is typing: commands, options, and the names of what is there,
 * read from the store without an engine. One thread.
 */
#ifndef HLP_CLI_CANDIDATES_H
#define HLP_CLI_CANDIDATES_H

#include "cli/cli.h"

/* `words` after "hlp", the last one half typed: says each candidate on a line, its meaning after a
 * tab where it has one. */
void candidates_say(struct say *out, const char *const *words, size_t count);

#endif
