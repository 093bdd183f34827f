/* SPDX-License-Identifier: MIT
 *
 * Owners of files. Few are owned at a time (by what runs and what goes back), so that all of them
 * can be looked through when some are given back.
 */
#include "runtime/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/content.h"

struct claim {
	struct claim *next;
	char *place;
	char *owner; /* for people: "swap of edge-cert#12" */
	char execution[ULID_TEXT];
	uint32_t node;	 /* EVENT_NO_NODE: the rollback */
	uint32_t lender; /* of the rollback's: the node that still runs and had it; EVENT_NO_NODE:
			    none */
};

void claims_init(struct claims *claims)
{
	*claims = (struct claims){0};
	claims->last_waiting = &claims->waiting;
}

static void free_claim(struct claim *claim)
{
	free(claim->place);
	free(claim->owner);
	free(claim);
}

void claims_release(struct claims *claims)
{
	while (claims->waiting) {
		struct content_job *job = (struct content_job *)claims->waiting;

		claims->waiting = job->message.next;
		arena_release(&job->arena);
		free(job);
	}
	while (claims->first) {
		struct claim *claim = claims->first;

		claims->first = claim->next;
		free_claim(claim);
	}
	map_release(&claims->by_place);
}

/* ---- taking ------------------------------------------------------------------------------ */

/* Where a file is; a folder that is not there yet is known by how it is called. */
static char *place_of(const char *folder, const struct node_spec *spec, const char *path)
{
	const char *slash = strrchr(path, '/');
	uint64_t device, inode;

	if (content_locate(folder, spec->roots, spec->roots_count, path, &device, &inode))
		return mem_printf("%llu:%llu/%s", (unsigned long long)device,
				  (unsigned long long)inode, slash ? slash + 1 : path);
	return path[0] == '/' ? mem_strdup(path) : mem_printf("%s/%s", folder, path);
}

static struct claim *find(const struct claims *claims, const char *place)
{
	const union map_value *known = map_find_text(&claims->by_place, place);

	return known ? known->pointer : NULL;
}

static void add(struct claims *claims, char *place, const char *owner, const char *execution,
		uint32_t node)
{
	struct claim *claim = mem_zalloc(sizeof(*claim));

	claim->place = place;
	claim->owner = mem_strdup(owner);
	(void)snprintf(claim->execution, sizeof(claim->execution), "%s", execution);
	claim->node = node;
	claim->lender = EVENT_NO_NODE;
	claim->next = claims->first;
	claims->first = claim;
	(void)map_add_text(&claims->by_place, claim->place, (union map_value){.pointer = claim});
}

static const char *say(struct arena *arena, const struct claim *claim, const char *path)
{
	char *text = mem_printf("%s writes %s", claim->owner, path);
	const char *kept = arena_strdup(arena, text);

	free(text);
	return kept;
}

static bool is_own(const struct claim *claim, const struct content_job *job)
{
	return strcmp(claim->execution, job->execution) == 0 &&
	       (claim->node == job->node || claim->node == EVENT_NO_NODE);
}

static void free_places(char **places, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(places[i]);
	free(places);
}

const char *claims_take(struct claims *claims, struct content_job *job)
{
	const struct node_spec *spec = job->spec;
	char **places = mem_calloc(spec->artifacts_count + 1, sizeof(*places));
	const char *busy = NULL;

	for (uint32_t i = 0; i < spec->artifacts_count && !busy; i++) {
		const struct claim *claim;

		if (job->only && !job->only[i])
			continue;
		places[i] = place_of(job->folder, spec, spec->artifacts[i].path);
		claim = find(claims, places[i]);
		if (claim && !is_own(claim, job))
			busy = say(&job->arena, claim, spec->artifacts[i].path);
	}
	for (uint32_t i = 0; i < spec->artifacts_count && !busy; i++) {
		if (!places[i] || find(claims, places[i]))
			continue;
		add(claims, places[i], job->owner, job->execution, job->node);
		places[i] = NULL;
	}
	free_places(places, spec->artifacts_count);
	return busy;
}

const char *claims_take_all(struct claims *claims, struct request *request)
{
	size_t count = request->compared_count;
	char **places = mem_calloc(count + 1, sizeof(*places));
	const char *busy = NULL;

	for (size_t i = 0; i < count && !busy; i++) {
		const struct compared *file = &request->compared[i];
		const struct claim *claim;

		places[i] = place_of(file->folder, file->spec, file->wanted.name);
		claim = find(claims, places[i]);
		if (claim && strcmp(claim->execution, request->execution) != 0)
			busy = say(&request->arena, claim, file->wanted.name);
	}
	for (size_t i = 0; i < count && !busy; i++) {
		struct claim *claim = find(claims, places[i]);

		if (claim) {
			if (claim->node != EVENT_NO_NODE)
				claim->lender = claim->node;
			claim->node = EVENT_NO_NODE;
			continue;
		}
		add(claims, places[i], request->owner, request->execution, EVENT_NO_NODE);
		places[i] = NULL;
	}
	free_places(places, count);
	return busy;
}

/* What a rollback that did not come about had from a node that runs is that node's again. True when
 * the claim stays. */
static bool give_back_to_lender(struct claim *claim, uint32_t node)
{
	if (claim->node != node) {
		if (claim->lender == node)
			claim->lender = EVENT_NO_NODE; /* it has ended meanwhile */
		return true;
	}
	if (claim->lender == EVENT_NO_NODE)
		return false;
	claim->node = claim->lender;
	claim->lender = EVENT_NO_NODE;
	return true;
}

void claims_give_back(struct claims *claims, const char *execution, uint32_t node)
{
	struct claim **at = &claims->first;

	while (*at) {
		struct claim *claim = *at;

		if (strcmp(claim->execution, execution) != 0 || give_back_to_lender(claim, node)) {
			at = &claim->next;
			continue;
		}
		*at = claim->next;
		(void)map_remove(&claims->by_place, claim->place, strlen(claim->place));
		free_claim(claim);
	}
}

/* ---- waiting ----------------------------------------------------------------------------- */

void claims_wait(struct claims *claims, struct content_job *job)
{
	job->message.next = NULL;
	*claims->last_waiting = &job->message;
	claims->last_waiting = &job->message.next;
}

struct message *claims_waiting(struct claims *claims)
{
	struct message *waiting = claims->waiting;

	claims->waiting = NULL;
	claims->last_waiting = &claims->waiting;
	return waiting;
}
