/* SPDX-License-Identifier: MIT
 *
 * Finding a node by its id: a table of node indices, eight bytes a slot, at most half full. The
 * general map of base/ would take five times the memory, which is most of what reading a large file
 * costs.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/workflow_parts.h"

void workflow_ids_init(struct workflow *workflow)
{
	size_t slots = 16;

	while (slots < (size_t)workflow->nodes_count * 2)
		slots *= 2;
	workflow->ids = mem_calloc(slots, sizeof(*workflow->ids));
	workflow->ids_mask = (uint32_t)slots - 1;
}

/* Where an id is, or would go. A slot: half of the hash above, index + 1 below; so only the right
 * node is looked at, nearly always. */
static uint64_t *slot_of(const struct workflow *workflow, const char *id, uint64_t *out_tag)
{
	uint64_t hash = 0xcbf29ce484222325u, tag;
	uint32_t slot;

	for (const char *at = id; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 0x100000001b3u;
	hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15u;
	tag = hash << 32;
	for (slot = (uint32_t)(hash >> 32);; slot++) { /* ends at a free slot: half of them are */
		uint64_t *at = &workflow->ids[slot & workflow->ids_mask];

		if (!*at || ((*at ^ tag) >> 32 == 0 &&
			     !strcmp(workflow->nodes[(uint32_t)*at - 1].id, id))) {
			*out_tag = tag;
			return at;
		}
	}
}

bool workflow_ids_add(struct workflow *workflow, uint32_t node)
{
	uint64_t tag, *slot = slot_of(workflow, workflow->nodes[node].id, &tag);

	if (*slot)
		return false;
	*slot = tag | (node + 1);
	return true;
}

int64_t workflow_find_node(const struct workflow *workflow, const char *id)
{
	uint64_t tag;

	return workflow->ids ? (int64_t)(uint32_t)*slot_of(workflow, id, &tag) - 1 : -1;
}
