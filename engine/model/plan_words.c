/* SPDX-License-Identifier: MIT
 *
 * Names of nodes, phases and files looked up. A path that several nodes write means the one that
 * wrote it last; NODE:PATH says which.
 */
#include "model/plan_words.h"
#include "model/checkpoint.h"
#include "model/suggest.h"

#include <stdlib.h>
#include <string.h>

static bool is_said(const char *text)
{
	return text && *text;
}

static int find_node(const struct execution *execution, const char *id, uint32_t *out,
		     struct err *err)
{
	const struct workflow *workflow = execution->workflow;
	int64_t node = workflow_find_node(workflow, id);
	char hint[SUGGEST_HINT];

	if (node < 0)
		return err_set(
			err, ERR_NOT_FOUND, "%s has no node '%s'%s", execution->name, id,
			suggest_hint(id, workflow->nodes_count, workflow_node_at, workflow, hint));
	*out = (uint32_t)node;
	return 0;
}

static int find_nodes(const struct execution *execution, const char *const *ids, size_t count,
		      struct arena *arena, const uint32_t **out, struct err *err)
{
	uint32_t *nodes = arena_alloc(arena, (count + 1) * sizeof(*nodes));

	for (size_t i = 0; i < count; i++) {
		int found = find_node(execution, ids[i], &nodes[i], err);

		if (found < 0)
			return found;
	}
	*out = nodes;
	return 0;
}

/* ---- files ------------------------------------------------------------------------------- */

static int64_t artifact_of(const struct node_spec *spec, const char *path)
{
	for (uint32_t i = 0; i < spec->artifacts_count; i++)
		if (strcmp(spec->artifacts[i].path, path) == 0)
			return i;
	return -1;
}

/* Which of the files of one path is meant: the one that has the revision, or that was written
 * last. */
static bool is_better(const struct execution *execution, const struct plan_file *file,
		      const struct plan_file *than, uint64_t revision)
{
	const struct revision *newest, *other;

	if (revision)
		return execution_find_revision(execution, file->node, file->artifact, revision);
	newest = execution_newest_revision(execution, file->node, file->artifact);
	other = execution_newest_revision(execution, than->node, than->artifact);
	return newest && (!other || newest->seq > other->seq);
}

static bool find_path(const struct execution *execution, const char *path, uint64_t revision,
		      struct plan_file *out)
{
	const struct workflow *workflow = execution->workflow;
	bool found = false;

	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		int64_t artifact = artifact_of(&workflow->nodes[i], path);
		struct plan_file file = {i, (uint32_t)artifact};

		if (artifact < 0 || (found && !is_better(execution, &file, out, revision)))
			continue;
		*out = file;
		found = true;
	}
	return found;
}

static bool find_in_node(const struct execution *execution, const char *text, struct plan_file *out)
{
	const char *colon = strchr(text, ':');
	char id[64] = "";
	int64_t node, artifact;

	if (!colon || (size_t)(colon - text) >= sizeof(id))
		return false;
	memcpy(id, text, (size_t)(colon - text));
	node = workflow_find_node(execution->workflow, id);
	if (node < 0)
		return false;
	artifact = artifact_of(&execution->workflow->nodes[node], colon + 1);
	if (artifact < 0)
		return false;
	*out = (struct plan_file){(uint32_t)node, (uint32_t)artifact};
	return true;
}

static int find_file(const struct execution *execution, const char *text, uint64_t revision,
		     struct plan_file *out, struct err *err)
{
	if (find_in_node(execution, text, out) || find_path(execution, text, revision, out))
		return 0;
	return err_set(err, ERR_NOT_FOUND, "%s has no artifact '%s'", execution->name, text);
}

static int find_files(const struct execution *execution, const struct plan_words *words,
		      struct arena *arena, struct plan_ask *out, struct err *err)
{
	struct plan_file *files = arena_alloc(arena, (words->overwrite_count + 1) * sizeof(*files));

