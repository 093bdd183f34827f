/* SPDX-License-Identifier: MIT
 *
 * The hash map: linear probing, at most 3/4 full, FNV-1a with a final mix. Removal shifts the
 * rest of a run back, so there are no tombstones and a map that churns stays fast.
 */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct map_slot {
	const char *key; /* borrowed; NULL when the slot is free */
	size_t length;
	uint64_t hash;
	union map_value value;
};

static uint64_t hash_of(const char *key, size_t length)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)key[i]) * 0x100000001b3u;
	hash ^= hash >> 32;
	return hash * 0x9e3779b97f4a7c15u;
}

static size_t home_of(const struct map *map, uint64_t hash)
{
	return (size_t)(hash >> 32) & (map->capacity - 1);
}

/* The slot that holds the key, or the free one where it would go. The map has a free slot. */
static struct map_slot *slot_of(const struct map *map, const char *key, size_t length,
				uint64_t hash)
{
	size_t i = home_of(map, hash);

	for (;; i = (i + 1) & (map->capacity - 1)) {
		struct map_slot *slot = &map->slots[i];

		if (!slot->key)
			return slot;
		if (slot->hash == hash && slot->length == length &&
		    (length == 0 || memcmp(slot->key, key, length) == 0))
			return slot;
	}
}

static void grow(struct map *map)
{
	struct map old = *map;

	map->capacity = old.capacity ? old.capacity * 2 : 16;
	map->slots = mem_calloc(map->capacity, sizeof(*map->slots));
	for (size_t i = 0; i < old.capacity; i++) {
		const struct map_slot *slot = &old.slots[i];

		if (slot->key)
			*slot_of(map, slot->key, slot->length, slot->hash) = *slot;
	}
	free(old.slots);
}

void map_release(struct map *map)
{
	free(map->slots);
	*map = (struct map){0};
}

bool map_add(struct map *map, const char *key, size_t length, union map_value value)
{
	uint64_t hash = hash_of(key, length);
	struct map_slot *slot;

	if (map->count >= map->capacity / 4 * 3)
		grow(map);
	slot = slot_of(map, key, length, hash);
	if (slot->key)
		return false;
	*slot = (struct map_slot){.key = key, .length = length, .hash = hash, .value = value};
	map->count++;
	return true;
}

static struct map_slot *find(const struct map *map, const char *key, size_t length)
{
	struct map_slot *slot;

	if (!map->count)
		return NULL;
	slot = slot_of(map, key, length, hash_of(key, length));
	return slot->key ? slot : NULL;
}

union map_value *map_find(const struct map *map, const char *key, size_t length)
{
	struct map_slot *slot = find(map, key, length);

	return slot ? &slot->value : NULL;
}

bool map_add_text(struct map *map, const char *key, union map_value value)
{
	return map_add(map, key, strlen(key), value);
}

union map_value *map_find_text(const struct map *map, const char *key)
{
	return map_find(map, key, strlen(key));
}

bool map_remove(struct map *map, const char *key, size_t length)
{
	struct map_slot *slot = find(map, key, length);
	size_t mask = map->capacity - 1, hole, i;

	if (!slot)
		return false;
	hole = (size_t)(slot - map->slots);
	for (i = (hole + 1) & mask; map->slots[i].key; i = (i + 1) & mask) {
		size_t home = home_of(map, map->slots[i].hash);

		/* It may move back only if the hole is not before its home. */
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			map->slots[hole] = map->slots[i];
			hole = i;
		}
	}
	map->slots[hole].key = NULL;
	map->count--;
	return true;
}
