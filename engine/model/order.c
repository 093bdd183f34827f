/* SPDX-License-Identifier: MIT
 *
 * From the state to the order of one attempt: templates expanded, the environment built, paths
 * made absolute. Reads the execution, never changes it; what an order leads to is the
 * executor's business. What a node wrote to $HLP_OUTPUT is read in order_outputs.c.
 */
#include "model/order.h"

#include <assert.h>
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

/* A command that runs through the relay: hlp-relay, its options, then the command itself. */
struct relayed {
	const char **argv;
	size_t count;
};

static void add_option(struct relayed *relayed, const char *name, const char *value)
{
	relayed->argv[relayed->count++] = name;
	relayed->argv[relayed->count++] = value;
}

static void add_file(struct relayed *relayed, struct order *order, const char *option,
		     const char *path, const char *text)
{
	add_option(relayed, option, path);
	order->files[order->files_count++] = (struct order_file){.path = path, .text = text};
}

static const char *order_path(const struct order_env *env, const struct order_places *places,
			      const char *ending)
{
	return attempt_path(env->execution->id, env->spec->id, env->kind, env->attempt, places,
			    ending, env->arena);
}

static int add_scripts(const struct command *command, struct order_env *env,
		       const struct order_places *places, struct order *order,
		       struct relayed *relayed, struct err *err)
{
	const char *text;
	int result = order_host_script(command, env, &text, err);

	if (result < 0)
		return result;
	add_file(relayed, order, "--script", order_path(env, places, "script"), text);
	if (order->outputs)
		add_option(relayed, "--outputs", order->outputs);
	if (env->kind != ATTEMPT_RUN || !env->spec->has_stop_run)
		return 0;
	result = order_host_script(&env->spec->stop_run, env, &text, err);
	if (result >= 0)
		add_file(relayed, order, "--stop", order_path(env, places, "stop"), text);
	return result;
}

static int relay(const struct command *command, struct order_env *env,
		 const struct order_places *places, struct order *order, struct err *err)
{
	struct relayed relayed = {.argv = arena_alloc(env->arena, 16 * sizeof(char *))};
	const char *const *there;
	size_t count = 0;
	int result;

	if (!places->relay)
		return err_set(err, ERR_UNAVAILABLE, "program 'hlp-relay' is missing beside hlpd");
	result = order_host_argv(command, env, &there, err);
	if (result < 0)
		return result;
	relayed.argv[relayed.count++] = places->relay;
	add_option(&relayed, "--note", order_path(env, places, "log.end"));
	result = add_scripts(command, env, places, order, &relayed, err);
	if (result < 0)
		return result;
	while (there[count])
		count++;
	order->argv = arena_alloc(env->arena, (relayed.count + count + 2) * sizeof(char *));
	memcpy((char **)order->argv, relayed.argv, relayed.count * sizeof(char *));
	((const char **)order->argv)[relayed.count] = "--";
	memcpy((char **)order->argv + relayed.count + 1, there, count * sizeof(char *));
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
	case ATTEMPT_NONE:
		break;
	}
	assert(kind != ATTEMPT_NONE);
	return NULL;
}

/* A hook belongs to the undoing; where that has no bound of its own, the node's holds. */
static int64_t timeout_of(const struct node_spec *spec, enum attempt_kind kind)
{
	if (kind == ATTEMPT_RUN)
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
	if (env->kind == ATTEMPT_RUN && spec->outputs_count)
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
				.idempotent = spec->idempotent};
	fill_places(order, &env, places);
	result = order_env_build(&env, err);
	if (result >= 0 && spec->host)
		result = relay(command_of(spec, kind, artifact), &env, places, order, err);
	else if (result >= 0)
		result = build_argv(command_of(spec, kind, artifact), &env, &order->argv, err);
	if (result < 0)
		return err_prefix(err, "node '%s'", spec->id);
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
