/* SPDX-License-Identifier: MIT
 *
 * An image of the fold and back, and the comparison of two folds. What is stored is listed in
 * tables, and the comparison walks the same tables, so that a member cannot be in one and not in
 * the other; a test holds that no member of the structs is in neither. What can be derived is
 * derived again.
 *
 * Image: magic, version, tagged sections, and a checksum of 64 bits against torn or rotten bytes;
 * against tampering there is the chain of the journal. An image of another version is refused: it
 * costs a fold of all events, once.
 */
#include <string.h>

#include "model/broken.h"
#include "model/checkpoint.h"
#include "model/derive.h"
#include "model/execution_fields.h"
#include "model/limits.h"
#include "model/ready.h"
#include "model/record.h"

#define SNAPSHOT_VERSION 2
static const char magic[4] = {'H', 'L', 'P', 'S'};

enum section {
	SECTION_HEADER = 1,
	SECTION_PARAM = 2,
	SECTION_ENV = 3,
	SECTION_NODE = 4,
	SECTION_REVISION = 5,
	SECTION_NODES_COUNT = 6,
	SECTION_TARGET = 7,
	SECTION_CHECKPOINT = 53,
};
/* Beside the fields of a node's table. */
enum { TAG_INDEX = 100, TAG_MESSAGE = 101, TAG_OUTPUT = 102, TAG_SHOWN = 104 };
enum { CHECKSUM_BYTES = 8 };

/* A step for eight bytes, the last of them filled up with zeros. Each step can be undone if either
 * its word or the sum before it is known: bytes that differ within one word are always seen. */
static uint64_t checksum(const void *data, size_t length)
{
	const unsigned char *bytes = data;
	uint64_t hash = 14695981039346656037u ^ length;

	for (size_t i = 0; i < length; i += sizeof(uint64_t)) {
		uint64_t word = 0;

		memcpy(&word, bytes + i, length - i < sizeof(word) ? length - i : sizeof(word));
		hash = (hash ^ word) * 1099511628211u;
		hash ^= hash >> 32;
	}
	return hash;
}

/* ---- writing ----------------------------------------------------------------------------- */

static void add_section(struct buf *out, enum section section, const struct buf *body)
{
	record_add_bytes(out, section, buf_text(body), body->length);
}

static void add_bindings(struct buf *out, enum section section, const struct binding *bindings,
			 uint32_t count, struct buf *body)
{
	for (uint32_t i = 0; i < count; i++) {
		buf_clear(body);
		record_encode(&execution_binding_record, &bindings[i], body);
		add_section(out, section, body);
	}
}

static void add_outputs(const struct execution *execution, uint32_t index, struct buf *body)
{
	const struct binding *outputs = execution->nodes[index].outputs;
	struct buf one;

	if (!outputs)
		return;
	buf_init(&one, LIMIT_OUTPUT_VALUE_BYTES + 16);
	for (uint32_t i = 0; i < execution->workflow->nodes[index].outputs_count; i++) {
		buf_clear(&one);
		record_add_varint(&one, i);
		if (outputs[i].value)
			buf_add_text(&one, outputs[i].value);
		record_add_bytes(body, outputs[i].value ? TAG_OUTPUT : TAG_OUTPUT + 1,
				 buf_text(&one), one.length);
	}
	buf_release(&one);
}

static void add_shown(const struct node_run *node, struct buf *body)
{
	struct buf one;

	buf_init(&one, LIMIT_EVENT_BYTES);
	for (uint32_t i = 0; i < node->shown_count; i++) {
		buf_clear(&one);
		record_encode(&execution_binding_record, &node->shown[i], &one);
		record_add_bytes(body, TAG_SHOWN, buf_text(&one), one.length);
	}
	buf_release(&one);
}

static void add_node(const struct execution *execution, uint32_t index, struct buf *out,
		     struct buf *body)
{
	struct node_run node = execution->nodes[index];

	BROKEN_SNAPSHOT(node);
	buf_clear(body);
	record_add_number(body, TAG_INDEX, index);
	record_encode(&execution_node_record, &node, body);
	if (node.message[0])
		record_add_bytes(body, TAG_MESSAGE, node.message, strlen(node.message));
	add_outputs(execution, index, body);
	add_shown(&node, body);
	add_section(out, SECTION_NODE, body);
}

