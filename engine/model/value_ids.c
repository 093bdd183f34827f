/* SPDX-License-Identifier: MIT
 *
 * Each distinct value is kept once, as what it is made of: a scalar as its type and text, a list or
 * map as the numbers of its members. Members follow their list or map in the tree, so going through
 * it backwards meets every member first. What is compared is exact: hashes only find the place.
 */
#include "model/value_ids.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct known {
	uint64_t hash;
	const void *data; /* of a scalar its text, else the numbers of its members */
	size_t length;	  /* bytes */
	uint32_t kind;	  /* of a scalar 0 and its enum yaml_type */
};

struct value_ids {
	struct arena arena;
	struct known *known; /* by number */
	size_t count, capacity;
	uint32_t *slots; /* a number + 1, or 0; at most half of them are taken */
	size_t slots_count;
};

struct value_ids *value_ids_new(void)
{
	struct value_ids *ids = mem_zalloc(sizeof(*ids));

	ids->slots_count = 1024; /* a power of two */
	ids->slots = mem_calloc(ids->slots_count, sizeof(*ids->slots));
	return ids;
}

void value_ids_free(struct value_ids *ids)
{
	if (!ids)
		return;
	free(ids->known);
	free(ids->slots);
	arena_release(&ids->arena);
	free(ids);
}

/* FNV-1a, stirred at the end: the slots use its low bits. */
static uint64_t hash_of(uint32_t kind, const void *data, size_t length)
{
	const unsigned char *bytes = data;
	uint64_t hash = 0xcbf29ce484222325u ^ kind;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3u;
	return hash ^ hash >> 32;
}

/* The slot in which a value stands or would stand. */
static uint32_t *slot_of(const struct value_ids *ids, const struct known *wanted)
{
	size_t mask = ids->slots_count - 1;

	for (size_t at = wanted->hash & mask;; at = (at + 1) & mask) { /* some are free */
		const struct known *found;

		if (!ids->slots[at])
			return &ids->slots[at];
		found = &ids->known[ids->slots[at] - 1];
		if (found->hash == wanted->hash && found->kind == wanted->kind &&
		    found->length == wanted->length &&
		    (!found->length || !memcmp(found->data, wanted->data, found->length)))
			return &ids->slots[at];
	}
}

static void grow_slots(struct value_ids *ids)
{
	free(ids->slots);
	ids->slots_count *= 2;
	ids->slots = mem_calloc(ids->slots_count, sizeof(*ids->slots));
	for (size_t i = 0; i < ids->count; i++)
		*slot_of(ids, &ids->known[i]) = (uint32_t)i + 1;
}

static uint32_t number(struct value_ids *ids, uint32_t kind, const void *data, size_t length)
{
	struct known value = {hash_of(kind, data, length), data, length, kind};
	uint32_t *slot = slot_of(ids, &value);

	if (*slot)
		return *slot - 1;
	value.data = length ? memcpy(arena_alloc(&ids->arena, length), data, length) : NULL;
	ids->known = mem_grow(ids->known, &ids->capacity, ids->count + 1, sizeof(*ids->known));
	ids->known[ids->count++] = value;
	*slot = (uint32_t)ids->count;
	if (ids->count * 2 > ids->slots_count)
		grow_slots(ids);
	return (uint32_t)ids->count - 1;
}

static uint32_t number_scalar(struct value_ids *ids, const struct yaml_tree *tree, uint32_t index)
{
	const char *text = yaml_text(tree, index);
	char lower[8] = "";

	switch (yaml_type(tree, index)) {
	case YAML_TYPE_NULL:
		return number(ids, YAML_TYPE_NULL, "", 0);
	case YAML_TYPE_BOOLEAN:
		for (size_t i = 0; text[i]; i++)
			lower[i] = (char)tolower((unsigned char)text[i]); /* at most "false" */
		return number(ids, YAML_TYPE_BOOLEAN, lower, strlen(lower));
	case YAML_TYPE_NUMBER: /* as written: 1.10 and 1.1 are often versions */
		return number(ids, YAML_TYPE_NUMBER, text, tree->values[index].count);
	case YAML_TYPE_TEXT:
		break;
	}
	return number(ids, YAML_TYPE_TEXT, text, tree->values[index].count);
}

static int by_key(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* Members one after the other, a map's as pairs in the order of the numbers of their keys. */
static bool number_members(struct value_ids *ids, const struct yaml_tree *tree, uint32_t index,
			   uint32_t *numbers)
{
	const struct yaml_value *value = yaml_at(tree, index);
	uint32_t end = yaml_next(tree, index), count = 0;
	uint32_t *members = mem_alloc(((size_t)value->count * 2 + 1) * sizeof(*members));
	bool twice = false;

	for (uint32_t at = index + 1; at < end; at = yaml_next(tree, at))
		members[count++] = numbers[at];
	if (value->kind == YAML_KIND_MAP) {
		qsort(members, value->count, 2 * sizeof(*members), by_key);
		for (uint32_t i = 2; i < count; i += 2)
			twice = twice || members[i] == members[i - 2];
	}
	numbers[index] = number(ids, 16 + value->kind, members, count * sizeof(*members));
	free(members);
	return !twice;
}

const uint32_t *value_ids_of(struct value_ids *ids, const struct yaml_tree *tree,
			     uint32_t *out_line)
{
	uint32_t *numbers = arena_alloc(&ids->arena, (tree->count + 1) * sizeof(*numbers));

	for (uint32_t index = (uint32_t)tree->count; index-- > 0;) {
		if (yaml_at(tree, index)->kind < YAML_KIND_LIST) {
			numbers[index] = number_scalar(ids, tree, index);
		} else if (!number_members(ids, tree, index, numbers)) {
			*out_line = yaml_at(tree, index)->line;
			return NULL;
		}
	}
	return numbers;
}
