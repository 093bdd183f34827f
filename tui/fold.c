/* SPDX-License-Identifier: MIT
 *
 * Members find their group by a key: of a stack a hash over phase, needs and dependents (64 bits;
 * equal keys are compared), of a chain its first node. A group of fewer than three is no group.
 */
#include "tui/fold.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/words.h"

#define GROUP_LEAST 3

struct folder {
	const struct mirror *mirror;
	const struct fold_wish *wish;
	struct fold *fold;
	uint32_t *leader;     /* per node: the first node of its group; itself when alone */
	enum fold_kind *kind; /* per leader */
};

static bool is_shown(const struct folder *f, uint32_t node)
{
	return f->wish->shown == NULL || f->wish->shown[node];
}

static bool may_be_grouped(const struct folder *f, uint32_t node)
{
	int32_t phase = f->mirror->nodes[node].phase_index;

	if (!f->wish->groups || (f->wish->apart != NULL && f->wish->apart[node]))
		return false;
	return f->wish->phases == NULL || phase < 0 || !f->wish->phases[phase];
}

/* ---- stacks ------------------------------------------------------------------------------ */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	return hash * 0xff51afd7ed558ccdu;
}

static uint64_t key_of(const struct mirror_node *node)
{
	uint64_t hash = mix(7, (uint64_t)(node->phase_index + 1));

	for (uint32_t i = 0; i < node->needs_count; i++)
		hash = mix(hash, node->needs[i]);
	hash = mix(hash, 0xffffffff);
	for (uint32_t i = 0; i < node->dependents_count; i++)
		hash = mix(hash, node->dependents[i]);
	return hash;
}

static bool same_list(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count)
{
	return a_count == b_count && (a_count == 0 || memcmp(a, b, a_count * sizeof(*a)) == 0);
}

static bool are_siblings(const struct mirror_node *a, const struct mirror_node *b)
{
	return a->phase_index == b->phase_index &&
	       same_list(a->needs, a->needs_count, b->needs, b->needs_count) &&
	       same_list(a->dependents, a->dependents_count, b->dependents, b->dependents_count);
}

struct keyed {
	uint64_t key;
	uint32_t node;
};

static int compare_keyed(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

static void join(struct folder *f, const struct keyed *run, size_t count)
{
	size_t alike = 0;

	while (alike < count &&
	       are_siblings(&f->mirror->nodes[run[0].node], &f->mirror->nodes[run[alike].node]))
		alike++;
	if (alike < GROUP_LEAST)
		return;
	f->kind[run[0].node] = FOLD_STACK;
	for (size_t i = 0; i < alike; i++)
		f->leader[run[i].node] = run[0].node;
}

static void find_stacks(struct folder *f)
{
	uint32_t nodes = f->mirror->nodes_count;
	struct keyed *keys = mem_calloc((size_t)nodes + 1, sizeof(*keys));
	size_t count = 0;

	for (uint32_t i = 0; i < nodes; i++)
		if (is_shown(f, i) && may_be_grouped(f, i))
			keys[count++] = (struct keyed){key_of(&f->mirror->nodes[i]), i};
	qsort(keys, count, sizeof(*keys), compare_keyed);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && keys[to].key == keys[from].key;)
			to++;
		join(f, keys + from, to - from);
	}
	free(keys);
}

/* ---- chains and phases ------------------------------------------------------------------- */

static bool is_link(const struct folder *f, uint32_t index)
{
	const struct mirror_node *node = &f->mirror->nodes[index];

	return node->needs_count == 1 && node->dependents_count == 1 && is_shown(f, index) &&
	       may_be_grouped(f, index) && f->leader[index] == index && f->kind[index] == FOLD_NODE;
}

static bool goes_on(const struct folder *f, uint32_t from, uint32_t to)
{
	return is_link(f, to) &&
	       f->mirror->nodes[from].phase_index == f->mirror->nodes[to].phase_index;
}

static void find_chains(struct folder *f)
{
	for (uint32_t i = 0; i < f->mirror->nodes_count; i++) {
		uint32_t length = 1, at = i;
		if (!is_link(f, i))
			continue;
		uint32_t before = f->mirror->nodes[i].needs[0];
		if (is_link(f, before) && goes_on(f, before, i))
			continue; /* it is not the first */
		while (goes_on(f, at, f->mirror->nodes[at].dependents[0])) {
			at = f->mirror->nodes[at].dependents[0];
			length++;
		}
		if (length < GROUP_LEAST)
			continue;
		for (at = i; length > 0; length--, at = f->mirror->nodes[at].dependents[0])
			f->leader[at] = i;
		f->kind[i] = FOLD_CHAIN;
	}
}

