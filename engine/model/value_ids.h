/* SPDX-License-Identifier: MIT
 *
 * Numbers for the values of YAML trees: equal values, and only they, have the same one, whichever
 * tree they are in. The order of a map's keys does not count, nor how a text is quoted. So whole
 * subtrees are compared at the price of two numbers. Owned by the caller; pure.
 */
#ifndef HLP_MODEL_VALUE_IDS_H
#define HLP_MODEL_VALUE_IDS_H

#include "model/yaml.h"

struct value_ids;

struct value_ids *value_ids_new(void);
void value_ids_free(struct value_ids *ids); /* accepts NULL */

/* The number of each value of a tree, by its index; lives as long as `ids`. NULL when a map has a
 * key twice: *out_line is where. */
const uint32_t *value_ids_of(struct value_ids *ids, const struct yaml_tree *tree,
			     uint32_t *out_line);

#endif
