/* SPDX-License-Identifier: MIT
 *
 * A bench for tests of the model: one execution, a journal in memory, a clock that stands still
 * until told. Every event goes through the codec before it is folded, and after every step the
 * state must equal its own snapshot.
 */
#ifndef HLP_TESTS_UNIT_LAB_H
#define HLP_TESTS_UNIT_LAB_H

#include "model/execution.h"
#include "model/plan.h"

struct lab_node {
	const char *id;
	const char *needs; /* "a b"; NULL for none */
	int32_t phase;	   /* from 0; used when the lab has phases */
	bool undo;
	bool changes_nothing;
	const char *artifact; /* path, NULL for none */
	const char *second;   /* path of another artifact, which is like it; NULL for none */
	bool hook;	      /* the artifact has an on_restore */
	bool check;	      /* … has a check */
	bool required;	      /* the artifact is */
	int64_t max_size;     /* of the artifact */
	bool secret;	      /* … and is secret */
	bool host;	      /* runs on another host */
	const char *output;
	uint16_t retries, undo_retries;
	double risk;
	enum on_lost on_lost;
	const char *irreversible;
	bool tolerated;			  /* continue_on any failure */
	const char *manual, *undo_manual; /* NULL: commands */
	const char *ask;		  /* its approval; NULL: none */
	const char *show;		  /* what that shows, as in ${…} */
	int64_t ask_timeout_us;
	enum on_timeout on_timeout;
	int32_t unknown_code; /* 0: none */
};

struct lab_options {
	uint32_t max_parallel; /* 0: 8 */
	enum on_failure on_failure;
	uint32_t phases;
	const struct trigger_rule *triggers; /* TRIGGERS of them; NULL: none */
};

struct lab {
	struct execution *execution;
	struct event_list journal; /* all events, in order, the first is CREATED */
	struct event_list list;	   /* of the last decision */
	struct err err;		   /* of the last refusal */
	int64_t now_us;
	uint64_t seq;
	double draw;
	char said[2000]; /* the last decision's events: "dispatched a, exited a, completed a" */
};

/* Ids are letters; at most 26 nodes. */
void lab_open(struct lab *lab, const struct lab_node *nodes, size_t count,
	      const struct lab_options *options);
void lab_close(struct lab *lab);
#define LAB_OPEN(lab, nodes, ...)                                                                  \
	lab_open((lab), (nodes), sizeof(nodes) / sizeof(*(nodes)),                                 \
		 &(const struct lab_options){__VA_ARGS__})

uint32_t lab_index(const struct lab *lab, const char *id);
struct node_run *lab_node(const struct lab *lab, const char *id);
/* Decides and folds; what decide returned. */
int lab_feed(struct lab *lab, const struct input *input);
/* An input of a kind about the attempt that a node has now. */
struct input lab_about(const struct lab *lab, enum input_kind kind, const char *id);
int lab_say(struct lab *lab, enum input_kind kind, const char *id);
int lab_exit(struct lab *lab, const char *id, enum exit_kind kind, int32_t code);
/* An operator's word; id NULL for the execution. */
int lab_act(struct lab *lab, enum verb verb, const char *id);
/* Any word; the actor is "ana" unless it names one. */
int lab_act_as(struct lab *lab, struct act *act);
/* Outputs of "done", one name with one value. */
int lab_done(struct lab *lab, const char *id, const char *output, const char *value);
int lab_answer(struct lab *lab, const char *id, enum answer answer);
int lab_rollback(struct lab *lab, const char *id);
/* Lets time pass to a moment, and all that is due by then happen. */
void lab_wait_until(struct lab *lab, int64_t time_us);
/* Intends all that can be; returns how many steps were handed out. */
size_t lab_admit(struct lab *lab);
/* Captures what is asked for with one revision whose blob begins with `blob`. */
int lab_capture(struct lab *lab, const char *id, enum moment moment, char blob);
/* After its run the artifact is as `item` says. */
int lab_capture_item(struct lab *lab, const char *id, struct event_item item);
/* Admits, dispatches and starts one node (with its capture, blob 'a'). */
void lab_start(struct lab *lab, const char *id);
/* … and ends it well, with its outputs and capture (blob 'b'). */
void lab_complete(struct lab *lab, const char *id);
/* "RUNNING running". */
const char *lab_state(const struct lab *lab, const char *id);
/* The effects of a node: "watch stop"; "" for none. */
const char *lab_effects(const struct lab *lab, const char *id, char out[100]);

#define assert_state(lab, id, wanted) assert_string_equal(lab_state((lab), (id)), (wanted))

#endif
