/* SPDX-License-Identifier: MIT
 *
 * See hosts.h.
 */
#include "model/hosts.h"

#include <string.h>

#include "model/limits.h"
#include "model/template.h"

struct scope {
	const struct workflow *workflow;
	const struct binding *params;
};

static const char *look_up(void *ctx, const char *kind, const char *path)
{
	const struct scope *scope = ctx;

	for (uint32_t i = 0; strcmp(kind, "params") == 0 && i < scope->workflow->params_count;
	     i++) {
		const struct param *param = &scope->workflow->params[i];

		if (strcmp(param->name, path) == 0 && !param->secret)
			return scope->params ? scope->params[i].value : param->default_value;
	}
	return NULL;
}

const char *hosts_of_node(const struct workflow *workflow, const struct node_spec *node,
			  const struct binding *params, struct arena *arena)
{
	struct scope values = {workflow, params};
	const struct template_scope scope = {.lookup = look_up, .ctx = &values};
	const char *to;
	struct buf out;

	if (!node->host)
		return NULL;
	buf_init(&out, LIMIT_TEXT);
	to = template_expand(TEMPLATE_PLAIN, node->host->to, &scope, &out, NULL) == 0
		     ? arena_strdup(arena, buf_text(&out))
		     : node->host->to;
	buf_release(&out);
	return to;
}

static void say_one(const char *const *hosts, const struct workflow *workflow, uint32_t first,
		    struct buf *out)
{
	uint32_t others = 0;

	for (uint32_t i = first + 1; i < workflow->nodes_count; i++)
		others += hosts[i] && strcmp(hosts[i], hosts[first]) == 0;
	buf_printf(out, "%s%s (%s", out->length ? ", " : "", hosts[first],
		   workflow->nodes[first].id);
	if (others)
		buf_printf(out, " and %u more", others);
	buf_add_char(out, ')');
}

void hosts_say(const struct workflow *workflow, const struct binding *params, struct buf *out)
{
	struct arena arena = {0};
	const char **hosts =
		arena_alloc(&arena, (workflow->nodes_count + (size_t)1) * sizeof(*hosts));

	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		hosts[i] = hosts_of_node(workflow, &workflow->nodes[i], params, &arena);
	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		bool said = !hosts[i];

		for (uint32_t before = 0; before < i && !said; before++)
			said = hosts[before] && strcmp(hosts[before], hosts[i]) == 0;
		if (!said)
			say_one(hosts, workflow, i, out);
	}
	arena_release(&arena);
}
