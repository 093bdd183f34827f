/* SPDX-License-Identifier: MIT
 *
 * The documents of `-o json`, field by field. Their shapes are promises to scripts: names are only
 * added, at the end.
 */
#include "wire/json.h"

#include <string.h>

#include "base/mem.h"
#include "model/state.h"
#include "wire/json_value.h"

/* A list's elements, one a line. */
static void begin_element(struct buf *out, size_t index)
{
	buf_add_text(out, index ? ",\n" : "\n");
}

/* An object without its closing brace: a member that is written piece by piece follows. */
static void begin_object(struct buf *out, json_t *object)
{
	struct buf text;

	buf_init(&text, out->max);
	json_value_write(&text, object);
	if (text.overflow)
		out->overflow = true;
	else
		buf_add(out, text.data, text.length - 1);
	buf_release(&text);
}

/* ---- executions and their nodes ------------------------------------------------------------ */

static json_t *execution_header(const Hlp__V1__Execution *execution)
{
	json_t *object = json_object();

	json_value_set(object, "id", json_value_text(execution->id));
	json_value_set(object, "name", json_value_text(execution->name));
	json_value_set(object, "workflow", json_value_text(execution->workflow));
	json_value_set(object, "revision", json_value_text(execution->revision));
	json_value_set(object, "dirty", json_boolean(execution->dirty));
	json_value_set(object, "state", json_value_text(execution->state));
	json_value_set(object, "reason", json_value_text(execution->reason));
	json_value_set(object, "created_at", json_value_time(execution->created_us));
	json_value_set(object, "started_at", json_value_time(execution->started_us));
	json_value_set(object, "ended_at", json_value_time(execution->ended_us));
	json_value_set(object, "quarantined", json_boolean(execution->quarantined));
	json_value_set(object, "quarantine", json_value_text(execution->quarantine));
	json_value_set(object, "policy", json_value_text(execution->policy));
	return object;
}

static json_t *pairs_object(Hlp__V1__Pair *const *pairs, size_t count)
{
	json_t *object = json_object();

	for (size_t i = 0; i < count; i++) {
		/* A name may be a file's, which need not be UTF-8. */
		json_t *name = json_value_bytes(pairs[i]->name, strlen(pairs[i]->name));

		json_value_set(object, json_string_value(name),
			       pairs[i]->missing ? json_null()
						 : json_value_bytes(pairs[i]->value,
								    strlen(pairs[i]->value)));
		json_decref(name);
	}
	return object;
}

/* What people are asked and say of it. */
static void add_person(json_t *object, const Hlp__V1__Node *node)
{
	json_value_set(object, "question", json_value_text(node->question));
	json_value_set(object, "ask",
		       node->question[0] ? json_value_bytes(node->message.data, node->message.len)
					 : json_null());
	json_value_set(object, "shown", pairs_object(node->shown, node->n_shown));
	json_value_set(object, "asked_at", json_value_time(node->asked_us));
	json_value_set(object, "held", json_boolean(node->held));
	json_value_set(object, "held_by", json_value_text(node->held_by));
	json_value_set(object, "held_note", json_value_text(node->held_note));
	json_value_set(object, "held_until", json_value_time(node->held_until_us));
}

static json_t *node_object(const Hlp__V1__Node *node)
{
	json_t *object = json_object();

	json_value_set(object, "id", json_value_text(node->id));
	json_value_set(object, "phase", json_value_text(node->phase));
	json_value_set(object, "state", json_value_text(node->state));
	json_value_set(object, "reason", json_value_text(node->reason));
	json_value_set(object, "attempt", json_value_number(node->attempt));
	json_value_set(object, "exit_code",
		       node->has_exit_code ? json_value_number(node->exit_code) : json_null());
	json_value_set(object, "started_at", json_value_time(node->started_us));
	json_value_set(object, "ended_at", json_value_time(node->ended_us));
	json_value_set(object, "risk", json_real(node->risk));
	add_person(object, node);
	return object;
}

void json_status(struct buf *out, const Hlp__V1__Status *status)
{
	static const Hlp__V1__Execution nothing = HLP__V1__EXECUTION__INIT;

	begin_object(out, execution_header(status->execution ? status->execution : &nothing));
	buf_add_text(out, ",\"nodes\":[");
	for (size_t i = 0; i < status->n_nodes; i++) {
		begin_element(out, i);
		json_value_write(out, node_object(status->nodes[i]));
	}
	buf_add_text(out, status->n_nodes ? "\n]}" : "]}");
}

