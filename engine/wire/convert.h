/* SPDX-License-Identifier: MIT
 *
 * From the model's rows to packed messages. A packed message is the sequence of its fields, so a
 * large one is written row by row into one buffer, without a tree of its parts: the header first,
 * then the rows. The buffer is bounded by whoever made it. Pure; any thread.
 */
#ifndef HLP_WIRE_CONVERT_H
#define HLP_WIRE_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/plan.h"
#include "model/rows.h"
#include "wire/hlp.pb-c.h"

/* ---- a row as a message; its texts and counts are borrowed from the row ---------------------- */

void convert_execution(const struct execution_row *row, Hlp__V1__Execution *out);
void convert_node(const struct node_row *row, Hlp__V1__Node *out);

struct convert_texts { /* room for a revision's short texts */
	char id[24], attempt[24];
};
struct convert_standing {
	bool current, failed;
	const char *execution, *folder; /* in a history; else NULL */
};
void convert_revision(const struct revision_row *row, const char *node,
		      struct convert_standing standing, struct convert_texts *texts,
		      Hlp__V1__Revision *out);

/* ---- Status ---------------------------------------------------------------------------------- */

void convert_status_header(struct buf *out, const struct execution_row *row, uint64_t seq);
void convert_status_node(struct buf *out, const struct node_row *row);

/* ---- Update ---------------------------------------------------------------------------------- */

struct convert_update {
	uint64_t seq;
	bool snapshot, resync, last;
};
/* `row` NULL: the header did not change. */
void convert_update_header(struct buf *out, const struct convert_update *update,
			   const struct execution_row *row);
void convert_update_node(struct buf *out, const struct node_row *row);
/* `node` is the id of row->node, NULL without one. */
void convert_update_act(struct buf *out, const struct act_row *row, const char *node);

/* ---- ExecutionList, AttemptList, ArtifactList ------------------------------------------------ */

void convert_list_execution(struct buf *out, const struct execution_row *row);
void convert_list_seq(struct buf *out, uint64_t seq);
/* `output_bytes`: how much it printed, 0 where nobody asked. */
void convert_attempt(struct buf *out, const struct attempt_row *row, const char *node,
		     int64_t output_bytes);
void convert_artifact(struct buf *out, const struct revision_row *row, const char *node,
		      struct convert_standing standing);

/* ---- whole messages -------------------------------------------------------------------------- */

/* An ActReply; `row` may be NULL, `message` too. */
void convert_act_reply(struct buf *out, uint64_t seq, const struct execution_row *row,
		       const char *message);
/* An EventRecord; `node` is the id of event->node, NULL without one. Recorded environments are left
 * out: they are long, and nobody's business. */
void convert_event(struct buf *out, const struct event *event, const char *node);
/* A Graph. `params` are the execution's values in the order of the declarations, NULL: the
 * defaults; `estimates_us` has an entry a node, NULL: unknown. */
void convert_graph(struct buf *out, const struct workflow *workflow, const struct binding *params,
		   const int64_t *estimates_us);
/* A RollbackReply; the execution is the one that the plan was made for. */
void convert_rollback_reply(struct buf *out, const struct plan *plan,
			    const struct execution *execution, bool started, uint64_t seq);

/* A command as written, on one line where it was a list. */
void convert_command(struct buf *out, const struct command *command);

/* The words that travel for these. */
const char *convert_exit_kind(enum exit_kind kind); /* "", "status", "signal", … */
const char *convert_moment(enum moment moment);	    /* "", "before", "after", "restored" */

/* ---- for the parts of this module ------------------------------------------------------------ */

/* Appends a message as field `number` of the one being written, and a plain number. */
void convert_field_message(struct buf *out, unsigned number, const ProtobufCMessage *message);
void convert_field_number(struct buf *out, unsigned number, uint64_t value);

#endif
