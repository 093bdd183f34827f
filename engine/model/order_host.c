/* SPDX-License-Identifier: MIT
 *
 * Values travel as quoted assignments and never as code. Of the environment only what the workflow
 * and the engine say goes there: PATH and HOME of this machine mean nothing on another.
 */
#include "model/order_host.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/environment.h"

#define SCRIPT_MAX ((size_t)16 * 1024 * 1024)

int order_host_argv(const struct command *command, struct order_env *env, const char *const **out,
		    struct err *err)
{
	const struct host_spec *host = env->spec->host;
	const char **argv = arena_alloc(env->arena, 20 * sizeof(*argv));
	const char *to, *wrong;
	size_t count = 0;
	int result = order_env_expand(env, TEMPLATE_PLAIN, host->to, &to, err);

	if (result < 0)
		return result;
	wrong = workflow_host_wrong(to);
	if (wrong)
		return err_set(err, ERR_INVALID, "'%.60s' cannot be a host: %s", to, wrong);
	argv[count++] = "ssh";
	argv[count++] = "-T";
	argv[count++] = "-oBatchMode=yes";
	argv[count++] = "-oConnectTimeout=10";
	argv[count++] = "-oServerAliveInterval=5";
	if (host->port) {
		char *port = mem_printf("%u", host->port);

		argv[count++] = "-p";
		argv[count++] = arena_strdup(env->arena, port);
		free(port);
	}
	if (host->config) {
		argv[count++] = "-F";
		argv[count++] = host->config;
	}
	argv[count++] = "--";
	argv[count++] = to;
	argv[count++] = command->shell == SHELL_BASH ? "bash" : "sh";
	argv[count++] = "-es";
	*out = argv;
	return 0;
}

static bool is_declared(const struct binding *list, uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (!strcmp(list[i].name, name))
			return true;
	return false;
}

static bool goes_there(const struct order_env *env, const char *name)
{
	const struct workflow *workflow = env->execution->workflow;

	if (!strcmp(name, "HLP_WORKSPACE") || !strcmp(name, "HLP_OUTPUT"))
		return false; /* a folder and a file of this machine */
	return text_starts_with(name, "HLP_") || environment_is_passed(env->spec, name) ||
	       is_declared(workflow->env, workflow->env_count, name) ||
	       is_declared(env->spec->env, env->spec->env_count, name);
}

static void assign(struct buf *script, const char *name, const char *value)
{
	buf_printf(script, "%s=", name);
	text_shell_quote(script, value, strlen(value));
	buf_add_char(script, '\n');
}

static void add_variables(const struct order_env *env, struct buf *script)
{
	for (size_t i = 0; i < env->count; i++) {
		const struct order_variable *variable = &env->variables[i];

		if (variable->secret || !goes_there(env, variable->name))
			continue;
		assign(script, variable->name, variable->value);
		buf_printf(script, "export %s\n", variable->name);
	}
}

/* A list is no code there either: each of its words is quoted. */
static int list_text(const struct command *command, struct order_env *env, const char **out,
		     struct err *err)
{
	struct buf text;
	int result = 0;

	buf_init(&text, SCRIPT_MAX);
	for (uint32_t i = 0; i < command->list_count && result >= 0; i++) {
		const char *word;

		result = order_env_expand(env, TEMPLATE_PLAIN, command->list[i], &word, err);
		if (result < 0)
			break;
		if (!i && !*word)
			result = err_set(err, ERR_INVALID, "the name of the program is empty: %s",
					 command->list[0]);
		buf_add_text(&text, i ? " " : "");
		text_shell_quote(&text, word, strlen(word));
	}
	if (result >= 0)
		*out = arena_strndup(env->arena, buf_text(&text), text.length);
	buf_release(&text);
	return result;
}

int order_host_script(const struct command *command, struct order_env *env, const char **out,
		      struct err *err)
{
	struct buf script;
	const char *text;
	int result = command->list
			     ? list_text(command, env, &text, err)
			     : order_env_expand(env, TEMPLATE_SHELL, command->text, &text, err);

	if (result < 0)
		return result;
	buf_init(&script, SCRIPT_MAX);
	add_variables(env, &script);
	assign(&script, "hlp_folder", env->spec->workdir);
	assign(&script, "hlp_options", command->shell == SHELL_BASH ? "-o pipefail" : "");
	assign(&script, "hlp_script", text);
	if (script.overflow)
		result = err_set(err, ERR_LIMIT, "the command and its variables are too long");
	else
		*out = arena_strndup(env->arena, buf_text(&script), script.length);
	buf_release(&script);
	return result;
}