/* {"total": 5, "pending": 1, …}: every state, so that a script need not ask whether it is there. */
static json_t *counts_object(const Hlp__V1__Execution *execution)
{
	json_t *object = json_object();

	json_value_set(object, "total", json_value_number(execution->nodes_count));
	for (int state = 0; state < STATES; state++) {
		uint32_t count = (size_t)state < execution->n_counts ? execution->counts[state] : 0;

		json_value_set(object, state_word((enum state)state, REASON_NONE),
			       json_value_number(count));
	}
	return object;
}

static json_t *listed_execution(const Hlp__V1__Execution *execution)
{
	json_t *object = execution_header(execution);

	json_value_set(object, "number", json_value_number(execution->number));
	json_value_set(object, "actor", json_value_text(execution->actor));
	json_value_set(object, "note", json_value_text(execution->note));
	json_value_set(object, "folder", json_value_text(execution->folder));
	json_value_set(object, "ended", json_boolean(execution->ended));
	json_value_set(object, "nodes", counts_object(execution));
	return object;
}

void json_list(struct buf *out, const Hlp__V1__ExecutionList *list)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < list->n_executions; i++) {
		begin_element(out, i);
		json_value_write(out, listed_execution(list->executions[i]));
	}
	buf_add_text(out, list->n_executions ? "\n]" : "]");
}

/* ---- events -------------------------------------------------------------------------------- */

void json_event(struct buf *out, const Hlp__V1__EventRecord *event)
{
	json_t *object = json_object();

	json_value_set(object, "seq", json_value_number((int64_t)event->seq));
	json_value_set(object, "time", json_value_time(event->time_us));
	json_value_set(object, "kind", json_value_text(event->kind));
	json_value_set(object, "node", json_value_text(event->node));
	json_value_set(object, "attempt", json_value_text(event->attempt));
	json_value_set(object, "state", json_value_text(event->state));
	json_value_set(object, "reason", json_value_text(event->reason));
	json_value_set(object, "actor", json_value_text(event->actor));
	json_value_set(object, "verb", json_value_text(event->verb));
	json_value_set(object, "text",
		       event->text.len ? json_value_bytes(event->text.data, event->text.len)
				       : json_null());
	json_value_set(object, "fields", pairs_object(event->fields, event->n_fields));
	json_value_write(out, object);
}

/* ---- artifacts and attempts ----------------------------------------------------------------- */

static json_t *revision_object(const Hlp__V1__Revision *revision)
{
	json_t *object = json_object();

	json_value_set(object, "id", json_value_text(revision->id));
	json_value_set(object, "node", json_value_text(revision->node));
	json_value_set(object, "path", json_value_text(revision->path));
	json_value_set(object, "moment", json_value_text(revision->moment));
	json_value_set(object, "attempt", json_value_text(revision->attempt));
	json_value_set(object, "time", json_value_time(revision->time_us));
	json_value_set(object, "absent", json_boolean(revision->absent));
	json_value_set(object, "blob", json_value_text(revision->blob));
	json_value_set(object, "size",
		       revision->absent ? json_null() : json_value_number(revision->size));
	json_value_set(object, "mode",
		       revision->absent ? json_null()
					: json_sprintf("%04o", revision->mode & 07777));
	json_value_set(object, "current", json_boolean(revision->current));
	json_value_set(object, "failed", json_boolean(revision->failed));
	if (*revision->execution) {
		json_value_set(object, "execution", json_value_text(revision->execution));
		json_value_set(object, "folder", json_value_text(revision->folder));
	}
	return object;
}

void json_artifacts(struct buf *out, const Hlp__V1__ArtifactList *list)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < list->n_revisions; i++) {
		begin_element(out, i);
		json_value_write(out, revision_object(list->revisions[i]));
	}
	buf_add_text(out, list->n_revisions ? "\n]" : "]");
}

static json_t *attempt_object(const Hlp__V1__Attempt *attempt)
{
	json_t *object = json_object();
	bool over = attempt->exit_kind && attempt->exit_kind[0];

	json_value_set(object, "node", json_value_text(attempt->node));
	json_value_set(object, "kind", json_value_text(attempt->kind));
	json_value_set(object, "number", json_value_number(attempt->number));
	json_value_set(object, "exit", json_value_text(attempt->exit_kind));
	json_value_set(object, "code", over ? json_value_number(attempt->code) : json_null());
	json_value_set(object, "started_at", json_value_time(attempt->started_us));
	json_value_set(object, "ended_at", json_value_time(attempt->ended_us));
	json_value_set(object, "pid", attempt->pid ? json_value_number(attempt->pid) : json_null());
	json_value_set(object, "cpu_us", json_value_number(attempt->cpu_us));
	json_value_set(object, "rss_kib", json_value_number(attempt->rss_kib));
	json_value_set(object, "output_bytes", json_value_number(attempt->output_bytes));
	return object;
}

