/* SPDX-License-Identifier: MIT
 *
 * Two tables and one measure of nearness. Which names are right at a place is the caller's.
 */
#include "model/suggest.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct synonym {
	const char *written, *meant;
};

/* From the formats that people come from, and from slips of memory. */
static const struct synonym synonyms[] = {
	{"after", "needs"},
	{"allow_failure", "continue_on"},
	{"allow_failures", "continue_on"},
	{"approve", "approval"},
	{"args", "run"},
	{"arguments", "params"},
	{"artefacts", "artifacts"},
	{"attempts", "retry"},
	{"base", "interval"},
	{"cmd", "run"},
	{"codes", "exit_codes"},
	{"command", "run"},
	{"commands", "run"},
	{"compensate", "undo"},
	{"compensation", "undo"},
	{"concurrent", "max_parallel"},
	{"condition", "if"},
	{"confirm", "approval"},
	{"continue-on-error", "continue_on"},
	{"continue_on_error", "continue_on"},
	{"cwd", "workdir"},
	{"delay", "interval"},
	{"depend", "needs"},
	{"dependencies", "needs"},
	{"depends", "needs"},
	{"depends-on", "needs"},
	{"depends_on", "needs"},
	{"dependsOn", "needs"},
	{"desc", "description"},
	{"dir", "workdir"},
	{"directory", "workdir"},
	{"environment", "env"},
	{"envs", "env"},
	{"exec", "run"},
	{"exit_code", "exit_codes"},
	{"factor", "backoff"},
	{"file", "path"},
	{"files", "artifacts"},
	{"folder", "workdir"},
	{"gate", "approval"},
	{"grace_period", "grace"},
	{"group", "phase"},
	{"human", "manual"},
	{"ignore_errors", "continue_on"},
	{"ignore_failure", "continue_on"},
	{"importance", "priority"},
	{"inputs", "params"},
	{"jobs", "nodes"},
	{"kill", "stop"},
	{"kill_signal", "stop"},
	{"label", "labels"},
	{"loop", "foreach"},
	{"max", "limit"},
	{"max_active_steps", "max_parallel"},
	{"max_attempts", "limit"},
	{"max_concurrency", "max_parallel"},
	{"max_delay", "max_interval"},
	{"max_retries", "retry"},
	{"message", "ask"},
	{"multiplier", "backoff"},
	{"name", "id"},
	{"need", "needs"},
	{"only_if", "if"},
	{"on_error", "on_failure"},
	{"on_fail", "on_failure"},
	{"onFailure", "on_failure"},
	{"on_rollback", "undo"},
	{"output", "outputs"},
	{"parallel", "max_parallel"},
	{"parallelism", "max_parallel"},
	{"parameters", "params"},
	{"pass_environment", "pass_env"},
	{"permit_env", "pass_env"},
	{"produces", "artifacts"},
	{"prompt", "ask"},
	{"question", "ask"},
	{"requires", "needs"},
	{"retries", "retry"},
	{"retries", "limit"},
	{"retry_policy", "retry"},
	{"revert", "undo"},
	{"rollback", "undo"},
	{"schedule", "triggers"},
	{"script", "run"},
	{"sh", "run"},
	{"signal_on_stop", "stop"},
	{"stage", "phase"},
	{"stages", "phases"},
	{"step", "nodes"},
	{"tags", "labels"},
	{"task", "nodes"},
	{"tasks", "nodes"},
	{"time_limit", "timeout"},
	{"timeout_minutes", "timeout"},
	{"timeout_sec", "timeout"},
	{"timeout_seconds", "timeout"},
	{"title", "name"},
	{"undo_command", "undo"},
	{"upstream", "needs"},
	{"variables", "env"},
	{"vars", "env"},
	{"weight", "priority"},
	{"when", "if"},
	{"with_items", "foreach"},
	{"working-directory", "workdir"},
	{"working_dir", "workdir"},
	{"working_directory", "workdir"},
	{"workingDir", "workdir"},
};

static const char *const planned[] = {
	"concurrency", "executor", "foreach", "hooks",	 "if",
	"matrix",      "pool",	   "secrets", "version", "workflow",
};

