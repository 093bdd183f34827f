/* SPDX-License-Identifier: MIT
 *
 * Memory that is there, or an abort. Running out of memory ends the program: the limits on
 * every input make that rare and crash recovery makes it harmless. Any thread.
 */
#ifndef HLP_BASE_MEM_H
#define HLP_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);		     /* uninitialised; the caller frees with free() */
void *mem_zalloc(size_t size);		     /* zeroed */
void *mem_calloc(size_t count, size_t size); /* zeroed; aborts on overflow */
void *mem_realloc(void *old, size_t size);
char *mem_strdup(const char *text); /* NULL stays NULL */
char *mem_strndup(const char *text, size_t length);
void *mem_dup(const void *data, size_t size);
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Grows an array of `size`-byte items so that it holds at least `need`; *capacity is in
 * items. Returns the (perhaps moved) array. New items are not initialised. */
void *mem_grow(void *items, size_t *capacity, size_t need, size_t size);

/* An arena: many small allocations of one lifetime, freed at once. Embedded; zero is a valid
 * empty arena. One thread at a time. */
struct arena {
	struct arena_block *head;
	size_t used_bytes; /* handed out so far, for limits and statistics */
};

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
void arena_release(struct arena *arena); /* frees all; the arena is empty and usable again */

#endif
