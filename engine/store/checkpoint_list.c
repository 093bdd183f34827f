/* SPDX-License-Identifier: MIT
 *
 * The fold of the events of checkpoints.
 */
#include "store/checkpoint_list.h"

#include <stdlib.h>
#include <string.h>

static void begin(struct checkpoint_list *list, const struct event *event)
{
	list->items = mem_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
	list->items[list->count++] =
		(struct checkpoint){.name = arena_strdup(&list->arena, event->text),
				    .seq = event->seq,
				    .time_us = event->time_us};
}

static void settle(struct checkpoint_list *list, struct checkpoint *checkpoint,
		   const struct event *event)
{
	const char *digest = event->digest ? event->digest : "";

	checkpoint->digest = checkpoint->message = NULL;
	memcpy(checkpoint->commit, event->blob, sizeof(checkpoint->commit));
	if (event->kind == EVENT_CHECKPOINTED) {
		checkpoint->state = CHECKPOINT_KEPT;
		checkpoint->digest = arena_strdup(&list->arena, digest);
	} else if (event->kind == EVENT_CHECKPOINT_FAILED) {
		checkpoint->state = CHECKPOINT_FAILED;
		checkpoint->message = arena_strdup(&list->arena, event->note ? event->note : "");
	} else {
		checkpoint->state = CHECKPOINT_DROPPED;
	}
}

int checkpoint_list_take(void *ctx, const struct event *event, struct err *err)
{
	struct checkpoint_list *list = ctx;

	if (event->text && event->kind == EVENT_CHECKPOINTING) {
		begin(list, event);
		return 0;
	}
	for (size_t i = list->count; event->text && i-- > 0;) {
		if (strcmp(list->items[i].name, event->text) != 0)
			continue;
		settle(list, &list->items[i], event);
		return 0;
	}
	return err_set(err, ERR_CORRUPT, "event %llu is of a checkpoint that nobody asked for",
		       (unsigned long long)event->seq);
}

void checkpoint_list_release(struct checkpoint_list *list)
{
	free(list->items);
	arena_release(&list->arena);
	*list = (struct checkpoint_list){0};
}
