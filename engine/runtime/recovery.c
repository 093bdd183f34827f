/* SPDX-License-Identifier: MIT
 *
 * Recovery by fold and reconcile. Nothing is replayed: the state alone says what is to be done.
 */
#include "runtime/recovery.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "runtime/checkpoints.h"
#include "runtime/effects.h"
#include "runtime/quarantine.h"
#include "store/content.h"

struct loading {
	struct engine *engine;
	struct journal *journal;
	struct content *content;
};

void recovery_mark_queries(struct live *live)
{
	const uint32_t nodes = live->execution->workflow->nodes_count;

	live->queried = mem_calloc(nodes, sizeof(*live->queried));
	for (uint32_t node = 0; node < nodes; node++) {
		struct effect effects[EFFECTS_PER_NODE];
		size_t count = execution_outstanding(live->execution, node, effects);

		for (size_t i = 0; i < count; i++)
			if (effects[i].kind == EFFECT_WATCH || effects[i].kind == EFFECT_START)
				live->queried[node] = true;
		live->unanswered += live->queried[node];
	}
	if (!live->unanswered) {
		free(live->queried);
		live->queried = NULL;
	}
}

/* Nobody can act on what cannot be folded: people must see that. What may pass (a full disk, no
 * memory) is tried again at the next start. */
static void set_aside(struct loading *loading, const char *id, const struct err *why)
{
	struct err err = {0};
	char *cause;

	if (why->code == ERR_FULL || why->code == ERR_IO || why->code == ERR_LIMIT) {
		log_error("%s is left out: %s", id, why->message);
		return;
	}
	cause = mem_printf("it cannot be taken up: %s", why->message);
	if (quarantine_add(loading->engine, loading->journal, id, cause, &err) < 0)
		log_error("%s cannot be quarantined: %s", id, err.message);
	free(cause);
}

static void load_one(struct loading *loading, const char *id)
{
	const struct reload_source source = reload_from_journal(loading->journal, loading->content);
	struct reloaded loaded;
	struct err err = {0};

	if (reload_execution(&source, id, &loaded, &err) < 0)
		set_aside(loading, id, &err);
	else
		recovery_mark_queries(live_add_loaded(&loading->engine->lives, &loaded));
}

struct names {
	struct arena arena;
	char **items;
	size_t count, capacity;
};

static int gather_name(void *ctx, const char *execution, struct err *err)
{
	struct names *names = ctx;

	(void)err;
	names->items = mem_grow(names->items, &names->capacity, names->count + 1, sizeof(char *));
	names->items[names->count++] = arena_strdup(&names->arena, execution);
	return 0;
}

int recovery_load(struct engine *engine, struct journal *journal, struct err *err)
{
	struct loading loading = {.engine = engine, .journal = journal};
	struct names names = {0};
	/* For writing: it makes the repository of a new home. */
	int rc = content_open(engine->options.home, CONTENT_WRITE, &loading.content, err);

	if (rc)
		return rc;
	rc = quarantine_judge(engine, journal, err);
	if (rc >= 0)
		rc = journal_each_execution(journal, false, gather_name, &names, err);
	for (size_t i = 0; rc >= 0 && i < names.count; i++) {
		blackbox_about(names.items[i]);
		load_one(&loading, names.items[i]);
	}
	blackbox_about(NULL);
	content_close(loading.content);
	free(names.items);
	arena_release(&names.arena);
	return rc < 0 ? rc : 0;
}

/* Before anything new may want the same files. */
static void claim_files(struct engine *engine, struct live *live)
{
	const struct execution *execution = live->execution;

	for (uint32_t node = 0; node < execution->workflow->nodes_count; node++) {
		const struct node_run *run = &execution->nodes[node];

		if (effects_writes(run) || run->state == STATE_RECOVERING ||
		    (run->intended && run->captured_before))
			effects_claim(engine, live, node);
	}
}

void recovery_resume(struct engine *engine)
{
	for (size_t i = 0; i < engine->lives.count; i++)
		claim_files(engine, engine->lives.items[i]);
	for (size_t i = 0; i < engine->lives.count; i++) {
		struct live *live = engine->lives.items[i];

		for (uint32_t node = 0; node < live->execution->workflow->nodes_count; node++)
			effects_of_node(engine, live, node);
		checkpoints_post(engine, live);
	}
}