static void fold_phases(struct folder *f)
{
	const struct mirror *mirror = f->mirror;
	uint32_t *first = mem_calloc((size_t)mirror->phases_count + 1, sizeof(*first));

	for (uint32_t i = 0; f->wish->phases != NULL && i < mirror->nodes_count; i++) {
		int32_t phase = mirror->nodes[i].phase_index;
		if (phase < 0 || !f->wish->phases[phase] || !is_shown(f, i))
			continue;
		if (first[phase] == 0) {
			first[phase] = i + 1;
			f->kind[i] = FOLD_PHASE;
		}
		f->leader[i] = first[phase] - 1;
	}
	free(first);
}

/* ---- groups and their graph -------------------------------------------------------------- */

static void number_groups(struct folder *f)
{
	struct fold *fold = f->fold;
	uint32_t nodes = f->mirror->nodes_count;

	fold->groups = arena_alloc(&fold->arena, ((size_t)nodes + 1) * sizeof(*fold->groups));
	for (uint32_t i = 0; i < nodes; i++) {
		fold->group_of[i] = FOLD_NONE;
		if (!is_shown(f, i))
			continue;
		if (f->leader[i] == i) {
			fold->group_of[i] = fold->groups_count;
			fold->groups[fold->groups_count++].kind = f->kind[i];
		} else {
			fold->group_of[i] = fold->group_of[f->leader[i]];
		}
		fold->groups[fold->group_of[i]].count++;
	}
	for (uint32_t group = 1; group < fold->groups_count; group++)
		fold->groups[group].first =
			fold->groups[group - 1].first + fold->groups[group - 1].count;
	uint32_t *filled = mem_calloc((size_t)fold->groups_count + 1, sizeof(*filled));
	for (uint32_t i = 0; i < nodes; i++) {
		uint32_t group = fold->group_of[i];
		if (group != FOLD_NONE)
			fold->members[fold->groups[group].first + filled[group]++] = i;
	}
	free(filled);
}

/* The groups that a group needs, each once; `seen` has the last group that named each. */
static uint32_t add_needs(const struct folder *f, uint32_t group, uint32_t *seen, uint32_t *out)
{
	const struct fold *fold = f->fold;
	const struct fold_group *it = &fold->groups[group];
	uint32_t count = 0;

	for (uint32_t i = it->first; i < it->first + it->count; i++) {
		const struct mirror_node *node = &f->mirror->nodes[fold->members[i]];
		for (uint32_t need = 0; need < node->needs_count; need++) {
			uint32_t other = fold->group_of[node->needs[need]];
			if (other == FOLD_NONE || other == group || seen[other] == group + 1)
				continue;
			seen[other] = group + 1;
			out[count++] = other;
		}
	}
	return count;
}

static void make_graph(struct folder *f)
{
	struct fold *fold = f->fold;
	struct arena *arena = &fold->arena;
	uint32_t groups = fold->groups_count, edges = 0, at = 0;

	for (uint32_t i = 0; i < f->mirror->nodes_count; i++)
		edges += f->mirror->nodes[i].needs_count;
	uint32_t *start = arena_alloc(arena, ((size_t)groups + 1) * sizeof(*start));
	uint32_t *needs = arena_alloc(arena, ((size_t)edges + 1) * sizeof(*needs));
	int32_t *phase = arena_alloc(arena, ((size_t)groups + 1) * sizeof(*phase));
	uint32_t *seen = mem_calloc((size_t)groups + 1, sizeof(*seen));
	for (uint32_t group = 0; group < groups; group++) {
		start[group] = at;
		phase[group] =
			f->mirror->nodes[fold->members[fold->groups[group].first]].phase_index;
		at += add_needs(f, group, seen, needs + at);
	}
	start[groups] = at;
	free(seen);
	fold->graph = (struct layout_graph){.nodes_count = groups,
					    .needs_start = start,
					    .needs = needs,
					    .phase = phase,
					    .phases = f->mirror->phases,
					    .phases_count = f->mirror->phases_count};
}

