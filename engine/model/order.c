/* SPDX-License-Identifier: MIT
 *
 * From the state to the order of one attempt: templates expanded, the environment built, paths
 * made absolute. Reads the execution, never changes it; what an order leads to is the
 * executor's business. What a node wrote to $HLP_OUTPUT is read in order_outputs.c.
 */
#include "model/order.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/limits.h"
#include "model/order_env.h"
#include "model/order_host.h"

static const char *join(struct arena *arena, const char *folder, const char *name)
{
	char *text, *joined;

	if (!*name)
		return folder;
	if (*name == '/')
		return name;
	text = mem_printf("%s%s%s", folder, text_ends_with(folder, "/") ? "" : "/", name);
	joined = arena_strdup(arena, text);
	free(text);
	return joined;
}

static const char *attempt_path(const char *execution, const char *node, enum attempt_kind kind,
				uint32_t attempt, const struct order_places *places,
				const char *ending, struct arena *arena)
{
	char *text = mem_printf("%s/%s/%s.%s.%u.%s", places->output_folder, execution, node,
				attempt_kind_name(kind), attempt, ending);
	const char *path = arena_strdup(arena, text);

	free(text);
	return path;
}

const char *order_output_path(const char *execution, const char *node, enum attempt_kind kind,
			      uint32_t attempt, const struct order_places *places,
			      struct arena *arena)
{
	return attempt_path(execution, node, kind, attempt, places, "log", arena);
}

const char *order_outputs_path(const char *execution, const char *node, enum attempt_kind kind,
			       uint32_t attempt, const struct order_places *places,
			       struct arena *arena)
{
	return attempt_path(execution, node, kind, attempt, places, "outputs", arena);
}

char *order_workspace_path(const char *execution, const char *output_folder)
{
	return mem_printf("%s/%s/workspace", output_folder, execution);
}

/* ---- argv ------------------------------------------------------------------------------------ */

static int list_argv(const struct command *command, struct order_env *env, const char *const **out,
		     struct err *err)
{
	const char **argv =
		arena_alloc(env->arena, (command->list_count + (size_t)1) * sizeof(*argv));

	for (uint32_t i = 0; i < command->list_count; i++) {
		int result = order_env_expand(env, TEMPLATE_PLAIN, command->list[i], &argv[i], err);

		if (result < 0)
			return result;
	}
	if (!*argv[0])
		return err_set(err, ERR_INVALID, "the name of the program is empty: %s",
			       command->list[0]);
	*out = argv;
	return 0;
}

static int shell_argv(const struct command *command, struct order_env *env, const char *const **out,
		      struct err *err)
{
	static const char *const sh[] = {"/bin/sh", "-e", "-c"};
	static const char *const bash[] = {"bash", "-e", "-o", "pipefail", "-c"};
	size_t count = command->shell == SHELL_BASH ? 5 : 3;
	const char **argv = arena_alloc(env->arena, (count + 2) * sizeof(*argv));
	int result;

	memcpy(argv, command->shell == SHELL_BASH ? bash : sh, count * sizeof(*argv));
	result = order_env_expand(env, TEMPLATE_SHELL, command->text, &argv[count], err);
	if (result < 0)
		return result;
	*out = argv;
	return 0;
}

static int build_argv(const struct command *command, struct order_env *env, const char *const **out,
		      struct err *err)
{
	const char **words;

	if (command->list)
		return list_argv(command, env, out, err);
	if (template_plain_words(command->text, env->arena, &words)) {
		*out = words;
		return 0;
	}
	return shell_argv(command, env, out, err);
}

/* ---- the relay ------------------------------------------------------------------------------- */

static uint32_t count_secrets(const struct order_env *env)
{
	uint32_t count = 0;

	for (size_t i = 0; i < env->count; i++)
		count += env->variables[i].secret != NULL;
	return count;
}

/* The command line of the relay while it is made: its options, "--", then the command itself. */
struct relayed {
	const char **argv;
	size_t count;
};

static void add_option(struct relayed *relayed, const char *name, const char *value)
{
	relayed->argv[relayed->count++] = name;
	relayed->argv[relayed->count++] = value;
}

static const char *order_path(const struct order_env *env, const struct order_places *places,
			      const char *ending)
{
	return attempt_path(env->execution->id, env->spec->id, env->kind, env->attempt, places,
			    ending, env->arena);
}

static void add_secrets(struct relayed *relayed, const struct order_env *env,
			const struct order_places *places)
{
	for (size_t i = 0; i < env->count; i++) {
		const struct order_variable *variable = &env->variables[i];
		char *text;

		if (!variable->secret)
			continue;
		text = mem_printf("%s=%s/%s/%s", variable->name, places->secrets,
				  env->execution->id, variable->secret);
		add_option(relayed, "--secret", arena_strdup(env->arena, text));
		free(text);
	}
}

