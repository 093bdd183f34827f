/* SPDX-License-Identifier: MIT
 *
 * Choosing from the environment. See environment.h.
 */
#include "cli/environment.h"

#include <string.h>

#include "base/map.h"
#include "base/text.h"

static void add_passed(struct map *wanted, const struct workflow *workflow)
{
	for (uint32_t n = 0; n < workflow->nodes_count; n++) {
		const struct node_spec *node = &workflow->nodes[n];
		for (uint32_t i = 0; i < node->pass_env_count; i++) {
			map_add_text(wanted, node->pass_env[i], (union map_value){0});
		}
	}
}

size_t environment_choose(const struct workflow *workflow, char *const *environment,
			  struct arena *arena, struct binding **out)
{
	static const char *const always[] = {"PATH",  "HOME", "USER", "LOGNAME",
					     "SHELL", "LANG", "TZ",   "TMPDIR"};
	struct map wanted = {0};
	size_t total = 0, count = 0;
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
		map_add_text(&wanted, always[i], (union map_value){0});
	}
	add_passed(&wanted, workflow);
	while (environment[total] != NULL) {
		total++;
	}
	*out = arena_alloc(arena, (total + 1) * sizeof **out);
	for (size_t i = 0; i < total; i++) {
		const char *word = environment[i], *equals = strchr(word, '=');
		if (equals == NULL || equals == word) {
			continue;
		}
		size_t length = (size_t)(equals - word);
		if (map_find(&wanted, word, length) != NULL || text_starts_with(word, "LC_")) {
			(*out)[count++] = (struct binding){arena_strndup(arena, word, length),
							   arena_strdup(arena, equals + 1)};
		}
	}
	map_release(&wanted);
	return count;
}