void execution_snapshot(const struct execution *execution, struct buf *out)
{
	struct buf body;
	size_t start = out->length;
	uint64_t sum;

	buf_init(&body, LIMIT_EVENT_BYTES);
	buf_add(out, magic, sizeof(magic));
	record_add_varint(out, SNAPSHOT_VERSION);
	record_encode(&execution_header_record, execution, &body);
	add_section(out, SECTION_HEADER, &body);
	record_add_number(out, SECTION_NODES_COUNT, execution->graph->nodes_count);
	add_bindings(out, SECTION_PARAM, execution->params, execution->workflow->params_count,
		     &body);
	add_bindings(out, SECTION_ENV, execution->env, execution->env_count, &body);
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++)
		add_node(execution, i, out, &body);
	for (size_t i = 0; i < execution->revisions_count; i++) {
		buf_clear(&body);
		record_encode(&execution_revision_record, &execution->revisions[i], &body);
		add_section(out, SECTION_REVISION, &body);
	}
	for (size_t i = 0; i < execution->targets_count; i++) {
		buf_clear(&body);
		record_encode(&execution_target_record, &execution->targets[i], &body);
		add_section(out, SECTION_TARGET, &body);
	}
	for (size_t i = 0; i < execution->checkpoints_count; i++) {
		buf_clear(&body);
		checkpoint_encode(execution, &execution->checkpoints[i], &body);
		add_section(out, SECTION_CHECKPOINT, &body);
	}
	buf_release(&body);
	sum = checksum(buf_text(out) + start, out->length - start);
	buf_add(out, &sum, sizeof(sum));
}

/* ---- reading ----------------------------------------------------------------------------- */

static int damaged(struct err *err, const char *what)
{
	return err_set(err, ERR_CORRUPT, "a stored snapshot is damaged: %s", what);
}

static int check_image(const void *data, size_t length, struct record_reader *out, struct err *err)
{
	struct record_reader reader = {.at = data};
	uint64_t sum, version;

	if (length < sizeof(magic) + CHECKSUM_BYTES || memcmp(data, magic, sizeof(magic)) != 0)
		return damaged(err, "it does not begin like one");
	reader.at += sizeof(magic);
	reader.end = (const unsigned char *)data + length - CHECKSUM_BYTES;
	if (record_read_varint(&reader, &version) < 0 || version != SNAPSHOT_VERSION)
		return damaged(err, "it has a format of another version");
	memcpy(&sum, (const char *)data + length - CHECKSUM_BYTES, sizeof(sum));
	if (sum != checksum(data, length - CHECKSUM_BYTES))
		return damaged(err, "its checksum differs");
	*out = reader;
	return 0;
}

static int read_output(struct execution *execution, uint32_t index,
		       const struct record_value *value, struct err *err)
{
	const struct node_spec *spec = &execution->workflow->nodes[index];
	struct node_run *node = &execution->nodes[index];
	struct record_reader reader = {.at = value->data, .end = value->data + value->length};
	uint64_t which;

	if (!value->is_bytes || record_read_varint(&reader, &which) < 0 ||
	    which >= spec->outputs_count)
		return damaged(err, "an output of a node");
	if (!node->outputs) {
		node->outputs = arena_alloc(&execution->arena,
					    spec->outputs_count * sizeof(*node->outputs));
		for (uint32_t i = 0; i < spec->outputs_count; i++)
			node->outputs[i].name = spec->outputs[i];
	}
	if (value->tag == TAG_OUTPUT)
		node->outputs[which].value =
			arena_strndup(&execution->arena, (const char *)reader.at,
				      (size_t)(reader.end - reader.at));
	return 0;
}

/* A gate shows a handful of values: the arena keeps the shorter lists. */
static int read_shown(struct execution *execution, struct node_run *node,
		      const struct record_value *value, struct err *err)
{
	struct binding *list =
		arena_alloc(&execution->arena, (node->shown_count + 1) * sizeof(*list));

	if (!value->is_bytes)
		return damaged(err, "what a question shows");
	if (node->shown_count)
		memcpy(list, node->shown, node->shown_count * sizeof(*list));
	node->shown = list;
	return record_decode(&execution_binding_record, value->data, value->length,
			     &execution->arena, &list[node->shown_count++], err);
}

static int read_node_field(struct execution *execution, uint32_t index,
			   const struct record_value *value, size_t *place, struct err *err)
{
	struct node_run *node = &execution->nodes[index];

	if (value->tag == TAG_OUTPUT || value->tag == TAG_OUTPUT + 1)
		return read_output(execution, index, value, err);
	if (value->tag == TAG_SHOWN)
		return read_shown(execution, node, value, err);
	if (value->tag == TAG_MESSAGE) {
		if (!value->is_bytes)
			return damaged(err, "a message of a node");
		node->message =
			arena_strndup(&execution->arena, (const char *)value->data, value->length);
		return 0;
	}
	return record_store(&execution_node_record, value, &execution->arena, node, place, err);
}

