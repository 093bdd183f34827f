/* SPDX-License-Identifier: MIT
 *
 * Checkpoints, known by other means than the model's: when one is asked for, what each file was
 * last seen to hold is written down here, with the nodes' states. What is recorded must be that,
 * and what a rollback to it restores too. In place of store/content_checkpoint.c.
 */
#include "store/content_checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/checkpoint.h"
#include "tests/sim/sim.h"

struct then { /* a node at the moment of a checkpoint */
	bool fresh;
	char seen[ARTIFACTS_MAX][41];
};

struct moment_kept {
	const struct shadow *shadow;
	char name[80];
	uint64_t digest;
	bool recorded;
	struct then *nodes;
	struct moment_kept *next;
};

static void mix(uint64_t *hash, const void *data, size_t length)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < length; i++)
		*hash = (*hash ^ bytes[i]) * 0x100000001b3u;
}

static void mix_text(uint64_t *hash, const char *text)
{
	mix(hash, text, strlen(text) + 1);
}

static void mix_node(uint64_t *hash, uint32_t state, uint32_t reason, uint32_t attempt)
{
	const uint32_t numbers[] = {state, reason, attempt};

	mix(hash, numbers, sizeof(numbers));
}

static struct moment_kept *find(const struct shadow *shadow, const char *name)
{
	struct moment_kept *moment = sim->moments;

	while (moment && (moment->shadow != shadow || strcmp(moment->name, name) != 0))
		moment = moment->next;
	return moment;
}

static const struct shadow *shadow_named(const char *name)
{
	for (uint32_t i = 0; i < sim->shadows_count; i++)
		if (!strcmp(sim->shadows[i]->execution->name, name))
			return sim->shadows[i];
	return NULL;
}

/* ---- what is seen ------------------------------------------------------------------------ */

static void begin(struct shadow *shadow, const struct event *event)
{
	const uint32_t count = shadow->execution->workflow->nodes_count;
	struct moment_kept *moment = mem_zalloc(sizeof(*moment));

	moment->shadow = shadow;
	(void)snprintf(moment->name, sizeof(moment->name), "%s", event->text); /* short */
	moment->nodes = mem_calloc(count, sizeof(*moment->nodes));
	moment->next = sim->moments;
	sim->moments = moment;
	for (uint32_t i = 0; i < count; i++) {
		const struct node_run *node = &shadow->execution->nodes[i];
		const struct guard *guard = &shadow->nodes[i];

		mix_node(&moment->digest, node->state, node->reason, node->attempt);
		moment->nodes[i].fresh = !guard->base_attempt;
		memcpy(moment->nodes[i].seen, guard->seen, sizeof(guard->seen));
	}
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < ARTIFACTS_MAX; k++)
			if (shadow->nodes[i].has_seen)
				mix_text(&moment->digest, shadow->nodes[i].seen[k]);
}

static void check_recorded(const struct shadow *shadow, const struct event *event)
{
	const struct moment_kept *moment = find(shadow, event->text);

	if (!moment || !moment->recorded)
		sim_fail("the checkpoint %s counts as recorded, and is not", event->text);
}

/* To which checkpoint an act leads; to none that any other does. */
static void note_aim(struct shadow *shadow, const struct event *event)
{
	const struct event_item *item = event->items;

	shadow->aim = NULL;
	if (event->items_count && !strcmp(event->verb, "rollback") &&
	    !strcmp(item->name, "checkpoint"))
		shadow->aim = find(shadow, item->value);
}

void checkpoint_note(struct shadow *shadow, const struct event *event)
{
	if (event->kind == EVENT_CHECKPOINTING)
		begin(shadow, event);
	else if (event->kind == EVENT_CHECKPOINTED)
		check_recorded(shadow, event);
	else if (event->kind == EVENT_ACT && event->verb && !strcmp(event->verb, "rollback"))
		note_aim(shadow, event);
	if ((event->kind == EVENT_CAPTURED || event->kind == EVENT_RESTORED) && !sim_failed()) {
		struct guard *guard = &shadow->nodes[event->node];

		guard->has_seen = guard->has_seen || event->items_count;
		for (uint32_t i = 0; i < event->items_count; i++)
			memcpy(guard->seen[event->items[i].number], event->items[i].blob, 41);
	}
}

