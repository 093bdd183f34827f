/* SPDX-License-Identifier: MIT
 *
 * What each ${…} of a workflow refers to: whether it exists, and whether it is known by the time
 * it is used. How it is written into a command is template.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/environment.h"
#include "model/limits.h"
#include "model/suggest.h"
#include "model/template.h"
#include "model/workflow_parts.h"

/* An output that a node uses without needing its writer at once: to be looked up in the graph. */
struct pending {
	uint32_t value;
	size_t offset;
	char *reference;
	uint32_t writer, user;
};

struct uses {
	struct reader *reader;
	const struct template_use *use; /* being scanned */
	struct map params, env;
	struct pending *pending;
	size_t pending_count, pending_capacity;
};

static void report(struct uses *uses, size_t offset, const char *reference, const char *message)
{
	uint32_t line, column;

	yaml_place(uses->reader->tree, uses->use->value, offset, reference, &line, &column);
	problems_add(uses->reader->problems, line, column, "%s", message);
}

static void report_unknown(struct uses *uses, size_t offset, const char *reference,
			   const char *what, const char *nearest)
{
	struct buf text;

	buf_init(&text, 400);
	buf_printf(&text, "%.100s: there is no %s", reference, what);
	if (nearest)
		buf_printf(&text, ": did you mean '%s'?", nearest);
	report(uses, offset, reference, buf_text(&text));
	buf_release(&text);
}

/* ---- params and run -------------------------------------------------------------------------- */

static const char *param_at(const void *ctx, size_t i)
{
	return ((const struct workflow *)ctx)->params[i].name;
}

static void check_param(struct uses *uses, const char *path, size_t offset, const char *reference)
{
	struct reader *reader = uses->reader;

	if (!map_find_text(&uses->params, path))
		report_unknown(
			uses, offset, reference, "such param",
			workflow_nearest(reader, path, reader->workflow->params_count, param_at));
}

static const char *const run_names[] = {"id",	   "name",   "number",	 "node",
					"attempt", "folder", "workspace"};

static const char *run_at(const void *ctx, size_t i)
{
	(void)ctx;
	return run_names[i];
}

static void check_run(struct uses *uses, const char *path, size_t offset, const char *reference)
{
	const size_t count = sizeof(run_names) / sizeof(run_names[0]);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(path, run_names[i]))
			return;
	report_unknown(uses, offset, reference,
		       "such value: id, name, number, node, attempt, folder, workspace",
		       suggest_nearest(path, count, run_at, NULL));
}

/* ---- env ------------------------------------------------------------------------------------- */