static int read_node(struct execution *execution, const struct record_value *section,
		     struct err *err)
{
	struct record_reader reader = {.at = section->data, .end = section->data + section->length};
	struct record_value value;
	size_t place = 0;
	uint32_t index;
	int more = record_next(&reader, &value, err);

	if (more <= 0 || value.tag != TAG_INDEX || value.is_bytes ||
	    value.number >= execution->graph->nodes_count)
		return damaged(err, "a node");
	index = (uint32_t)value.number;
	while ((more = record_next(&reader, &value, err)) > 0) {
		more = read_node_field(execution, index, &value, &place, err);
		if (more < 0)
			return more;
	}
	return more;
}

static int read_revision(struct execution *execution, const struct record_value *section,
			 struct err *err)
{
	struct revision revision = {0};
	int got = record_decode(&execution_revision_record, section->data, section->length,
				&execution->arena, &revision, err);

	if (got < 0)
		return got;
	if (revision.node >= execution->graph->nodes_count ||
	    revision.previous > execution->revisions_count)
		return damaged(err, "a revision");
	execution->revisions = mem_grow(execution->revisions, &execution->revisions_capacity,
					execution->revisions_count + 1, sizeof(revision));
	execution->revisions[execution->revisions_count++] = revision;
	return 0;
}

static int read_target(struct execution *execution, const struct record_value *section,
		       struct err *err)
{
	struct file_target target = {0};
	int got = record_decode(&execution_target_record, section->data, section->length,
				&execution->arena, &target, err);

	if (got < 0)
		return got;
	if (target.node >= execution->graph->nodes_count)
		return damaged(err, "a file of its rollback");
	execution_add_target(execution, &target);
	return 0;
}

static int read_binding(struct execution *execution, const struct record_value *section,
			struct binding *out, struct err *err)
{
	return record_decode(&execution_binding_record, section->data, section->length,
			     &execution->arena, out, err);
}

static int read_env(struct execution *execution, const struct record_value *section, size_t *room,
		    struct err *err)
{
	struct binding binding = {0};
	int got = read_binding(execution, section, &binding, err);

	if (got < 0)
		return got;
	if (execution->env_count == *room) { /* the arena keeps the smaller ones: few doublings */
		struct binding *more;

		*room = *room ? *room * 2 : 16;
		more = arena_alloc(&execution->arena, *room * sizeof(*more));
		if (execution->env_count)
			memcpy(more, execution->env, execution->env_count * sizeof(*more));
		execution->env = more;
	}
	execution->env[execution->env_count++] = binding;
	return 0;
}

struct reading {
	struct execution *execution;
	uint32_t params_count;
	size_t env_room;
};

static int read_section(struct reading *reading, const struct record_value *value, struct err *err)
{
	struct execution *execution = reading->execution;

	if (value->tag == SECTION_NODES_COUNT && !value->is_bytes)
		return value->number == execution->graph->nodes_count
			       ? 0
			       : damaged(err, "it is of another workflow");
	if (!value->is_bytes)
		return 0;
	switch (value->tag) {
	case SECTION_HEADER:
		return record_decode(&execution_header_record, value->data, value->length,
				     &execution->arena, execution, err);
	case SECTION_PARAM:
		if (reading->params_count >= execution->workflow->params_count)
			return damaged(err, "it has too many params");
		return read_binding(execution, value, &execution->params[reading->params_count++],
				    err);
	case SECTION_ENV:
		return read_env(execution, value, &reading->env_room, err);
	case SECTION_NODE:
		return read_node(execution, value, err);
	case SECTION_REVISION:
		return read_revision(execution, value, err);
	case SECTION_TARGET:
		return read_target(execution, value, err);
	case SECTION_CHECKPOINT:
		return checkpoint_decode(execution, value->data, value->length, err);
	default:
		return 0; /* of a later version that this one can do without */
	}
}

static bool is_sound(const struct node_run *node)
{
	return node->state < STATES && node->reason != REASON_NONE &&
	       reason_is_known((int)node->reason) && reason_state(node->reason) == node->state &&
	       node->resume_state < STATES && reason_is_known((int)node->resume_reason) &&
	       node->live_kind <= ATTEMPT_CHECK;
}

static int check_whole(const struct execution *execution, struct err *err)
{
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		if (!is_sound(&execution->nodes[i]))
			return damaged(err, "a node's state");
		if (execution->nodes[i].last_revision > execution->revisions_count)
			return damaged(err, "a node's revisions");
	}
	if (!ulid_is_valid(execution->id) || execution->state >= STATES ||
	    !reason_is_known((int)execution->reason))
		return damaged(err, "its header");
	return 0;
}

