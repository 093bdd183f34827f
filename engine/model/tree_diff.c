/* SPDX-License-Identifier: MIT
 *
 * Both texts become trees, values become numbers, and what has other numbers is looked into. What
 * the lists have in common is found by list_match.
 */
#include "model/tree_diff.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/item_name.h"
#include "model/list_match.h"
#include "model/value_ids.h"
#include "model/value_line.h"

#define PATH_MOST 1000 /* bytes of a path */

struct side {
	struct yaml_tree tree;
	const uint32_t *ids;
};

struct differ {
	struct side old, new;
	struct value_ids *ids;
	struct tree_diff *out;
	struct buf path;
};

/* NULL for no value. */
static const char *line_of(struct differ *differ, const struct side *side, int64_t index)
{
	return index < 0 ? NULL : value_line(&side->tree, (uint32_t)index, &differ->out->arena);
}

/* ---- paths ------------------------------------------------------------------------------- */

static size_t path_mark(const struct differ *differ)
{
	return differ->path.length;
}

static void path_back(struct differ *differ, size_t mark)
{
	differ->path.length = mark;
	if (differ->path.data)
		differ->path.data[mark] = '\0';
	differ->path.overflow = false;
}

static bool is_path_word(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("_-", *text) &&
		    (unsigned char)*text < 0x80)
			return false;
	return true;
}

static void path_add_key(struct differ *differ, const struct side *side, uint32_t key)
{
	const char *text = yaml_text(&side->tree, key);

	if (differ->path.length > 0)
		buf_add_char(&differ->path, '.');
	if (is_path_word(text))
		buf_add_text(&differ->path, text);
	else
		text_json_quote(&differ->path, text, yaml_at(&side->tree, key)->count);
}

/* ---- changes ----------------------------------------------------------------------------- */

static struct tree_change *add_change(struct differ *differ, enum tree_change_kind kind)
{
	struct tree_diff *out = differ->out;
	const char *path = differ->path.length > 0 ? buf_text(&differ->path) : ".";

	if (out->count == TREE_CHANGES_MOST) {
		out->cut = true;
		return NULL;
	}
	out->changes =
		mem_grow(out->changes, &out->capacity, out->count + 1, sizeof(*out->changes));
	out->changes[out->count] =
		(struct tree_change){.kind = kind, .path = arena_strdup(&out->arena, path)};
	return &out->changes[out->count++];
}

/* A value that is there on one side only, or differs as a whole; index -1: not there. */
static void add_values(struct differ *differ, enum tree_change_kind kind, int64_t old, int64_t new)
{
	struct tree_change *change = add_change(differ, kind);

	if (!change)
		return;
	change->old = line_of(differ, &differ->old, old);
	change->new = line_of(differ, &differ->new, new);
}

/* ---- texts of several lines -------------------------------------------------------------- */

struct lines {
	const char *text;
	size_t length;
};

/* Takes off the lines that both begin with; how many. */
static uint32_t skip_first(struct lines *a, struct lines *b)
{
	uint32_t count = 0;

	for (;;) { /* each turn takes a line off both, or returns */
		const char *x = memchr(a->text, '\n', a->length);
		size_t length = x ? (size_t)(x - a->text) + 1 : 0;

		if (!x || length > b->length || memcmp(a->text, b->text, length) != 0)
			return count;
		*a = (struct lines){a->text + length, a->length - length};
		*b = (struct lines){b->text + length, b->length - length};
		count++;
	}
}

static size_t last_line(const struct lines *lines)
{
	const char *end = lines->length ? memrchr(lines->text, '\n', lines->length - 1) : NULL;

	return end ? lines->length - (size_t)(end + 1 - lines->text) : lines->length;
}

static void skip_last(struct lines *a, struct lines *b)
{
	for (;;) { /* each turn takes a line off both, or returns */
		size_t length = last_line(a);

		if (!length || length != last_line(b) ||
		    memcmp(a->text + a->length - length, b->text + b->length - length, length) != 0)
			return;
		a->length -= length;
		b->length -= length;
	}
}

/* False when the texts are no longer ones: they are shown as they are. */
static bool compare_lines(struct differ *differ, uint32_t old, uint32_t new)
{
	struct lines a = {yaml_text(&differ->old.tree, old),
			  yaml_at(&differ->old.tree, old)->count};
	struct lines b = {yaml_text(&differ->new.tree, new),
			  yaml_at(&differ->new.tree, new)->count};
	size_t mark = path_mark(differ);
	struct tree_change *change;
	uint32_t first;

	if (!memchr(a.text, '\n', a.length) || !memchr(b.text, '\n', b.length))
		return false;
	first = skip_first(&a, &b);
	skip_last(&a, &b);
	buf_printf(&differ->path, " line %u", first + 1);
	change = add_change(differ, TREE_CHANGED);
	if (change) {
		change->old = value_line_of_text(a.text, a.length, &differ->out->arena);
		change->new = value_line_of_text(b.text, b.length, &differ->out->arena);
	}
	path_back(differ, mark);
	return true;
}

