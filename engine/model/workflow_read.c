/* SPDX-License-Identifier: MIT
 *
 * The top of a workflow, and the story of reading one: YAML to a tree, the tree to specs, names to
 * indices, then the checks over the whole. Nodes, params, retry and the checks have files of
 * their own.
 */
#include "model/workflow.h"

#include <stdlib.h>
#include <string.h>

#include "model/fields.h"
#include "model/limits.h"
#include "model/workflow_parts.h"

static void read_name(struct reader *reader, uint32_t value, void *target)
{
	struct workflow *workflow = target;

	(void)fields_name(reader, value, "name", &workflow->name); /* a problem is noted */
}

static void read_description(struct reader *reader, uint32_t value, void *target)
{
	struct workflow *workflow = target;

	(void)fields_text(reader, value, "description", &workflow->description); /* noted */
}

static void read_params(struct reader *reader, uint32_t value, void *target)
{
	(void)target;
	workflow_params_read(reader, value);
}

static const char *check_label(const char *name)
{
	if (!fields_is_identifier(name, true))
		return "letters, digits, '_' and '-', at most 63";
	return NULL;
}

static void read_labels(struct reader *reader, uint32_t value, void *target)
{
	struct workflow *workflow = target;
	uint32_t first;

	workflow->labels_count =
		fields_bindings(reader, value, "labels", check_label, &workflow->labels, &first);
}

static void read_env(struct reader *reader, uint32_t value, void *target)
{
	struct workflow *workflow = target;
	uint32_t key;

	workflow->env_count = fields_bindings(reader, value, "env", workflow_env_name_check,
					      &workflow->env, &key);
	for (; workflow->env_count && key < yaml_at(reader->tree, value)->text_or_end;) {
		uint32_t member = yaml_next(reader->tree, key);

		workflow_note_template(reader, member, USE_WORKFLOW_ENV, false);
		key = yaml_next(reader->tree, member);
	}
}

static void read_max_parallel(struct reader *reader, uint32_t value, void *target)
{
	struct workflow *workflow = target;
	int64_t number;

	if (fields_integer(reader, value, "max_parallel", 1, LIMIT_PARALLEL, &number))
		workflow->max_parallel = (uint32_t)number;
}

static void read_on_failure(struct reader *reader, uint32_t value, void *target)
{
	static const char *const words[] = {"drain", "stop", "continue", "rollback"};
	struct workflow *workflow = target;
	uint32_t word;

	if (fields_word(reader, value, "on_failure", words, 4, &word))
		workflow->on_failure = (enum on_failure)word;
}

static bool has_phase(const char *const *phases, uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (!strcmp(phases[i], name))
			return true;
	return false;
}

static void read_phases(struct reader *reader, uint32_t value, void *target)
{
	struct workflow *workflow = target;
	uint32_t given = fields_list(reader, value, LIMIT_PHASES), count = 0;
	uint32_t member = fields_first(reader, value);
	const char **phases = arena_alloc(reader->arena, (size_t)given * sizeof(*phases));

	for (uint32_t i = 0; i < given; i++, member = yaml_next(reader->tree, member)) {
		if (!fields_name(reader, member, "phases", &phases[count]))
			continue;
		if (has_phase(phases, count, phases[count]))
			fields_problem(reader, member, "phase '%s' stands here twice",
				       phases[count]);
		else
			count++;
	}
	workflow->phases = phases;
	workflow->phases_count = count;
}

static void read_pass_env(struct reader *reader, uint32_t value, void *target)
{
	(void)target;
	/* Every node starts from it, so it is a default like the others. */
	workflow_pass_env_read(reader, value, &reader->defaults);
}

/* In the order in which they are read: nodes last, because they build on the others. */
static const struct field top_list[] = {
	FIELD("name", read_name),
	FIELD("description", read_description),
	FIELD("labels", read_labels),
	FIELD("params", read_params),
	FIELD("env", read_env),
	FIELD("pass_env", read_pass_env),
	FIELD("defaults", workflow_defaults_read),
	FIELD("max_parallel", read_max_parallel),
	FIELD("on_failure", read_on_failure),
	FIELD("phases", read_phases),
	FIELD("triggers", workflow_triggers_read),
	FIELD("nodes", workflow_nodes_read),
	FIELD("steps", workflow_nodes_read), /* a synonym, without a word */
};
enum { TOP_NAME = 0, TOP_NODES = 11, TOP_STEPS = 12, TOP_COUNT = 13 };
static const struct fields top_fields = {"a workflow", top_list, TOP_COUNT};

static struct workflow *workflow_new(void)
{
	struct workflow *workflow = mem_zalloc(sizeof(*workflow));

	workflow->name = "";
	workflow->description = "";
	workflow->max_parallel = 8;
	return workflow;
}

static void read_top(struct reader *reader)
{
	const uint64_t nodes = UINT64_C(1) << TOP_NODES, steps = UINT64_C(1) << TOP_STEPS;
	uint32_t values[64];
	uint64_t seen;

	if (yaml_at(reader->tree, 0)->kind != YAML_KIND_MAP) {
		fields_problem(reader, 0, "a workflow is a map with at least 'name' and 'nodes'");
		return;
	}
	seen = fields_read(reader, 0, &top_fields, reader->workflow, values);
	workflow_triggers_imply(reader);
	if (!(seen & UINT64_C(1) << TOP_NAME))
		fields_problem(reader, 0, "the workflow has no 'name'");
	if (!(seen & (nodes | steps)))
		fields_problem(reader, 0, "the workflow has no 'nodes'");
	if ((seen & nodes) && (seen & steps))
		fields_problem(reader, values[TOP_STEPS],
			       "'steps' is another word for 'nodes': write one of them");
}

static void reader_release(struct reader *reader)
{
	free(reader->drafts);
	free(reader->uses);
	graph_free(reader->graph);
}

static void read_tree(struct yaml_tree *tree, struct workflow *workflow, struct problems *problems)
{
	struct reader reader = {.workflow = workflow,
				.arena = &workflow->arena,
				.tree = tree,
				.problems = problems};

	workflow_node_init(&reader.defaults);
	read_top(&reader);
	workflow_check(&reader);
	reader_release(&reader);
}

int workflow_read(const char *file, const char *text, size_t length, struct workflow **out,
		  struct buf *problems)
{
	struct workflow *workflow = workflow_new();
	struct problems list = {0};
	struct yaml_tree tree = {0};

	if (yaml_tree_read(text, length, &tree, &list)) {
		workflow->texts = tree.texts;
		read_tree(&tree, workflow, &list);
		tree.texts = NULL; /* now the workflow's: its specs point into it */
		yaml_tree_release(&tree);
	}
	if (list.total) {
		problems_print(&list, file, problems);
		problems_release(&list);
		workflow_free(workflow);
		return -ERR_INVALID;
	}
	*out = workflow;
	return 0;
}
