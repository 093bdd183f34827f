/* SPDX-License-Identifier: MIT
 *
 * Reading nodes and `defaults`: the tables of their fields. Names of phases and of needed nodes
 * stay values of the tree here; workflow_check.c makes indices of them.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/limits.h"
#include "model/suggest.h"
#include "model/workflow_parts.h"

static const struct retry no_retry = {.interval_us = CLOCK_SECOND_US,
				      .backoff = 2,
				      .max_interval_us = 60 * CLOCK_SECOND_US,
				      .jitter = JITTER_FULL};

void workflow_node_init(struct node_spec *spec)
{
	*spec = (struct node_spec){.id = "",
				   .description = "",
				   .phase = -1,
				   .workdir = "",
				   .stop_signal = SIGTERM,
				   .stop_grace_us = 10 * CLOCK_SECOND_US,
				   .retry = no_retry,
				   .undo_retry = no_retry,
				   .risk = 0.1,
				   .output_max_bytes = INT64_C(64) * 1024 * 1024};
}

enum use workflow_use_of(const struct reader *reader, const void *target)
{
	return target == &reader->defaults ? USE_WORKFLOW_ENV : USE_RUN;
}

static void read_id(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	(void)fields_name(reader, value, "id", &spec->id); /* noted */
	reader->drafts[reader->node].id = value;
}

static void read_description(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	(void)fields_text(reader, value, "description", &spec->description); /* noted */
}

static void read_phase(struct reader *reader, uint32_t value, void *target)
{
	(void)target;
	reader->drafts[reader->node].phase = value;
}

static void read_needs(struct reader *reader, uint32_t value, void *target)
{
	(void)target;
	reader->drafts[reader->node].needs = value;
}

static void read_shell(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	workflow_shell_read(reader, value, &spec->run.shell);
}

static void read_run(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	reader->use = USE_RUN;
	(void)workflow_command_read(reader, value, "run", spec->run.shell, &spec->run); /* noted */
}

static void read_manual(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	(void)workflow_manual_read(reader, value, USE_RUN, &spec->manual); /* noted */
}

static void read_unknown_codes(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	workflow_exit_codes_read(reader, value, &spec->unknown_codes, &spec->unknown_codes_count);
}

/* ---- environment and places ----------------------------------------------------------------- */

const char *workflow_env_name_check(const char *name)
{
	if (!fields_is_identifier(name, false))
		return "letters, digits and '_', no digit first";
	if (text_starts_with(name, "HLP_"))
		return "names that begin with HLP_ are set by the engine";
	return NULL;
}

static void read_env(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	uint32_t key;

	spec->env_count = (uint16_t)fields_bindings(reader, value, "env", workflow_env_name_check,
						    &spec->env, &key);
	if (!spec->env_count)
		return;
	while (key < yaml_at(reader->tree, value)->text_or_end) {
		uint32_t member = yaml_next(reader->tree, key);

		workflow_note_template(reader, member, USE_ENV, false);
		key = yaml_next(reader->tree, member);
	}
}

void workflow_pass_env_read(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	uint32_t given = fields_list(reader, value, LIMIT_ENV), count = spec->pass_env_count;
	uint32_t member = fields_first(reader, value);
	const char **names = arena_alloc(reader->arena, ((size_t)count + given) * sizeof(*names));

	if (count)
		memcpy(names, spec->pass_env, count * sizeof(*names));
	for (uint32_t i = 0; i < given; i++, member = yaml_next(reader->tree, member)) {
		const char *wrong;

		if (!fields_text(reader, member, "pass_env", &names[count]))
			continue;
		wrong = workflow_env_name_check(names[count]);
		if (wrong)
			fields_problem(reader, member, "'%.60s' cannot be in 'pass_env': %s",
				       names[count], wrong);
		else
			count++;
	}
	spec->pass_env = names;
	spec->pass_env_count = (uint16_t)count;
}

