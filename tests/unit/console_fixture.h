/* SPDX-License-Identifier: MIT
 *
 * A console without a terminal and without an engine, showing a run of a small workflow, for tests
 * of views and dialogs.
 */
#ifndef HLP_TESTS_UNIT_CONSOLE_FIXTURE_H
#define HLP_TESTS_UNIT_CONSOLE_FIXTURE_H

#include "tui/app.h"

/* 2026-11-22T03:14:07Z */
#define FIXTURE_WALL_US ((int64_t)1795317247 * 1000000)

enum fixture_node {
	FIXTURE_CA,
	FIXTURE_ISSUE,
	FIXTURE_PAIR,
	FIXTURE_SWAP,
	FIXTURE_DNS,
	FIXTURE_SERVED,
	FIXTURE_NODES
};

/* edge-cert#12: prepare (ca, issue, pair), switch (swap, dns), verify (served); swap failed. */
void fixture_open(struct app *app, int width, int height);
void fixture_close(struct app *app);

/* Brings news of one node, as the watch would. */
struct fixture_news {
	const char *state, *reason, *message, *question;
	uint32_t attempt;
	int32_t exit_code;
	bool running; /* no end yet */
};
void fixture_node(struct app *app, uint32_t node, const struct fixture_news *news);
void fixture_execution(struct app *app, const char *state, const char *reason);

void fixture_keys(struct app *app, const char *keys); /* one after the other, half a second apart */
void fixture_wait(struct app *app, int64_t time_us);

/* Draws and gives the lines; valid until the next call with the same buffer. */
const char *fixture_screen(struct app *app, struct buf *out);
bool fixture_shows(struct app *app, const char *text);
/* A plan as the engine would send it; `rows` undo rows. The caller frees it. */
Hlp__V1__RollbackReply *fixture_plan(size_t rows, const char *refused);

#endif
