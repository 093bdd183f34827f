/* SPDX-License-Identifier: MIT
 *
 * What the parts of the feed share; nobody outside feed*.c includes it.
 *
 *   feed         the watch that keeps the mirror, output, who else is here, what time brings
 *   feed_ask     one-off questions: the answer is kept for the view that asked
 *   feed_change  what changes something: kept, with its request id, until it is answered
 */
#ifndef HLP_TUI_FEED_OWN_H
#define HLP_TUI_FEED_OWN_H

#include "base/clock.h"
#include "tui/feed.h"

#define AGAIN_LOST_US (CLOCK_SECOND_US / 4)
#define AGAIN_RUNS_US (2 * CLOCK_SECOND_US)

struct pending; /* feed_change.c */

/* A question under way, and where its answer goes. */
struct feed_ask {
	struct app *app;
	struct client_rpc *call;
	struct feed_answer *into;
	void (*then)(struct app *app); /* NULL: the view only draws */
};

struct feed {
	struct client_rpc *watch, *graph, *output, *presence, *events;
	int64_t watch_us, graph_us, output_us, runs_us, presence_us,
		events_us; /* when to ask again */
	struct feed_ask asks[FEED_ASKS];
	bool told_armed; /* what the others were told of this console */
	int64_t clock_us;
	struct pending *pending;
	char own_what[200]; /* "retry swap": the last act of one's own */
	int64_t own_us;
};

/* Ends a call that is under way, if there is one. */
void feed_stop(struct app *app, struct client_rpc **call);
/* Something is about to happen: a watch that had ended is worth asking for again at once. */
void feed_expect_news(struct app *app);

void feed_send_due(struct app *app);	    /* what is to be sent again by now */
int64_t feed_due_us(const struct app *app); /* when; INT64_MAX for never */
void feed_forget_pending(struct feed *feed);

#endif
