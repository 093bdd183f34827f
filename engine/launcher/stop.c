/* SPDX-License-Identifier: MIT
 *
 * One timer an attempt drives it through its phases; what it waits for is looked at with
 * growing pauses. With a cgroup a look is one small read; without, it walks /proc.
 */
#include "launcher/stop.h"

#include <signal.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/log.h"
#include "launcher/child.h"

#define PAUSE_FIRST_US	 1000
#define PAUSE_MAX_US	 50000
#define ADOPTED_PAUSE_US 200000
#define KILL_DEADLINE_US (30 * CLOCK_SECOND_US)
#define QUIET_LOOKS	 2 /* without a cgroup, one look could miss what is just being born */

static struct launcher *launcher_of(const struct attempt *attempt)
{
	return attempt->timer.ctx;
}

static void arm_at(struct attempt *attempt, int64_t boot_us)
{
	struct loop *loop = &launcher_of(attempt)->loop;

	loop_arm(loop, &attempt->timer, loop_now_us() + (boot_us - launcher_boot_us()));
}

/* Looks again after a pause that grows, but not later than `deadline_us`. */
static void arm_soon(struct attempt *attempt, int64_t deadline_us)
{
	const int64_t next_us = launcher_boot_us() + attempt->pause_us;

	arm_at(attempt, next_us < deadline_us ? next_us : deadline_us);
	attempt->pause_us *= 2;
	if (attempt->pause_us > PAUSE_MAX_US)
		attempt->pause_us = PAUSE_MAX_US;
}

static int64_t deadline_of(const struct attempt *attempt)
{
	return attempt->timeout_us && attempt->timeout_us < INT64_MAX - attempt->started_boot_us
		       ? attempt->started_boot_us + attempt->timeout_us
		       : INT64_MAX;
}

/* ---- its processes --------------------------------------------------------------------------- */

/* The pid by which its session is known; 0 when another process has that pid by now. */
static pid_t session_of(const struct attempt *attempt)
{
	struct process now;

	if (attempt->pid && process_read(attempt->pid, &now) &&
	    now.start_ticks != attempt->start_ticks)
		return 0;
	return attempt->pid;
}

static void signal_all(struct attempt *attempt, int signal)
{
	struct process_list list = {0};

	if (attempt->cgroup && signal == SIGKILL) {
		cgroup_kill(attempt->cgroup);
		return;
	}
	if (attempt->cgroup) {
		cgroup_signal(attempt->cgroup, signal);
		return;
	}
	process_find(attempt->id, session_of(attempt), &list);
	for (size_t i = 0; i < list.count; i++)
		process_signal(&list.items[i], signal);
	process_list_release(&list);
}

static bool is_gone(struct attempt *attempt)
{
	struct process_list list = {0};

	if (!attempt->adopted && !attempt->main_gone)
		return false;
	if (attempt->adopted && attempt->pid && proc_is_alive(attempt->pid, attempt->start_ticks))
		return false;
	if (attempt->cgroup)
		return cgroup_is_empty(attempt->cgroup);
	process_find(attempt->id, session_of(attempt), &list);
	attempt->quiet = list.count ? 0 : attempt->quiet + 1;
	process_list_release(&list);
	return attempt->quiet >= QUIET_LOOKS;
}

/* ---- phases ------------------------------------------------------------------------------ */

static void begin_kill(struct attempt *attempt)
{
	attempt->phase = ATTEMPT_KILLING;
	attempt->stop_boot_us = launcher_boot_us();
	attempt->pause_us = PAUSE_FIRST_US;
	signal_all(attempt, SIGKILL);
	arm_soon(attempt, INT64_MAX);
}

static void look_stopping(struct launcher *launcher, struct attempt *attempt)
{
	const int64_t deadline_us = attempt->stop_boot_us + attempt->grace_us;

	if (is_gone(attempt))
		child_finish(launcher, attempt);
	else if (launcher_boot_us() >= deadline_us)
		begin_kill(attempt);
	else
		arm_soon(attempt, deadline_us);
}

static void look_killing(struct launcher *launcher, struct attempt *attempt)
{
	if (is_gone(attempt)) {
		child_finish(launcher, attempt);
	} else if (launcher_boot_us() >= attempt->stop_boot_us + KILL_DEADLINE_US) {
		child_give_up(launcher, attempt);
	} else {
		signal_all(attempt, SIGKILL); /* for what was born between list and signal */
		arm_soon(attempt, INT64_MAX);
	}
}

static void say_frozen(struct launcher *launcher, struct attempt *attempt)
{
	const struct launch_message message = {
		.kind = LAUNCH_FROZEN,
		.attempt = attempt->id,
		.time_us = launcher_wall_us(),
		.boot_us = attempt->frozen_boot_us,
	};

	attempt->freeze_said = true;
	launcher_record(launcher, &message);
	launcher_tell(launcher, &message);
}

static void look_freezing(struct launcher *launcher, struct attempt *attempt)
{
	if (!attempt->cgroup)
		signal_all(attempt, SIGSTOP); /* again, for what was born meanwhile */
	if (!attempt->cgroup || cgroup_is_frozen(attempt->cgroup))
		say_frozen(launcher, attempt);
	else
		arm_soon(attempt, INT64_MAX);
}

