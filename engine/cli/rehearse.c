/* SPDX-License-Identifier: MIT
 *
 * The plan with every value filled in. See rehearse.h. The orders are built by the very function
 * that the engine uses.
 */
#include "cli/rehearse.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/json_out.h"
#include "cli/show.h"
#include "client/identity.h"
#include "model/environment.h"
#include "model/order.h"
#include "model/rehearsal.h"

#define LABEL_COLUMN 11
#define TEXT_MAX     ((size_t)16 * 1024 * 1024)

struct rehearsal {
	struct cli *cli;
	const struct workflow *workflow; /* the execution's */
	struct execution *execution;
	struct order_places places;
	struct arena arena;
	uint32_t *waves, *order; /* order: nodes by wave, in file order within one */
	const enum fate *fates;	 /* NULL: all run */
	uint32_t failed;	 /* nodes whose values cannot be filled in */
};

/* What one node would do; NULL members where there is nothing. */
struct rehearsed {
	const struct node_spec *spec;
	uint32_t index;
	const struct order *run, *undo;
	const char *manual, *undo_manual, *approval; /* what people do and are asked */
};

/* ---- making it --------------------------------------------------------------------------- */

static int compare_waves(const void *a, const void *b, void *waves)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	uint32_t before = ((const uint32_t *)waves)[left], after = ((const uint32_t *)waves)[right];
	if (before != after)
		return before < after ? -1 : 1;
	return left < right ? -1 : left > right;
}

static void find_order(struct rehearsal *r)
{
	uint32_t count = r->workflow->nodes_count;
	r->waves = arena_alloc(&r->arena, count * sizeof *r->waves);
	r->order = arena_alloc(&r->arena, count * sizeof *r->order);
	rehearsal_waves(r->execution->graph, r->waves);
	for (uint32_t i = 0; i < count; i++)
		r->order[i] = i;
	qsort_r(r->order, count, sizeof *r->order, compare_waves, r->waves);
}

static int make_execution(struct rehearsal *r, const struct source *source,
			  const struct params *params)
{
	char actor[IDENTITY_TEXT_MAX];
	struct workflow *workflow = NULL;
	struct graph *graph = NULL;
	struct binding *env;
	struct buf problems;
	struct err err = {0};
	buf_init(&problems, TEXT_MAX);
	/* The source keeps its own: the execution takes over what it is made of. */
	int code = workflow_read(source->file, source->text, source->length, &workflow, &problems);
	buf_release(&problems);
	if (code < 0)
		return cli_refuse(r->cli, CLI_USAGE, "'%s' is not valid", source->file);
	if (graph_compile(workflow, &graph, &err) < 0) {
		workflow_free(workflow);
		return cli_fail(r->cli, &err);
	}
	identity_name(actor);
	size_t count = environment_choose(workflow, environ, &r->arena, &env);
	struct rehearsal_start start = {.params = params->bound,
					.env = env,
					.env_count = count,
					.folder = source->folder,
					.actor = actor};
	r->workflow = workflow;
	r->execution = rehearsal_new(workflow, graph, &start);
	return 0;
}

static const struct order *build(struct rehearsal *r, uint32_t node, enum attempt_kind kind,
				 uint32_t artifact)
{
	struct err err = {0};
	const struct order *order = NULL;
	if (order_build(r->execution, node, kind, 1, artifact, &r->places, &r->arena, &order,
			&err) < 0) {
		r->failed++;
		cli_refuse(r->cli, CLI_USAGE, "%s", err.message);
	}
	return order;
}

/* A text for people, or NULL when there is none. */
static const char *fill_in(struct rehearsal *r, uint32_t node, enum attempt_kind kind,
			   const char *text)
{
	struct err err = {0};
	const char *filled = NULL;
	if (text != NULL && order_text(r->execution, node, kind, 1, r->places.workspace, text,
				       &r->arena, &filled, &err) < 0) {
		r->failed++;
		cli_refuse(r->cli, CLI_USAGE, "node '%s': %s", r->workflow->nodes[node].id,
			   err.message);
	}
	return filled;
}

static struct rehearsed rehearse_node(struct rehearsal *r, uint32_t node)
{
	const struct node_spec *spec = &r->workflow->nodes[node];
	struct rehearsed out = {.spec = spec, .index = node};
	out.manual = fill_in(r, node, ATTEMPT_RUN, spec->manual);
	out.undo_manual = fill_in(r, node, ATTEMPT_UNDO, spec->undo_manual);
	out.approval =
		fill_in(r, node, ATTEMPT_RUN, spec->approval != NULL ? spec->approval->ask : NULL);
	if (spec->manual == NULL)
		out.run = build(r, node, ATTEMPT_RUN, 0);
	if (spec->has_undo && spec->undo_manual == NULL)
		out.undo = build(r, node, ATTEMPT_UNDO, 0);
	return out;
}

