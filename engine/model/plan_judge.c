/* SPDX-License-Identifier: MIT
 *
 * What a plan is called, whether it may be carried out, and whether it still is what was shown.
 */
#include "model/checkpoint.h"
#include "model/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ------------------------------------------------------------------------------- */

static const char *const actions[PLAN_ACTIONS] = {
	[PLAN_STOP] = "stop",
	[PLAN_UNDO] = "undo",
	[PLAN_RESTORE] = "restore",
	[PLAN_HOOK] = "hook",
	[PLAN_NO_UNDO] = "no_undo",
	[PLAN_NOTHING] = "nothing",
	[PLAN_IRREVERSIBLE] = "irreversible",
	[PLAN_STALE] = "stale",
};

const char *plan_action_name(enum plan_action action)
{
	return (size_t)action < PLAN_ACTIONS ? actions[action] : "";
}

bool plan_action_parse(const char *name, enum plan_action *out)
{
	for (int i = 0; i < PLAN_ACTIONS; i++) {
		if (strcmp(actions[i], name) == 0) {
			*out = (enum plan_action)i;
			return true;
		}
	}
	return false;
}

const char *plan_level_name(enum plan_level level)
{
	static const char *const names[] = {[PLAN_OF_NODE] = "node",
					    [PLAN_OF_PHASE] = "phase",
					    [PLAN_OF_ALL] = "all",
					    [PLAN_OF_ARTIFACT] = "artifact",
					    [PLAN_OF_CHECKPOINT] = "checkpoint"};

	return (size_t)level < sizeof(names) / sizeof(*names) ? names[level] : "";
}

const char *plan_warning_word(enum plan_warning warning)
{
	switch (warning) {
	case PLAN_WARN_PARTIAL:
		return "ran only part way";
	case PLAN_WARN_CHANGED:
		return "changed by someone else since";
	case PLAN_WARN_UNKNOWN:
		return "outcome unknown";
	case PLAN_WARN_NO_UNDO:
	case PLAN_WARN_IRREVERSIBLE:
		break;
	}
	return "";
}

/* ---- what was found on disk -------------------------------------------------------------- */

void plan_mark(struct plan *plan, uint32_t index, enum plan_found found, const char *who)
{
	struct plan_row *row = &plan->rows[index];

	if (found == PLAN_AS_WANTED) {
		row->conflict = NULL; /* nothing would be lost */
		row->done = true;
	} else if (found == PLAN_CHANGED) {
		row->warnings |= PLAN_WARN_CHANGED;
		row->conflict = who ? plan_say(plan, "%s", who) : "somebody changed it since";
	}
}

/* ---- the name ---------------------------------------------------------------------------- */

/* As FNV-1a, but a word at a time; what it carries away to the left is folded back. */
static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(1099511628211);
	return hash ^ hash >> 32;
}

static void name_it(struct plan *plan, const struct execution *execution)
{
	uint64_t hash = mix(UINT64_C(14695981039346656037),
			    (uint64_t)plan->ask.level << 32 | plan->ask.node);

	if (plan->ask.level == PLAN_OF_CHECKPOINT)
		hash = mix(hash, checkpoint_find(execution, plan->ask.checkpoint)->seq);
	for (uint32_t i = 0; i < plan->rows_count; i++) {
		const struct plan_row *row = &plan->rows[i];

		hash = mix(hash, (uint64_t)row->action << 32 | row->node);
		hash = mix(hash, (uint64_t)row->warnings << 32 | row->artifact);
		hash = mix(hash, (row->to ? row->to->seq : 0) << 1 | !row->conflict);
	}
	for (uint32_t i = 0; i < plan->nodes_count; i++)
		hash = mix(hash, plan->nodes[i]);
	(void)snprintf(plan->id, sizeof(plan->id), "%08x",
		       (uint32_t)hash); /* eight digits and NUL fit */
}

/* ---- whether it may be ------------------------------------------------------------------- */

static bool names_node(const uint32_t *nodes, size_t count, uint32_t node)
{
	for (size_t i = 0; i < count; i++)
		if (nodes[i] == node)
			return true;
	return false;
}

static bool names_file(const struct plan_file *files, size_t count, const struct plan_row *row)
{
	for (size_t i = 0; i < count; i++)
		if (files[i].node == row->node && files[i].artifact == row->artifact)
			return true;
	return false;
}

/* It was larger than its max_size: known only by its size. */
static bool is_unkept(const struct plan_row *row)
{
	return row->action == PLAN_RESTORE && !row->done && !row->to->absent && !row->to->blob[0];
}

/* Of a path that several nodes write, each has its own row. */
static const char *leave(struct plan *plan, const char *node, const char *path)
{
	return plan_say(plan, "leave it with --exclude %s:%s", node, path);
}

