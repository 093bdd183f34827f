/* SPDX-License-Identifier: MIT
 *
 * Names of items. See item_name.h.
 */
#include "model/item_name.h"

#include <string.h>

#include "model/value_line.h"

static const char *const KEYS[ITEM_NAMINGS] = {
	[ITEM_BY_NAME] = "name", [ITEM_BY_ID] = "id", [ITEM_BY_KEY] = "key"};

/* The value under a key of a map; -1 when there is none, or no map. */
static int64_t member(const struct yaml_tree *tree, int64_t map, const char *key)
{
	uint32_t end;

	if (map < 0 || yaml_at(tree, (uint32_t)map)->kind != YAML_KIND_MAP)
		return -1;
	end = yaml_next(tree, (uint32_t)map);
	for (uint32_t at = (uint32_t)map + 1; at < end; at = yaml_next(tree, at + 1))
		if (!strcmp(yaml_text(tree, at), key))
			return (int64_t)at + 1;
	return -1;
}

static int64_t scalar_member(const struct yaml_tree *tree, int64_t map, const char *key)
{
	int64_t at = member(tree, map, key);

	return at >= 0 && yaml_is_scalar(yaml_at(tree, (uint32_t)at)) ? at : -1;
}

static int64_t name_of(const struct yaml_tree *tree, uint32_t item, enum item_naming naming)
{
	return naming == ITEM_BY_OBJECT
		       ? scalar_member(tree, member(tree, item, "metadata"), "name")
		       : scalar_member(tree, item, KEYS[naming]);
}

bool item_name(const struct yaml_tree *tree, const uint32_t *ids, uint32_t item,
	       enum item_naming naming, uint64_t *out)
{
	int64_t name = name_of(tree, item, naming);
	int64_t kind = naming == ITEM_BY_OBJECT ? scalar_member(tree, item, "kind") : name;

	if (name < 0 || kind < 0)
		return false;
	*out = (uint64_t)ids[kind] << 32 | ids[name];
	return true;
}

void item_name_print(const struct yaml_tree *tree, uint32_t item, enum item_naming naming,
		     struct buf *out)
{
	if (naming == ITEM_BY_OBJECT)
		buf_printf(out, "[%s/",
			   yaml_text(tree, (uint32_t)scalar_member(tree, item, "kind")));
	else
		buf_printf(out, "[%s=", KEYS[naming]);
	value_line_print(tree, (uint32_t)name_of(tree, item, naming), out);
	buf_add_char(out, ']');
}
