/* SPDX-License-Identifier: MIT
 *
 * Names of what events carry, and the growing list into which decisions write them. How an event
 * is stored is event_codec.c's.
 */
#include "model/event.h"

#include <stdlib.h>
#include <string.h>

const char *event_kind_name(enum event_kind kind)
{
	switch (kind) {
	case EVENT_CREATED:
		return "created";
	case EVENT_ACT:
		return "act";
	case EVENT_PAUSED:
		return "paused";
	case EVENT_RESUMED:
		return "resumed";
	case EVENT_CANCELLED:
		return "cancelled";
	case EVENT_DRAINING:
		return "draining";
	case EVENT_ENDED:
		return "ended";
	case EVENT_REOPENED:
		return "reopened";
	case EVENT_QUARANTINED:
		return "quarantined";
	case EVENT_INTENDED:
		return "intended";
	case EVENT_REVOKED:
		return "revoked";
	case EVENT_CAPTURED:
		return "captured";
	case EVENT_DISPATCHED:
		return "dispatched";
	case EVENT_STARTED:
		return "started";
	case EVENT_EXITED:
		return "exited";
	case EVENT_COLLECTED:
		return "collected";
	case EVENT_UNREACHABLE:
		return "unreachable";
	case EVENT_REACHABLE:
		return "reachable";
	case EVENT_LOST:
		return "lost";
	case EVENT_VERDICT:
		return "verdict";
	case EVENT_RESTORED:
		return "restored";
	case EVENT_COMPLETED:
		return "completed";
	case EVENT_FAILED:
		return "failed";
	case EVENT_BACKOFF:
		return "backoff";
	case EVENT_HELD:
		return "held";
	case EVENT_RELEASED:
		return "released";
	case EVENT_ASKED:
		return "asked";
	case EVENT_ANSWERED:
		return "answered";
	case EVENT_RESET:
		return "reset";
	case EVENT_STALE:
		return "stale";
	case EVENT_FROZEN:
		return "frozen";
	case EVENT_THAWED:
		return "thawed";
	case EVENT_DUE:
		return "due";
	case EVENT_ROLLBACK_STARTED:
		return "rollback_started";
	case EVENT_UNDO_WAITING:
		return "undo_waiting";
	case EVENT_UNDO_BACKOFF:
		return "undo_backoff";
	case EVENT_RECOVERED:
		return "recovered";
	case EVENT_ROLLBACK_ENDED:
		return "rollback_ended";
	case EVENT_RESTORING:
		return "restoring";
	}
	return "unknown";
}

static const char *word(const char *const *words, size_t count, size_t index)
{
	return index < count ? words[index] : "unknown";
}
#define WORD(words, index) word((words), sizeof(words) / sizeof(*(words)), (size_t)(index))

const char *attempt_kind_name(enum attempt_kind kind)
{
	static const char *const words[] = {"", "run", "undo", "hook"};

	return WORD(words, kind);
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const words[] = {"", "cancel", "skip", "done", "undo", "retry"};

	return WORD(words, verdict);
}

const char *question_name(enum question question)
{
	static const char *const words[] = {"", "lost", "undo_failed", "risk"};

	return WORD(words, question);
}

static const char *const answers[] = {"", "happened", "again", "undo", "by-hand", "leave"};

const char *answer_name(enum answer answer)
{
	return WORD(answers, answer);
}

bool answer_parse(const char *name, enum answer *out)
{
	for (size_t i = 1; i < sizeof(answers) / sizeof(*answers); i++) {
		if (strcmp(answers[i], name) == 0) {
			*out = (enum answer)i;
			return true;
		}
	}
	return false;
}

struct event *event_list_add(struct event_list *list, enum event_kind kind, uint32_t node,
			     int64_t time_us)
{
	struct event *event;

	list->events = mem_grow(list->events, &list->capacity, list->count + 1, sizeof(*event));
	event = &list->events[list->count++];
	*event = (struct event){.kind = kind, .node = node, .time_us = time_us};
	return event;
}

void event_list_clear(struct event_list *list)
{
	list->count = 0;
	arena_release(&list->arena);
}

void event_list_release(struct event_list *list)
{
	event_list_clear(list);
	free(list->events);
	*list = (struct event_list){0};
}