static const char *object_to_row(struct plan *plan, const struct execution *execution,
				 const struct plan_row *row)
{
	const struct plan_ask *ask = &plan->ask;
	const char *node = execution->workflow->nodes[row->node].id;

	if (row->action == PLAN_IRREVERSIBLE && !names_node(ask->past, ask->past_count, row->node))
		return plan_say(plan,
				"%s is past its point of no return (%s): name it with --past to go "
				"on",
				node, row->text);
	if (is_unkept(row))
		return plan_say(
			plan, "%s of %s: no contents of r%llu were kept, it had %lld bytes: %s",
			row->path, node, (unsigned long long)row->to->seq, (long long)row->to->size,
			row->excludable ? leave(plan, node, row->path) : "name another revision");
	if (row->conflict && !names_file(ask->overwrite, ask->overwrite_count, row))
		return plan_say(plan,
				"%s of %s: %s; look at 'hlp diff', then say --overwrite %s:%s%s%s",
				row->path, node, row->conflict, node, row->path,
				row->excludable ? ", or " : "",
				row->excludable ? leave(plan, node, row->path) : "");
	return NULL;
}

static const char *object_to_artifact(struct plan *plan, const struct execution *execution)
{
	const struct plan_ask *ask = &plan->ask;
	const struct node_run *node = &execution->nodes[ask->node];
	const char *name = execution->workflow->nodes[ask->node].id;
	const char *path = execution->workflow->nodes[ask->node].artifacts[ask->artifact].path;

	if (!state_is_terminal(node->state))
		return plan_say(plan, "%s has not ended and may write %s: wait for it, or stop it",
				name, path);
	if (!plan->rows_count && ask->revision)
		return plan_say(plan, "%s of %s has no revision r%llu", path, name,
				(unsigned long long)ask->revision);
	if (plan->rows_count && plan->rows[0].done)
		return plan_say(plan, "%s is as r%llu already", path,
				(unsigned long long)plan->rows[0].to->seq);
	if (!plan->rows_count)
		return plan_say(plan, "%s has not run since it was fresh: say --to which revision",
				name);
	return NULL;
}

/* ", or --to NAME, which is before it"; nothing when there is none. */
static const char *offer_before(struct plan *plan, const struct execution *execution,
				const struct checkpoint *checkpoint)
{
	const struct checkpoint *before = checkpoint_before(execution, checkpoint);

	return before ? plan_say(plan, "; the one before it is %s: --to %s", before->name,
				 before->name)
		      : "; there is none before it";
}

void plan_mark_damaged(struct plan *plan, const struct execution *execution, const char *why)
{
	const struct checkpoint *checkpoint = checkpoint_find(execution, plan->ask.checkpoint);

	plan->damage = plan_say(plan, "the checkpoint %s is damaged: %s%s", checkpoint->name, why,
				offer_before(plan, execution, checkpoint));
}

/* What was taken back since cannot come again by going back. */
static const char *object_to_checkpoint(struct plan *plan, const struct execution *execution)
{
	const struct checkpoint *checkpoint = checkpoint_find(execution, plan->ask.checkpoint);

	if (plan->damage)
		return plan->damage;
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		if (checkpoint_is_past(execution, checkpoint, i))
			return plan_say(plan,
					"%s was taken back since the checkpoint %s: no rollback "
					"leads there any more%s",
					execution->workflow->nodes[i].id, checkpoint->name,
					offer_before(plan, execution, checkpoint));
	}
	return NULL;
}

/* Who finds a file there that was left would look for it here. */
static const char *object_to_node(struct plan *plan, const struct execution *execution)
{
	const struct node_run *node = &execution->nodes[plan->ask.node];
	const struct node_spec *spec = &execution->workflow->nodes[plan->ask.node];

	if (node->state != STATE_RECOVERED)
		return plan_say(plan, "%s has not started: nothing to undo", spec->id);
	if (node->reason == REASON_ACCEPTED && spec->artifacts_count)
		return plan_say(plan,
				"%s was taken back already, and left as it is; a file of it goes "
				"back by itself: --artifact %s:%s --to REVISION",
				spec->id, spec->id, spec->artifacts[0].path);
	return plan_say(plan, "%s was taken back already (%s): nothing to undo", spec->id,
			state_word(node->state, node->reason));
}

