/* SPDX-License-Identifier: MIT
 *
 * Named items are matched by name. Others first by value, what is the same at both ends before all
 * else, then the n-th of equal ones with the n-th. The longest run of matches that kept their order
 * stands still; the rest of the matches moved. What is left between two that stand still is paired
 * in its order: an item that was changed where it is.
 */
#include "model/list_match.h"

#include <stdlib.h>

#include "base/mem.h"

static void join(struct list_items *old, size_t i, struct list_items *new, size_t j)
{
	old->items[i].match = (int64_t)j;
	new->items[j].match = (int64_t)i;
}

/* ---- equal ones -------------------------------------------------------------------------- */

struct key {
	uint64_t number;
	size_t index;
};

static int by_number(const void *a, const void *b)
{
	const struct key *left = a, *right = b;

	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

/* The items without a match, in the order of their numbers. */
static struct key *sort_keys(const struct list_items *list, bool by_name, size_t *out_count)
{
	struct key *keys = mem_alloc((list->count + 1) * sizeof(*keys));
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct list_item *item = &list->items[i];

		if (item->match < 0)
			keys[count++] = (struct key){by_name ? item->name : item->value, i};
	}
	qsort(keys, count, sizeof(*keys), by_number);
	*out_count = count;
	return keys;
}

bool list_names_differ(const struct list_items *list)
{
	struct key *keys = mem_alloc((list->count + 1) * sizeof(*keys));
	bool differ = true;

	for (size_t i = 0; i < list->count; i++)
		keys[i] = (struct key){list->items[i].name, i};
	qsort(keys, list->count, sizeof(*keys), by_number);
	for (size_t i = 1; i < list->count; i++)
		differ = differ && keys[i].number != keys[i - 1].number;
	free(keys);
	return differ;
}

static void match_equal(struct list_items *old, struct list_items *new, bool by_name)
{
	size_t old_count, new_count;
	struct key *x = sort_keys(old, by_name, &old_count);
	struct key *y = sort_keys(new, by_name, &new_count);

	for (size_t i = 0, j = 0; i < old_count && j < new_count;)
		if (x[i].number < y[j].number)
			i++;
		else if (x[i].number > y[j].number)
			j++;
		else
			join(old, x[i++].index, new, y[j++].index);
	free(x);
	free(y);
}

static void match_ends(struct list_items *old, struct list_items *new)
{
	size_t most = old->count < new->count ? old->count : new->count, from = 0, to = 0;

	for (; from < most && old->items[from].value == new->items[from].value; from++)
		join(old, from, new, from);
	for (; to < most - from; to++) {
		size_t i = old->count - 1 - to, j = new->count - 1 - to;

		if (old->items[i].value != new->items[j].value)
			return;
		join(old, i, new, j);
	}
}

/* ---- what moved -------------------------------------------------------------------------- */

/* Where among the ends of runs, which grow, an end belongs: behind all smaller ones. */
static size_t place_of(const struct list_items *old, const size_t *ends, size_t count,
		       int64_t match)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (old->items[ends[middle]].match < match)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The longest run of matches that grow stands still. ends[n]: where the run of n + 1 with the
 * smallest end ends. */
static void find_moved(struct list_items *old, struct list_items *new)
{
	size_t *ends = mem_alloc((old->count + 1) * sizeof(*ends)), longest = 0;
	int64_t *before = mem_alloc((old->count + 1) * sizeof(*before));

	for (size_t i = 0; i < old->count; i++) {
		if (old->items[i].match < 0)
			continue;
		size_t at = place_of(old, ends, longest, old->items[i].match);
		before[i] = at > 0 ? (int64_t)ends[at - 1] : -1;
		ends[at] = i;
		longest += at == longest;
		old->items[i].moved = true;
	}
	for (int64_t i = longest > 0 ? (int64_t)ends[longest - 1] : -1; i >= 0; i = before[i])
		old->items[i].moved = false;
	for (size_t i = 0; i < old->count; i++)
		if (old->items[i].match >= 0)
			new->items[old->items[i].match].moved = old->items[i].moved;
	free(ends);
	free(before);
}

/* ---- what was changed where it is -------------------------------------------------------- */

static bool stands_still(const struct list_item *item)
{
	return item->match >= 0 && !item->moved;
}

static size_t next_free(const struct list_items *list, size_t at)
{
	while (at < list->count && list->items[at].match >= 0 && !stands_still(&list->items[at]))
		at++;
	return at;
}

/* Pairs of what is left in one gap, up to what stands still on both sides. */
static void pair_gap(struct list_items *old, size_t *i, struct list_items *new, size_t *j)
{
	for (;;) { /* each turn moves on, or returns */
		*i = next_free(old, *i);
		*j = next_free(new, *j);
		bool old_ends = *i == old->count || stands_still(&old->items[*i]);
		bool new_ends = *j == new->count || stands_still(&new->items[*j]);

		if (old_ends && new_ends)
			return;
		if (!old_ends && !new_ends && old->items[*i].kind == new->items[*j].kind)
			join(old, (*i)++, new, (*j)++);
		else if (!old_ends)
			++*i;
		else
			++*j;
	}
}

/* What pair_gap joins comes in order between what stands still: it does not move either. */
static void pair_rest(struct list_items *old, struct list_items *new)
{
	size_t i = 0, j = 0;

	for (;;) { /* each turn moves on by what stands still, or returns */
		pair_gap(old, &i, new, &j);
		if (i == old->count || j == new->count)
			return;
		i++;
		j++;
	}
}

void list_match(struct list_items *old, struct list_items *new, bool have_names)
{
	for (size_t i = 0; i < old->count; i++)
		old->items[i].match = -1;
	for (size_t j = 0; j < new->count; j++)
		new->items[j].match = -1;
	if (!have_names)
		match_ends(old, new);
	match_equal(old, new, have_names);
	find_moved(old, new);
	if (!have_names)
		pair_rest(old, new);
}
