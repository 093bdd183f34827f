/* SPDX-License-Identifier: MIT
 *
 * A checkpoint as a section of a snapshot: its own members by their table, its nodes as four small
 * numbers each, in order.
 */
#include <string.h>

#include "model/checkpoint.h"
#include "model/execution_fields.h"
#include "model/limits.h"

enum { TAG_NODES = 100 }; /* beside the fields of the table */

static void add_nodes(const struct checkpoint_node *nodes, uint32_t count, struct buf *out)
{
	struct buf all;

	buf_init(&all, LIMIT_EVENT_BYTES);
	for (uint32_t i = 0; i < count; i++) {
		record_add_varint(&all, nodes[i].state);
		record_add_varint(&all, nodes[i].reason);
		record_add_varint(&all, nodes[i].fresh);
		record_add_varint(&all, nodes[i].attempt);
	}
	record_add_bytes(out, TAG_NODES, buf_text(&all), all.length);
	buf_release(&all);
}

void checkpoint_encode(const struct execution *execution, const struct checkpoint *checkpoint,
		       struct buf *out)
{
	record_encode(&execution_checkpoint_record, checkpoint, out);
	if (checkpoint->nodes)
		add_nodes(checkpoint->nodes, execution->graph->nodes_count, out);
}

static int damaged(struct err *err)
{
	return err_set(err, ERR_CORRUPT, "a stored snapshot is damaged: a checkpoint");
}

static int read_nodes(const struct record_value *value, struct checkpoint_node *nodes,
		      uint32_t count, struct err *err)
{
	struct record_reader reader = {.at = value->data, .end = value->data + value->length};

	for (uint32_t i = 0; i < count; i++) {
		uint64_t state, reason, fresh, attempt;

		if (record_read_varint(&reader, &state) < 0 ||
		    record_read_varint(&reader, &reason) < 0 ||
		    record_read_varint(&reader, &fresh) < 0 ||
		    record_read_varint(&reader, &attempt) < 0 || state >= STATES ||
		    reason >= REASONS || attempt > UINT32_MAX)
			return damaged(err);
		nodes[i] = (struct checkpoint_node){.state = (uint8_t)state,
						    .reason = (uint8_t)reason,
						    .fresh = fresh != 0,
						    .attempt = (uint32_t)attempt};
	}
	return 0;
}

int checkpoint_decode(struct execution *execution, const void *data, size_t length, struct err *err)
{
	struct record_reader reader = {.at = data, .end = (const unsigned char *)data + length};
	struct checkpoint *checkpoint = checkpoint_add(execution);
	struct record_value value;
	bool has_nodes = false;
	size_t place = 0;
	int more;

	while ((more = record_next(&reader, &value, err)) > 0) {
		if (value.tag == TAG_NODES && value.is_bytes) {
			has_nodes = true;
			more = read_nodes(&value, checkpoint->nodes, execution->graph->nodes_count,
					  err);
		} else {
			more = record_store(&execution_checkpoint_record, &value, &execution->arena,
					    checkpoint, &place, err);
		}
		if (more < 0)
			return more;
	}
	if (!has_nodes)
		checkpoint_forget_nodes(checkpoint);
	if (more == 0 && (checkpoint->state > CHECKPOINT_DROPPED ||
			  has_nodes != (checkpoint->state <= CHECKPOINT_KEPT)))
		return damaged(err);
	return more;
}

static bool same_nodes(const struct checkpoint_node *a, const struct checkpoint_node *b,
		       uint32_t count)
{
	for (uint32_t i = 0; a && b && i < count; i++)
		if (a[i].state != b[i].state || a[i].reason != b[i].reason ||
		    a[i].fresh != b[i].fresh || a[i].attempt != b[i].attempt)
			return false;
	return !a == !b;
}

const char *checkpoint_difference(const struct execution *a, const struct execution *b)
{
	if (a->checkpoints_count != b->checkpoints_count)
		return "checkpoints";
	for (size_t i = 0; i < a->checkpoints_count; i++) {
		const struct checkpoint *first = &a->checkpoints[i], *second = &b->checkpoints[i];
		const char *where = record_difference(&execution_checkpoint_record, first, second);

		if (where)
			return where;
		if (!same_nodes(first->nodes, second->nodes, a->graph->nodes_count))
			return "nodes of a checkpoint";
	}
	return NULL;
}