/* Set by the workflow or named in pass_env: what of the environment is this node's own. */
static bool is_own(const struct rehearsal *r, const struct node_spec *spec, const char *variable)
{
	char name[256];
	size_t length = strcspn(variable, "=");
	if (length >= sizeof name)
		return true;
	memcpy(name, variable, length);
	name[length] = '\0';
	for (uint32_t i = 0; i < r->workflow->env_count; i++)
		if (strcmp(r->workflow->env[i].name, name) == 0)
			return true;
	for (uint32_t i = 0; i < spec->env_count; i++)
		if (strcmp(spec->env[i].name, name) == 0)
			return true;
	return environment_is_passed(spec, name);
}

/* ---- text -------------------------------------------------------------------------------- */

/* A label, then the text; its further lines stand beneath its first. */
static void say_block(struct say *say, const char *label, const char *text)
{
	while (text != NULL) {
		const char *newline = strchr(text, '\n');
		size_t length = newline != NULL ? (size_t)(newline - text) : strlen(text);
		say_printf(say, "      ");
		say_cell(say, LABEL_COLUMN, label);
		say_text(say, text, length);
		say_printf(say, "\n");
		label = "";
		text = newline != NULL && newline[1] != '\0' ? newline + 1 : NULL;
	}
}

static bool is_plain_word(const char *word)
{
	return word[0] != '\0' && word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
						    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
						    "0123456789_./:@%+,=-")] == '\0';
}

/* A shell's text as it is; words with the quotes that a shell would want. */
static char *command_text(const struct order *order)
{
	const char *const *argv = order->command;
	struct buf text;
	size_t count = 0;
	while (argv[count] != NULL)
		count++;
	if (order->files_count > 0)
		return mem_strdup(order->files[0].text);
	if (count > 2 && strcmp(argv[count - 2], "-c") == 0 && strcmp(argv[1], "-e") == 0)
		return mem_strdup(argv[count - 1]);
	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < count; i++) {
		buf_add_text(&text, i > 0 ? " " : "");
		if (is_plain_word(argv[i]))
			buf_add_text(&text, argv[i]);
		else
			text_shell_quote(&text, argv[i], strlen(argv[i]));
	}
	return buf_steal(&text);
}

static void say_command(struct rehearsal *r, const char *label, const struct order *order)
{
	char *text = command_text(order);
	say_block(&r->cli->out, label, text);
	free(text);
}

static void say_env(struct rehearsal *r, const struct rehearsed *node)
{
	const char *label = "env";
	for (const char *const *at = node->run->env; *at != NULL; at++) {
		if (is_own(r, node->spec, *at)) {
			say_block(&r->cli->out, label, *at);
			label = "";
		}
	}
}

static void say_command_of(struct rehearsal *r, const char *what, const struct order *order)
{
	char *command = command_text(order);
	char *text = mem_printf("  %s: %s", what, command);
	say_block(&r->cli->out, "", text);
	free(text);
	free(command);
}

/* A file, what looks at it, and the command that runs after it was restored. */
static void say_artifact(struct rehearsal *r, const struct rehearsed *node, uint32_t artifact)
{
	const struct artifact_spec *spec = &node->spec->artifacts[artifact];
	const struct order *hook =
		spec->has_on_restore ? build(r, node->index, ATTEMPT_HOOK, artifact) : NULL;
	const struct order *check =
		spec->has_check ? build(r, node->index, ATTEMPT_CHECK, artifact) : NULL;
	say_block(&r->cli->out, artifact == 0 ? "artifacts" : "", spec->path);
	if (spec->required)
		say_block(&r->cli->out, "", "  required");
	if (spec->max_size > 0) {
		char *text = mem_printf("  at most %lld bytes", (long long)spec->max_size);
		say_block(&r->cli->out, "", text);
		free(text);
	}
	if (check != NULL)
		say_command_of(r, spec->required ? "checked by" : "checked, failure is ignored, by",
			       check);
	if (hook != NULL)
		say_command_of(r, "when restored", hook);
}

static void say_files(struct rehearsal *r, const struct rehearsed *node)
{
	for (uint32_t i = 0; i < node->spec->artifacts_count; i++)
		say_artifact(r, node, i);
	for (uint32_t i = 0; i < node->spec->outputs_count; i++)
		say_block(&r->cli->out, i == 0 ? "outputs" : "", node->spec->outputs[i]);
}

static void add_size(struct buf *out, const char *name, int64_t bytes)
{
	char size[TEXT_SIZE];
	if (bytes > 0) {
		text_size(bytes, size);
		buf_printf(out, "%s%s %s", out->length > 0 ? ", " : "", name, size);
	}
}

