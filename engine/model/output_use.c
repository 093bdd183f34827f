/* SPDX-License-Identifier: MIT
 *
 * Scanning what a node needs to start for `${nodes.ID.outputs.NAME}`.
 */
#include "model/output_use.h"

#include <string.h>

#include "model/limits.h"
#include "model/template.h"

struct search {
	const struct workflow *workflow;
	bool (*missing)(const void *ctx, uint32_t node);
	const void *ctx;
	struct output_use found;
	bool has_found;
};

static const char *declared(const struct node_spec *spec, const char *name)
{
	for (uint32_t i = 0; i < spec->outputs_count; i++)
		if (strcmp(spec->outputs[i], name) == 0)
			return spec->outputs[i];
	return NULL;
}

static int on_reference(void *ctx, const char *kind, const char *path, size_t offset,
			struct err *err)
{
	struct search *search = ctx;
	size_t length = strcspn(path, ".");
	char id[LIMIT_NAME + 1];
	int64_t writer;

	(void)offset;
	(void)err;
	if (search->has_found || strcmp(kind, "nodes") != 0 || length > LIMIT_NAME ||
	    strncmp(path + length, ".outputs.", 9) != 0)
		return 0;
	memcpy(id, path, length);
	id[length] = '\0';
	writer = workflow_find_node(search->workflow, id);
	if (writer < 0 || !search->missing(search->ctx, (uint32_t)writer))
		return 0;
	search->found.writer = (uint32_t)writer;
	search->found.name =
		declared(&search->workflow->nodes[writer], path + length + strlen(".outputs."));
	search->has_found = search->found.name != NULL;
	return 0;
}

static void scan(struct search *search, enum template_kind kind, const char *text)
{
	size_t offset;
	struct err err;

	if (text && strstr(text, "${nodes."))
		(void)template_scan(kind, text, on_reference, search, &offset,
				    &err); /* checked when the workflow was read */
}

static void scan_bindings(struct search *search, const struct binding *bindings, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		scan(search, TEMPLATE_PLAIN, bindings[i].value);
}

static void scan_command(struct search *search, const struct command *command)
{
	scan(search, TEMPLATE_SHELL, command->text);
	for (uint32_t i = 0; i < command->list_count; i++)
		scan(search, TEMPLATE_PLAIN, command->list[i]);
}

static void scan_node(struct search *search, const struct node_spec *spec)
{
	scan_command(search, &spec->run);
	for (uint32_t i = 0; i < spec->artifacts_count; i++)
		scan_command(search, &spec->artifacts[i].check);
	scan(search, TEMPLATE_PLAIN, spec->manual);
	scan_bindings(search, spec->env, spec->env_count);
	if (spec->approval)
		scan(search, TEMPLATE_PLAIN, spec->approval->ask);
}

bool output_use_find(const struct workflow *workflow, bool (*runs)(const void *ctx, uint32_t node),
		     bool (*missing)(const void *ctx, uint32_t node), const void *ctx,
		     struct output_use *out)
{
	struct search search = {.workflow = workflow, .missing = missing, .ctx = ctx};

	for (uint32_t i = 0; i < workflow->nodes_count && !search.has_found; i++) {
		search.found.user = i;
		if (runs(ctx, i))
			scan_node(&search, &workflow->nodes[i]);
	}
	if (search.has_found)
		*out = search.found;
	return search.has_found;
}