void json_attempts(struct buf *out, const Hlp__V1__AttemptList *list)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < list->n_attempts; i++) {
		begin_element(out, i);
		json_value_write(out, attempt_object(list->attempts[i]));
	}
	buf_add_text(out, list->n_attempts ? "\n]" : "]");
}

/* ---- plans, engine, graph ------------------------------------------------------------------- */

void json_engine(struct buf *out, const Hlp__V1__EngineStatus *status)
{
	json_t *object = json_object();

	json_value_set(object, "state", json_value_text(status->state));
	json_value_set(object, "version", json_value_text(status->version));
	json_value_set(object, "home", json_value_text(status->home));
	json_value_set(object, "pid", json_value_number(status->pid));
	json_value_set(object, "launcher_pid",
		       status->launcher_pid ? json_value_number(status->launcher_pid)
					    : json_null());
	json_value_set(object, "launcher_reachable", json_boolean(status->launcher_reachable));
	json_value_set(object, "started_at", json_value_time(status->started_us));
	json_value_set(object, "term", json_value_number((int64_t)status->term));
	json_value_set(object, "seq", json_value_number((int64_t)status->seq));
	json_value_set(object, "executions_live", json_value_number(status->executions_live));
	json_value_set(object, "attempts_live", json_value_number(status->attempts_live));
	json_value_set(object, "warnings", json_value_texts(status->warnings, status->n_warnings));
	json_value_write(out, object);
}

static json_t *needs_array(const Hlp__V1__Graph *graph, const Hlp__V1__GraphNode *node)
{
	json_t *array = json_array();

	for (size_t i = 0; i < node->n_needs; i++) {
		if (node->needs[i] >= graph->n_nodes)
			continue; /* a peer's mistake; nothing to name */
		(void)json_array_append_new(
			array,
			json_value_text(
				graph->nodes[node->needs[i]]->id)); /* fails only without memory */
	}
	return array;
}

static json_t *graph_node_object(const Hlp__V1__Graph *graph, const Hlp__V1__GraphNode *node)
{
	json_t *object = json_object();

	json_value_set(object, "id", json_value_text(node->id));
	json_value_set(object, "phase", json_value_text(node->phase));
	json_value_set(object, "needs", needs_array(graph, node));
	json_value_set(object, "risk", json_real(node->risk));
	json_value_set(object, "description", json_value_text(node->description));
	json_value_set(object, "run", json_value_text(node->command));
	json_value_set(object, "undo", json_value_text(node->undo));
	json_value_set(object, "irreversible", json_value_text(node->irreversible));
	json_value_set(object, "artifacts", json_value_texts(node->artifacts, node->n_artifacts));
	json_value_set(object, "outputs", json_value_texts(node->outputs, node->n_outputs));
	json_value_set(object, "manual", json_value_text(node->manual));
	json_value_set(object, "undo_manual", json_value_text(node->undo_manual));
	json_value_set(object, "approval", json_value_text(node->approval));
	json_value_set(object, "timeout_us",
		       node->timeout_us ? json_value_number(node->timeout_us) : json_null());
	json_value_set(object, "estimate_us",
		       node->estimate_us ? json_value_number(node->estimate_us) : json_null());
	return object;
}

void json_graph(struct buf *out, const Hlp__V1__Graph *graph)
{
	json_t *object = json_object();

	json_value_set(object, "workflow", json_value_text(graph->workflow));
	json_value_set(object, "description", json_value_text(graph->description));
	json_value_set(object, "phases", json_value_texts(graph->phases, graph->n_phases));
	json_value_set(object, "max_parallel", json_value_number(graph->max_parallel));
	json_value_set(object, "params", pairs_object(graph->params, graph->n_params));
	begin_object(out, object);
	buf_add_text(out, ",\"nodes\":[");
	for (size_t i = 0; i < graph->n_nodes; i++) {
		begin_element(out, i);
		json_value_write(out, graph_node_object(graph, graph->nodes[i]));
	}
	buf_add_text(out, graph->n_nodes ? "\n]}" : "]}");
}
