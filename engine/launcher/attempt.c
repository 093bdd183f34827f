/* SPDX-License-Identifier: MIT
 *
 * The table of attempts: by id, by pid, by age, and the live ones apart.
 */
#include "launcher/attempt.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct attempt *attempt_add(struct attempts *attempts, const char *id)
{
	struct attempt *attempt = mem_zalloc(sizeof(*attempt));

	attempt->id = mem_strdup(id);
	attempt->output = mem_strdup("");
	attempt->text = mem_strdup("");
	(void)map_add_text(&attempts->ids, attempt->id, (union map_value){.pointer = attempt});
	attempt->older = attempts->newest;
	*(attempt->older ? &attempt->older->newer : &attempts->oldest) = attempt;
	attempts->newest = attempt;
	attempts->live = mem_grow(attempts->live, &attempts->live_capacity,
				  attempts->live_count + 1, sizeof(struct attempt *));
	attempt->position = attempts->live_count;
	attempts->live[attempts->live_count++] = attempt;
	attempts->count++;
	return attempt;
}

struct attempt *attempt_find(const struct attempts *attempts, const char *id)
{
	const union map_value *value = map_find_text(&attempts->ids, id);

	return value ? value->pointer : NULL;
}

struct attempt *attempt_find_pid(const struct attempts *attempts, pid_t pid)
{
	const union map_value *value = map_find(&attempts->pids, (const char *)&pid, sizeof(pid));

	return value ? value->pointer : NULL;
}

void attempt_set_pid(struct attempts *attempts, struct attempt *attempt, pid_t pid)
{
	attempt->pid = pid;
	(void)map_add(&attempts->pids, (const char *)&attempt->pid, sizeof(attempt->pid),
		      (union map_value){.pointer = attempt});
}

void attempt_clear_pid(struct attempts *attempts, struct attempt *attempt)
{
	if (attempt_find_pid(attempts, attempt->pid) == attempt)
		(void)map_remove(&attempts->pids, (const char *)&attempt->pid,
				 sizeof(attempt->pid));
}

void attempt_set_text(struct attempt *attempt, const char *text)
{
	char *copy = mem_strdup(text);

	free(attempt->text);
	attempt->text = copy;
}

bool attempt_is_live(const struct attempt *attempt)
{
	return attempt->phase < ATTEMPT_EXITED;
}

void attempt_end(struct attempts *attempts, struct attempt *attempt, enum attempt_phase phase)
{
	struct attempt *last = attempts->live[attempts->live_count - 1];

	assert(attempt_is_live(attempt) && phase >= ATTEMPT_EXITED);
	attempt_clear_pid(attempts, attempt);
	attempt->phase = phase;
	attempts->live[attempt->position] = last;
	last->position = attempt->position;
	attempts->live_count--;
}

static void attempt_free(struct attempt *attempt)
{
	free(attempt->id);
	free(attempt->cgroup_path);
	free(attempt->memory.folder);
	free(attempt->output);
	free(attempt->text);
	free(attempt);
}

void attempt_forget(struct attempts *attempts, struct attempt *attempt)
{
	assert(!attempt_is_live(attempt));
	(void)map_remove(&attempts->ids, attempt->id, strlen(attempt->id));
	*(attempt->older ? &attempt->older->newer : &attempts->oldest) = attempt->newer;
	*(attempt->newer ? &attempt->newer->older : &attempts->newest) = attempt->older;
	attempts->count--;
	attempt_free(attempt);
}

void attempts_release(struct attempts *attempts)
{
	struct attempt *attempt = attempts->oldest;

	while (attempt) {
		struct attempt *newer = attempt->newer;

		attempt_free(attempt);
		attempt = newer;
	}
	map_release(&attempts->ids);
	map_release(&attempts->pids);
	free(attempts->live);
	*attempts = (struct attempts){0};
}

struct launch_message attempt_describe(const struct attempt *attempt, const char *boot_id)
{
	struct launch_message message = {.attempt = attempt->id, .text = attempt->text};

	if (attempt->phase == ATTEMPT_EXITED) {
		message.kind = LAUNCH_EXITED;
		message.exit = attempt->exit;
		message.code = attempt->code;
		message.cpu_us = attempt->cpu_us;
		message.rss_kib = attempt->rss_kib;
		message.time_us = attempt->ended_us;
	} else if (attempt->phase == ATTEMPT_LOST) {
		message.kind = LAUNCH_LOST;
		message.time_us = attempt->ended_us;
	} else if (attempt->adopted) {
		message.kind = LAUNCH_UNREACHABLE;
		message.text = "its launcher died; processes of it are alive";
	} else {
		message.kind = LAUNCH_STARTED;
		message.pid = attempt->pid;
		message.start_ticks = (int64_t)attempt->start_ticks;
		message.boot_id = boot_id;
		message.time_us = attempt->started_us;
	}
	return message;
}

struct launch_message attempt_describe_limit(const struct attempt *attempt)
{
	return (struct launch_message){.kind = LAUNCH_LIMITED,
				       .attempt = attempt->id,
				       .memory = attempt->memory.bytes,
				       .number = attempt->memory.kills,
				       .cgroup = attempt->memory.folder};
}