bool workflow_path_read(struct reader *reader, uint32_t value, const char *name, const char **out)
{
	const char *path;

	if (!fields_text(reader, value, name, &path))
		return false;
	if (!*path || strlen(path) > LIMIT_TEXT || strstr(path, "${")) {
		fields_problem(reader, value, "'%s' must be a path, without '${…}'", name);
		return false;
	}
	*out = path;
	return true;
}

static void read_workdir(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	(void)workflow_path_read(reader, value, "workdir", &spec->workdir); /* noted */
}

static void read_roots(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	uint32_t given = fields_list(reader, value, LIMIT_ROOTS), count = 0;
	uint32_t member = fields_first(reader, value);
	const char **roots = arena_alloc(reader->arena, (size_t)given * sizeof(*roots));

	for (uint32_t i = 0; i < given; i++, member = yaml_next(reader->tree, member)) {
		if (!workflow_path_read(reader, member, "roots", &roots[count]))
			continue;
		if (roots[count][0] != '/')
			fields_problem(reader, member,
				       "a root is an absolute path: '%.60s' does not begin with /",
				       roots[count]);
		else
			count++;
	}
	spec->roots = roots;
	spec->roots_count = (uint16_t)count;
}

/* ---- how it runs ----------------------------------------------------------------------------- */

static void read_timeout(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	(void)fields_duration(reader, value, "timeout", 0, &spec->timeout_us); /* noted */
}

static void read_retry(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	workflow_retry_read(reader, value, &spec->retry);
}

static void read_signal(struct reader *reader, uint32_t value, void *target)
{
	static const char *const words[] = {"TERM",    "INT",	  "HUP",     "QUIT",   "KILL",
					    "USR1",    "USR2",	  "SIGTERM", "SIGINT", "SIGHUP",
					    "SIGQUIT", "SIGKILL", "SIGUSR1", "SIGUSR2"};
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGKILL, SIGUSR1, SIGUSR2};
	struct node_spec *spec = target;
	uint32_t word;

	if (fields_word(reader, value, "signal", words, 14, &word))
		spec->stop_signal = (uint8_t)signals[word % 7];
}

static void read_grace(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	(void)fields_duration(reader, value, "grace", 0, &spec->stop_grace_us); /* noted */
}

static void read_stop_run(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	reader->use = workflow_use_of(reader, target);
	spec->has_stop_run =
		workflow_command_read(reader, value, "run", spec->run.shell, &spec->stop_run);
}

static const struct field stop_list[] = {
	FIELD("signal", read_signal),
	FIELD("grace", read_grace),
	FIELD("run", read_stop_run),
};
static const struct fields stop_fields = {"'stop'", stop_list, 3};

static void read_stop(struct reader *reader, uint32_t value, void *target)
{
	if (yaml_at(reader->tree, value)->kind == YAML_KIND_MAP)
		(void)fields_read(reader, value, &stop_fields, target, NULL); /* all optional */
	else
		read_signal(reader, value, target);
}

static void read_risk(struct reader *reader, uint32_t value, void *target)
{
	static const char *const words[] = {"low", "medium", "high", "critical"};
	static const double risks[] = {0.1, 0.4, 0.7, 0.95};
	struct node_spec *spec = target;
	uint32_t word;

	if (yaml_is_scalar(yaml_at(reader->tree, value)) &&
	    yaml_type(reader->tree, value) == YAML_TYPE_NUMBER)
		(void)fields_number(reader, value, "risk", 0, 1, &spec->risk); /* noted */
	else if (fields_word(reader, value, "risk", words, 4, &word))
		spec->risk = risks[word];
}

static void read_priority(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	int64_t number;

	if (fields_integer(reader, value, "priority", -100, 100, &number))
		spec->priority = (int32_t)number;
}

