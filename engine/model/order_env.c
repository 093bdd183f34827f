/* SPDX-License-Identifier: MIT
 *
 * A node's environment is built, not inherited: what was recorded from whoever started the
 * execution, the workflow's, the node's, then what the engine says about the attempt. Everything
 * comes from the execution, so a retry and an undo see the same.
 */
#include "model/order_env.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/environment.h"
#include "model/exit_code.h"
#include "model/limits.h"

/* More than any kernel takes for a program's arguments and environment. */
#define COMMAND_MAX ((size_t)4 * 1024 * 1024)

/* ---- variables ------------------------------------------------------------------------------- */

static struct order_variable *find(const struct order_env *env, const char *name)
{
	for (size_t i = 0; i < env->count; i++)
		if (!strcmp(env->variables[i].name, name))
			return &env->variables[i];
	return NULL;
}

static void set(struct order_env *env, const struct order_variable *variable)
{
	struct order_variable *found = find(env, variable->name);

	if (found) {
		*found = *variable;
		return;
	}
	if (env->count == env->capacity) {
		size_t capacity = env->capacity ? 2 * env->capacity : 32;
		struct order_variable *grown = arena_alloc(env->arena, capacity * sizeof(*grown));

		if (env->count)
			memcpy(grown, env->variables, env->count * sizeof(*grown));
		env->variables = grown;
		env->capacity = capacity;
	}
	env->variables[env->count++] = *variable;
}

void order_env_set(struct order_env *env, const char *name, const char *value)
{
	set(env, &(struct order_variable){.name = name, .value = value});
}

static void add_recorded(struct order_env *env)
{
	const struct execution *execution = env->execution;

	for (uint32_t i = 0; i < execution->env_count; i++) {
		const struct binding *recorded = &execution->env[i];

		if (recorded->value && (environment_is_base(recorded->name) ||
					environment_is_passed(env->spec, recorded->name)))
			order_env_set(env, recorded->name, recorded->value);
	}
}

/* The param whose secret a reference stands for; NULL when it is none. */
static const char *secret_of(const struct order_env *env, const char *kind, const char *path)
{
	const struct order_variable *variable;
	const struct param *param;

	if (!strcmp(kind, "params")) {
		param = workflow_find_param(env->execution->workflow, path);
		return param && param->secret ? param->name : NULL;
	}
	variable = strcmp(kind, "env") ? NULL : find(env, path);
	return variable ? variable->secret : NULL;
}

/* A variable is a secret when its text is one reference to one. */
static const char *whole_secret(const struct order_env *env, const char *text)
{
	char path[LIMIT_REFERENCE];
	const char *kind;

	return template_is_reference(text, &kind, path) ? secret_of(env, kind, path) : NULL;
}

static int add_declared(struct order_env *env, const struct binding *list, uint32_t count,
			struct err *err)
{
	for (uint32_t i = 0; i < count; i++) {
		struct order_variable variable = {.name = list[i].name};

		variable.secret = whole_secret(env, list[i].value);
		if (!variable.secret &&
		    order_env_expand(env, TEMPLATE_PLAIN, list[i].value, &variable.value, err) < 0)
			return err_set(err, ERR_INVALID, "env %s: %s", list[i].name,
				       err ? err->message : "");
		set(env, &variable);
	}
	return 0;
}

/* ---- what the engine says -------------------------------------------------------------------- */

/* How the attempt that is undone ended: by what was made of it, else by its exit. */
static const char *undo_state(const struct node_spec *spec, const struct node_run *run)
{
	if (run->undo_from != REASON_NONE && reason_state(run->undo_from) == STATE_COMPLETED)
		return "completed";
	if (run->undo_from == REASON_CANCELLED || run->undo_from == REASON_MANUAL)
		return "cancelled";
	if (run->undo_from == REASON_REJECTED)
		return "failed";
	if (run->exit_kind == EXIT_NONE || run->undo_from == REASON_LOST)
		return "lost"; /* it began, and nobody saw it end */
	if (run->undo_from == REASON_ASKING && exit_code_unknown(spec, run->exit_kind, run->code))
		return "lost"; /* and nobody has said yet what it did */
	return run->exit_kind == EXIT_STATUS && run->code == 0 ? "completed" : "failed";
}

/* HLP_OUTPUT_name for each output that the node wrote; '-' is no byte of a variable's name. */
static void add_outputs(struct order_env *env, const struct node_run *run)
{
	for (uint32_t i = 0; run->outputs && i < env->spec->outputs_count; i++) {
		char *name;

		if (!run->outputs[i].value)
			continue;
		name = mem_printf("HLP_OUTPUT_%s", run->outputs[i].name);
		for (char *at = name; *at; at++)
			if (*at == '-')
				*at = '_';
		order_env_set(env, arena_strdup(env->arena, name), run->outputs[i].value);
		free(name);
	}
}

