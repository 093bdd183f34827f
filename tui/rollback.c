/* SPDX-License-Identifier: MIT
 *
 * From the levels of a rollback to the fields of its request.
 */
#include "tui/rollback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static void forget_words(struct rollback_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->list[i]);
	words->count = 0;
}

void rollback_forget(struct rollback *rollback)
{
	forget_words(&rollback->past);
	forget_words(&rollback->overwrite);
	forget_words(&rollback->exclude);
	*rollback = (struct rollback){0};
}

void rollback_set(struct rollback *rollback, enum rollback_level level, const char *target,
		  const char *revision)
{
	rollback_forget(rollback);
	rollback->level = level;
	(void)snprintf(rollback->target, sizeof(rollback->target), "%s", target);
	(void)snprintf(rollback->revision, sizeof(rollback->revision), "%s", revision);
}

const char *rollback_name(const struct rollback *rollback)
{
	const char *path = strchr(rollback->target, ':');

	return rollback->level == ROLLBACK_FILE && path != NULL ? path + 1 : rollback->target;
}

bool rollback_take_word(struct rollback *rollback, const char *line)
{
	struct {
		const char *word;
		struct rollback_words *words;
	} table[] = {{"past ", &rollback->past},
		     {"overwrite ", &rollback->overwrite},
		     {"leave ", &rollback->exclude}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rollback_words *words = table[i].words;
		const char *rest = line + strlen(table[i].word);
		if (!text_starts_with(line, table[i].word) || rest[0] == '\0' ||
		    words->count == ROLLBACK_WORDS)
			continue;
		words->list[words->count++] = mem_strdup(rest);
		return true;
	}
	return false;
}

const Hlp__V1__Checkpoint *rollback_checkpoint(const Hlp__V1__CheckpointList *list, unsigned n)
{
	for (size_t i = list->n_checkpoints; i-- > 0;)
		if (strcmp(list->checkpoints[i]->state, "kept") == 0 && n-- == 1)
			return list->checkpoints[i];
	return NULL;
}

void rollback_fill(struct rollback *rollback, Hlp__V1__RollbackRequest *request)
{
	switch (rollback->level) {
	case ROLLBACK_NODE:
		request->node = rollback->target;
		break;
	case ROLLBACK_PHASE:
		request->phase = rollback->target;
		break;
	case ROLLBACK_ALL:
		request->all = true;
		break;
	case ROLLBACK_CHECKPOINT:
		request->checkpoint = rollback->target;
		break;
	case ROLLBACK_FILE:
		request->artifact = rollback->target;
		request->revision = rollback->revision;
		break;
	}
	request->past = rollback->past.list;
	request->n_past = rollback->past.count;
	request->overwrite = rollback->overwrite.list;
	request->n_overwrite = rollback->overwrite.count;
	request->exclude = rollback->exclude.list;
	request->n_exclude = rollback->exclude.count;
}