const char *checkpoint_wants(const struct shadow *shadow, uint32_t node, uint32_t artifact)
{
	const struct then *then;

	if (!shadow->aim)
		return NULL;
	then = &shadow->aim->nodes[node];
	return then->fresh ? NULL : then->seen[artifact];
}

void checkpoint_check_rest(const struct shadow *shadow)
{
	if (checkpoint_wanted(shadow->execution))
		sim_fail("nobody records the checkpoint %s of %s",
			 checkpoint_wanted(shadow->execution)->name, shadow->execution->name);
}

void checkpoint_release(void)
{
	while (sim->moments) {
		struct moment_kept *moment = sim->moments;

		sim->moments = moment->next;
		free(moment->nodes);
		free(moment);
	}
}

/* ---- the seam ---------------------------------------------------------------------------- */

static uint64_t digest_of(const struct content_checkpoint *wanted)
{
	uint64_t digest = 0;

	for (uint32_t i = 0; i < wanted->workflow->nodes_count; i++) {
		const struct checkpoint_node *node = &wanted->checkpoint->nodes[i];

		mix_node(&digest, node->state, node->reason, node->attempt);
	}
	for (size_t i = 0; i < wanted->files_count; i++) {
		const struct content_checkpoint_file *file = &wanted->files[i];

		mix_text(&digest, file->revision->blob);
		/* The guard has room for as many files of each node. */
		if (i + 1 == wanted->files_count || wanted->files[i + 1].node != file->node)
			for (uint32_t k = file->revision->artifact + 1; k < ARTIFACTS_MAX; k++)
				mix_text(&digest, "");
	}
	return digest;
}

int content_checkpoint_record(struct content *content, const struct content_checkpoint *wanted,
			      char out_commit[41], char out_digest[CONTENT_CHECKPOINT_DIGEST],
			      struct err *err)
{
	const struct shadow *shadow = shadow_named(wanted->execution);
	struct moment_kept *moment = shadow ? find(shadow, wanted->checkpoint->name) : NULL;
	int rc = content_refusal(err);

	if (rc)
		return rc;
	if (sim->disk_full)
		return err_set(err, ERR_FULL, "the disk is full");
	if (!moment) {
		sim_fail("a checkpoint is recorded before it is durable that it shall be");
		return err_set(err, ERR_INTERNAL, "no such checkpoint");
	}
	if (moment->digest != digest_of(wanted))
		sim_fail("the checkpoint %s of %s is not what was then", moment->name,
			 wanted->execution);
	for (size_t i = 0; i < wanted->files_count; i++)
		if (wanted->files[i].revision->blob[0] &&
		    !content_is_durable(wanted->files[i].revision->blob))
			sim_fail("a checkpoint names contents that are not durable");
	moment->recorded = true;
	(void)content;
	(void)snprintf(out_commit, 41, "%040llx", (unsigned long long)moment->digest);
	(void)snprintf(out_digest, CONTENT_CHECKPOINT_DIGEST, "%064llx",
		       (unsigned long long)moment->digest);
	return 0;
}

int content_checkpoint_verify(const struct home *home, const struct content_checkpoint_id *id,
			      struct err *err)
{
	char digest[CONTENT_CHECKPOINT_DIGEST];
	const struct shadow *shadow = shadow_named(id->execution);
	const struct moment_kept *moment = shadow ? find(shadow, id->name) : NULL;

	(void)home;
	if (sim->dead || (sim->faults && sim_chance(10)))
		return err_set(err, ERR_CORRUPT, "a byte of it has changed");
	(void)snprintf(digest, sizeof(digest), "%064llx",
		       moment ? (unsigned long long)moment->digest : 0);
	if (!moment || !moment->recorded || strcmp(digest, id->digest) != 0)
		sim_fail("the checkpoint %s is verified by what is not its own", id->name);
	return 0;
}
