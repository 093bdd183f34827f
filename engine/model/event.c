/* SPDX-License-Identifier: MIT
 *
 * Names of what events carry, and the growing list into which decisions write them. How an event
 * is stored is event_codec.c's.
 */
#include "model/event.h"

#include <stdlib.h>
#include <string.h>

static const char *word(const char *const *words, size_t count, size_t index)
{
	return index < count ? words[index] : "unknown";
}
#define WORD(words, index) word((words), sizeof(words) / sizeof(*(words)), (size_t)(index))

static const char *const kinds[] = {
	[EVENT_CREATED] = "created",
	[EVENT_ACT] = "act",
	[EVENT_PAUSED] = "paused",
	[EVENT_RESUMED] = "resumed",
	[EVENT_CANCELLED] = "cancelled",
	[EVENT_DRAINING] = "draining",
	[EVENT_ENDED] = "ended",
	[EVENT_REOPENED] = "reopened",
	[EVENT_QUARANTINED] = "quarantined",
	[EVENT_INTENDED] = "intended",
	[EVENT_REVOKED] = "revoked",
	[EVENT_CAPTURED] = "captured",
	[EVENT_DISPATCHED] = "dispatched",
	[EVENT_STARTED] = "started",
	[EVENT_EXITED] = "exited",
	[EVENT_COLLECTED] = "collected",
	[EVENT_UNREACHABLE] = "unreachable",
	[EVENT_REACHABLE] = "reachable",
	[EVENT_LOST] = "lost",
	[EVENT_VERDICT] = "verdict",
	[EVENT_RESTORED] = "restored",
	[EVENT_COMPLETED] = "completed",
	[EVENT_FAILED] = "failed",
	[EVENT_BACKOFF] = "backoff",
	[EVENT_HELD] = "held",
	[EVENT_RELEASED] = "released",
	[EVENT_ASKED] = "asked",
	[EVENT_ANSWERED] = "answered",
	[EVENT_RESET] = "reset",
	[EVENT_STALE] = "stale",
	[EVENT_FROZEN] = "frozen",
	[EVENT_THAWED] = "thawed",
	[EVENT_DUE] = "due",
	[EVENT_WITHDRAWN] = "withdrawn",
	[EVENT_FREEZING] = "freezing",
	[EVENT_THAWING] = "thawing",
	[EVENT_BY_HAND] = "by_hand",
	[EVENT_ROLLBACK_STARTED] = "rollback_started",
	[EVENT_UNDO_WAITING] = "undo_waiting",
	[EVENT_UNDO_BACKOFF] = "undo_backoff",
	[EVENT_RECOVERED] = "recovered",
	[EVENT_ROLLBACK_ENDED] = "rollback_ended",
	[EVENT_RESTORING] = "restoring",
	[EVENT_QUARANTINE_LIFTED] = "quarantine_lifted",
	[EVENT_LATE_EXIT] = "late_exit",
	[EVENT_SHELL_OPENED] = "shell_opened",
	[EVENT_SHELL_CLOSED] = "shell_closed",
	[EVENT_AGENT] = "agent",
	[EVENT_KEPT] = "kept",
	[EVENT_WAITS] = "waits",
	[EVENT_CHECKPOINTING] = "checkpointing",
	[EVENT_CHECKPOINTED] = "checkpointed",
	[EVENT_CHECKPOINT_FAILED] = "checkpoint_failed",
	[EVENT_CHECKPOINT_DROPPED] = "checkpoint_dropped",
	[EVENT_POLICY] = "policy",
	[EVENT_POLICY_LEFT] = "policy_left",
};

const char *event_kind_name(enum event_kind kind)
{
	const char *name = WORD(kinds, kind);

	return name ? name : "unknown";
}

static const char *const attempt_kinds[] = {
	[ATTEMPT_NONE] = "",	 [ATTEMPT_RUN] = "run",	    [ATTEMPT_UNDO] = "undo",
	[ATTEMPT_HOOK] = "hook", [ATTEMPT_CHECK] = "check", [ATTEMPT_SHELL] = "shell",
};

const char *attempt_kind_name(enum attempt_kind kind)
{
	const char *name = WORD(attempt_kinds, kind);

	return name ? name : "unknown";
}

bool attempt_kind_parse(const char *name, enum attempt_kind *out)
{
	for (size_t i = 1; i < sizeof(attempt_kinds) / sizeof(*attempt_kinds); i++) {
		if (attempt_kinds[i] && strcmp(attempt_kinds[i], name) == 0) {
			*out = (enum attempt_kind)i;
			return true;
		}
	}
	return false;
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const words[] = {"",	    "cancel", "skip",  "done",
					    "undo", "retry",  "reject"};

	return WORD(words, verdict);
}

const char *question_name(enum question question)
{
	static const char *const words[] = {"",	       "lost",	   "undo_failed", "risk",
					    "manual",  "approval", "undo_manual", "policy",
					    "security"};

	return WORD(words, question);
}

static const char *const answers[] = {"",      "happened", "again",  "undo", "by-hand",
				      "leave", "approve",  "reject", "done", "failed"};

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
