/* SPDX-License-Identifier: MIT
 *
 * Folding the launcher's log.
 */
#include "launcher/recover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/log.h"
#include "base/mem.h"
#include "launcher/stop.h"

#define LOG_LIMIT_FIRST ((size_t)1024 * 1024)

struct reading {
	struct launcher *launcher;
	char boot_id[PROC_BOOT_ID_TEXT]; /* of the records now being read */
};

/* ---- folding ----------------------------------------------------------------------------- */

static void replace(char **text, const char *by)
{
	free(*text);
	*text = mem_strdup(by);
}

/* Everything that lived in another boot of the machine is gone. */
static void fold_boot(struct reading *reading, const char *boot_id)
{
	struct attempts *attempts = &reading->launcher->attempts;

	if (strcmp(reading->boot_id, boot_id) == 0)
		return;
	while (attempts->live_count) {
		struct attempt *attempt = attempts->live[attempts->live_count - 1];

		attempt_set_text(attempt, "the machine was restarted while it ran; exit unknown");
		attempt->ended_us = launcher_wall_us();
		attempt_end(attempts, attempt, ATTEMPT_LOST);
	}
	memcpy(reading->boot_id, boot_id, strnlen(boot_id, PROC_BOOT_ID_TEXT - 1) + 1);
	reading->launcher->seen_ready = false;
}

static void fold_starting(struct attempts *attempts, const struct launch_message *record)
{
	struct attempt *attempt;

	if (attempt_find(attempts, record->attempt))
		return;
	attempt = attempt_add(attempts, record->attempt);
	replace(&attempt->output, record->output);
	replace(&attempt->cgroup_path, record->cgroup);
	attempt->timeout_us = record->timeout_us;
	attempt->stop_signal = (int)record->stop_signal;
	attempt->grace_us = record->grace_us;
	attempt->output_max = record->output_max;
	attempt->started_us = record->time_us;
	attempt->started_boot_us = record->boot_us;
}

static void fold_exited(struct attempts *attempts, struct attempt *attempt,
			const struct launch_message *record)
{
	attempt->exit = record->exit;
	attempt->code = record->code;
	attempt->cpu_us = record->cpu_us;
	attempt->rss_kib = record->rss_kib;
	attempt->ended_us = record->time_us;
	attempt_set_text(attempt, record->text);
	attempt_end(attempts, attempt, ATTEMPT_EXITED);
}

static void fold_limited(struct attempt *attempt, const struct launch_message *record)
{
	free(attempt->memory.folder);
	attempt->memory = (struct memory_limit){
		.bytes = record->memory,
		.kills = record->number,
		.folder = record->cgroup[0] ? mem_strdup(record->cgroup) : NULL};
}

static void fold_live(struct attempts *attempts, struct attempt *attempt,
		      const struct launch_message *record)
{
	if (record->kind == LAUNCH_LIMITED) {
		fold_limited(attempt, record);
	} else if (record->kind == LAUNCH_STARTED) {
		attempt_set_pid(attempts, attempt, (pid_t)record->pid);
		attempt->start_ticks = (uint64_t)record->start_ticks;
	} else if (record->kind == LAUNCH_STOPPING) {
		attempt->phase = ATTEMPT_STOPPING;
		attempt->timed_out = record->flags != 0;
		attempt->stop_boot_us = record->boot_us;
	} else if (record->kind == LAUNCH_FROZEN) {
		attempt->frozen = attempt->freeze_said = true;
		attempt->frozen_boot_us = record->boot_us;
	} else if (record->kind == LAUNCH_THAWED && attempt->frozen) {
		attempt->frozen = attempt->freeze_said = false;
		attempt->started_boot_us += record->boot_us - attempt->frozen_boot_us;
	} else if (record->kind == LAUNCH_EXITED) {
		fold_exited(attempts, attempt, record);
	} else if (record->kind == LAUNCH_LOST) {
		attempt->ended_us = record->time_us;
		attempt_set_text(attempt, record->text);
		attempt_end(attempts, attempt, ATTEMPT_LOST);
	}
}

static void fold_attempt(struct attempts *attempts, const struct launch_message *record)
{
	struct attempt *attempt = attempt_find(attempts, record->attempt);

	/* A LOST without a beginning: its START lies in a log that is gone. */
	if (!attempt && record->kind == LAUNCH_LOST)
		attempt = attempt_add(attempts, record->attempt);
	if (attempt && attempt_is_live(attempt))
		fold_live(attempts, attempt, record);
	else if (attempt && record->kind == LAUNCH_ACKNOWLEDGE)
		attempt_forget(attempts, attempt);
}

static void fold(void *ctx, const struct launch_message *record)
{
	struct reading *reading = ctx;
	struct launcher *launcher = reading->launcher;

	if (record->kind == LAUNCH_BOOT)
		fold_boot(reading, record->boot_id);
	else if (record->kind == LAUNCH_HELLO)
		launcher->term = record->term;
	else if (record->kind == LAUNCH_READY)
		launcher->seen_ready = true;
	else if (record->kind == LAUNCH_STARTING)
		fold_starting(&launcher->attempts, record);
	else if (record->attempt)
		fold_attempt(&launcher->attempts, record);
}