/* What its processes may take. */
static void say_held(struct rehearsal *r, const struct node_limits *limits)
{
	struct buf text;
	buf_init(&text, TEXT_MAX);
	add_size(&text, "memory", limits->memory_bytes);
	if (limits->files > 0) {
		buf_printf(&text, "%sfiles %lld", text.length > 0 ? ", " : "",
			   (long long)limits->files);
	}
	add_size(&text, "fsize", limits->file_bytes);
	say_block(&r->cli->out, "limits", buf_text(&text));
	buf_release(&text);
}

static void say_limits(struct rehearsal *r, const struct node_spec *spec)
{
	char text[CLOCK_DURATION_TEXT];
	if (spec->timeout_us > 0) {
		clock_format_duration(spec->timeout_us, text);
		say_block(&r->cli->out, "timeout", text);
	}
	if (spec->retry.limit > 0) {
		char *tries = mem_printf("%u", (unsigned)spec->retry.limit);
		say_block(&r->cli->out, "retry", tries);
		free(tries);
	}
	if (spec->limits != NULL)
		say_held(r, spec->limits);
}

static void say_needs(struct rehearsal *r, const struct node_spec *spec)
{
	struct buf text;
	buf_init(&text, TEXT_MAX);
	for (uint32_t i = 0; i < spec->needs_count; i++)
		buf_printf(&text, "%s%s", i > 0 ? ", " : "", r->workflow->nodes[spec->needs[i]].id);
	if (text.length > 0)
		say_block(&r->cli->out, "needs", buf_text(&text));
	buf_release(&text);
}

static void say_head(struct rehearsal *r, const struct node_spec *spec, uint32_t index)
{
	const char *fate = begin_fate_word(r->fates != NULL ? r->fates[index] : FATE_RUNS);
	struct say *out = &r->cli->out;
	enum risk_level level = risk_level(spec->risk);
	say_printf(out, "   ");
	say_style(out,
		  level >= RISK_HIGH || spec->irreversible != NULL ? ROLE_warning : ROLE_title);
	say_printf(out, "%s", spec->id);
	say_plain(out);
	say_printf(out, "  %s risk%s%s%s%s\n", risk_name(level), fate[0] != '\0' ? ", " : "", fate,
		   spec->irreversible != NULL ? ", cannot be undone: " : "",
		   spec->irreversible != NULL ? spec->irreversible : "");
}

static void say_node(struct rehearsal *r, const struct rehearsed *node)
{
	say_head(r, node->spec, node->index);
	say_needs(r, node->spec);
	say_block(&r->cli->out, "approval", node->approval);
	say_block(&r->cli->out, "by hand", node->manual);
	if (node->run != NULL) {
		const char *host = node->spec->host != NULL ? node->spec->host->to : NULL;
		say_block(&r->cli->out, "host", host);
		say_command(r, "run", node->run);
		say_block(&r->cli->out, "in", node->run->folder);
		say_env(r, node);
	}
	say_files(r, node);
	say_limits(r, node->spec);
	if (node->undo != NULL)
		say_command(r, "undo", node->undo);
	say_block(&r->cli->out, "undone by", node->undo_manual);
}

/* A line for each wave, with its phase where that begins. */
static void say_wave(struct rehearsal *r, uint32_t place)
{
	const struct node_spec *spec = &r->workflow->nodes[r->order[place]];
	uint32_t wave = r->waves[r->order[place]];
	if (place > 0 && r->waves[r->order[place - 1]] == wave)
		return;
	say_style(&r->cli->out, ROLE_phase);
	say_printf(&r->cli->out, " wave %u%s%s", wave + 1, spec->phase >= 0 ? ", phase " : "",
		   spec->phase >= 0 ? r->workflow->phases[spec->phase] : "");
	say_plain(&r->cli->out);
	say_printf(&r->cli->out, "\n");
}

static void say_common(struct rehearsal *r)
{
	struct say *out = &r->cli->out;
	say_style(out, ROLE_title);
	say_printf(out, "%s", r->workflow->name);
	say_plain(out);
	say_printf(out, "  a dry run: nothing is run\n");
	for (uint32_t i = 0; i < r->workflow->params_count; i++) {
		const struct binding *param = &r->execution->params[i];
		const char *none = r->workflow->params[i].secret ? "= (secret)" : "has no value";
		char *text = param->value != NULL ? mem_printf("%s = %s", param->name, param->value)
						  : mem_printf("%s %s", param->name, none);
		say_block(out, i == 0 ? "params" : "", text);
		free(text);
	}
	for (uint32_t i = 0; i < r->execution->env_count; i++) {
		const struct binding *variable = &r->execution->env[i];
		char *text = mem_printf("%s=%s", variable->name, variable->value);
		if (environment_is_base(variable->name))
			say_block(out, i == 0 ? "env" : "", text);
		free(text);
	}
}

