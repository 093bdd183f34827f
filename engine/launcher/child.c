/* SPDX-License-Identifier: MIT
 *
 * Starting and ending attempts.
 */
#include "launcher/child.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "launch/note.h"
#include "launcher/resource.h"

#define SHORT_US (CLOCK_SECOND_US)	/* what ran for less leaves its empty file as a spare */
#define SPARE_US (CLOCK_SECOND_US / 20) /* then those that nobody wanted go */

/* ---- start ------------------------------------------------------------------------------- */

static struct attempt *attempt_of_order(struct launcher *launcher,
					const struct launch_message *order)
{
	struct attempt *attempt = attempt_add(&launcher->attempts, order->attempt);

	free(attempt->output);
	attempt->output = mem_strdup(order->output);
	attempt->timeout_us = order->timeout_us;
	attempt->stop_signal = (int)order->stop_signal;
	attempt->grace_us = order->grace_us;
	attempt->output_max = order->output_max;
	attempt->started_us = launcher_wall_us();
	attempt->started_boot_us = launcher_boot_us();
	attempt->cgroup = cgroups_take(&launcher->cgroups);
	if (order->memory)
		memory_limit_begin(&attempt->memory, attempt->cgroup, order->memory);
	return attempt;
}

static void record_starting(struct launcher *launcher, const struct attempt *attempt)
{
	launcher_record(launcher, &(struct launch_message){
					  .kind = LAUNCH_STARTING,
					  .attempt = attempt->id,
					  .cgroup = attempt->cgroup ? attempt->cgroup->path : "",
					  .output = attempt->output,
					  .timeout_us = attempt->timeout_us,
					  .stop_signal = attempt->stop_signal,
					  .grace_us = attempt->grace_us,
					  .output_max = attempt->output_max,
					  .time_us = attempt->started_us,
					  .boot_us = attempt->started_boot_us,
				  });
}

static void record_limited(struct launcher *launcher, const struct attempt *attempt)
{
	const struct launch_message message = attempt_describe_limit(attempt);

	if (attempt->memory.bytes)
		launcher_record(launcher, &message);
}

static struct spawn_limits limits_of(const struct launch_message *order,
				     const struct attempt *attempt)
{
	return (struct spawn_limits){
		.files = (rlim_t)order->files,
		.file_size = (rlim_t)order->file_size,
		.address_space = attempt->memory.folder ? 0 : (rlim_t)order->memory,
	};
}

/* The record must be on file before there is a process. */
static int spawn_recorded(struct launcher *launcher, const struct launch_message *order,
			  struct attempt *attempt, int output_fd, struct err *err)
{
	const struct cgroup *cgroup = attempt->cgroup;
	struct spawn_order how = {
		.argv = order->argv,
		.env = order->env,
		.folder = order->folder,
		.output_fd = output_fd,
		.cgroup_fd = cgroup && cgroup->kind == CGROUP_V2 ? cgroup->fd : -1,
		.cgroup_procs_fd = cgroup ? cgroup->procs_fd : -1,
		.memory_procs_fd = memory_limit_open_procs(&attempt->memory),
		.limits = limits_of(order, attempt),
	};
	int code = 126, result;
	pid_t pid;

	record_starting(launcher, attempt);
	record_limited(launcher, attempt);
	result = launch_log_flush(&launcher->log, err);
	if (result >= 0)
		result = spawn(&launcher->spawner, &how, &pid, &code, err);
	attempt->code = code;
	if (how.memory_procs_fd >= 0)
		(void)close(how.memory_procs_fd);
	if (result < 0)
		return result;
	attempt_set_pid(&launcher->attempts, attempt, pid);
	attempt->start_ticks =
		proc_start_time_between(pid, attempt->started_boot_us, launcher_boot_us());
	return 0;
}

static int start(struct launcher *launcher, const struct launch_message *order,
		 struct attempt *attempt, struct err *err)
{
	int result = 0, output_fd;