/* ---- writing anew ------------------------------------------------------------------------ */

static void write_live(struct launch_log *log, const struct attempt *attempt, const char *boot_id)
{
	struct launch_message message = {.kind = LAUNCH_STARTING, .attempt = attempt->id};
	const struct launch_message limited = attempt_describe_limit(attempt);

	message.cgroup = attempt->cgroup ? attempt->cgroup->path : attempt->cgroup_path;
	message.output = attempt->output;
	message.timeout_us = attempt->timeout_us;
	message.stop_signal = attempt->stop_signal;
	message.grace_us = attempt->grace_us;
	message.output_max = attempt->output_max;
	message.time_us = attempt->started_us;
	message.boot_us = attempt->started_boot_us;
	launch_log_add(log, &message);
	if (attempt->memory.bytes)
		launch_log_add(log, &limited);
	message.kind = LAUNCH_STARTED;
	message.pid = attempt->pid;
	message.start_ticks = (int64_t)attempt->start_ticks;
	message.boot_id = boot_id;
	if (attempt->pid)
		launch_log_add(log, &message);
	message.kind = LAUNCH_FROZEN;
	message.boot_us = attempt->frozen_boot_us;
	if (attempt->freeze_said)
		launch_log_add(log, &message);
	message.kind = LAUNCH_STOPPING;
	message.flags = attempt->timed_out;
	message.boot_us = attempt->stop_boot_us;
	if (attempt->phase != ATTEMPT_RUNNING)
		launch_log_add(log, &message);
}

static void write_all(void *ctx, struct launch_log *log)
{
	const struct launcher *launcher = ctx;

	launch_log_add(log,
		       &(struct launch_message){.kind = LAUNCH_BOOT, .boot_id = launcher->boot_id});
	launch_log_add(log, &(struct launch_message){.kind = LAUNCH_HELLO, .term = launcher->term});
	if (launcher->seen_ready)
		launch_log_add(log, &(struct launch_message){.kind = LAUNCH_READY});
	for (const struct attempt *attempt = launcher->attempts.oldest; attempt;
	     attempt = attempt->newer) {
		const struct launch_message end = attempt_describe(attempt, launcher->boot_id);

		if (attempt_is_live(attempt)) {
			write_live(log, attempt, launcher->boot_id);
			continue;
		}
		/* An end needs a beginning to be folded. */
		if (attempt->phase == ATTEMPT_EXITED)
			launch_log_add(log, &(struct launch_message){.kind = LAUNCH_STARTING,
								     .attempt = attempt->id});
		launch_log_add(log, &end);
	}
}

static void rewrite(struct launcher *launcher)
{
	struct err err;

	if (launch_log_rewrite(&launcher->log, write_all, launcher, &err) < 0)
		log_error("the log is not made smaller: %s", err.message);
	launcher->log_limit = LOG_LIMIT_FIRST + 4 * launcher->log.size;
}

void recover_compact(struct launcher *launcher)
{
	if (launcher->log.size > launcher->log_limit)
		rewrite(launcher);
}

/* ---- looking for the living -------------------------------------------------------------- */

/* Whether it is our child, alive or waiting to be reaped. */
static bool is_our_child(const struct attempt *attempt)
{
	siginfo_t info;

	return attempt->pid &&
	       waitid(P_PID, (id_t)attempt->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void adopt(struct launcher *launcher, struct attempt *attempt)
{
	attempt->adopted = !is_our_child(attempt);
	if (attempt->cgroup_path && attempt->cgroup_path[0])
		attempt->cgroup = cgroups_claim(&launcher->cgroups, attempt->cgroup_path);
	if (attempt->adopted)
		log_warn("attempt %s was started by a launcher that died", attempt->id);
	stop_watch(launcher, attempt);
	if (attempt->adopted)
		loop_arm(&launcher->loop, &attempt->timer, loop_now_us());
}

/* A log that cannot be read is put aside: without it nothing is proven about earlier attempts, but
 * the instance must come up. */
static int open_log(struct launcher *launcher, struct reading *reading, size_t *out_cut,
		    struct err *err)
{
	const char *path = launcher->home.launcher_log;
	int result = launch_log_open(&launcher->log, path, fold, reading, out_cut, err);
	char *aside;

	if (result != -ERR_CORRUPT)
		return result;
	aside = mem_printf("%s.bad", path);
	log_error("%s; it is now '%s'", err->message, aside);
	(void)rename(path, aside); /* if that fails, so does what follows */
	free(aside);
	return launch_log_open(&launcher->log, path, fold, reading, out_cut, err);
}

int recover(struct launcher *launcher, struct err *err)
{
	struct reading reading = {.launcher = launcher};
	size_t cut;
	int result = open_log(launcher, &reading, &cut, err);

	if (result < 0)
		return result;
	if (cut) {
		/* What was cut may have told of attempts: "never
		 * heard of it" proves nothing now. */
		log_warn("%zu damaged bytes were cut off '%s'", cut, launcher->log.path);
		launcher->seen_ready = false;
	}
	fold_boot(&reading, launcher->boot_id);
	rewrite(launcher);
	for (size_t i = 0; i < launcher->attempts.live_count; i++)
		adopt(launcher, launcher->attempts.live[i]);
	return 0;
}