int execution_from_snapshot(struct workflow *workflow, struct graph *graph, const void *data,
			    size_t length, struct execution **out, struct err *err)
{
	struct event created = {.kind = EVENT_CREATED, .node = EVENT_NO_NODE};
	struct record_reader reader;
	struct record_value value;
	struct reading reading = {0};
	int more = check_image(data, length, &reader, err);

	if (more < 0)
		return more;
	reading.execution = execution_blank(workflow, graph, &created);
	while ((more = record_next(&reader, &value, err)) > 0) {
		more = read_section(&reading, &value, err);
		if (more < 0)
			break;
	}
	if (more == 0)
		more = check_whole(reading.execution, err);
	if (more < 0) {
		reading.execution->workflow = NULL; /* still the caller's */
		reading.execution->graph = NULL;
		execution_free(reading.execution);
		return more;
	}
	execution_rename(reading.execution);
	execution_sort_targets(reading.execution);
	derive_all(reading.execution);
	*out = reading.execution;
	return 0;
}

/* ---- comparing --------------------------------------------------------------------------- */

static const char *compare_bindings(const struct binding *a, const struct binding *b,
				    uint32_t count, const char *what)
{
	for (uint32_t i = 0; i < count; i++)
		if (record_difference(&execution_binding_record, &a[i], &b[i]))
			return what;
	return NULL;
}

static const char *compare_nodes(const struct execution *a, const struct execution *b)
{
	for (uint32_t i = 0; i < a->graph->nodes_count; i++) {
		const struct node_run *first = &a->nodes[i], *second = &b->nodes[i];
		const char *where = record_difference(&execution_node_record, first, second);

		if (where)
			return where;
		if (strcmp(first->message, second->message) != 0)
			return "message";
		if (!first->outputs != !second->outputs)
			return "outputs";
		if (first->outputs &&
		    compare_bindings(first->outputs, second->outputs,
				     a->workflow->nodes[i].outputs_count, "outputs"))
			return "outputs";
		if (first->shown_count != second->shown_count ||
		    compare_bindings(first->shown, second->shown, first->shown_count, "shown"))
			return "shown";
		if (a->ready->queue[i] != b->ready->queue[i])
			return "ready";
		if (first->unmet != second->unmet)
			return "unmet of a node";
	}
	return NULL;
}

static const char *compare_derived(const struct execution *a, const struct execution *b)
{
	size_t vertices = a->graph->vertices_count;

	if (memcmp(a->unmet, b->unmet, vertices * sizeof(*a->unmet)) != 0)
		return "unmet";
	if (memcmp(a->undo_unmet, b->undo_unmet, vertices * sizeof(*a->undo_unmet)) != 0)
		return "undo_unmet";
	if (memcmp(a->phase_left, b->phase_left,
		   a->workflow->phases_count * sizeof(*a->phase_left)) != 0)
		return "phase_left";
	if (memcmp(a->counts, b->counts, sizeof(a->counts)) != 0)
		return "counts";
	if (memcmp(a->by_reason, b->by_reason, sizeof(a->by_reason)) != 0)
		return "by_reason";
	if (a->live_count != b->live_count)
		return "live_count";
	if (a->reserved_count != b->reserved_count)
		return "reserved_count";
	if (a->intended_count != b->intended_count)
		return "intended_count";
	return a->undo_left != b->undo_left ? "undo_left" : NULL;
}

static const char *difference(const struct execution *a, const struct execution *b)
{
	const char *where = record_difference(&execution_header_record, a, b);

	if (where)
		return where;
	if (a->graph->nodes_count != b->graph->nodes_count ||
	    a->graph->vertices_count != b->graph->vertices_count)
		return "graph";
	if (strcmp(a->name, b->name) != 0)
		return "name";
	if (a->env_count != b->env_count)
		return "env";
	where = compare_bindings(a->env, b->env, a->env_count, "env");
	if (!where)
		where = compare_bindings(a->params, b->params, a->workflow->params_count, "params");
	if (!where)
		where = compare_nodes(a, b);
	if (!where && a->revisions_count != b->revisions_count)
		where = "revisions";
	for (size_t i = 0; !where && i < a->revisions_count; i++)
		where = record_difference(&execution_revision_record, &a->revisions[i],
					  &b->revisions[i]);
	if (!where && a->targets_count != b->targets_count)
		where = "targets";
	for (size_t i = 0; !where && i < a->targets_count; i++)
		where = record_difference(&execution_target_record, &a->targets[i], &b->targets[i]);
	if (!where)
		where = checkpoint_difference(a, b);
	return where ? where : compare_derived(a, b);
}

bool execution_equal(const struct execution *a, const struct execution *b, const char **out_where)
{
	const char *where = difference(a, b);

	*out_where = where;
	return !where;
}