/* Set for every node, or recorded from whoever starts the execution. */
static bool is_always_there(const char *name)
{
	static const char *const names[] = {"HLP_EXECUTION", "HLP_NODE", "HLP_ATTEMPT", "HLP_PHASE",
					    "HLP_WORKSPACE"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return environment_is_base(name);
}

/* Whether a list names it; in the list that holds `until`, only what stands before that value. */
static bool is_bound(const struct binding *env, uint32_t count, const char *name, const char *until)
{
	for (uint32_t i = 0; i < count && env[i].value != until; i++)
		if (!strcmp(env[i].name, name))
			return true;
	return false;
}

static void check_env(struct uses *uses, const char *path, size_t offset, const char *reference)
{
	const struct reader *reader = uses->reader;
	const struct workflow *workflow = reader->workflow;
	bool top = uses->use->use == USE_WORKFLOW_ENV;
	const struct node_spec *spec = top ? &reader->defaults : &reader->nodes[uses->use->node];
	const char *until = yaml_text(reader->tree, uses->use->value);

	if (is_always_there(path) || environment_is_passed(spec, path))
		return;
	if (top ? is_bound(workflow->env, workflow->env_count, path, until)
		: map_find_text(&uses->env, path) ||
			    is_bound(spec->env, spec->env_count, path, until))
		return;
	report_unknown(uses, offset, reference,
		       "such variable here: name it in 'env' (before it is used) or in 'pass_env'",
		       NULL);
}

/* ---- secrets --------------------------------------------------------------------------------- */

static bool is_secret(const struct uses *uses, const char *kind, const char *path,
		      const char *until);

/* The text that a variable gets where `until` stands (NULL: in a command): the last one before it
 * holds, the node's before the workflow's. */
static const char *text_of_variable(const struct uses *uses, const char *name, const char *until)
{
	const struct workflow *workflow = uses->reader->workflow;
	const struct node_spec *spec = &uses->reader->nodes[uses->use->node];
	const char *text = NULL;

	for (uint32_t i = 0; i < workflow->env_count && workflow->env[i].value != until; i++)
		if (!strcmp(workflow->env[i].name, name))
			text = workflow->env[i].value;
	if (uses->use->use == USE_WORKFLOW_ENV)
		return text;
	for (uint32_t i = 0; i < spec->env_count && spec->env[i].value != until; i++)
		if (!strcmp(spec->env[i].name, name))
			text = spec->env[i].value;
	return text;
}

/* Variables refer to earlier ones only, so this ends. */
static bool is_secret(const struct uses *uses, const char *kind, const char *path,
		      const char *until)
{
	const struct param *param;
	char next[LIMIT_REFERENCE];
	const char *text;

	if (!strcmp(kind, "params")) {
		param = workflow_find_param(uses->reader->workflow, path);
		return param && param->secret;
	}
	if (strcmp(kind, "env") != 0)
		return false;
	text = text_of_variable(uses, path, until);
	return text && template_is_reference(text, &kind, next) &&
	       is_secret(uses, kind, next, text);
}

/* A secret in a list would be seen in the list of processes, and in a longer text it could not be
 * hidden in output. */
static void check_secret(struct uses *uses, const char *kind, const char *path, size_t offset,
			 const char *reference)
{
	const char *text = yaml_text(uses->reader->tree, uses->use->value);
	bool env = uses->use->use == USE_ENV || uses->use->use == USE_WORKFLOW_ENV;
	char whole[LIMIT_REFERENCE];

	if (uses->use->shell || !is_secret(uses, kind, path, env ? text : NULL))
		return;
	if (env && template_is_reference(text, &kind, whole))
		return;
	report(uses, offset, reference,
	       env ? "a secret stands alone as the value of a variable: put it together with other "
		     "text in the command"
		   : "a secret can stand in a string for the shell and in 'env' only: what is in a "
		     "list of words can be read by everybody on this machine");
}

/* ---- outputs --------------------------------------------------------------------------------- */

static const char *output_at(const void *ctx, size_t i)
{
	return ((const struct node_spec *)ctx)->outputs[i];
}

static bool has_output(const struct node_spec *spec, const char *name)
{
	for (uint32_t i = 0; i < spec->outputs_count; i++)
		if (!strcmp(spec->outputs[i], name))
			return true;
	return false;
}

static bool needs_at_once(const struct node_spec *spec, const struct node_spec *writer,
			  uint32_t index)
{
	if (writer->phase >= 0 && writer->phase < spec->phase)
		return true;
	for (uint32_t i = 0; i < spec->needs_count; i++)
		if (spec->needs[i] == index)
			return true;
	return false;
}

static void check_writer(struct uses *uses, uint32_t writer, size_t offset, const char *reference)
{
	struct reader *reader = uses->reader;
	uint32_t user = uses->use->node;

	if (uses->use->use == USE_WORKFLOW_ENV) {
		report(uses, offset, reference,
		       "outputs are not known when 'env' of the workflow is built: use them in the "
		       "node");
	} else if (writer == user) {
		if (uses->use->use == USE_RUN || uses->use->use == USE_ENV)
			report(uses, offset, reference,
			       "a node's own outputs are known to its undo, and to the check "
			       "and on_restore of its artifacts, only");
	} else if (!needs_at_once(&reader->nodes[user], &reader->nodes[writer], writer)) {
		uses->pending = mem_grow(uses->pending, &uses->pending_capacity,
					 uses->pending_count + 1, sizeof(*uses->pending));
		uses->pending[uses->pending_count++] =
			(struct pending){.value = uses->use->value,
					 .offset = offset,
					 .reference = mem_strdup(reference),
					 .writer = writer,
					 .user = user};
	}
}

static void check_output(struct uses *uses, const char *path, size_t offset, const char *reference)
{
	struct reader *reader = uses->reader;
	const char *dot = strchr(path, '.');
	const char *name = dot && text_starts_with(dot, ".outputs.") ? dot + 9 : NULL;
	int64_t found;
	const struct node_spec *writer;
	char id[LIMIT_NAME + 1];

	if (!name || !*name || strchr(name, '.') || dot - path > LIMIT_NAME) {
		report(uses, offset, reference,
		       "an output of a node is written ${nodes.ID.outputs.NAME}");
		return;
	}
	memcpy(id, path, (size_t)(dot - path));
	id[dot - path] = '\0';
	found = workflow_find_node(reader->workflow, id);
	if (found < 0) {
		report_unknown(uses, offset, reference, "such node",
			       workflow_nearest(reader, id, reader->workflow->nodes_count,
						workflow_node_at));
		return;
	}
	writer = &reader->nodes[found];
	if (has_output(writer, name))
		check_writer(uses, (uint32_t)found, offset, reference);
	else
		report_unknown(uses, offset, reference, "such output: declare it in its 'outputs'",
			       suggest_nearest(name, writer->outputs_count, output_at, writer));
}

static void report_pending(struct uses *uses, const struct pending *pending)
{
	const struct reader *reader = uses->reader;
	struct template_use use = {.value = pending->value};
	struct buf text;

	uses->use = &use;
	buf_init(&text, 400);
	buf_printf(&text, "%.100s: node '%s' does not wait for '%s': add it to 'needs'",
		   pending->reference, reader->nodes[pending->user].id,
		   reader->nodes[pending->writer].id);
	report(uses, pending->offset, pending->reference, buf_text(&text));
	buf_release(&text);
}

static void check_pending(struct uses *uses)
{
	const struct graph *graph = workflow_order(uses->reader);
	struct graph_query *queries;

	if (!graph)
		return;
	queries = mem_alloc(uses->pending_count * sizeof(*queries));
	for (size_t i = 0; i < uses->pending_count; i++)
		queries[i] = (struct graph_query){
			.from = uses->pending[i].user, .to = uses->pending[i].writer, .tag = i};
	graph_answer(graph, queries, uses->pending_count);
	for (size_t i = 0; i < uses->pending_count; i++)
		if (!queries[i].reached)
			report_pending(uses, &uses->pending[queries[i].tag]);
	free(queries);
}

/* ---- all ------------------------------------------------------------------------------------- */

static int on_reference(void *ctx, const char *kind, const char *path, size_t offset,
			struct err *err)
{
	struct uses *uses = ctx;
	char *reference = mem_printf("${%s.%s}", kind, path);

	(void)err; /* all problems are noted, so that the rest is looked at too */
	if (!strcmp(kind, "params"))
		check_param(uses, path, offset, reference);
	else if (!strcmp(kind, "env"))
		check_env(uses, path, offset, reference);
	else if (!strcmp(kind, "nodes"))
		check_output(uses, path, offset, reference);
	else if (!strcmp(kind, "run"))
		check_run(uses, path, offset, reference);
	else
		report_unknown(uses, offset, reference, "support for it yet", NULL);
	check_secret(uses, kind, path, offset, reference);
	free(reference);
	return 0;
}

/* What a question shows: "nodes.issue.outputs.serial". */
static void scan_bare(struct uses *uses, const char *text)
{
	static const char *const kinds[] = {"params", "env", "nodes", "run"};
	size_t length = strcspn(text, ".");
	struct err err;

	for (size_t i = 0; text[length] && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i]) == length && !strncmp(kinds[i], text, length)) {
			(void)on_reference(uses, kinds[i], text + length + 1, 0, &err); /* noted */
			return;
		}
	}
	report(uses, 0, text,
	       "what is shown is named as in ${…}: params.NAME, nodes.ID.outputs.NAME");
}

