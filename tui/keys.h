/* SPDX-License-Identifier: MIT
 *
 * A keys file: which key does what, where somebody wants it otherwise than action.def has it. Lines
 * are `ACTION = KEY [KEY]`, by the names that the help has, `#` begins a comment. Help, palette and
 * hints follow, since all go by the one table. One thread.
 */
#ifndef HLP_TUI_KEYS_H
#define HLP_TUI_KEYS_H

#include "base/buf.h"
#include "base/err.h"

/* Binds what the text says. A line that cannot be taken is left out and named in `problems`
 * ("FILE:line: …" each); returns how many there were. What acts stays on upper case letters, and no
 * key means two things. */
int keys_parse(const char *file, const char *text, size_t length, struct buf *problems);

/* Reads $HLP_KEYS, or hlp/keys beneath $XDG_CONFIG_HOME or ~/.config; none there is fine. */
int keys_load(struct buf *problems, struct err *err);

#endif