/* A file that alone was brought back since is no node's work, and comes again alone. */
static const char *offer_file(struct plan *plan, const struct execution *execution)
{
	const struct checkpoint *checkpoint = checkpoint_find(execution, plan->ask.checkpoint);

	for (size_t i = execution->revisions_count; i-- > 0;) {
		const struct revision *now = &execution->revisions[i], *then;
		const struct node_spec *spec = &execution->workflow->nodes[now->node];

		if (now->seq <= checkpoint->seq)
			break;
		then = checkpoint_revision(execution, checkpoint, now->node, now->artifact);
		if (then && now->moment == MOMENT_RESTORED &&
		    execution->nodes[now->node].state != STATE_RECOVERED &&
		    now == execution_newest_revision(execution, now->node, now->artifact) &&
		    !execution_same_file(now, then))
			return plan_say(plan,
					"; %s was brought back since, it alone: --artifact %s:%s "
					"--to r%llu",
					spec->artifacts[now->artifact].path, spec->id,
					spec->artifacts[now->artifact].path,
					(unsigned long long)then->seq);
	}
	return "";
}

static const char *object_to_nothing(struct plan *plan, const struct execution *execution)
{
	const struct plan_ask *ask = &plan->ask;
	const struct workflow *workflow = execution->workflow;

	if (plan->nodes_count)
		return NULL;
	if (ask->level == PLAN_OF_NODE)
		return object_to_node(plan, execution);
	if (ask->level == PLAN_OF_PHASE)
		return plan_say(plan,
				"no node of phase %s or of a later one has started, or all were "
				"taken back: nothing to undo",
				workflow->phases[ask->phase]);
	if (ask->level == PLAN_OF_CHECKPOINT)
		return plan_say(plan,
				"no node of %s has started since the checkpoint %s: nothing to "
				"undo%s",
				execution->name, ask->checkpoint, offer_file(plan, execution));
	return plan_say(plan, "no node of %s has started, or all were taken back: nothing to undo",
			execution->name);
}

/* There is one rollback at a time; it may stand at a question and end no earlier. */
static const char *object_to_second(struct plan *plan, const struct execution *execution)
{
	const uint32_t nodes = execution->graph->nodes_count;
	uint32_t asks = 0;

	while (asks < nodes && (execution->nodes[asks].question == QUESTION_NONE ||
				execution->nodes[asks].state != STATE_RECOVERING))
		asks++;
	if (asks < nodes)
		return plan_say(plan,
				"%s is being rolled back already, and waits for an answer about "
				"%s: hlp answer %s/%s",
				execution->name, execution->workflow->nodes[asks].id,
				execution->name, execution->workflow->nodes[asks].id);
	return plan_say(plan, "%s is being rolled back already: %s", execution->name,
			execution->paused ? "'hlp resume' goes on with that"
					  : "wait for the end of that");
}

static const char *objection(struct plan *plan, const struct execution *execution)
{
	const char *found;

	if (execution->rolling_back)
		return object_to_second(plan, execution);
	found = plan->ask.level == PLAN_OF_CHECKPOINT ? object_to_checkpoint(plan, execution)
						      : NULL;
	if (!found)
		found = plan->ask.level == PLAN_OF_ARTIFACT ? object_to_artifact(plan, execution)
							    : object_to_nothing(plan, execution);
	for (uint32_t i = 0; !found && i < plan->rows_count; i++)
		found = object_to_row(plan, execution, &plan->rows[i]);
	return found;
}

void plan_judge(struct plan *plan, const struct execution *execution)
{
	name_it(plan, execution);
	plan->refused = plan->exclusion ? plan->exclusion : objection(plan, execution);
}

/* ---- whether it is what was shown -------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct plan_row *first = *(const struct plan_row *const *)a;
	const struct plan_row *second = *(const struct plan_row *const *)b;

	if (first->node != second->node)
		return first->node < second->node ? -1 : 1;
	if (first->action != second->action)
		return first->action < second->action ? -1 : 1;
	return (first->artifact > second->artifact) - (first->artifact < second->artifact);
}

static bool is_worse(const struct plan_row *now, const struct plan_row *shown)
{
	return (now->warnings & ~shown->warnings) || (now->conflict && !shown->conflict) ||
	       (now->to && (!shown->to || now->to->seq != shown->to->seq));
}

bool plan_covers(const struct plan *shown, struct plan *now)
{
	const struct plan_row **sorted = mem_calloc(shown->rows_count + 1, sizeof(*sorted));
	bool covers = true;

	for (uint32_t i = 0; i < shown->rows_count; i++)
		sorted[i] = &shown->rows[i];
	qsort(sorted, shown->rows_count, sizeof(*sorted), by_place);
	for (uint32_t i = 0; i < now->rows_count; i++) {
		const struct plan_row *row = &now->rows[i];
		const struct plan_row **found =
			bsearch(&row, sorted, shown->rows_count, sizeof(*sorted), by_place);

		now->rows[i].worse = !found || is_worse(row, *found);
		covers = covers && !now->rows[i].worse;
	}
	free(sorted);
	return covers;
}
