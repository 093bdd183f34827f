/* SPDX-License-Identifier: MIT
 *
 * A value of a YAML tree on one line, for people: lists and maps in brackets, quotes only where
 * without them it would read as another value, what is long cut. Pure.
 */
#ifndef HLP_MODEL_VALUE_LINE_H
#define HLP_MODEL_VALUE_LINE_H

#include "base/mem.h"
#include "model/yaml.h"

/* The line lies in the arena. */
const char *value_line(const struct yaml_tree *tree, uint32_t index, struct arena *arena);
/* A text in quotes, its newlines as \n. */
const char *value_line_of_text(const char *text, size_t length, struct arena *arena);
/* Appends a scalar, whole. */
void value_line_print(const struct yaml_tree *tree, uint32_t index, struct buf *out);

#endif