	attempt->code = 126;
	if (order->outputs[0])
		result = output_make_empty(order->outputs, err);
	if (result < 0)
		return result;
	output_fd = output_open(&launcher->spares, order->output, err);
	if (output_fd < 0)
		return output_fd;
	result = spawn_recorded(launcher, order, attempt, output_fd, err);
	(void)close(output_fd); /* the child has its own */
	return result;
}

/* Whether it is proven that nothing of it is left. */
static bool give_cgroup_back(struct launcher *launcher, struct attempt *attempt)
{
	struct cgroup *cgroup = attempt->cgroup;

	if (attempt->frozen && cgroup)
		cgroup_set_frozen(cgroup, CGROUP_THAW); /* what it left lives on */
	attempt->cgroup = NULL;
	if (attempt->memory.bytes)
		memory_limit_end(&attempt->memory);
	return cgroups_give_back(&launcher->cgroups, cgroup);
}

/* The next attempt may have this one's empty file when nothing is left that could write to it. One
 * that ran for long may be looked at by somebody: its file goes with it. */
static void finish_output(struct launcher *launcher, struct attempt *attempt, bool is_empty)
{
	const bool was_short = attempt->ended_us - attempt->started_us < SHORT_US;

	output_finish(is_empty && was_short ? &launcher->spares : NULL, attempt->output,
		      attempt->output_max, &attempt->watch);
	if (launcher->spares.count && !launcher->spare.position)
		loop_arm(&launcher->loop, &launcher->spare, loop_now_us() + SPARE_US);
}

/* `is_empty`: it is proven that nothing of it is left. */
static void settle(struct launcher *launcher, struct attempt *attempt, enum attempt_phase phase,
		   bool is_empty)
{
	struct launch_message message;

	loop_disarm(&launcher->loop, &attempt->timer);
	finish_output(launcher, attempt, is_empty);
	attempt_end(&launcher->attempts, attempt, phase);
	message = attempt_describe(attempt, launcher->boot_id);
	launcher_record(launcher, &message);
	launcher_tell(launcher, &message);
}

/* There is no room for its output or its record: it never was. The record's beginning may reach
 * the log later, so its end follows. */
static void withdraw(struct launcher *launcher, struct attempt *attempt)
{
	struct launch_message message;

	(void)give_cgroup_back(launcher, attempt);
	attempt->exit = LAUNCH_EXIT_LAUNCH;
	attempt_end(&launcher->attempts, attempt, ATTEMPT_EXITED);
	message = attempt_describe(attempt, launcher->boot_id);
	launcher_record(launcher, &message);
	message = (struct launch_message){.kind = LAUNCH_ACKNOWLEDGE, .attempt = attempt->id};
	launcher_record(launcher, &message);
	message.kind = LAUNCH_NOT_STARTED;
	launcher_tell(launcher, &message);
	attempt_forget(&launcher->attempts, attempt);
}

struct attempt *child_start(struct launcher *launcher, const struct launch_message *order)
{
	struct attempt *attempt = attempt_of_order(launcher, order);
	struct launch_message message;
	struct err err;
	int result = start(launcher, order, attempt, &err);

	if (result == -ERR_FULL) {
		withdraw(launcher, attempt);
		return NULL;
	}
	if (result < 0) {
		attempt->exit = LAUNCH_EXIT_LAUNCH;
		attempt->ended_us = launcher_wall_us();
		attempt_set_text(attempt, err.message);
		settle(launcher, attempt, ATTEMPT_EXITED, give_cgroup_back(launcher, attempt));
		return NULL;
	}
	message = attempt_describe(attempt, launcher->boot_id);
	launcher_record(launcher, &message);
	launcher_tell_later(launcher, &message); /* a short one is told with its exit */
	return attempt;
}

/* ---- end --------------------------------------------------------------------------------- */

/* An end that a plain exit status would not have is looked up in the relay's note, if a relay stood
 * there; so is one that nobody saw. True when there is one. */
