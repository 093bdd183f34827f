/* SPDX-License-Identifier: MIT
 *
 * Outputs as words and as answers. See outputs.h.
 */
#include "cli/outputs.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/order.h"

#define FILE_BYTES ((size_t)4 * 1024 * 1024)

static void add(struct outputs *outputs, const char *name, size_t name_length, const char *value)
{
	Hlp__V1__Pair *pair = arena_alloc(&outputs->arena, sizeof *pair);
	hlp__v1__pair__init(pair);
	pair->name = arena_strndup(&outputs->arena, name, name_length);
	pair->value = arena_strdup(&outputs->arena, value);
	outputs->pairs = mem_grow(outputs->pairs, &outputs->capacity, outputs->count + 1,
				  sizeof *outputs->pairs);
	outputs->pairs[outputs->count++] = pair;
}

int outputs_read(struct cli *cli, struct outputs *out)
{
	size_t at = 0;
	const char *word;
	while ((word = options_next(&cli->options, "output", &at)) != NULL) {
		const char *equals = strchr(word, '=');
		if (equals == NULL || equals == word) {
			outputs_release(out);
			return cli_refuse(cli, CLI_USAGE, "'--output %s': write --output KEY=VALUE",
					  word);
		}
		add(out, word, (size_t)(equals - word), equals + 1);
	}
	return 0;
}

static bool has(const struct outputs *outputs, const char *name)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (strcmp(outputs->pairs[i]->name, name) == 0)
			return true;
	return false;
}

int outputs_ask(struct cli *cli, const struct mirror_node *node, struct outputs *outputs)
{
	for (uint32_t i = 0; i < node->outputs_count; i++) {
		const char *name = node->outputs[i];
		if (has(outputs, name))
			continue;
		say_printf(&cli->out, "  %s: ", name);
		say_flush(&cli->out);
		char *value = cli_read_line();
		if (value == NULL)
			return cli_refuse(cli, CLI_OTHER, "not done");
		add(outputs, name, strlen(name), value);
		free(value);
	}
	return 0;
}

static void take(struct cli *cli, const struct event_item *items, uint32_t count,
		 struct outputs *outputs)
{
	for (uint32_t i = 0; i < count; i++) {
		if (items[i].value == NULL || has(outputs, items[i].name))
			continue;
		say_printf(&cli->out, "  %s: %s (from $HLP_OUTPUT)\n", items[i].name,
			   items[i].value);
		add(outputs, items[i].name, strlen(items[i].name), items[i].value);
	}
}

void outputs_take_file(struct cli *cli, const struct mirror_node *node, const char *path,
		       struct outputs *outputs)
{
	struct node_spec spec = {.id = node->id,
				 .outputs = (const char *const *)node->outputs,
				 .outputs_count = (uint16_t)node->outputs_count};
	struct event_item *items;
	struct arena arena = {0};
	struct err err = {0};
	char *data;
	size_t length;
	if (path[0] == '\0' || file_read(path, FILE_BYTES, &data, &length, &err) < 0)
		return;
	if (order_gather_outputs(&spec, data, length, &arena, &items, &err) < 0)
		say_printf(&cli->out, "  what was written to $HLP_OUTPUT: %s\n", err.message);
	else
		take(cli, items, spec.outputs_count, outputs);
	arena_release(&arena);
	free(data);
}

void outputs_release(struct outputs *outputs)
{
	free(outputs->pairs);
	arena_release(&outputs->arena);
	*outputs = (struct outputs){0};
}
