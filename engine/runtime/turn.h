/* SPDX-License-Identifier: MIT
 *
 * A turn of the coordinator: inputs are decided, their events numbered, folded and gathered into
 * one commit, which is sealed and sent to the journal at the turn's end.
 */
#ifndef HLP_RUNTIME_TURN_H
#define HLP_RUNTIME_TURN_H

#include "runtime/engine.h"

/* One execution's part in a commit: what to look at when it is durable. */
struct commit_part {
	char execution[ULID_TEXT];
	uint32_t *nodes; /* touched; owned */
	uint32_t nodes_count;
	struct execution_row header;
	struct act_row *acts; /* owned */
	size_t acts_count;
	uint64_t last_seq;
};

/* Decides an input and folds what follows. Returns the number of events, or the refusal. */
int turn_apply(struct engine *engine, struct live *live, const struct input *input,
	       struct err *err);
/* Takes in an execution's first event and loads it. */
struct live *turn_create(struct engine *engine, struct workflow *workflow, struct graph *graph,
			 struct event *created);

/* The exit of this attempt becomes durable with the open turn: then the executor may forget it. */
void turn_acknowledge(struct engine *engine, const char *attempt);
/* The request is answered when the open turn is durable. */
void turn_answer(struct engine *engine, struct request *request);

/* Sends the open turn to the journal, if anything happened in it. */
void turn_seal(struct engine *engine);
/* Until when the open turn may stay open to gather more: in the past when somebody waits for it,
 * INT64_MAX when nothing happened or a commit is under way, whose return is a turn by itself. One
 * sync then serves several short attempts. */
int64_t turn_deadline_us(const struct engine *engine);
void turn_free_commit(struct commit *commit);

#endif
