/* SPDX-License-Identifier: MIT
 *
 * How the items of a list in a YAML tree say who they are: by a key that people name things with,
 * or as the objects of Kubernetes do, by their kind and metadata.name. Pure.
 */
#ifndef HLP_MODEL_ITEM_NAME_H
#define HLP_MODEL_ITEM_NAME_H

#include "model/yaml.h"

#include <stdbool.h>

enum item_naming {
	ITEM_UNNAMED,
	ITEM_BY_NAME,
	ITEM_BY_ID,
	ITEM_BY_KEY,
	ITEM_BY_OBJECT,
	ITEM_NAMINGS
};

/* A number that items of the same name share; `ids` are the tree's (value_ids.h). False when this
 * item does not say its name in that way. */
bool item_name(const struct yaml_tree *tree, const uint32_t *ids, uint32_t item,
	       enum item_naming naming, uint64_t *out);
/* Appends "[name=web]" or "[Deployment/web]" for an item that does. */
void item_name_print(const struct yaml_tree *tree, uint32_t item, enum item_naming naming,
		     struct buf *out);

#endif
