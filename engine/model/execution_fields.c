/* SPDX-License-Identifier: MIT
 *
 * The tables of what a snapshot stores, and the one member that is made from stored ones.
 */
#include "model/execution_fields.h"

#include <stdio.h>
#include <string.h>

#define HEADER(tag, type, member)   RECORD_FIELD(tag, type, execution, member)
#define NODE(tag, type, member)	    RECORD_FIELD(tag, type, node_run, member)
#define REVISION(tag, type, member) RECORD_FIELD(tag, type, revision, member)
#define COUNT(fields)		    (sizeof(fields) / sizeof(*(fields)))

static const struct record_field header_fields[] = {
	HEADER(1, CHARS, id),
	HEADER(2, U32, number),
	HEADER(3, TEXT, actor),
	HEADER(4, TEXT, note),
	HEADER(5, TEXT, folder),
	HEADER(6, TEXT, revision),
	HEADER(7, TEXT, request),
	HEADER(8, CHARS, blob),
	HEADER(9, BOOL, dirty),
	HEADER(10, U32, state),
	HEADER(11, U32, reason),
	HEADER(12, BOOL, paused),
	HEADER(13, BOOL, cancelled),
	HEADER(14, BOOL, draining),
	HEADER(15, BOOL, quarantined),
	HEADER(16, BOOL, ended),
	HEADER(17, BOOL, rolling_back),
	HEADER(18, BOOL, rolled_back),
	HEADER(19, CHARS, plan_id),
	HEADER(20, U64, seq),
	HEADER(21, U64, header_version),
	HEADER(22, U64, events_count),
	HEADER(23, I64, created_us),
	HEADER(24, I64, started_us),
	HEADER(25, I64, ended_us),
	HEADER(26, U32, retries_used),
	HEADER(30, TEXT, quarantine),
	HEADER(34, U64, rollback_seq),
	HEADER(35, BOOL, only_files),
	HEADER(36, BOOL, was_paused),
	HEADER(37, BOOL, was_ended),
	HEADER(38, U32, ended_state),
	HEADER(39, U32, ended_reason),
	HEADER(52, BOOL, steps),
	HEADER(56, U32, policy_step),
	HEADER(57, U32, policy_trigger),
	HEADER(58, U32, policy_node),
	HEADER(59, TEXT, policy),
};
const struct record execution_header_record = {header_fields, COUNT(header_fields)};

static const struct record_field node_fields[] = {
	NODE(1, U32, state),
	NODE(2, U32, reason),
	NODE(3, U32, resume_state),
	NODE(4, U32, resume_reason),
	NODE(5, BOOL, held),
	NODE(6, BOOL, stale),
	NODE(7, BOOL, intended),
	NODE(8, BOOL, captured_before),
	NODE(9, BOOL, collected),
	NODE(10, BOOL, captured_after),
	NODE(11, BOOL, restored),
	NODE(12, U32, live_kind),
	NODE(13, U32, attempt),
	NODE(14, U32, undo_attempt),
	NODE(15, U32, hook),
	NODE(16, U32, hook_attempt),
	NODE(17, U32, fresh_attempt),
	NODE(18, U32, tries),
	NODE(19, U32, undo_tries),
	NODE(20, U32, verdict),
	NODE(21, U32, question),
	NODE(22, U32, exit_kind),
	NODE(23, I32, code),
	NODE(24, I64, first_try_us),
	NODE(25, I64, started_us),
	NODE(26, I64, ended_us),
	NODE(27, I64, undo_started_us),
	NODE(28, I64, due_us),
	NODE(29, I64, backoff_us),
	NODE(30, I64, pid),
	NODE(31, U64, start_ticks),
	NODE(32, U64, start_order),
	NODE(33, U64, version),
	NODE(34, U64, ready_seq),
	NODE(35, U32, last_revision),
	NODE(40, TEXT, held_by),
	NODE(41, TEXT, held_note),
	NODE(42, I64, held_until_us),
	NODE(43, I64, asked_us),
	NODE(44, U32, freeze),
	NODE(45, BOOL, approved),
	NODE(46, U32, undo_from),
	NODE(55, BOOL, keeps),
	NODE(56, U32, kept_state),
	NODE(57, U32, kept_reason),
	NODE(58, U64, settled),
	NODE(70, U32, shells),
	NODE(73, U64, last_start),
	NODE(74, U64, taken_back),
	NODE(76, U32, reschedules),
	NODE(77, U32, policy_target),
	NODE(78, U32, check),
	NODE(79, U32, check_attempt),
	NODE(80, BOOL, check_failed),
	NODE(81, BOOL, check_lost),
	NODE(82, I64, check_started_us),
};
const struct record execution_node_record = {node_fields, COUNT(node_fields)};

static const struct record_field revision_fields[] = {
	REVISION(1, U32, node),	     REVISION(2, U32, artifact),  REVISION(3, U32, attempt_kind),
	REVISION(4, U32, attempt),   REVISION(5, U32, moment),	  REVISION(6, U64, seq),
	REVISION(7, I64, time_us),   REVISION(8, BOOL, absent),	  REVISION(9, CHARS, blob),
	REVISION(10, I64, size),     REVISION(11, U32, mode),	  REVISION(12, U32, uid),
	REVISION(13, U32, gid),	     REVISION(14, I64, mtime_ns), REVISION(15, U64, inode),
	REVISION(16, U32, previous), REVISION(17, U64, device),	  REVISION(18, U64, folder),
	REVISION(19, BOOL, failed),  REVISION(20, U64, judged),
};
const struct record execution_revision_record = {revision_fields, COUNT(revision_fields)};

static const struct record_field target_fields[] = {
	RECORD_FIELD(1, U32, file_target, node),
	RECORD_FIELD(2, U32, file_target, artifact),
	RECORD_FIELD(3, U64, file_target, revision),
};
const struct record execution_target_record = {target_fields, COUNT(target_fields)};

static const struct record_field checkpoint_fields[] = {
	RECORD_FIELD(1, TEXT, checkpoint, name),    RECORD_FIELD(2, U32, checkpoint, state),
	RECORD_FIELD(3, U64, checkpoint, seq),	    RECORD_FIELD(4, I64, checkpoint, time_us),
	RECORD_FIELD(5, CHARS, checkpoint, commit), RECORD_FIELD(6, TEXT, checkpoint, digest),
	RECORD_FIELD(7, TEXT, checkpoint, message),
};
const struct record execution_checkpoint_record = {checkpoint_fields, COUNT(checkpoint_fields)};

static const struct record_field binding_fields[] = {
	RECORD_FIELD(1, TEXT, binding, name),
	RECORD_FIELD(2, TEXT, binding, value),
};
const struct record execution_binding_record = {binding_fields, COUNT(binding_fields)};

void execution_rename(struct execution *execution)
{
	const char *workflow = execution->workflow->name;
	size_t size = strlen(workflow) + 12;

	execution->name = arena_alloc(&execution->arena, size);
	(void)snprintf(execution->name, size, "%s#%u", workflow,
		       execution->number); /* ten digits, '#' and NUL fit */
}