struct fold *fold_make(const struct mirror *mirror, const struct fold_wish *wish)
{
	struct fold *fold = mem_zalloc(sizeof(*fold));
	size_t nodes = (size_t)mirror->nodes_count + 1;
	struct folder f = {.mirror = mirror, .wish = wish, .fold = fold};

	fold->group_of = arena_alloc(&fold->arena, nodes * sizeof(*fold->group_of));
	fold->members = arena_alloc(&fold->arena, nodes * sizeof(*fold->members));
	f.leader = mem_calloc(nodes, sizeof(*f.leader));
	f.kind = mem_calloc(nodes, sizeof(*f.kind));
	for (uint32_t i = 0; i < mirror->nodes_count; i++)
		f.leader[i] = i;
	fold_phases(&f);
	find_stacks(&f);
	find_chains(&f);
	number_groups(&f);
	make_graph(&f);
	free(f.leader);
	free(f.kind);
	return fold;
}

void fold_free(struct fold *fold)
{
	if (fold == NULL)
		return;
	arena_release(&fold->arena);
	free(fold);
}

/* ---- what a group shows ------------------------------------------------------------------ */

void fold_count(const struct fold *fold, const struct mirror *mirror, uint32_t group,
		uint32_t counts[STATES])
{
	const struct fold_group *it = &fold->groups[group];

	memset(counts, 0, STATES * sizeof(*counts));
	for (uint32_t i = it->first; i < it->first + it->count; i++)
		counts[mirror->nodes[fold->members[i]].state]++;
}

static int urgency(const struct mirror_node *node)
{
	if (words_is_problem(node))
		return 4;
	if (node->state == STATE_PAUSED)
		return 3;
	if (words_is_live(node) || node->state == STATE_RECOVERING)
		return 2;
	return node->state == STATE_PENDING ? 1 : 0;
}

uint32_t fold_foremost(const struct fold *fold, const struct mirror *mirror, uint32_t group)
{
	const struct fold_group *it = &fold->groups[group];
	uint32_t best = fold->members[it->first];

	for (uint32_t i = it->first; i < it->first + it->count; i++) {
		uint32_t node = fold->members[i];
		if (urgency(&mirror->nodes[node]) > urgency(&mirror->nodes[best]))
			best = node;
	}
	return best;
}

void fold_name(const struct fold *fold, const struct mirror *mirror, uint32_t group, char *out,
	       size_t size)
{
	const struct fold_group *it = &fold->groups[group];
	const struct mirror_node *first = &mirror->nodes[fold->members[it->first]];
	size_t same = strlen(first->id);

	if (it->kind == FOLD_PHASE) {
		(void)snprintf(out, size, "%s", first->phase);
		return;
	}
	for (uint32_t i = it->first + 1; i < it->first + it->count; i++) {
		const char *id = mirror->nodes[fold->members[i]].id;
		size_t at = 0;
		while (at < same && id[at] == first->id[at])
			at++;
		same = at;
	}
	while (it->count > 1 && same > 1 &&
	       (isdigit((unsigned char)first->id[same - 1]) || first->id[same - 1] == '-' ||
		first->id[same - 1] == '_'))
		same--; /* "backfill-1" of backfill-10 … backfill-19 */
	if (same == 0)
		(void)snprintf(out, size, "%s…", first->id);
	else
		(void)snprintf(out, size, "%.*s", (int)same, first->id);
}

/* ---- what hangs together ----------------------------------------------------------------- */

void fold_reach(const struct mirror *mirror, uint32_t node, bool up, bool *out)
{
	uint32_t *open = mem_calloc((size_t)mirror->nodes_count + 1, sizeof(*open));
	bool *seen = mem_calloc((size_t)mirror->nodes_count + 1, sizeof(*seen));
	uint32_t count = 0;

	open[count++] = node;
	seen[node] = true;
	while (count > 0) {
		uint32_t at = open[--count];
		const struct mirror_node *it = &mirror->nodes[at];
		const uint32_t *next = up ? it->needs : it->dependents;
		uint32_t next_count = up ? it->needs_count : it->dependents_count;
		out[at] = true;
		for (uint32_t i = 0; i < next_count; i++) {
			if (seen[next[i]])
				continue;
			seen[next[i]] = true;
			open[count++] = next[i];
		}
	}
	free(open);
	free(seen);
}