static void read_outputs(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	uint32_t given = fields_list(reader, value, LIMIT_OUTPUTS_PER_NODE), count = 0;
	uint32_t member = fields_first(reader, value);
	const char **outputs = arena_alloc(reader->arena, (size_t)given * sizeof(*outputs));

	for (uint32_t i = 0; i < given; i++, member = yaml_next(reader->tree, member)) {
		bool twice = false;

		if (!fields_text(reader, member, "outputs", &outputs[count]))
			continue;
		for (uint32_t j = 0; j < count; j++)
			twice = twice || !strcmp(outputs[j], outputs[count]);
		if (!fields_is_identifier(outputs[count], true))
			fields_problem(reader, member,
				       "'%.60s' cannot be the name of an output: letters, digits, "
				       "'_' and '-', at most %d",
				       outputs[count], LIMIT_NAME);
		else if (twice)
			fields_problem(reader, member, "output '%s' stands here twice",
				       outputs[count]);
		else
			count++;
	}
	spec->outputs = outputs;
	spec->outputs_count = (uint16_t)count;
}

static void read_irreversible(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	const char *text;

	if (!fields_text(reader, value, "irreversible", &text))
		return;
	if (yaml_type(reader->tree, value) == YAML_TYPE_BOOLEAN || !*text)
		fields_problem(reader, value,
			       "'irreversible' says why, for whoever must decide: irreversible: "
			       "the old disk is wiped");
	else
		spec->irreversible = text;
}

static void read_on_lost(struct reader *reader, uint32_t value, void *target)
{
	static const char *const words[] = {"ask", "retry", "fail"};
	struct node_spec *spec = target;
	uint32_t word;

	if (fields_word(reader, value, "on_lost", words, 3, &word))
		spec->on_lost = (uint8_t)word;
}

static void read_idempotent(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	(void)fields_boolean(reader, value, "idempotent", &spec->idempotent); /* noted */
}

static void read_continue_failure(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	(void)fields_boolean(reader, value, "failure", &spec->continue_on.failure); /* noted */
}

static void read_continue_codes(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	workflow_exit_codes_read(reader, value, &spec->continue_on.exit_codes,
				 &spec->continue_on.exit_codes_count);
}

static const struct field continue_list[] = {
	FIELD("failure", read_continue_failure),
	FIELD("exit_codes", read_continue_codes),
};
static const struct fields continue_fields = {"'continue_on'", continue_list, 2};

static void read_continue_on(struct reader *reader, uint32_t value, void *target)
{
	const struct yaml_value *at = yaml_at(reader->tree, value);

	if (at->kind != YAML_KIND_MAP && at->kind != YAML_KIND_BAD)
		fields_problem(reader, value,
			       "write continue_on: {failure: true} for any failure, or "
			       "continue_on: {exit_codes: [3]}");
	else
		(void)fields_read(reader, value, &continue_fields, target, NULL); /* all optional */
}

