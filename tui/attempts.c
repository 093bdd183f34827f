/* SPDX-License-Identifier: MIT
 *
 * The choice of an attempt. See attempts.h.
 */
#include "tui/attempts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const Hlp__V1__AttemptList *list_of(const struct app *app)
{
	return (const Hlp__V1__AttemptList *)app->attempts.list.message;
}

static void name(struct attempt_name *out, const char *kind, uint32_t number)
{
	(void)snprintf(out->kind, sizeof(out->kind), "%s", kind);
	out->number = number;
}

static bool is_same(const struct attempt_name *a, const struct attempt_name *b)
{
	return a->number == b->number && strcmp(a->kind, b->kind) == 0;
}

void attempts_say(const struct attempt_name *name, char out[ATTEMPTS_NAME])
{
	(void)snprintf(out, ATTEMPTS_NAME, "%s %u",
		       strcmp(name->kind, "run") == 0 ? "attempt" : name->kind, name->number);
}

void attempts_forget(struct app *app)
{
	if (app->attempts.list.message != NULL)
		protobuf_c_message_free_unpacked(app->attempts.list.message, NULL);
	app->attempts = (struct attempts_state){.node = app->selected};
}

/* ---- the list ---------------------------------------------------------------------------- */

/* One that is to start has no time yet and is the newest; one that never did has only its end. */
static int64_t time_of(const Hlp__V1__Attempt *attempt)
{
	if (attempt->started_us > 0)
		return attempt->started_us;
	return attempt->ended_us > 0 ? attempt->ended_us : INT64_MAX;
}

static int compare_times(const void *a, const void *b)
{
	int64_t left = time_of(*(Hlp__V1__Attempt *const *)a);
	int64_t right = time_of(*(Hlp__V1__Attempt *const *)b);

	return left < right ? -1 : left > right;
}

static bool is_of(const Hlp__V1__AttemptList *list, const struct mirror_node *node)
{
	return list->n_attempts == 0 || strcmp(list->attempts[0]->node, node->id) == 0;
}

/* The caller frees it. */
static Hlp__V1__Attempt **by_time(const Hlp__V1__AttemptList *list)
{
	Hlp__V1__Attempt **sorted = mem_calloc(list->n_attempts + 1, sizeof(*sorted));

	memcpy(sorted, list->attempts, list->n_attempts * sizeof(*sorted));
	qsort(sorted, list->n_attempts, sizeof(*sorted), compare_times);
	return sorted;
}

const Hlp__V1__Attempt *attempts_find(const struct app *app, const struct attempt_name *name)
{
	const Hlp__V1__AttemptList *list = list_of(app);

	if (list == NULL || app_node(app) == NULL || !is_of(list, app_node(app)))
		return NULL;
	for (size_t i = 0; i < list->n_attempts; i++)
		if (list->attempts[i]->number == name->number &&
		    strcmp(list->attempts[i]->kind, name->kind) == 0)
			return list->attempts[i];
	return NULL;
}

/* ---- what matters now -------------------------------------------------------------------- */

/* While a node is being undone, what its undo prints is what matters. */
static bool shows_undo(const struct mirror_node *node)
{
	return node->undo_attempt > 0 &&
	       (node->state == STATE_RECOVERING || node->reason == REASON_UNDO_FAILED);
}

static bool shows_check(const struct mirror_node *node)
{
	return node->reason == REASON_CHECK ||
	       (node->more != NULL && node->more->checking != NULL &&
		node->more->checking[0] != '\0');
}

/* The newest check of this run. A file that is missing or too large fails without one, and then a
 * check of an earlier run has nothing to do with it. */
static void name_check(const struct app *app, const struct mirror_node *node,
		       struct attempt_name *out)
{
	const struct attempt_name run = {.kind = "run", .number = node->attempt};
	const Hlp__V1__Attempt *since = attempts_find(app, &run);
	const Hlp__V1__AttemptList *list = list_of(app);

