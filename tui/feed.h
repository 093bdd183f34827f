/* SPDX-License-Identifier: MIT
 *
 * What the console asks of the engine, and what comes back: the watch that keeps the mirror, and
 * one call at a time for each thing a view shows. Never blocks; without a client (tests of views)
 * nothing is asked. One thread.
 */
#ifndef HLP_TUI_FEED_H
#define HLP_TUI_FEED_H

#include "tui/app.h"

struct feed *feed_new(struct app *app);
void feed_free(struct feed *feed); /* accepts NULL; no callback comes after */

/* Watches an execution from now on (id, or as a person names it). */
void feed_watch(struct app *app, const char *execution);
/* Starts what is due: a watch that ended, output that grew, the list of executions. */
void feed_tick(struct app *app);
int64_t feed_deadline_us(const struct app *app);

/* A message of one's own with the same contents. */
ProtobufCMessage *feed_copy(const ProtobufCMessage *message);

/* Questions, one of each kind at a time; the answers go to the state of the view that shows them.
 */
enum feed_question {
	FEED_DIFF,
	FEED_FIND,
	FEED_ATTEMPTS,
	FEED_ARTIFACTS,
	FEED_RUNS,
	FEED_PLAN,
	FEED_CHECKPOINTS,
	FEED_PINS,
	FEED_ENGINE,
	FEED_MOMENT,
	FEED_STATUS_A,
	FEED_STATUS_B,
	FEED_GRAPH_A,
	FEED_GRAPH_B,
	FEED_ASKS
};
void feed_forget(struct feed_answer *answer);

struct diff_question {
	const char *artifact; /* "NODE:PATH" */
	const char *old_revision, *new_revision;
	uint32_t context;
	const char *compare; /* "text", or "": as its name says */
};
void feed_diff(struct app *app, const struct diff_question *about);
struct find_question {
	const char *text;
	bool errors, backwards;
	int64_t from; /* -1: the end */
	uint32_t lines;
};
/* In the output that the tail shows; `then` takes the answer out of app->found.answer. */
void feed_find(struct app *app, const struct find_question *about, void (*then)(struct app *app));
void feed_find_stop(struct app *app);
/* Into app->plan.checkpoints. */
void feed_checkpoints(struct app *app);
/* The attempts of the selected node, into app->attempts. */
void feed_attempts(struct app *app);
/* Shows the execution as it was after an event, until feed_now: no news are taken meanwhile. */
void feed_past(struct app *app, uint64_t seq, int64_t time_us);
void feed_now(struct app *app);
/* The engine's own status into app->engine; `then` is called when it is there. */
void feed_engine(struct app *app, void (*then)(struct app *app));
void feed_artifacts(struct app *app);
void feed_runs(struct app *app);
/* Asks whether what was pinned with the execution is as it was. */
void feed_pins(struct app *app);
void feed_take_pins(struct app *app, const Hlp__V1__PinList *list);
/* The rows and the graph of one of the two executions that are compared. */
void feed_compared(struct app *app, int which, const char *execution);
/* The journal from where it is known on, and what comes; ends with feed_watch of another. */
void feed_journal(struct app *app);

void feed_plan(struct app *app); /* for what app->plan.asked says */
void feed_take_plan(struct app *app, const Hlp__V1__RollbackReply *reply);
/* It changed since it was shown: what was typed is dropped, and it is asked for and shown again. */
void feed_plan_void(struct app *app);
/* Carries out the plan that is shown. */
void feed_apply_plan(struct app *app, const char *reason);
void feed_act(struct app *app, const struct act *act, const char *reason);
/* Starts a run; takes over nothing, copies the request. */
void feed_execute(struct app *app, const Hlp__V1__ExecuteRequest *request);

#endif