static int add_script(const struct command *command, struct order_env *env,
		      const struct order_places *places, const char *ending, struct order *order,
		      struct err *err)
{
	struct order_file *file = &order->files[order->files_count];
	int result = order_host_script(command, env, &file->text, err);

	if (result < 0)
		return result;
	file->path = order_path(env, places, ending);
	order->files_count++;
	return 0;
}

/* What ssh is to do: the connection's command line, and the scripts that the relay sends. */
static int connect_to_host(const struct command *command, struct order_env *env,
			   const struct order_places *places, struct order *order, struct err *err)
{
	int result = order_host_argv(command, env, &order->argv, err);

	if (result >= 0)
		result = add_script(command, env, places, "script", order, err);
	if (result >= 0 && env->kind == ATTEMPT_RUN && env->spec->has_stop_run)
		result = add_script(&env->spec->stop_run, env, places, "stop", order, err);
	return result;
}

/* A command that is given secrets writes its outputs where only secrets may lie; the relay keeps
 * what is left of them when they are masked. */
static void divert_outputs(struct relayed *relayed, struct order_env *env,
			   const struct order_places *places)
{
	const struct order_places secret = {.output_folder = places->secrets};
	const char *raw = order_path(env, &secret, "outputs");

	order_env_set(env, "HLP_OUTPUT", raw);
	add_option(relayed, "--raw", raw);
}

static int relay(struct order_env *env, const struct order_places *places, struct order *order,
		 struct err *err)
{
	static const char *const scripts[] = {"--script", "--stop"};
	struct relayed relayed = {0};
	size_t count = 0;

	if (!places->relay)
		return err_set(err, ERR_UNAVAILABLE, "program 'hlp-relay' is missing beside hlpd");
	while (order->argv[count])
		count++;
	relayed.argv =
		arena_alloc(env->arena, (count + 2 * count_secrets(env) + 16) * sizeof(char *));
	relayed.argv[relayed.count++] = places->relay;
	add_option(&relayed, "--note", order_path(env, places, "log.end"));
	for (uint32_t i = 0; i < order->files_count; i++)
		add_option(&relayed, scripts[i], order->files[i].path);
	if (order->outputs)
		add_option(&relayed, "--outputs", order->outputs);
	if (order->outputs && !env->spec->host)
		divert_outputs(&relayed, env, places);
	add_secrets(&relayed, env, places);
	relayed.argv[relayed.count++] = "--";
	memcpy(relayed.argv + relayed.count, order->argv, count * sizeof(char *));
	order->argv = relayed.argv;
	return 0;
}

/* ---- orders ---------------------------------------------------------------------------------- */

static const struct command *command_of(const struct node_spec *spec, enum attempt_kind kind,
					uint32_t artifact)
{
	switch (kind) {
	case ATTEMPT_RUN:
		return &spec->run;
	case ATTEMPT_UNDO:
		return &spec->undo;
	case ATTEMPT_HOOK:
		assert(artifact < spec->artifacts_count);
		return &spec->artifacts[artifact].on_restore;
	case ATTEMPT_CHECK:
		assert(artifact < spec->artifacts_count);
		return &spec->artifacts[artifact].check;
	case ATTEMPT_SHELL: /* a person's, who has one already */
	case ATTEMPT_NONE:
		break;
	}
	assert(kind != ATTEMPT_NONE);
	return NULL;
}

/* A check belongs to the run, a hook to the undoing; where that has no bound of its own, the node's
 * holds. */
static int64_t timeout_of(const struct node_spec *spec, enum attempt_kind kind)
{
	if (kind == ATTEMPT_RUN || kind == ATTEMPT_CHECK)
		return spec->timeout_us;
	if (kind == ATTEMPT_HOOK && !spec->undo_timeout_us)
		return spec->timeout_us;
	return spec->undo_timeout_us;
}

static void fill_places(struct order *order, struct order_env *env,
			const struct order_places *places)
{
	const struct node_spec *spec = env->spec;
	const char *folder = env->execution->folder ? env->execution->folder : "/";
	char id[ATTEMPT_ID_TEXT];

	attempt_id(env->execution, env->node, env->kind, env->attempt, id);
	order->attempt = arena_strdup(env->arena, id);
	order->folder = spec->host ? folder : join(env->arena, folder, spec->workdir);
	order->output = order_output_path(env->execution->id, spec->id, env->kind, env->attempt,
					  places, env->arena);
	if ((env->kind == ATTEMPT_RUN || env->kind == ATTEMPT_SHELL) && spec->outputs_count)
		order->outputs = order_outputs_path(env->execution->id, spec->id, env->kind,
						    env->attempt, places, env->arena);
	env->attempt_id = order->attempt;
	env->outputs = order->outputs;
}

