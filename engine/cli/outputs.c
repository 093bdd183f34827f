/* SPDX-License-Identifier: MIT
 *
 * Outputs as words and as answers. See outputs.h.
 */
#include "cli/outputs.h"

#include <stdlib.h>
#include <string.h>

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
	for (size_t i = 0; i < outputs->count; i++) {
		if (strcmp(outputs->pairs[i]->name, name) == 0) {
			return true;
		}
	}
	return false;
}

int outputs_ask(struct cli *cli, const struct mirror_node *node, struct outputs *outputs)
{
	for (uint32_t i = 0; i < node->outputs_count; i++) {
		const char *name = node->outputs[i];
		if (has(outputs, name)) {
			continue;
		}
		say_printf(&cli->out, "  %s: ", name);
		say_flush(&cli->out);
		char *value = cli_read_line();
		if (value == NULL) {
			return cli_refuse(cli, CLI_OTHER, "not done");
		}
		add(outputs, name, strlen(name), value);
		free(value);
	}
	return 0;
}

void outputs_release(struct outputs *outputs)
{
	free(outputs->pairs);
	arena_release(&outputs->arena);
	*outputs = (struct outputs){0};
}
