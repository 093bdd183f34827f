/* SPDX-License-Identifier: MIT
 *
 * How executions and nodes are put into words, the same in every command. Pure but for local time.
 */
#ifndef HLP_CLI_SHOW_H
#define HLP_CLI_SHOW_H

#include <stddef.h>
#include <stdint.h>

#include "cli/say.h"
#include "client/mirror.h"

#define SHOW_TEXT 320

/* What one needs to know of a node to say how it stands. */
struct show_node {
	enum state state;
	enum reason reason;
	bool has_exit_code, held, stale;
	bool over; /* its execution has ended: what waits will not start */
	int32_t exit_code, signal;
	uint32_t attempt;
	int64_t started_us, ended_us, due_us;
	const char *question, *message;
};

struct show_node show_of_mirror(const struct mirror_node *node);
struct show_node show_of_row(const Hlp__V1__Node *row, char message[SHOW_TEXT]);

/* "failed  exit 3", "ok  1.2s", "retry in 4s", "asks: did it happen?" */
void show_how(const struct show_node *node, int64_t now_us, char out[SHOW_TEXT]);
/* The state's word, alone: "ok", "running", "outcome unknown". */
const char *show_word(enum state state, enum reason reason);
/* The same of an execution: one that went well is "completed", one with failed nodes "failed". */
const char *show_execution_word(enum state state, enum reason reason);
/* State and reason from their words on the wire; an unknown one is PENDING. */
void show_parse(const char *state, const char *reason, enum state *out_state,
		enum reason *out_reason);
/* "03:14:07" of local time. */
void show_clock(int64_t wall_us, char out[16]);
/* "2026-11-25", of local time too. */
void show_day(int64_t wall_us, char out[16]);
/* "+0900": how local time differs from UTC at that time. */
void show_zone(int64_t wall_us, char out[16]);
/* "ok 3, running 1 of 9": counts of the states that occur. */
void show_counts(const uint32_t counts[STATES], uint32_t total, char out[SHOW_TEXT]);
void show_duration(int64_t duration_us, char out[16]);
int64_t show_now_us(void);

#endif