static void look_running(struct launcher *launcher, struct attempt *attempt)
{
	if (attempt->adopted && is_gone(attempt)) {
		child_finish(launcher, attempt);
		return;
	}
	if (attempt->frozen && !attempt->freeze_said) {
		look_freezing(launcher, attempt);
		return;
	}
	if (!attempt->frozen && launcher_boot_us() >= deadline_of(attempt))
		stop_begin(launcher, attempt, STOP_TIMEOUT);
	else
		stop_watch(launcher, attempt);
}

static void due(struct loop_timer *timer)
{
	struct launcher *launcher = timer->ctx;
	struct attempt *attempt =
		(struct attempt *)((char *)timer - offsetof(struct attempt, timer));

	switch (attempt->phase) {
	case ATTEMPT_RUNNING:
		look_running(launcher, attempt);
		break;
	case ATTEMPT_STOPPING:
		look_stopping(launcher, attempt);
		break;
	case ATTEMPT_KILLING:
		look_killing(launcher, attempt);
		break;
	case ATTEMPT_EXITED:
	case ATTEMPT_LOST:
		break; /* disarmed when it ended */
	}
}

void stop_watch(struct launcher *launcher, struct attempt *attempt)
{
	int64_t next_us = attempt->frozen ? INT64_MAX : deadline_of(attempt);

	attempt->timer.due = due;
	attempt->timer.ctx = launcher;
	if (attempt->phase != ATTEMPT_RUNNING) {
		attempt->pause_us = PAUSE_FIRST_US;
		arm_soon(attempt, INT64_MAX);
		return;
	}
	if (attempt->adopted && next_us > launcher_boot_us() + ADOPTED_PAUSE_US)
		next_us = launcher_boot_us() + ADOPTED_PAUSE_US;
	if (next_us != INT64_MAX)
		arm_at(attempt, next_us);
	else
		loop_disarm(&launcher->loop, &attempt->timer);
}

void stop_main_ended(struct launcher *launcher, struct attempt *attempt, int status,
		     const struct rusage *usage)
{
	attempt->main_gone = true;
	attempt->status = status;
	attempt->cpu_us = (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * CLOCK_SECOND_US +
			  usage->ru_utime.tv_usec + usage->ru_stime.tv_usec;
	attempt->rss_kib = usage->ru_maxrss;
	attempt->ended_us = launcher_wall_us();
	attempt_clear_pid(&launcher->attempts, attempt);
	if (attempt->phase == ATTEMPT_RUNNING || is_gone(attempt)) {
		child_finish(launcher, attempt);
		return;
	}
	attempt->pause_us = PAUSE_FIRST_US;
	if (attempt->phase == ATTEMPT_STOPPING)
		arm_soon(attempt, attempt->stop_boot_us + attempt->grace_us);
	else
		arm_soon(attempt, INT64_MAX);
}

void stop_begin(struct launcher *launcher, struct attempt *attempt, enum stop_reason reason)
{
	if (!attempt_is_live(attempt) || attempt->phase != ATTEMPT_RUNNING)
		return;
	attempt->phase = ATTEMPT_STOPPING;
	attempt->timed_out = reason == STOP_TIMEOUT;
	attempt->stop_boot_us = launcher_boot_us();
	attempt->pause_us = PAUSE_FIRST_US;
	launcher_record(launcher, &(struct launch_message){.kind = LAUNCH_STOPPING,
							   .attempt = attempt->id,
							   .flags = attempt->timed_out,
							   .boot_us = attempt->stop_boot_us});
	signal_all(attempt, attempt->stop_signal);
	if (attempt->frozen)
		stop_thaw(launcher, attempt); /* a frozen process sees no signal */
	arm_soon(attempt, attempt->stop_boot_us + attempt->grace_us);
}

/* ---- freezing ---------------------------------------------------------------------------- */

void stop_freeze(struct launcher *launcher, struct attempt *attempt)
{
	if (attempt->phase != ATTEMPT_RUNNING || attempt->frozen) {
		launcher_describe(launcher, launcher_engine_link(launcher), attempt);
		return;
	}
	attempt->frozen = true;
	attempt->frozen_boot_us = launcher_boot_us();
	attempt->pause_us = PAUSE_FIRST_US;
	if (attempt->cgroup)
		cgroup_set_frozen(attempt->cgroup, CGROUP_FREEZE);
	else
		signal_all(attempt, SIGSTOP);
	look_freezing(launcher, attempt);
}

void stop_thaw(struct launcher *launcher, struct attempt *attempt)
{
	const struct launch_message message = {
		.kind = LAUNCH_THAWED,
		.attempt = attempt->id,
		.time_us = launcher_wall_us(),
		.boot_us = launcher_boot_us(),
	};

	if (attempt->frozen) {
		attempt->started_boot_us += message.boot_us - attempt->frozen_boot_us;
		attempt->frozen = false;
		if (attempt->cgroup)
			cgroup_set_frozen(attempt->cgroup, CGROUP_THAW);
		else
			signal_all(attempt, SIGCONT);
		if (attempt->freeze_said)
			launcher_record(launcher, &message);
		attempt->freeze_said = false;
		if (attempt->phase == ATTEMPT_RUNNING)
			stop_watch(launcher, attempt);
	}
	launcher_tell(launcher, &message);
}