static void read_output_max(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;

	(void)fields_bytes(reader, value, "output_max", &spec->output_max_bytes); /* noted */
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* In the order in which they are read: paths need workdir and roots, commands need the shell. */
static const struct field node_list[] = {
	FIELD("id", read_id),
	FIELD("needs", read_needs),
	FIELD("phase", read_phase),
	FIELD("description", read_description),
	FIELD("shell", read_shell),
	FIELD("host", workflow_host_read),
	FIELD("env", read_env),
	FIELD("pass_env", workflow_pass_env_read),
	FIELD("workdir", read_workdir),
	FIELD("roots", read_roots),
	FIELD("timeout", read_timeout),
	FIELD("stop", read_stop),
	FIELD("retry", read_retry),
	FIELD("risk", read_risk),
	FIELD("priority", read_priority),
	FIELD("outputs", read_outputs),
	FIELD("irreversible", read_irreversible),
	FIELD("on_lost", read_on_lost),
	FIELD("idempotent", read_idempotent),
	FIELD("continue_on", read_continue_on),
	FIELD("output_max", read_output_max),
	FIELD("limits", workflow_limits_read),
	FIELD("undo", workflow_undo_read),
	FIELD("artifacts", workflow_artifacts_read),
	FIELD("approval", workflow_approval_read),
	FIELD("manual", read_manual),
	FIELD("unknown_codes", read_unknown_codes),
	FIELD("run", read_run), /* last: a list makes the shell of the node unknown */
};
enum {
	NODE_ID = 0,
	NODE_TIMEOUT = 10,
	NODE_STOP = 11,
	NODE_RETRY = 12,
	NODE_ON_LOST = 17,
	NODE_IDEMPOTENT = 18,
	NODE_CONTINUE_ON = 19,
	NODE_LIMITS = 21,
	NODE_UNDO = 22,
	NODE_MANUAL = 25,
	NODE_UNKNOWN_CODES = 26,
	NODE_RUN = 27,
	NODE_FIELDS = 28
};
_Static_assert(sizeof(node_list) / sizeof(node_list[0]) == NODE_FIELDS, "count the fields");
static const struct fields node_fields = {"a node", node_list, NODE_FIELDS};

static const struct field default_list[] = {
	FIELD("shell", read_shell),
	FIELD("pass_env", workflow_pass_env_read),
	FIELD("workdir", read_workdir),
	FIELD("roots", read_roots),
	FIELD("timeout", read_timeout),
	FIELD("host", workflow_host_read),
	FIELD("retry", read_retry),
	FIELD("risk", read_risk),
	FIELD("priority", read_priority),
	FIELD("on_lost", read_on_lost),
	FIELD("output_max", read_output_max),
	FIELD("stop", read_stop),
	FIELD("limits", workflow_limits_read),
};
enum { DEFAULT_ON_LOST = 9, DEFAULT_FIELDS = 13 };
static const struct fields default_fields = {"'defaults'", default_list, DEFAULT_FIELDS};

void workflow_defaults_read(struct reader *reader, uint32_t value, void *target)
{
	uint64_t seen = fields_read(reader, value, &default_fields, &reader->defaults, NULL);

	(void)target;
	reader->has_default_on_lost = seen >> DEFAULT_ON_LOST & 1;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static bool means_run(const char *key)
{
	size_t at = 0;

	for (const char *meant; (meant = suggest_synonym(key, &at));)
		if (!strcmp(meant, "run"))
			return true;
	return false;
}

/* What a node may do instead of running something, once it is supported, or a misnamed run: no
 * second complaint. */
static bool has_planned_work(const struct reader *reader, uint32_t value)
{
	for (uint32_t key = value + 1; key < yaml_at(reader->tree, value)->text_or_end;) {
		const char *text = yaml_is_scalar(yaml_at(reader->tree, key))
					   ? yaml_text(reader->tree, key)
					   : "";

		if (!strcmp(text, "workflow") || means_run(text))
			return true;
		key = yaml_next(reader->tree, yaml_next(reader->tree, key));
	}
	return false;
}

/* Either a command or a person does it; what says how a command runs means nothing to a person. */
static void check_work(struct reader *reader, uint32_t value, uint64_t seen)
{
	static const int of_commands[] = {NODE_RUN,	     NODE_TIMEOUT,    NODE_RETRY,
					  NODE_ON_LOST,	     NODE_IDEMPOTENT, NODE_CONTINUE_ON,
					  NODE_UNKNOWN_CODES};

	if (!(seen >> NODE_MANUAL & 1)) {
		if (!(seen >> NODE_RUN & 1) && !has_planned_work(reader, value))
			fields_problem(reader, value, "node '%s' has neither 'run' nor 'manual'",
				       reader->nodes[reader->node].id);
		return;
	}
	if (reader->nodes[reader->node].has_checks)
		fields_problem(reader, reader->drafts[reader->node].artifacts,
			       "node '%s' has 'manual': who does it says whether it is right; "
			       "'check' is for what a command left",
			       reader->nodes[reader->node].id);
	for (size_t i = 0; i < sizeof(of_commands) / sizeof(of_commands[0]); i++) {
		if (seen >> of_commands[i] & 1)
			fields_problem(reader, value,
				       "node '%s' has 'manual' beside '%s': a person does it, and "
				       "nothing runs",
				       reader->nodes[reader->node].id,
				       node_list[of_commands[i]].name);
	}
}

/* What a node may have here only, or on another host only. */
static void check_host(struct reader *reader, uint32_t value, uint64_t seen, const uint32_t *values)
{
	const struct node_spec *spec = &reader->nodes[reader->node];

	if (spec->host && spec->artifacts_count)
		fields_problem(reader, reader->drafts[reader->node].artifacts,
			       "artifacts of a node with 'host' are not supported yet");
	if (spec->host && spec->limits)
		fields_problem(reader, seen >> NODE_LIMITS & 1 ? values[NODE_LIMITS] : value,
			       "limits of a node with 'host' are not supported yet");
	if (!spec->host && spec->has_stop_run && seen >> NODE_STOP & 1)
		fields_problem(reader, values[NODE_STOP],
			       "'run' of 'stop' is for a node with 'host': here all processes of "
			       "the node are found and ended");
}

/* Who says that a node changes nothing must not say in the next line what it changes. */
static void check_changes_nothing(struct reader *reader, const uint32_t *values)
{
	const struct node_spec *spec = &reader->nodes[reader->node];

	if (spec->changes_nothing && (spec->artifacts_count || spec->irreversible))
		fields_problem(reader, values[NODE_UNDO],
			       "'undo: none' says that node '%s' changes nothing, but it has '%s'",
			       spec->id, spec->artifacts_count ? "artifacts" : "irreversible");
}

static void read_node(struct reader *reader, uint32_t value)
{
	struct node_spec *spec = &reader->nodes[reader->node];
	uint32_t values[64];
	uint64_t seen;

	*spec = reader->defaults;
	spec->line = yaml_at(reader->tree, value)->line;
	reader->drafts[reader->node].value = value;
	if (yaml_at(reader->tree, value)->kind != YAML_KIND_MAP) {
		if (yaml_at(reader->tree, value)->kind != YAML_KIND_BAD)
			fields_problem(reader, value, "a node is a map with 'id' and 'run'");
		return;
	}
	seen = fields_read(reader, value, &node_fields, spec, values);
	if (!(seen >> NODE_ID & 1))
		fields_problem(reader, value, "the node has no 'id'");
	check_work(reader, value, seen);
	check_host(reader, value, seen, values);
	check_changes_nothing(reader, values);
	if (spec->idempotent && !(seen >> NODE_ON_LOST & 1) && !reader->has_default_on_lost)
		spec->on_lost = ON_LOST_RETRY;
}

void workflow_nodes_read(struct reader *reader, uint32_t value, void *target)
{
	struct workflow *workflow = target;
	const struct yaml_value *at = yaml_at(reader->tree, value);
	uint32_t member = value + 1;

	if (workflow->nodes)
		return; /* 'steps' beside 'nodes': told by the caller */
	if (at->kind != YAML_KIND_LIST || !at->count || at->count > LIMIT_NODES) {
		if (at->kind != YAML_KIND_LIST)
			fields_problem(reader, value,
				       "'nodes' is a list: every node begins with '- id: NAME'");
		else if (!at->count)
			fields_problem(reader, value,
				       "'nodes' is empty: a workflow has at least one");
		else
			fields_problem(reader, value, "%u nodes are too many, at most %d may be",
				       at->count, LIMIT_NODES);
		return;
	}
	workflow->nodes_count = at->count;
	reader->nodes = mem_calloc(at->count, sizeof(*reader->nodes));
	workflow->nodes = reader->nodes;
	reader->drafts = mem_calloc(at->count, sizeof(*reader->drafts));
	for (uint32_t i = 0; i < at->count; i++, member = yaml_next(reader->tree, member)) {
		reader->node = i;
		read_node(reader, member);
	}
}
