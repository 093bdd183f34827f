/* SPDX-License-Identifier: MIT
 *
 * A hash map from text to a number or a pointer. Open addressing; insertion order is not kept.
 * Embedded; zero is a valid empty map. Keys are borrowed: they must outlive the map.
 * One thread at a time.
 */
#ifndef HLP_BASE_MAP_H
#define HLP_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

union map_value {
	uint64_t number;
	void *pointer;
};

struct map {
	struct map_slot *slots;
	size_t count;
	size_t capacity; /* a power of two, or 0 */
};

void map_release(struct map *map); /* frees the table, not what the values point to */

/* Adds key → value. Returns false, and changes nothing, if the key is there already. */
bool map_add(struct map *map, const char *key, size_t length, union map_value value);

/* The value of a key, or NULL. Valid until the next map_add; may be written through. */
union map_value *map_find(const struct map *map, const char *key, size_t length);

/* The same for NUL-ended keys. */
bool map_add_text(struct map *map, const char *key, union map_value value);
union map_value *map_find_text(const struct map *map, const char *key);

/* Takes a key out; false if it was not there. */
bool map_remove(struct map *map, const char *key, size_t length);

#endif