	for (size_t i = 0; i < words->overwrite_count; i++) {
		int found = find_file(execution, words->overwrite[i], 0, &files[i], err);

		if (found < 0)
			return found;
	}
	out->overwrite = files;
	out->overwrite_count = words->overwrite_count;
	return 0;
}

/* A name that is no node's is a file's. */
static int find_excluded(const struct execution *execution, const struct plan_words *words,
			 struct arena *arena, struct plan_ask *out, struct err *err)
{
	size_t room = words->exclude_count + 1;
	struct plan_file *keep = arena_alloc(arena, room * sizeof(*keep));
	uint32_t *nodes = arena_alloc(arena, room * sizeof(*nodes));

	for (size_t i = 0; i < words->exclude_count; i++) {
		const char *text = words->exclude[i];
		int64_t node = workflow_find_node(execution->workflow, text);
		int found = 0;

		if (node >= 0)
			nodes[out->exclude_count++] = (uint32_t)node;
		else
			found = find_file(execution, text, 0, &keep[out->keep_count++], err);
		if (found < 0)
			return err_set(err, ERR_NOT_FOUND, "%s has no node and no artifact '%s'",
				       execution->name, text);
	}
	out->exclude = nodes;
	out->keep = keep;
	return 0;
}

/* ---- what is asked for ------------------------------------------------------------------- */

static int find_artifact(const struct execution *execution, const struct plan_words *words,
			 struct plan_ask *out, struct err *err)
{
	struct plan_file file;
	int found;

	if (is_said(words->revision)) {
		char *end = NULL;

		if (words->revision[0] == 'r')
			out->revision = strtoull(words->revision + 1, &end, 10);
		if (!out->revision || *end)
			return err_set(err, ERR_INVALID,
				       "'%s' is no revision: they are called r and a number",
				       words->revision);
	}
	found = find_file(execution, words->artifact, out->revision, &file, err);
	if (found < 0)
		return found;
	out->level = PLAN_OF_ARTIFACT;
	out->node = file.node;
	out->artifact = file.artifact;
	return 0;
}

static const char *checkpoint_at(const void *execution, size_t i)
{
	return ((const struct execution *)execution)->checkpoints[i].name;
}

static int find_checkpoint(const struct execution *execution, const char *name,
			   struct plan_ask *out, struct err *err)
{
	const struct checkpoint *checkpoint = checkpoint_find(execution, name);
	char hint[SUGGEST_HINT];

	if (!checkpoint)
		return err_set(err, ERR_NOT_FOUND, "%s has no checkpoint '%s'%s", execution->name,
			       name,
			       suggest_hint(name, execution->checkpoints_count, checkpoint_at,
					    execution, hint));
	out->level = PLAN_OF_CHECKPOINT;
	out->checkpoint = checkpoint->name;
	return 0;
}

static const char *phase_at(const void *workflow, size_t i)
{
	return ((const struct workflow *)workflow)->phases[i];
}

static int find_phase(const struct execution *execution, const char *name, int32_t *out,
		      struct err *err)
{
	const struct workflow *workflow = execution->workflow;
	char hint[SUGGEST_HINT];
	int32_t phase = workflow_find_phase(workflow, name);

	if (phase < 0)
		return err_set(
			err, ERR_NOT_FOUND, "%s has no phase '%s'%s", execution->name, name,
			suggest_hint(name, workflow->phases_count, phase_at, workflow, hint));
	*out = phase;
	return 0;
}

static int find_level(const struct execution *execution, const struct plan_words *words,
		      struct plan_ask *out, struct err *err)
{
	int said = is_said(words->node) + is_said(words->phase) + is_said(words->artifact) +
		   is_said(words->checkpoint) + words->all;

