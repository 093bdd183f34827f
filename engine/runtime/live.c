/* SPDX-License-Identifier: MIT
 *
 * The table of loaded executions.
 */
#include "runtime/live.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/order.h"

struct live *live_add(struct live_table *table, struct execution *execution)
{
	struct live *live = mem_zalloc(sizeof(*live));
	const uint32_t nodes = execution->workflow->nodes_count;
	size_t capacity = table->capacity;

	live->execution = execution;
	live->in_flight = mem_calloc(nodes, sizeof(*live->in_flight));
	live->has_files = mem_calloc(nodes, sizeof(*live->has_files));
	live->dirty = mem_calloc(nodes, sizeof(*live->dirty));
	live->dirty_mark = mem_calloc(nodes, sizeof(*live->dirty_mark));
	rows_of_execution(execution, &live->header);
	table->items = mem_grow(table->items, &capacity, table->count + 1, sizeof(*table->items));
	table->executions = mem_realloc(table->executions, capacity * sizeof(*table->executions));
	table->capacity = capacity;
	table->items[table->count] = live;
	table->executions[table->count++] = execution;
	(void)map_add_text(&table->by_id, execution->id, (union map_value){.pointer = live});
	return live;
}

struct live *live_add_loaded(struct live_table *table, const struct reloaded *loaded)
{
	struct live *live = live_add(table, loaded->execution);

	live->snapshot_events = loaded->snapshot_events;
	return live;
}

struct live *live_find(const struct live_table *table, const char *id)
{
	const union map_value *value = map_find_text(&table->by_id, id);

	return value ? value->pointer : NULL;
}

static void live_free(struct live *live)
{
	execution_free(live->execution);
	free(live->in_flight);
	free(live->queried);
	free(live->has_files);
	free(live->dirty);
	free(live->dirty_mark);
	free(live->acts);
	free(live->workspace);
	free(live);
}

void live_remove(struct live_table *table, struct live *live)
{
	size_t i = 0;

	while (table->items[i] != live)
		i++;
	(void)map_remove(&table->by_id, live->execution->id, strlen(live->execution->id));
	table->count--;
	memmove(&table->items[i], &table->items[i + 1], (table->count - i) * sizeof(*table->items));
	memmove(&table->executions[i], &table->executions[i + 1],
		(table->count - i) * sizeof(*table->executions));
	live_free(live);
}

void live_table_release(struct live_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		live_free(table->items[i]);
	free(table->items);
	free(table->executions);
	map_release(&table->by_id);
	*table = (struct live_table){0};
}

static bool is_same_attempt(const struct in_flight *slot, const struct effect *effect)
{
	return slot->attempt == effect->attempt &&
	       slot->attempt_kind == (uint8_t)effect->attempt_kind &&
	       slot->artifact == (uint16_t)effect->artifact;
}

bool live_is_in_flight(const struct live *live, const struct effect *effect)
{
	const struct in_flight *slot = &live->in_flight[effect->node];

	return is_same_attempt(slot, effect) && (slot->effects & (1U << effect->kind));
}

void live_set_in_flight(struct live *live, const struct effect *effect)
{
	struct in_flight *slot = &live->in_flight[effect->node];

	if (!is_same_attempt(slot, effect))
		*slot = (struct in_flight){.attempt = effect->attempt,
					   .artifact = (uint16_t)effect->artifact,
					   .attempt_kind = (uint8_t)effect->attempt_kind};
	slot->effects = (uint16_t)(slot->effects | (1U << effect->kind));
}

void live_clear_in_flight(struct live *live, uint32_t node, enum effect_kind kind)
{
	struct in_flight *slot = &live->in_flight[node];

	slot->effects = (uint16_t)(slot->effects & ~(1U << kind));
}

const char *live_workspace(struct live *live, const char *output_folder)
{
	if (!live->workspace)
		live->workspace = order_workspace_path(live->execution->id, output_folder);
	return live->workspace;
}

void live_mark_dirty(struct live *live, uint32_t node)
{
	if (live->dirty_mark[node])
		return;
	live->dirty_mark[node] = true;
	live->dirty[live->dirty_count++] = node;
}