int order_build(const struct execution *execution, uint32_t node, enum attempt_kind kind,
		uint32_t attempt, uint32_t artifact, const struct order_places *places,
		struct arena *arena, const struct order **out, struct err *err)
{
	const struct node_spec *spec = &execution->workflow->nodes[node];
	const struct command *command = command_of(spec, kind, artifact);
	struct order *order = arena_alloc(arena, sizeof(*order));
	struct order_env env = {.execution = execution,
				.node = node,
				.spec = spec,
				.kind = kind,
				.attempt = attempt,
				.workspace = places->workspace,
				.arena = arena};
	int result;

	*order = (struct order){.timeout_us = timeout_of(spec, kind),
				.stop_signal = spec->stop_signal,
				.stop_grace_us = spec->stop_grace_us,
				.output_max_bytes = spec->output_max_bytes,
				.limits = spec->limits,
				.idempotent = spec->idempotent};
	fill_places(order, &env, places);
	result = order_env_build(&env, err);
	if (result >= 0 && spec->host)
		result = connect_to_host(command, &env, places, order, err);
	else if (result >= 0)
		result = build_argv(command, &env, &order->argv, err);
	order->command = order->argv;
	if (result >= 0 && (spec->host || count_secrets(&env)))
		result = relay(&env, places, order, err);
	if (result < 0)
		return err_prefix(err, "node '%s'", spec->id);
	order->env = order_env_list(&env);
	*out = order;
	return 0;
}

/* Variables that only the command names are of its environment too. */
static int name_secrets(struct order_env *env, struct err *err)
{
	const struct command *command = &env->spec->run;
	const char *const *argv;

	return command->text || command->list ? build_argv(command, env, &argv, err) : 0;
}

static const char *number_text(struct arena *arena, int64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)number); /* fits */
	return arena_strdup(arena, text);
}

/* No files of anybody's configuration: they would change what the node is given. */
static void add_shell(struct order_env *env, const struct order_places *places, struct order *order)
{
	static const char *const shell[] = {"bash", "--norc", "--noprofile", "-i", NULL};
	struct relayed relayed = {
		.argv = arena_alloc(env->arena, (2 * count_secrets(env) + 20) * sizeof(char *))};

	relayed.argv[relayed.count++] = places->relay;
	add_option(&relayed, "--record", order->output);
	if (order->output_max_bytes)
		add_option(&relayed, "--most", number_text(env->arena, order->output_max_bytes));
	if (order->outputs)
		add_option(&relayed, "--outputs", order->outputs);
	if (order->outputs && count_secrets(env))
		divert_outputs(&relayed, env, places);
	add_secrets(&relayed, env, places);
	relayed.argv[relayed.count++] = "--";
	memcpy(relayed.argv + relayed.count, shell, sizeof(shell));
	order->argv = relayed.argv;
	order->command = shell;
}

int order_shell(const struct execution *execution, uint32_t node, uint32_t number,
		const struct order_places *places, struct arena *arena, const struct order **out,
		struct err *err)
{
	const struct node_spec *spec = &execution->workflow->nodes[node];
	struct order *order = arena_alloc(arena, sizeof(*order));
	struct order_env env = {.execution = execution,
				.node = node,
				.spec = spec,
				.kind = ATTEMPT_SHELL,
				.attempt = number,
				.workspace = places->workspace,
				.arena = arena};
	int result;

	*order = (struct order){.output_max_bytes = spec->output_max_bytes};
	fill_places(order, &env, places);
	result = order_env_build(&env, err);
	if (result >= 0)
		result = name_secrets(&env, err);
	if (result < 0)
		return err_prefix(err, "node '%s'", spec->id);
	add_shell(&env, places, order);
	order->env = order_env_list(&env);
	*out = order;
	return 0;
}

int order_text(const struct execution *execution, uint32_t node, enum attempt_kind kind,
	       uint32_t attempt, const char *workspace, const char *text, struct arena *arena,
	       const char **out, struct err *err)
{
	struct order_env env = {.execution = execution,
				.node = node,
				.spec = &execution->workflow->nodes[node],
				.kind = kind,
				.attempt = attempt,
				.workspace = workspace,
				.arena = arena};
	char id[ATTEMPT_ID_TEXT];
	int result;

	attempt_id(execution, node, kind, attempt, id);
	env.attempt_id = arena_strdup(arena, id);
	result = order_env_build(&env, err);
	return result < 0 ? result : order_env_expand(&env, TEMPLATE_PLAIN, text, out, err);
}