	*out = run;
	for (size_t i = 0; list != NULL && since != NULL && i < list->n_attempts; i++) {
		const Hlp__V1__Attempt *attempt = list->attempts[i];
		bool later = strcmp(out->kind, "run") == 0 || attempt->number > out->number;
		if (strcmp(attempt->kind, "check") == 0 && time_of(attempt) >= time_of(since) &&
		    later)
			name(out, attempt->kind, attempt->number);
	}
}

static bool name_usual(const struct app *app, const struct mirror_node *node,
		       struct attempt_name *out)
{
	const struct attempts_state *attempts = &app->attempts;

	if (shows_undo(node)) {
		name(out, "undo", node->undo_attempt);
	} else if (!shows_check(node)) {
		name(out, "run", node->attempt);
	} else {
		/* Without an answer it is better to show something than to wait for ever. */
		if (attempts->known_version != node->version && attempts->list.error[0] == '\0')
			return false;
		name_check(app, node, out);
	}
	return true;
}

bool attempts_wanted(struct app *app, const struct mirror_node *node, struct attempt_name *out)
{
	struct attempts_state *attempts = &app->attempts;

	if (attempts->node != app->selected)
		attempts_forget(app);
	/* What was chosen is left when the next run or undo begins: that is what one waits for. */
	if (attempts->chosen.number > 0 && attempts->chosen_run == node->attempt &&
	    attempts->chosen_undo == node->undo_attempt) {
		*out = attempts->chosen;
		return true;
	}
	attempts->chosen.number = 0;
	return name_usual(app, node, out);
}

/* ---- steps ------------------------------------------------------------------------------- */

static void choose(struct app *app, const struct mirror_node *node, const Hlp__V1__Attempt *to)
{
	struct attempts_state *attempts = &app->attempts;
	struct attempt_name usual;

	name(&attempts->chosen, to->kind, to->number);
	attempts->chosen_run = node->attempt;
	attempts->chosen_undo = node->undo_attempt;
	if (name_usual(app, node, &usual) && is_same(&usual, &attempts->chosen))
		attempts->chosen.number = 0;
}

static void step_now(struct app *app, const struct mirror_node *node, int step)
{
	const Hlp__V1__AttemptList *list = list_of(app);
	Hlp__V1__Attempt **sorted = by_time(list);
	struct attempt_name from = app->attempts.shown;
	char said[ATTEMPTS_NAME];
	size_t at = 0;

	if (from.number == 0) /* the key came before the first look */
		(void)name_usual(app, node, &from);
	const Hlp__V1__Attempt *now = attempts_find(app, &from);
	attempts_say(&from, said);
	while (at < list->n_attempts && sorted[at] != now)
		at++;
	if (list->n_attempts == 0)
		app_say(app, ROLE_dim, "%s has no attempt yet", node->id);
	else if (now == NULL)
		choose(app, node, sorted[list->n_attempts - 1]);
	else if (step < 0 && at == 0)
		app_say(app, ROLE_dim, "%s is the first attempt of %s", said, node->id);
	else if (step > 0 && at + 1 >= list->n_attempts)
		app_say(app, ROLE_dim, "%s is the newest attempt of %s", said, node->id);
	else
		choose(app, node, sorted[step < 0 ? at - 1 : at + 1]);
	free(sorted);
}

void attempts_step(struct app *app, int step)
{
	if (app->attempts.node != app->selected)
		attempts_forget(app);
	app->attempts.step = step;
}

void attempts_asked(struct app *app)
{
	const struct mirror_node *node = app_node(app);

	if (app->attempts.node != app->selected)
		attempts_forget(app);
	app->attempts.asked_version = node != NULL ? node->version : 0;
}

void attempts_taken(struct app *app)
{
	struct attempts_state *attempts = &app->attempts;
	const struct mirror_node *node = app_node(app);
	int step = attempts->step;

	if (node == NULL || !is_of(list_of(app), node))
		return; /* another node was selected meanwhile */
	attempts->step = 0;
	attempts->known_version = attempts->asked_version;
	app->tail_moved = app->changed = true;
	if (step != 0)
		step_now(app, node, step);
}
