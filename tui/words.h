/* SPDX-License-Identifier: MIT
 *
 * How the console says things: states in words that never claim more than is known, durations, the
 * glyph with its letter and colour. Pure.
 */
#ifndef HLP_TUI_WORDS_H
#define HLP_TUI_WORDS_H

#include <stddef.h>

#include "client/mirror.h"
#include "draw/canvas.h"

/* "failed: exit 3", "outcome unknown", "by hand", "undone". */
void words_node(const struct mirror *mirror, const struct mirror_node *node, char *out,
		size_t size);
/* The same for the execution: "FAILED", "rolled back, service not verified". */
void words_execution(const struct mirror *mirror, char *out, size_t size);
/* For a state and its reason alone, as lists of executions have them. */
void words_of_execution(enum state state, enum reason reason, char *out, size_t size);

enum role words_role(enum state state, enum reason reason);
const char *words_glyph(const struct canvas *canvas, enum state state, enum reason reason);

/* How long the node has run or ran, "" before its start. */
void words_elapsed(const struct mirror_node *node, int64_t wall_us, char *out, size_t size);
/* "03:14:07Z" */
void words_clock(int64_t wall_us, char *out, size_t size);
/* "812 B", "1.2 KiB", "3.0 MiB" */
void words_bytes(int64_t bytes, char *out, size_t size);
/* "low" … "critical" */
const char *words_risk(const struct mirror_node *node);

/* A node that a person should look at: failed, asking, unreachable, outcome unknown. */
bool words_is_problem(const struct mirror_node *node);
/* A node with a live attempt of any kind. */
bool words_is_live(const struct mirror_node *node);

#endif