static void add_own(struct order_env *env)
{
	const struct execution *execution = env->execution;
	const struct node_run *run = execution->nodes ? &execution->nodes[env->node] : NULL;

	order_env_set(env, "HLP_EXECUTION", execution->id);
	order_env_set(env, "HLP_NODE", env->spec->id);
	order_env_set(env, "HLP_ATTEMPT", env->attempt_id);
	if (env->spec->phase >= 0)
		order_env_set(env, "HLP_PHASE", execution->workflow->phases[env->spec->phase]);
	if (env->workspace)
		order_env_set(env, "HLP_WORKSPACE", env->workspace);
	if (env->outputs)
		order_env_set(env, "HLP_OUTPUT", env->outputs);
	if (env->kind == ATTEMPT_RUN || env->kind == ATTEMPT_SHELL || !run)
		return;
	if (env->kind == ATTEMPT_UNDO)
		order_env_set(env, "HLP_UNDO_STATE", undo_state(env->spec, run));
	add_outputs(env, run);
}

int order_env_build(struct order_env *env, struct err *err)
{
	const struct workflow *workflow = env->execution->workflow;
	int result;

	add_recorded(env);
	add_own(env); /* so that ${env.HLP_NODE} is known; nothing declared replaces them */
	result = add_declared(env, workflow->env, workflow->env_count, err);
	if (result >= 0)
		result = add_declared(env, env->spec->env, env->spec->env_count, err);
	return result;
}

const char *const *order_env_list(const struct order_env *env)
{
	const char **list = arena_alloc(env->arena, (env->count + 1) * sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < env->count; i++) {
		const struct order_variable *variable = &env->variables[i];
		char *text;

		if (variable->secret)
			continue;
		text = mem_printf("%s=%s", variable->name, variable->value);
		list[count++] = arena_strdup(env->arena, text);
		free(text);
	}
	return list;
}

/* ---- what ${…} finds ------------------------------------------------------------------------- */

static const char *lookup_param(const struct order_env *env, const char *name)
{
	const struct execution *execution = env->execution;

	for (uint32_t i = 0; i < execution->workflow->params_count; i++)
		if (!strcmp(execution->params[i].name, name))
			return execution->params[i].value;
	return NULL;
}

static const char *number_text(const struct order_env *env, uint32_t number)
{
	char *text = mem_printf("%u", number);
	const char *copy = arena_strdup(env->arena, text);

	free(text);
	return copy;
}

static const char *lookup_run(const struct order_env *env, const char *name)
{
	const struct execution *execution = env->execution;

	if (!strcmp(name, "id"))
		return execution->id;
	if (!strcmp(name, "name"))
		return execution->name;
	if (!strcmp(name, "number"))
		return number_text(env, execution->number);
	if (!strcmp(name, "node"))
		return env->spec->id;
	if (!strcmp(name, "attempt"))
		return number_text(env, env->attempt);
	if (!strcmp(name, "folder"))
		return execution->folder;
	return !strcmp(name, "workspace") ? env->workspace : NULL;
}

/* "ID.outputs.NAME", checked when the workflow was read. */
static const char *lookup_output(const struct order_env *env, const char *path)
{
	const struct workflow *workflow = env->execution->workflow;
	const char *dot = strchr(path, '.');
	const struct binding *outputs;
	char id[LIMIT_NAME + 1];
	int64_t node;

	if (!dot || dot - path > LIMIT_NAME || !text_starts_with(dot, ".outputs."))
		return NULL;
	memcpy(id, path, (size_t)(dot - path));
	id[dot - path] = '\0';
	node = workflow_find_node(workflow, id);
	outputs = node < 0 ? NULL : env->execution->nodes[node].outputs;
	for (uint32_t i = 0; outputs && i < workflow->nodes[node].outputs_count; i++)
		if (!strcmp(outputs[i].name, dot + strlen(".outputs.")))
			return outputs[i].value;
	return NULL;
}

const char *order_env_lookup(void *ctx, const char *kind, const char *path)
{
	const struct order_env *env = ctx;

	if (!strcmp(kind, "params"))
		return lookup_param(env, path);
	if (!strcmp(kind, "env"))
		return find(env, path) ? find(env, path)->value : NULL;
	if (!strcmp(kind, "run"))
		return lookup_run(env, path);
	return !strcmp(kind, "nodes") ? lookup_output(env, path) : NULL;
}

const char *order_env_secret(void *ctx, const char *kind, const char *path)
{
	struct order_env *env = ctx;
	struct order_variable variable = {.secret = secret_of(env, kind, path)};

	if (!variable.secret)
		return NULL;
	if (!strcmp(kind, "env"))
		return find(env, path)->name;
	variable.name = workflow_secret_variable(variable.secret, env->arena);
	set(env, &variable);
	return variable.name;
}

int order_env_expand(struct order_env *env, enum template_kind kind, const char *text,
		     const char **out, struct err *err)
{
	const struct template_scope scope = {
		.lookup = order_env_lookup, .secret = order_env_secret, .ctx = env};
	struct buf buf;
	int result;

	buf_init(&buf, COMMAND_MAX);
	result = template_expand(kind, text, &scope, &buf, err);
	if (result >= 0)
		*out = arena_strndup(env->arena, buf_text(&buf), buf.length);
	buf_release(&buf);
	return result < 0 ? err_set(err, ERR_INVALID, "%s", err ? err->message : "") : 0;
}
