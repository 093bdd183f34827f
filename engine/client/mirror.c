/* SPDX-License-Identifier: MIT
 *
 * The copy of one execution's rows. The graph beneath them is built in mirror_graph.c; what people
 * are told about a node is in mirror_why.c.
 */
#include "client/mirror.h"

#include <stdlib.h>
#include <string.h>

#include "client/mirror_graph.h"

void mirror_init(struct mirror *mirror)
{
	*mirror = (struct mirror){0};
}

static char **header_texts(struct mirror *mirror, size_t which)
{
	char **texts[] = {&mirror->id,	   &mirror->name,  &mirror->workflow, &mirror->revision,
			  &mirror->folder, &mirror->actor, &mirror->note,     &mirror->description};

	return which < sizeof(texts) / sizeof(texts[0]) ? texts[which] : NULL;
}

void mirror_release(struct mirror *mirror)
{
	char **text;

	mirror_graph_release(mirror);
	for (size_t i = 0; (text = header_texts(mirror, i)); i++)
		free(*text);
	mirror_init(mirror);
}

int64_t mirror_find(const struct mirror *mirror, const char *node)
{
	const union map_value *found = map_find_text(&mirror->index, node);

	return found ? (int64_t)found->number : -1;
}

/* ---- one row ------------------------------------------------------------------------------ */

/* Most updates change none of the texts. */
static void set_text(char **text, const char *value)
{
	if (*text && strcmp(*text, value) == 0)
		return;
	free(*text);
	*text = mem_strdup(value);
}

static void set_message(struct mirror_node *node, const ProtobufCBinaryData *message)
{
	free(node->message);
	node->message = mem_strndup((const char *)message->data, message->len);
}

/* A word that this program does not know comes from a newer engine: the last known one stays. */
static void set_state(enum state *state, enum reason *reason, const char *state_text,
		      const char *reason_text)
{
	(void)state_parse(state_text, state);
	if (!reason_parse(reason_text, reason))
		*reason = REASON_NONE;
}

static void count_open(struct mirror *mirror, const struct mirror_node *node, int step)
{
	if (node->phase_index >= 0 && node->state != STATE_COMPLETED)
		mirror->phase_open[node->phase_index] += (uint32_t)step;
}

static void take_node(struct mirror *mirror, struct mirror_node *node, const Hlp__V1__Node *row)
{
	count_open(mirror, node, -1);
	set_state(&node->state, &node->reason, row->state, row->reason);
	count_open(mirror, node, 1);
	node->held = row->held;
	node->stale = row->stale;
	node->verdict_pending = row->verdict_pending;
	node->has_exit_code = row->has_exit_code;
	node->attempt = row->attempt;
	node->undo_attempt = row->undo_attempt;
	node->exit_code = row->exit_code;
	node->signal = row->signal;
	node->started_us = row->started_us;
	node->ended_us = row->ended_us;
	node->due_us = row->due_us;
	node->pid = row->pid;
	set_text(&node->question, row->question);
	set_message(node, &row->message);
	node->version = row->version;
}

/* ---- the header ---------------------------------------------------------------------------- */

static void take_texts(struct mirror *mirror, const Hlp__V1__Execution *row)
{
	set_text(&mirror->id, row->id);
	set_text(&mirror->name, row->name);
	set_text(&mirror->workflow, row->workflow);
	set_text(&mirror->revision, row->revision);
	set_text(&mirror->folder, row->folder);
	set_text(&mirror->actor, row->actor);
	set_text(&mirror->note, row->note);
}

static void take_header(struct mirror *mirror, const Hlp__V1__Execution *row)
{
	take_texts(mirror, row);
	set_state(&mirror->state, &mirror->reason, row->state, row->reason);
	mirror->dirty = row->dirty;
	mirror->paused = row->paused;
	mirror->cancelled = row->cancelled;
	mirror->rolling_back = row->rolling_back;
	mirror->quarantined = row->quarantined;
	mirror->ended = row->ended;
	mirror->created_us = row->created_us;
	mirror->started_us = row->started_us;
	mirror->ended_us = row->ended_us;
	for (size_t i = 0; i < STATES; i++)
		mirror->counts[i] = i < row->n_counts ? row->counts[i] : 0;
}

/* ---- updates ------------------------------------------------------------------------------- */

static void take_rows(struct mirror *mirror, const Hlp__V1__Update *update)
{
	for (size_t i = 0; i < update->n_nodes; i++) {
		const Hlp__V1__Node *row = update->nodes[i];

		if (row->index < mirror->nodes_count)
			take_node(mirror, &mirror->nodes[row->index], row);
	}
}

bool mirror_apply(struct mirror *mirror, const Hlp__V1__Update *update)
{
	bool fresh = update->snapshot || update->resync;

	if (update->seq < mirror->seq && !update->resync)
		return false;
	if (!mirror->has_graph && fresh)
		mirror_graph_from_rows(mirror, update);
	if (update->execution)
		take_header(mirror, update->execution);
	take_rows(mirror, update);
	if (fresh)
		mirror->has_rows = true;
	mirror->seq = update->seq;
	return fresh || update->execution || update->n_nodes;
}
