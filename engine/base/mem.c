/* SPDX-License-Identifier: MIT
 *
 * Allocation that aborts, and arenas. Who owns what is said where it is declared.
 */
#include "base/mem.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK_BYTES ((size_t)16 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

static _Noreturn void out_of_memory(size_t size)
{
	(void)fprintf(stderr, "hlp: out of memory (asked for %zu bytes)\n", size);
	abort();
}

void *mem_alloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory(size);
	return p;
}

void *mem_zalloc(size_t size)
{
	return mem_calloc(1, size);
}

void *mem_calloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		out_of_memory(count * size);
	return p;
}

void *mem_realloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		out_of_memory(size);
	return p;
}

char *mem_strdup(const char *text)
{
	return text ? mem_strndup(text, strlen(text)) : NULL;
}

char *mem_strndup(const char *text, size_t length)
{
	char *copy = mem_alloc(length + 1);

	if (length)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

void *mem_dup(const void *data, size_t size)
{
	void *copy = mem_alloc(size);

	if (size)
		memcpy(copy, data, size);
	return copy;
}

char *mem_printf(const char *format, ...)
{
	char *text;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		out_of_memory(0);
	return text;
}

void *mem_grow(void *items, size_t *capacity, size_t need, size_t size)
{
	size_t wanted = *capacity ? *capacity : 8;

	if (need <= *capacity)
		return items;
	while (wanted < need)
		wanted += wanted / 2 + 1;
	if (wanted > SIZE_MAX / size)
		out_of_memory(SIZE_MAX);
	items = mem_realloc(items, wanted * size);
	*capacity = wanted;
	return items;
}

static struct arena_block *block_new(size_t size)
{
	struct arena_block *block = mem_alloc(sizeof(*block) + size);

	block->next = NULL;
	block->used = 0;
	block->size = size;
	return block;
}

/* A block for one large allocation goes behind the head, so that the head's rest stays in use. */
static void *alloc_large(struct arena *arena, size_t size)
{
	struct arena_block *block = block_new(size);

	block->used = size;
	if (arena->head) {
		block->next = arena->head->next;
		arena->head->next = block;
	} else {
		arena->head = block;
	}
	return block->data;
}

static void *alloc_small(struct arena *arena, size_t size)
{
	struct arena_block *head = arena->head;
	void *p;

	if (!head || head->size - head->used < size) {
		head = block_new(ARENA_BLOCK_BYTES);
		head->next = arena->head;
		arena->head = head;
	}
	p = head->data + head->used;
	head->used += size;
	return p;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	void *p;

	if (size > SIZE_MAX - 2 * align)
		out_of_memory(size);
	size = (size + align - 1) / align * align;
	p = size > ARENA_BLOCK_BYTES / 4 ? alloc_large(arena, size) : alloc_small(arena, size);
	arena->used_bytes += size;
	return memset(p, 0, size);
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	if (length)
		memcpy(copy, text, length);
	return copy;
}

void arena_release(struct arena *arena)
{
	struct arena_block *block = arena->head;

	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
	arena->head = NULL;
	arena->used_bytes = 0;
}