/* ---- maps -------------------------------------------------------------------------------- */

static void compare(struct differ *differ, uint32_t old, uint32_t new);

struct pair {
	uint32_t id, key; /* the key's number, and its index; its value follows it */
};

static int by_id(const void *a, const void *b)
{
	const struct pair *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

/* The pairs of a map in the order of their keys' numbers; the caller frees it. */
static struct pair *sort_pairs(const struct side *side, uint32_t map)
{
	struct pair *pairs =
		mem_alloc(((size_t)yaml_at(&side->tree, map)->count + 1) * sizeof(*pairs));
	uint32_t end = yaml_next(&side->tree, map), count = 0;

	for (uint32_t key = map + 1; key < end; key = yaml_next(&side->tree, key + 1))
		pairs[count++] = (struct pair){side->ids[key], key};
	qsort(pairs, count, sizeof(*pairs), by_id);
	return pairs;
}

/* Each pair of one map beside that with the same key in the other one (-1: none). */
static void each_pair(struct differ *differ, const struct side *side, uint32_t map,
		      const struct side *other, uint32_t other_map,
		      void (*take)(struct differ *differ, uint32_t key, int64_t other_key))
{
	struct pair *pairs = sort_pairs(other, other_map);
	uint32_t end = yaml_next(&side->tree, map), count = yaml_at(&other->tree, other_map)->count;

	for (uint32_t key = map + 1; key < end; key = yaml_next(&side->tree, key + 1)) {
		struct pair wanted = {side->ids[key], 0};
		const struct pair *found = bsearch(&wanted, pairs, count, sizeof(*pairs), by_id);
		size_t mark = path_mark(differ);

		path_add_key(differ, side, key);
		take(differ, key, found ? (int64_t)found->key : -1);
		path_back(differ, mark);
	}
	free(pairs);
}

static void take_old(struct differ *differ, uint32_t key, int64_t new_key)
{
	if (new_key < 0)
		add_values(differ, TREE_REMOVED, (int64_t)key + 1, -1);
	else
		compare(differ, key + 1, (uint32_t)new_key + 1);
}

static void take_new(struct differ *differ, uint32_t key, int64_t old_key)
{
	if (old_key < 0)
		add_values(differ, TREE_ADDED, -1, (int64_t)key + 1);
}

/* ---- lists ------------------------------------------------------------------------------- */

struct list {
	const struct side *side;
	struct list_items items;
	uint32_t *indices; /* in the tree */
};

static struct list read_list(const struct side *side, uint32_t index)
{
	size_t count = yaml_at(&side->tree, index)->count;
	struct list list = {.side = side,
			    .items = {mem_calloc(count + 1, sizeof(struct list_item)), count},
			    .indices = mem_alloc((count + 1) * sizeof(uint32_t))};
	uint32_t at = index + 1;

	for (size_t i = 0; i < count; i++, at = yaml_next(&side->tree, at)) {
		unsigned kind = yaml_at(&side->tree, at)->kind;

		list.indices[i] = at;
		list.items.items[i].value = side->ids[at];
		list.items.items[i].kind = kind < YAML_KIND_LIST ? YAML_KIND_PLAIN : kind;
	}
	return list;
}

static void release_list(struct list *list)
{
	free(list->items.items);
	free(list->indices);
}

static bool name_items(struct list *list, enum item_naming naming)
{
	struct list_items *items = &list->items;

	for (size_t i = 0; i < items->count; i++)
		if (!item_name(&list->side->tree, list->side->ids, list->indices[i], naming,
			       &items->items[i].name))
			return false;
	return list_names_differ(items);
}

static enum item_naming name_lists(struct list *old, struct list *new)
{
	for (enum item_naming naming = ITEM_BY_NAME; naming < ITEM_NAMINGS; naming++)
		if (name_items(old, naming) && name_items(new, naming))
			return naming;
	return ITEM_UNNAMED;
}

static void path_add_item(struct differ *differ, const struct list *list, size_t i,
			  enum item_naming naming)
{
	if (naming == ITEM_UNNAMED)
		buf_printf(&differ->path, "[%zu]", i);
	else
		item_name_print(&list->side->tree, list->indices[i], naming, &differ->path);
}

static void add_moved(struct differ *differ, size_t from, size_t to)
{
	struct tree_change *change = add_change(differ, TREE_MOVED);
	char *old = mem_printf("[%zu]", from), *new = mem_printf("[%zu]", to);

	if (change) {
		change->old = arena_strdup(&differ->out->arena, old);
		change->new = arena_strdup(&differ->out->arena, new);
	}
	free(old);
	free(new);
}

static void take_item(struct differ *differ, const struct list *old, const struct list *new,
		      size_t j, enum item_naming naming)
{
	const struct list_item *item = &new->items.items[j];
	size_t mark = path_mark(differ);

	path_add_item(differ, new, j, naming);
	if (item->match < 0) {
		add_values(differ, TREE_ADDED, -1, new->indices[j]);
	} else {
		if (item->moved)
			add_moved(differ, (size_t)item->match, j);
		compare(differ, old->indices[item->match], new->indices[j]);
	}
	path_back(differ, mark);
}

static void compare_lists(struct differ *differ, uint32_t old_index, uint32_t new_index)
{
	struct list old = read_list(&differ->old, old_index);
	struct list new = read_list(&differ->new, new_index);
	enum item_naming naming = name_lists(&old, &new);

	list_match(&old.items, &new.items, naming != ITEM_UNNAMED);
	for (size_t i = 0; i < old.items.count; i++) {
		size_t mark = path_mark(differ);

		if (old.items.items[i].match >= 0)
			continue;
		path_add_item(differ, &old, i, naming);
		add_values(differ, TREE_REMOVED, old.indices[i], -1);
		path_back(differ, mark);
	}
	for (size_t j = 0; j < new.items.count; j++)
		take_item(differ, &old, &new, j, naming);
	release_list(&old);
	release_list(&new);
}

/* ---- the whole --------------------------------------------------------------------------- */

/* Recursion is bounded by LIMIT_YAML_DEPTH. */
static void compare(struct differ *differ, uint32_t old, uint32_t new)
{
	unsigned old_kind = yaml_at(&differ->old.tree, old)->kind;
	unsigned new_kind = yaml_at(&differ->new.tree, new)->kind;

	if (differ->old.ids[old] == differ->new.ids[new])
		return;
	if (old_kind == YAML_KIND_MAP && new_kind == YAML_KIND_MAP) {
		each_pair(differ, &differ->old, old, &differ->new, new, take_old);
		each_pair(differ, &differ->new, new, &differ->old, old, take_new);
	} else if (old_kind == YAML_KIND_LIST && new_kind == YAML_KIND_LIST) {
		compare_lists(differ, old, new);
	} else if (old_kind >= YAML_KIND_LIST || new_kind >= YAML_KIND_LIST ||
		   !compare_lines(differ, old, new)) {
		add_values(differ, TREE_CHANGED, old, new);
	}
}

/* Files of one document are compared by what that is. */
static void compare_roots(struct differ *differ)
{
	bool single = yaml_at(&differ->old.tree, 0)->count == 1 &&
		      yaml_at(&differ->new.tree, 0)->count == 1;

	compare(differ, single ? 1 : 0, single ? 1 : 0);
}

static bool say_problem(const char *what, const struct problems *problems, struct buf *why_not)
{
	buf_printf(why_not, "%s, line %u: %s", what, problems->list[0].line,
		   problems->list[0].text);
	return false;
}

static bool read_side(struct differ *differ, struct side *side, struct tree_text text,
		      const char *what, struct buf *why_not)
{
	struct problems problems = {0};
	bool ok = yaml_documents_read(text.data ? text.data : "", text.length, &side->tree,
				      &problems);
	uint32_t line = 0;

	if (!ok || problems.count > 0) {
		ok = say_problem(what, &problems, why_not);
	} else {
		side->ids = value_ids_of(differ->ids, &side->tree, &line);
		ok = side->ids != NULL;
		if (!ok)
			buf_printf(why_not, "%s, line %u: a key stands twice in a map", what, line);
	}
	problems_release(&problems);
	return ok;
}

bool tree_diff(struct tree_text old, struct tree_text new, struct tree_diff *out,
	       struct buf *why_not)
{
	struct tree_diff diff = {0};
	struct differ differ = {.ids = value_ids_new(), .out = &diff};
	bool ok = read_side(&differ, &differ.old, old, "the old side", why_not) &&
		  read_side(&differ, &differ.new, new, "the new side", why_not);

	buf_init(&differ.path, PATH_MOST);
	if (ok) {
		compare_roots(&differ);
		*out = diff;
	}
	buf_release(&differ.path);
	yaml_tree_release(&differ.old.tree);
	yaml_tree_release(&differ.new.tree);
	value_ids_free(differ.ids);
	return ok;
}

void tree_diff_release(struct tree_diff *diff)
{
	free(diff->changes);
	arena_release(&diff->arena);
	*diff = (struct tree_diff){0};
}