static void scan(struct uses *uses)
{
	const char *text = yaml_text(uses->reader->tree, uses->use->value);
	size_t offset = 0;
	struct err err;
	char *word;

	if (uses->use->bare) {
		scan_bare(uses, text);
		return;
	}
	if (template_scan(uses->use->shell ? TEMPLATE_SHELL : TEMPLATE_PLAIN, text, on_reference,
			  uses, &offset, &err) >= 0)
		return;
	word = mem_strndup(text + offset, strcspn(text + offset, "}\n"));
	report(uses, offset, word, err.message);
	free(word);
}

void workflow_uses_check(struct reader *reader)
{
	const struct workflow *workflow = reader->workflow;
	struct uses uses = {.reader = reader};

	for (uint32_t i = 0; i < workflow->params_count; i++)
		map_add_text(&uses.params, workflow->params[i].name,
			     (union map_value){.number = i});
	for (uint32_t i = 0; i < workflow->env_count; i++)
		map_add_text(&uses.env, workflow->env[i].name, (union map_value){.number = i});
	for (size_t i = 0; i < reader->uses_count; i++) {
		uses.use = &reader->uses[i];
		scan(&uses);
	}
	if (uses.pending_count)
		check_pending(&uses);
	for (size_t i = 0; i < uses.pending_count; i++)
		free(uses.pending[i].reference);
	free(uses.pending);
	map_release(&uses.params);
	map_release(&uses.env);
}