static bool read_note(const struct attempt *attempt, struct arena *arena,
		      struct launch_message *out)
{
	const bool plain = attempt->main_gone && WIFEXITED(attempt->status) &&
			   WEXITSTATUS(attempt->status) != NOTE_STATUS;
	char *path = plain ? NULL : note_path(attempt->output);
	const bool found = path && note_read(path, attempt->id, arena, out, NULL) >= 0;

	free(path);
	return found;
}

static void read_status(struct attempt *attempt, const struct launch_message *note)
{
	const int status = attempt->status;

	attempt->exit = WIFSIGNALED(status) ? LAUNCH_EXIT_SIGNAL : LAUNCH_EXIT_STATUS;
	attempt->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
	if (note) {
		attempt->exit = note->exit;
		attempt->code = note->code;
	}
	if (!attempt->timed_out || attempt->exit == LAUNCH_EXIT_LAUNCH)
		return;
	if (attempt->exit == LAUNCH_EXIT_SIGNAL)
		attempt->code += 128;
	attempt->exit = LAUNCH_EXIT_TIMEOUT;
}

/* Says what a person should know beside the exit: what lives on, or what could not be proven. */
static void explain(struct attempt *attempt, const struct cgroup *cgroup, bool is_empty)
{
	struct process_list left = {0};
	struct buf text;

	buf_init(&text, 400);
	if (cgroup && attempt->phase == ATTEMPT_RUNNING) {
		if (!is_empty)
			cgroup_list(cgroup, &left);
		if (left.count) {
			buf_printf(&text, "left %zu process%s running: ", left.count,
				   left.count == 1 ? "" : "es");
			process_list_print(&left, &text);
		}
	} else if (!cgroup && attempt->phase != ATTEMPT_RUNNING) {
		buf_add_text(&text, "no cgroup: that no process escaped the stop is not proven");
	}
	if (text.length)
		attempt_set_text(attempt, text.data);
	buf_release(&text);
	process_list_release(&left);
}

static enum attempt_phase judge(struct attempt *attempt, const struct launch_message *note,
				int64_t memory)
{
	if (note && note->text[0])
		attempt_set_text(attempt, note->text);
	if (note ? note->kind == LAUNCH_EXITED : attempt->main_gone) {
		read_status(attempt, note);
		resource_judge(attempt, memory);
		return ATTEMPT_EXITED;
	}
	if (!note)
		attempt_set_text(
			attempt,
			attempt->timed_out
				? "its launcher died; stopped at its timeout; exit unknown"
				: "its launcher died; its processes are gone; exit unknown");
	return ATTEMPT_LOST;
}

void child_finish(struct launcher *launcher, struct attempt *attempt)
{
	const int64_t memory = memory_limit_struck(&attempt->memory) ? attempt->memory.bytes : 0;
	const struct cgroup *cgroup = attempt->cgroup;
	const bool is_empty = give_cgroup_back(launcher, attempt);
	struct launch_message note;
	struct arena arena = {0};
	enum attempt_phase phase;

	if (!attempt->ended_us)
		attempt->ended_us = launcher_wall_us();
	explain(attempt, cgroup, is_empty);
	phase = judge(attempt, read_note(attempt, &arena, &note) ? &note : NULL, memory);
	arena_release(&arena);
	settle(launcher, attempt, phase, is_empty);
}

void child_give_up(struct launcher *launcher, struct attempt *attempt)
{
	struct process_list left = {0};
	struct buf text;

	if (attempt->cgroup)
		cgroup_list(attempt->cgroup, &left);
	else
		process_find(attempt->id, attempt->pid, &left);
	buf_init(&text, 400);
	buf_add_text(&text, "still there after KILL: pid ");
	process_list_print(&left, &text);
	attempt_set_text(attempt, buf_text(&text));
	log_error("attempt %s cannot be stopped; %s", attempt->id, buf_text(&text));
	buf_release(&text);
	process_list_release(&left);
	attempt->exit = LAUNCH_EXIT_UNKILLABLE;
	attempt->code = 0;
	attempt->ended_us = launcher_wall_us();
	settle(launcher, attempt, ATTEMPT_EXITED, give_cgroup_back(launcher, attempt));
}