/* For a right key in a wrong map. */
static const struct synonym homes[] = {
	{"approval", "a node"},
	{"artifacts", "a node"},
	{"ask", "'approval'"},
	{"backoff", "'retry'"},
	{"check", "an artifact"},
	{"continue_on", "a node"},
	{"default", "a param"},
	{"exit_codes", "'retry' or 'continue_on'"},
	{"files", "'limits'"},
	{"fsize", "'limits'"},
	{"grace", "'stop'"},
	{"host", "a node or 'defaults'"},
	{"id", "a node"},
	{"idempotent", "a node"},
	{"interval", "'retry'"},
	{"irreversible", "a node"},
	{"jitter", "'retry'"},
	{"labels", "the top of the file"},
	{"limit", "'retry'"},
	{"limits", "a node or 'defaults'"},
	{"manual", "a node or 'undo'"},
	{"max_duration", "'retry'"},
	{"max_interval", "'retry'"},
	{"max_parallel", "the top of the file"},
	{"max_size", "an artifact"},
	{"memory", "'limits'"},
	{"needs", "a node"},
	{"nodes", "the top of the file"},
	{"on_failure", "the top of the file"},
	{"on_lost", "a node or 'defaults'"},
	{"on_restore", "an artifact"},
	{"on_timeout", "'approval'"},
	{"output_max", "a node or 'defaults'"},
	{"outputs", "a node"},
	{"params", "the top of the file"},
	{"pass_env", "the top of the file or a node"},
	{"phase", "a node"},
	{"phases", "the top of the file"},
	{"priority", "a node or 'defaults'"},
	{"required", "a param or an artifact"},
	{"retry", "a node or 'defaults'"},
	{"risk", "a node or 'defaults'"},
	{"roots", "a node or 'defaults'"},
	{"run", "a node"},
	{"secret", "a param or an artifact"},
	{"shell", "a node or 'defaults'"},
	{"show", "'approval'"},
	{"signal", "'stop'"},
	{"stop", "a node or 'defaults'"},
	{"timeout", "a node or 'defaults'"},
	{"type", "a param"},
	{"undo", "a node"},
	{"unknown_codes", "a node"},
	{"workdir", "a node or 'defaults'"},
};

const char *suggest_nearest(const char *word, size_t count,
			    const char *(*name_at)(const void *ctx, size_t i), const void *ctx)
{
	size_t length = strlen(word);
	size_t limit = length < 2 ? 0 : length < 4 ? 1 : length < 8 ? 2 : 3;
	const char *nearest = NULL;

	if (length > 100)
		return NULL;
	for (size_t i = 0; i < count && limit > 0; i++) {
		const char *name = name_at(ctx, i);
		size_t distance;

		if (!name)
			continue;
		distance = text_distance(word, name, limit);
		if (distance <= limit) {
			nearest = name;
			limit = distance ? distance - 1 : 0; /* only a nearer one beats it */
		}
	}
	return nearest;
}

const char *suggest_hint(const char *word, size_t count,
			 const char *(*name_at)(const void *ctx, size_t i), const void *ctx,
			 char out[SUGGEST_HINT])
{
	const char *nearest = suggest_nearest(word, count, name_at, ctx);

	out[0] = '\0';
	if (nearest)
		(void)snprintf(out, SUGGEST_HINT, ": did you mean '%.70s'?", nearest);
	return out;
}

const char *suggest_synonym(const char *key, size_t *at)
{
	while (*at < sizeof(synonyms) / sizeof(synonyms[0])) {
		const struct synonym *synonym = &synonyms[(*at)++];

		if (!strcmp(key, synonym->written))
			return synonym->meant;
	}
	return NULL;
}

const char *suggest_home(const char *key)
{
	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
		if (!strcmp(key, homes[i].written))
			return homes[i].meant;
	return NULL;
}

bool suggest_is_planned(const char *key)
{
	for (size_t i = 0; i < suggest_planned_count(); i++)
		if (!strcmp(key, planned[i]))
			return true;
	return false;
}

size_t suggest_planned_count(void)
{
	return sizeof(planned) / sizeof(planned[0]);
}

const char *suggest_planned_at(size_t i)
{
	return planned[i];
}
