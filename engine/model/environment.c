/* SPDX-License-Identifier: MIT
 *
 * Choosing from the environment. See environment.h.
 */
#include "model/environment.h"

#include <string.h>

#include "base/map.h"
#include "base/text.h"

bool environment_is_base(const char *name)
{
	static const char *const names[] = {"PATH",  "HOME", "USER", "LOGNAME",
					    "SHELL", "LANG", "TZ",   "TMPDIR"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return text_starts_with(name, "LC_");
}

bool environment_is_passed(const struct node_spec *node, const char *name)
{
	if (node->host && !strcmp(name, ENVIRONMENT_AGENT)) /* where ssh finds its keys */
		return true;
	for (uint32_t i = 0; i < node->pass_env_count; i++)
		if (strcmp(node->pass_env[i], name) == 0)
			return true;
	return false;
}

bool environment_uses_agent(const struct workflow *workflow)
{
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		if (environment_is_passed(&workflow->nodes[i], ENVIRONMENT_AGENT))
			return true;
	return false;
}

/* The names that any node passes. A map, for a workflow may have thousands of nodes. */
static void gather_passed(struct map *passed, const struct workflow *workflow)
{
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		const struct node_spec *node = &workflow->nodes[i];

		if (node->host)
			(void)map_add_text(passed, ENVIRONMENT_AGENT, (union map_value){0});
		for (uint32_t j = 0; j < node->pass_env_count; j++)
			(void)map_add_text(passed, node->pass_env[j], (union map_value){0});
	}
}

static size_t count_of(char *const *environment)
{
	size_t count = 0;

	while (environment[count])
		count++;
	return count;
}

size_t environment_choose(const struct workflow *workflow, char *const *environment,
			  struct arena *arena, struct binding **out)
{
	struct map passed = {0};
	size_t total = count_of(environment), count = 0;

	gather_passed(&passed, workflow);
	*out = arena_alloc(arena, (total + 1) * sizeof(**out));
	for (size_t i = 0; i < total; i++) {
		const char *word = environment[i], *equals = strchr(word, '=');
		const char *name;

		if (!equals || equals == word || !text_is_utf8(word, strlen(word)))
			continue;
		name = arena_strndup(arena, word, (size_t)(equals - word));
		if (environment_is_base(name) || map_find_text(&passed, name))
			(*out)[count++] = (struct binding){name, arena_strdup(arena, equals + 1)};
	}
	map_release(&passed);
	return count;
}