	if (said != 1)
		return err_set(err, ERR_INVALID,
			       "say what goes back: a node, a phase, an artifact, to a checkpoint, "
			       "or all");
	if (is_said(words->revision) && !is_said(words->artifact))
		return err_set(err, ERR_INVALID, "a revision is of an artifact: name that too");
	if (is_said(words->artifact))
		return find_artifact(execution, words, out, err);
	if (is_said(words->checkpoint))
		return find_checkpoint(execution, words->checkpoint, out, err);
	if (is_said(words->node))
		return find_node(execution, words->node, &out->node, err);
	out->level = words->all ? PLAN_OF_ALL : PLAN_OF_PHASE;
	if (words->all)
		return 0;
	return find_phase(execution, words->phase, &out->phase, err);
}

int plan_ask_from_words(const struct execution *execution, const struct plan_words *words,
			struct arena *arena, struct plan_ask *out, struct err *err)
{
	struct plan_ask ask = {.level = PLAN_OF_NODE, .past_count = words->past_count};
	int found = find_level(execution, words, &ask, err);

	if (found >= 0)
		found = find_nodes(execution, words->past, words->past_count, arena, &ask.past,
				   err);
	if (found >= 0)
		found = find_files(execution, words, arena, &ask, err);
	if (found >= 0)
		found = find_excluded(execution, words, arena, &ask, err);
	if (found < 0)
		return found;
	*out = ask;
	return 0;
}

struct binding plan_ask_to_words(const struct execution *execution, const struct plan_ask *ask,
				 struct arena *arena)
{
	const struct workflow *workflow = execution->workflow;
	struct binding words = {plan_level_name(ask->level), ""};
	char *text;

	switch (ask->level) {
	case PLAN_OF_NODE:
		words.value = workflow->nodes[ask->node].id;
		break;
	case PLAN_OF_PHASE:
		words.value = workflow->phases[ask->phase];
		break;
	case PLAN_OF_ARTIFACT:
		text = mem_printf("%s:%s", workflow->nodes[ask->node].id,
				  workflow->nodes[ask->node].artifacts[ask->artifact].path);
		words.value = arena_strdup(arena, text);
		free(text);
		break;
	case PLAN_OF_CHECKPOINT:
		words.value = ask->checkpoint;
		break;
	case PLAN_OF_ALL:
		break;
	}
	return words;
}

/* ---- a plan that was shown --------------------------------------------------------------- */

static unsigned warnings_of(const struct plan_said *said)
{
	unsigned warnings = PLAN_WARN_NO_UNDO | PLAN_WARN_IRREVERSIBLE; /* the action says these */

	for (size_t i = 0; i < said->warnings_count; i++) {
		for (unsigned bit = 1; bit <= PLAN_WARN_UNKNOWN; bit <<= 1) {
			const char *word = plan_warning_word((enum plan_warning)bit);

			if (*word && strcmp(word, said->warnings[i]) == 0)
				warnings |= bit;
		}
	}
	return warnings;
}

static bool recall_row(const struct execution *execution, const struct plan_said *said,
		       struct plan_row *out)
{
	int64_t node = workflow_find_node(execution->workflow, said->node), artifact = 0;
	struct plan_row row = {.conflict = said->conflict ? "" : NULL};

	if (node < 0 || !plan_action_parse(said->action, &row.action))
		return false;
	row.node = (uint32_t)node;
	if (is_said(said->path)) {
		artifact = artifact_of(&execution->workflow->nodes[node], said->path);
		if (artifact < 0)
			return false;
		row.path = execution->workflow->nodes[node].artifacts[artifact].path;
	}
	row.artifact = (uint32_t)artifact;
	row.warnings = warnings_of(said);
	if (is_said(said->to))
		row.to = execution_find_revision(execution, row.node, row.artifact,
						 strtoull(said->to + 1, NULL, 10));
	*out = row;
	return true;
}

struct plan *plan_recall(const struct execution *execution, const struct plan_said *rows,
			 size_t count)
{
	struct plan *plan = mem_zalloc(sizeof(*plan));

	plan->rows = arena_alloc(&plan->arena, (count + 1) * sizeof(*plan->rows));
	for (size_t i = 0; i < count; i++)
		plan->rows_count += recall_row(execution, &rows[i], &plan->rows[plan->rows_count]);
	return plan;
}
