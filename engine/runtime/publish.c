/* SPDX-License-Identifier: MIT
 *
 * A burst of commits becomes one update: a person reads twenty pictures a second at best. A node
 * whose newest event is not durable yet waits for the next one, so an update never runs ahead of
 * the disk.
 */
#include "runtime/publish.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define PERIOD_US     25000
#define NODES_AT_ONCE 2000 /* of one update; more come in the next */

static bool is_watched(const struct engine *engine, const struct live *live)
{
	return live->watchers || engine->watch_all;
}

void publish_take(struct engine *engine, struct live *live, const struct commit_part *part)
{
	live->header = part->header;
	if (!is_watched(engine, live))
		return;
	live->header_dirty = true;
	engine->publish_due = true;
	if (live->header.ended) /* whoever waits for the end is not kept waiting */
		engine->published_us = 0;
	if (!live->watchers)
		return;
	for (uint32_t i = 0; i < part->nodes_count; i++)
		live_mark_dirty(live, part->nodes[i]);
	if (!part->acts_count)
		return;
	live->acts = mem_grow(live->acts, &live->acts_capacity, live->acts_count + part->acts_count,
			      sizeof(*live->acts));
	memcpy(live->acts + live->acts_count, part->acts, part->acts_count * sizeof(*part->acts));
	live->acts_count += part->acts_count;
}

/* Moves the rows of durable dirty nodes to `rows`; the rest stays dirty. Returns their number. */
static size_t gather(struct engine *engine, struct live *live, struct node_row *rows)
{
	const struct execution *execution = live->execution;
	uint32_t kept = 0;
	size_t count = 0;

	for (uint32_t i = 0; i < live->dirty_count; i++) {
		uint32_t node = live->dirty[i];

		if (count == NODES_AT_ONCE ||
		    execution->nodes[node].version > engine->committed_seq) {
			live->dirty[kept++] = node;
			continue;
		}
		live->dirty_mark[node] = false;
		rows_of_node(execution, node, &rows[count++]);
	}
	live->dirty_count = kept;
	return count;
}

static const char **names_of_acts(const struct live *live)
{
	const char **names = mem_calloc(live->acts_count, sizeof(*names));

	for (size_t i = 0; i < live->acts_count; i++)
		names[i] = live->acts[i].node == EVENT_NO_NODE
				   ? ""
				   : live->execution->workflow->nodes[live->acts[i].node].id;
	return names;
}

static void tell(struct engine *engine, struct live *live)
{
	const struct runtime_encoder *encoder = &engine->options.encoder;
	struct runtime_update *update = mem_zalloc(sizeof(*update));
	size_t rows_max = live->dirty_count < NODES_AT_ONCE ? live->dirty_count : NODES_AT_ONCE;
	struct node_row *rows = mem_calloc(rows_max, sizeof(*rows));
	const char **names = names_of_acts(live);
	size_t count = gather(engine, live, rows);

	update->message.kind = RUNTIME_UPDATE;
	memcpy(update->execution, live->execution->id, sizeof(update->execution));
	update->seq = live->header.seq;
	/* The last update is the one after which nothing is owed. */
	update->last = live->header.ended && !live->dirty_count &&
		       live->execution->seq <= engine->committed_seq;
	buf_init(&update->bytes, SIZE_MAX / 2);
	buf_init(&update->header, SIZE_MAX / 2);
	if (live->watchers)
		encoder->update(encoder->ctx, update->seq, &live->header, rows, count, live->acts,
				names, live->acts_count, update->last, &update->bytes);
	if (engine->watch_all)
		encoder->update(encoder->ctx, update->seq, &live->header, NULL, 0, NULL, NULL, 0,
				false, &update->header);
	free(rows);
	free(names);
	live->acts_count = 0;
	live->header_dirty = false;
	mailbox_post_reply(engine->options.updates, &update->message);
}

int64_t publish_deadline_us(const struct engine *engine)
{
	return engine->publish_due ? engine->published_us + PERIOD_US : INT64_MAX;
}

void publish_due(struct engine *engine)
{
	int64_t now_us = engine_now_us(engine);

	if (!engine->publish_due || now_us < engine->published_us + PERIOD_US)
		return;
	engine->publish_due = false;
	engine->published_us = now_us;
	for (size_t i = 0; i < engine->lives.count; i++) {
		struct live *live = engine->lives.items[i];

		if (is_watched(engine, live) && (live->header_dirty || live->dirty_count))
			tell(engine, live);
		if (live->dirty_count && live->watchers)
			engine->publish_due = true;
	}
}
