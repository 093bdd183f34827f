/* SPDX-License-Identifier: MIT
 *
 * Reading a journal_batch back, record by record. What is read borrows from the batch. Private to
 * engine/store; the writing half is declared in store/journal.h.
 */
#ifndef HLP_STORE_JOURNAL_BATCH_H
#define HLP_STORE_JOURNAL_BATCH_H

#include "store/journal.h"

struct batch_cursor {
	const char *at, *end;
};

struct batch_event {
	uint64_t seq;
	char execution[ULID_TEXT];
	enum event_kind kind;
	uint32_t number;      /* CREATED: the execution's number */
	const char *request;  /* CREATED, ACT; NULL without */
	const char *workflow; /* CREATED */
	const char *payload;
	size_t payload_length;
};

struct batch_snapshot {
	char execution[ULID_TEXT];
	uint64_t seq;
	const char *image;
	size_t length;
};

enum batch_kind {
	BATCH_EXECUTION = 1,
	BATCH_NODE,
	BATCH_ATTEMPT,
	BATCH_REVISION,
	BATCH_ACT,
	BATCH_SNAPSHOT,
};

struct batch_row {
	enum batch_kind kind;
	const char *more; /* NODE: its rare members as they are stored */
	size_t more_length;
	union {
		struct execution_row execution;
		struct node_row node;
		struct attempt_row attempt;
		struct revision_row revision;
		struct act_row act;
		struct batch_snapshot snapshot;
	};
};

struct batch_cursor journal_batch_events(const struct journal_batch *batch);
struct batch_cursor journal_batch_rows(const struct journal_batch *batch);
/* False at the end. A batch never leaves the process, so it is trusted to be well formed. */
bool journal_batch_next_event(struct batch_cursor *cursor, struct batch_event *out);
bool journal_batch_next_row(struct batch_cursor *cursor, struct batch_row *out);

#endif
