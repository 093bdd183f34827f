/* SPDX-License-Identifier: MIT
 *
 * The way of the first minute: to the failure, why, what changed, undo, again, green.
 */
#include "tui/coach.h"

#include <signal.h>
#include <string.h>

#include "tui/feed.h"
#include "tui/words.h"

#define LABEL "first-minute"

bool coach_is_on(const struct app *app)
{
	return app->mirror.has_rows && app->mirror.coach != NULL &&
	       strcmp(app->mirror.coach, LABEL) == 0;
}

static const char *in_dialog(const struct app *app)
{
	switch (app->dialog.kind) {
	case DIALOG_ARM:
		return "A reason goes with every act. Type one, then Enter.";
	case DIALOG_PLAN:
		return "This is what would happen. Type the name that it asks for, then Enter.";
	case DIALOG_NAME:
		return "What is risky is confirmed by its name: type it, then Enter.";
	case DIALOG_YES:
		return "y does it. Enter never confirms anything.";
	case DIALOG_CHOICE:
		return "Read what is asked, then press one of the letters.";
	default:
		return "Esc leaves this.";
	}
}

static bool asks_a_person(const struct mirror_node *node)
{
	return node->reason == REASON_APPROVAL || node->reason == REASON_MANUAL;
}

static bool has_failed(const struct mirror *mirror)
{
	return mirror->counts[STATE_FAILED] > 0;
}

/* In an output or a diff ] has a meaning of its own, and lists of other things show no node. */
static bool shows_nodes(const struct app *app)
{
	enum view_id view = app_view(app);

	return view == VIEW_LIST || view == VIEW_GRAPH || view == VIEW_TIMELINE ||
	       view == VIEW_NODE || view == VIEW_WHY;
}

/* Someone is asked: to the node, then its answer. */
static const char *at_a_gate(const struct app *app)
{
	const struct mirror_node *node = app_node(app);

	if (node != NULL && asks_a_person(node))
		return "A answers it.";
	for (uint32_t i = 0; i < app->mirror.nodes_count; i++)
		if (asks_a_person(&app->mirror.nodes[i]))
			return shows_nodes(app) ? "A person is asked. ] goes there."
						: "A person is asked. 1 shows the list; there ] "
						  "goes to it.";
	return NULL;
}

static const char *at_a_failure(struct app *app)
{
	const struct mirror_node *node = app_node(app);
	enum view_id view = app_view(app);

	if (node == NULL || node->state != STATE_FAILED)
		return shows_nodes(app) ? "A step failed, on purpose. ] goes to it."
					: "A step failed, on purpose. 1 shows the list; there ] "
					  "goes to it.";
	if (view == VIEW_NODE || view == VIEW_OUTPUT)
		app->coach_seen |= COACH_SAW_FAILURE;
	if (view == VIEW_DIFF)
		app->coach_seen |= COACH_SAW_DIFF;
	if ((app->coach_seen & COACH_SAW_FAILURE) == 0)
		return "Enter shows why it failed.";
	if ((app->coach_seen & COACH_SAW_DIFF) == 0)
		return "Its last lines say why. d shows what it changed.";
	return "U undoes it: the plan comes first, and nothing happens without it.";
}

const char *coach_line(struct app *app)
{
	const struct mirror *mirror = &app->mirror;

	if (!coach_is_on(app))
		return NULL;
	if (app->lost_us != 0)
		return "The engine is dead. What runs goes on, and the launcher starts it again.";
	if (app->dialog.kind != DIALOG_NONE)
		return in_dialog(app);
	if (mirror->rolling_back)
		return "It is being undone, in the reverse order.";
	if (mirror->reason == REASON_ROLLED_BACK)
		return "Everything is as it was. R runs it again.";
	const char *gate = at_a_gate(app);
	if (gate != NULL)
		return gate;
	if (has_failed(mirror))
		return at_a_failure(app);
	if (mirror->state == STATE_COMPLETED && app->coach_seen & COACH_SAW_CRASH)
		return "The engine came back and read its journal: all is as it was. q leaves.";
	if (mirror->state == STATE_COMPLETED)
		return "Green. :demo crash kills the engine to see it come back; q leaves.";
	return "It runs by itself. ? shows all keys at any time.";
}

/* ---- :demo crash ------------------------------------------------------------------------- */

static void kill_engine(struct app *app)
{
	const Hlp__V1__EngineStatus *engine = (const Hlp__V1__EngineStatus *)app->engine.message;

	/* The same user's process, as the engine itself said a moment ago. */
	if (engine->pid > 1 && kill((pid_t)engine->pid, SIGKILL) == 0)
		app_say(app, ROLE_warning, "the engine, process %d, was killed: watch it come back",
			(int)engine->pid);
	else
		app_say(app, ROLE_error, "the engine could not be killed");
}

void coach_demo(struct app *app, const char *what)
{
	if (strcmp(what, "crash") != 0)
		app_say(app, ROLE_error, "there is one demonstration: :demo crash");
	else if (!coach_is_on(app))
		app_say(app, ROLE_error, "only in the demonstration: this may be a real run");
	else if (app->read_only)
		app_say(app, ROLE_error, "demo: this console was started with --read-only");
	else
		feed_engine(app, kill_engine);
}