static void print_text(struct rehearsal *r)
{
	say_common(r);
	for (uint32_t i = 0; i < r->workflow->nodes_count; i++) {
		struct rehearsed node = rehearse_node(r, r->order[i]);
		say_wave(r, i);
		say_node(r, &node);
	}
}

/* ---- JSON -------------------------------------------------------------------------------- */

static void json_text(struct buf *out, const char *name, const char *value)
{
	text_json_quote(out, name, strlen(name));
	buf_add_text(out, ": ");
	if (value != NULL)
		text_json_quote(out, value, strlen(value));
	else
		buf_add_text(out, "null");
}

static void json_words(struct buf *out, const char *name, const char *const *words)
{
	text_json_quote(out, name, strlen(name));
	buf_add_text(out, ": [");
	for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
		buf_add_text(out, i > 0 ? ", " : "");
		text_json_quote(out, words[i], strlen(words[i]));
	}
	buf_add_text(out, "]");
}

static const char **paths_of(struct rehearsal *r, const struct node_spec *spec)
{
	const char **paths = arena_alloc(&r->arena, (spec->artifacts_count + 1) * sizeof *paths);
	for (uint32_t i = 0; i < spec->artifacts_count; i++)
		paths[i] = spec->artifacts[i].path;
	return paths;
}

static void json_node(struct rehearsal *r, struct buf *out, const struct rehearsed *node)
{
	const struct node_spec *spec = node->spec;
	const struct order *run = node->run;
	buf_add_text(out, "{");
	json_text(out, "id", spec->id);
	buf_printf(out, ", \"wave\": %u, ", r->waves[node->index] + 1);
	json_text(out, "phase", spec->phase >= 0 ? r->workflow->phases[spec->phase] : NULL);
	buf_add_text(out, ", ");
	json_text(out, "risk", risk_name(risk_level(spec->risk)));
	buf_add_text(out, ", ");
	json_text(out, "irreversible", spec->irreversible);
	buf_add_text(out, ", ");
	json_text(out, "host", spec->host != NULL ? spec->host->to : NULL);
	buf_add_text(out, ", ");
	json_text(out, "folder", run != NULL ? run->folder : NULL);
	buf_add_text(out, ", ");
	json_words(out, "argv", run != NULL ? run->argv : NULL);
	buf_add_text(out, ", ");
	json_text(out, "script", run != NULL && run->files_count > 0 ? run->files[0].text : NULL);
	buf_add_text(out, ", ");
	json_words(out, "env", run != NULL ? run->env : NULL);
	buf_add_text(out, ", ");
	json_words(out, "undo", node->undo != NULL ? node->undo->argv : NULL);
	buf_add_text(out, ", ");
	json_words(out, "artifacts", paths_of(r, spec));
	buf_add_text(out, ", ");
	json_text(out, "manual", node->manual);
	buf_add_text(out, ", ");
	json_text(out, "undo_manual", node->undo_manual);
	buf_add_text(out, ", ");
	json_text(out, "approval", node->approval);
	buf_add_text(out, ", ");
	json_text(out, "fate",
		  begin_fate_word(r->fates != NULL ? r->fates[node->index] : FATE_RUNS));
	buf_add_text(out, "}");
}

static void print_json(struct rehearsal *r)
{
	struct buf out;
	json_out_begin(&out);
	buf_add_text(&out, "{");
	json_text(&out, "workflow", r->workflow->name);
	buf_add_text(&out, ", \"params\": {");
	for (uint32_t i = 0; i < r->workflow->params_count; i++) {
		buf_add_text(&out, i > 0 ? ", " : "");
		json_text(&out, r->execution->params[i].name, r->execution->params[i].value);
	}
	buf_add_text(&out, "}, \"nodes\": [");
	for (uint32_t i = 0; i < r->workflow->nodes_count; i++) {
		struct rehearsed node = rehearse_node(r, r->order[i]);
		buf_add_text(&out, i > 0 ? ",\n" : "");
		json_node(r, &out, &node);
	}
	buf_add_text(&out, "]}");
	json_out(r->cli, &out);
}

int rehearse(struct cli *cli, const struct source *source, const struct params *params,
	     const enum fate *fates)
{
	struct rehearsal r = {.cli = cli,
			      .fates = fates,
			      .places = {.output_folder = "$HLP_HOME/output",
					 .workspace = "${run.workspace}",
					 .relay = "hlp-relay",
					 .secrets = "$HLP_HOME/secret"}};
	int code = make_execution(&r, source, params);
	if (code == 0) {
		find_order(&r);
		if (cli->json)
			print_json(&r);
		else
			print_text(&r);
		code = r.failed > 0 ? CLI_USAGE : CLI_OK;
	}
	execution_free(r.execution);
	arena_release(&r.arena);
	return code;
}
