/* SPDX-License-Identifier: MIT
 *
 * A workflow as the graph that clients draw: nodes in file order, what each needs and has. Large
 * graphs are written node by node.
 */
#include <string.h>

#include "base/text.h"
#include "model/environment.h"
#include "model/hosts.h"
#include "wire/convert.h"
#include "wire/message.h"

enum { GRAPH_NODES = 4, GRAPH_PARAMS = 5 }; /* field numbers of Graph */

#define COMMAND_BYTES_MAX ((size_t)1024 * 1024)

/* Whether people would write the word without quotes. */
static bool is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_./:@%+,=-";

	return word[0] && strspn(word, plain) == strlen(word);
}

void convert_command(struct buf *out, const struct command *command)
{
	if (command->text) {
		buf_add_text(out, command->text);
		return;
	}
	for (uint32_t i = 0; i < command->list_count; i++) {
		if (i)
			buf_add_char(out, ' ');
		if (is_plain(command->list[i]))
			buf_add_text(out, command->list[i]);
		else
			text_shell_quote(out, command->list[i], strlen(command->list[i]));
	}
}

struct node_texts {
	struct buf command, undo;
	struct arena arena;
};

static void fill_artifacts(struct node_texts *texts, const struct node_spec *spec,
			   Hlp__V1__GraphNode *out)
{
	if (!spec->artifacts_count)
		return;
	out->n_artifacts = spec->artifacts_count;
	out->artifacts = arena_alloc(&texts->arena, spec->artifacts_count * sizeof(char *));
	for (uint32_t i = 0; i < spec->artifacts_count; i++)
		out->artifacts[i] = (char *)spec->artifacts[i].path;
}

static void fill_approval(const struct approval *approval, Hlp__V1__GraphNode *out)
{
	static const char *const policies[] = {"fail", "reject", "skip"};

	out->approval = (char *)approval->ask;
	out->approval_timeout_us = approval->timeout_us;
	out->approval_on_timeout = (char *)policies[approval->on_timeout];
}

static void fill_node(struct node_texts *texts, const struct workflow *workflow,
		      const struct node_spec *spec, const struct binding *params,
		      int64_t estimate_us, Hlp__V1__GraphNode *out)
{
	hlp__v1__graph_node__init(out);
	out->id = (char *)spec->id;
	if (spec->phase >= 0)
		out->phase = (char *)workflow->phases[spec->phase];
	out->n_needs = spec->needs_count;
	out->needs = (uint32_t *)spec->needs;
	out->risk = spec->risk;
	out->risk_name = (char *)risk_name(risk_level(spec->risk));
	out->has_undo = spec->has_undo;
	out->irreversible = (char *)spec->irreversible;
	fill_artifacts(texts, spec, out);
	out->n_outputs = spec->outputs_count;
	out->outputs = (char **)spec->outputs;
	convert_command(&texts->command, &spec->run);
	out->command = (char *)buf_text(&texts->command);
	if (spec->has_undo && !spec->undo_manual)
		convert_command(&texts->undo, &spec->undo);
	out->undo = (char *)buf_text(&texts->undo);
	out->manual = (char *)spec->manual;
	out->undo_manual = (char *)spec->undo_manual;
	if (spec->approval)
		fill_approval(spec->approval, out);
	out->description = (char *)spec->description;
	out->timeout_us = spec->timeout_us;
	out->estimate_us = estimate_us;
	if (spec->host)
		out->host = (char *)hosts_of_node(workflow, spec, params, &texts->arena);
}

static void add_node(struct buf *out, const struct workflow *workflow, const struct node_spec *spec,
		     const struct binding *params, int64_t estimate_us)
{
	struct node_texts texts = {0};
	Hlp__V1__GraphNode message;

	buf_init(&texts.command, COMMAND_BYTES_MAX);
	buf_init(&texts.undo, COMMAND_BYTES_MAX);
	fill_node(&texts, workflow, spec, params, estimate_us, &message);
	convert_field_message(out, GRAPH_NODES, &message.base);
	buf_release(&texts.command);
	buf_release(&texts.undo);
	arena_release(&texts.arena);
}

static void add_params(struct buf *out, const struct workflow *workflow,
		       const struct binding *params)
{
	for (uint32_t i = 0; i < workflow->params_count; i++) {
		Hlp__V1__Pair pair = HLP__V1__PAIR__INIT;
		const char *value = params ? params[i].value : workflow->params[i].default_value;

		pair.name = (char *)workflow->params[i].name;
		pair.value = (char *)value;
		convert_field_message(out, GRAPH_PARAMS, &pair.base);
	}
}

static char **secrets_of(const struct workflow *workflow, struct arena *arena, size_t *out_count)
{
	char **names = arena_alloc(arena, (workflow->params_count + (size_t)1) * sizeof(*names));

	*out_count = 0;
	for (uint32_t i = 0; i < workflow->params_count; i++)
		if (workflow->params[i].secret)
			names[(*out_count)++] = (char *)workflow->params[i].name;
	return names;
}

static Hlp__V1__Pair **labels_of(const struct workflow *workflow, struct arena *arena,
				 size_t *out_count)
{
	Hlp__V1__Pair **labels =
		arena_alloc(arena, (workflow->labels_count + (size_t)1) * sizeof(*labels));

	for (uint32_t i = 0; i < workflow->labels_count; i++) {
		labels[i] = arena_alloc(arena, sizeof(**labels));
		hlp__v1__pair__init(labels[i]);
		labels[i]->name = (char *)workflow->labels[i].name;
		labels[i]->value = (char *)workflow->labels[i].value;
	}
	*out_count = workflow->labels_count;
	return labels;
}

void convert_graph(struct buf *out, const struct workflow *workflow, const struct binding *params,
		   const int64_t *estimates_us)
{
	Hlp__V1__Graph message = HLP__V1__GRAPH__INIT;
	struct arena arena = {0};

	message.workflow = (char *)workflow->name;
	message.description = (char *)workflow->description;
	message.n_phases = workflow->phases_count;
	message.phases = (char **)workflow->phases;
	message.max_parallel = workflow->max_parallel;
	message.uses_agent = environment_uses_agent(workflow);
	message.secrets = secrets_of(workflow, &arena, &message.n_secrets);
	message.labels = labels_of(workflow, &arena, &message.n_labels);
	message_pack(&message.base, out);
	arena_release(&arena);
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		add_node(out, workflow, &workflow->nodes[i], params,
			 estimates_us ? estimates_us[i] : 0);
	add_params(out, workflow, params);
}
