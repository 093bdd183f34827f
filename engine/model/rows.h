/* SPDX-License-Identifier: MIT
 *
 * What clients see of an execution: rows. They are a pure function of the events folded so far, so
 * the store's projection can be rebuilt from the journal and compared. Shared by store (tables),
 * wire (messages) and service. Texts are borrowed from the execution unless said so.
 */
#ifndef HLP_MODEL_ROWS_H
#define HLP_MODEL_ROWS_H

#include "model/execution.h"

struct execution_row {
	char id[ULID_TEXT];
	const char *name;     /* "edge-cert#12" */
	const char *workflow; /* "edge-cert" */
	uint32_t number;
	const char *revision; /* commit; "" outside Git */
	bool dirty;
	const char *folder, *actor, *note;
	const char *blob; /* of the pinned YAML */
	enum state state;
	enum reason reason;
	bool paused, cancelled, rolling_back, quarantined, ended;
	int64_t created_us, started_us, ended_us;
	uint32_t nodes_count;
	uint32_t counts[STATES];
	const char *quarantine; /* why it is quarantined; "" while it is not */
	const char *policy;	/* the rule by which its last failure led to more; "": none */
	uint64_t seq;		/* of the last event: its version */
};

struct node_row {
	char execution[ULID_TEXT];
	uint32_t index;
	const char *id;
	const char *phase; /* "" without */
	double risk;
	enum state state;
	enum reason reason;
	bool held, stale, verdict_pending;
	uint32_t attempt, undo_attempt;
	bool has_exit_code;
	int32_t exit_code; /* 128 + n for signal n is not used: see signal */
	int32_t signal;	   /* 0 when it was not a signal */
	int64_t started_us, ended_us, due_us;
	int64_t pid;
	enum question question;
	const char *message; /* of a question: what is asked */
	uint64_t version;
	/* rarely there; stored together, see rows_pack_more */
	int64_t asked_us;	     /* since when a person is asked, or it is frozen */
	const struct binding *shown; /* values beside the question */
	uint32_t shown_count;
	const char *held_by, *held_note; /* NULL when nobody holds it */
	int64_t held_until_us;		 /* 0: until it is released */
	bool freezing;			 /* a freeze or thaw is on its way */
	uint32_t shells;		 /* that people opened on it so far */
	const char *checking;		 /* the file whose check is under way; NULL: none */
};

struct attempt_row { /* written once when it is dispatched and again when it ends */
	char execution[ULID_TEXT];
	uint32_t node;
	enum attempt_kind kind;
	uint32_t number;
	enum exit_kind exit_kind; /* EXIT_NONE while it lives */
	int32_t code;
	int64_t started_us, ended_us;
	int64_t pid, cpu_us, rss_kib;
	uint64_t seq;
};

struct revision_row {
	char execution[ULID_TEXT];
	const char *path; /* as declared */
	struct revision revision;
};
/* Whether a failed run left it; or it is only found again, as the one before it of the same file
 * (NULL: none) was left. Of that one `failed` is to be what this said of it. */
bool rows_stands_for_nothing(const struct revision *revision, const struct revision *last);

struct act_row {
	char execution[ULID_TEXT];
	uint64_t seq;
	int64_t time_us;
	const char *actor, *verb, *note, *request;
	uint32_t node; /* or EVENT_NO_NODE */
};

void rows_of_execution(const struct execution *execution, struct execution_row *out);
void rows_of_node(const struct execution *execution, uint32_t node, struct node_row *out);

/* The rare members of a node's row as one value, of length 0 when there are none; and back, texts
 * and list in the arena. ERR_CORRUPT when damaged. */
void rows_pack_more(const struct node_row *row, struct buf *out);
int rows_unpack_more(const void *data, size_t length, struct arena *arena, struct node_row *row,
		     struct err *err);

/* Rows that one event adds (attempts, revisions, acts), called after the event is folded. */
struct rows_sink {
	void (*attempt)(void *ctx, const struct attempt_row *row);
	void (*revision)(void *ctx, const struct revision_row *row);
	void (*act)(void *ctx, const struct act_row *row);
	void *ctx;
};
void rows_of(const struct execution *execution, const struct event *event,
	     const struct rows_sink *sink);

#endif
