/* SPDX-License-Identifier: MIT
 *
 * Names of states and reasons, read from state.def, and the one table of legal transitions.
 */
#include "model/state.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct look {
	const char *name, *word, *glyph, *ascii, *letter, *role;
	enum state state;
	bool known;
};

static const struct look states[STATES] = {
#define STATE(number, id, said, drawn, plain, one, colour)                                         \
	[number] = {.name = #id,                                                                   \
		    .word = (said),                                                                \
		    .glyph = (drawn),                                                              \
		    .ascii = (plain),                                                              \
		    .letter = (one),                                                               \
		    .role = #colour,                                                               \
		    .state = STATE_##id,                                                           \
		    .known = true},
#include "model/state.def"
};

static const struct look reasons[REASONS] = {
#define REASON(number, id, of, said, drawn, plain, one, colour)                                    \
	[number] = {.name = #id,                                                                   \
		    .word = (said),                                                                \
		    .glyph = (drawn),                                                              \
		    .ascii = (plain),                                                              \
		    .letter = (one),                                                               \
		    .role = #colour,                                                               \
		    .state = STATE_##of,                                                           \
		    .known = true},
#include "model/state.def"
};

/* The reasons' names in lower case; "" for none. */
static const char *const reason_names[REASONS] = {
	[REASON_NONE] = "",
	[REASON_WAITING] = "waiting",
	[REASON_READY] = "ready",
	[REASON_BACKOFF] = "backoff",
	[REASON_STARTING] = "starting",
	[REASON_RUNNING] = "running",
	[REASON_CAPTURING] = "capturing",
	[REASON_STOPPING] = "stopping",
	[REASON_UNREACHABLE] = "unreachable",
	[REASON_HELD] = "held",
	[REASON_FROZEN] = "frozen",
	[REASON_APPROVAL] = "approval",
	[REASON_MANUAL] = "manual",
	[REASON_ASKING] = "asking",
	[REASON_OPERATOR] = "operator",
	[REASON_ROLLED_BACK] = "rolled_back",
	[REASON_OK] = "ok",
	[REASON_SKIPPED] = "skipped",
	[REASON_BY_HAND] = "by_hand",
	[REASON_TOLERATED] = "tolerated",
	[REASON_EXIT] = "exit",
	[REASON_SIGNAL] = "signal",
	[REASON_TIMEOUT] = "timeout",
	[REASON_LAUNCH] = "launch",
	[REASON_OUTPUT] = "output",
	[REASON_CAPTURE] = "capture",
	[REASON_CHECK] = "check",
	[REASON_RESOURCE] = "resource",
	[REASON_LOST] = "lost",
	[REASON_CANCELLED] = "cancelled",
	[REASON_REJECTED] = "rejected",
	[REASON_EXPIRED] = "expired",
	[REASON_INVALID] = "invalid",
	[REASON_UNKILLABLE] = "unkillable",
	[REASON_UNDO_FAILED] = "undo_failed",
	[REASON_NODES] = "nodes",
	[REASON_UNDO_WAITING] = "undo_waiting",
	[REASON_UNDOING] = "undoing",
	[REASON_RESTORING] = "restoring",
	[REASON_UNDO_BACKOFF] = "undo_backoff",
	[REASON_UNDO_STOPPING] = "undo_stopping",
	[REASON_UNDO_ASKING] = "undo_asking",
	[REASON_UNDONE] = "undone",
	[REASON_RESTORED] = "restored",
	[REASON_NOTHING_TO_UNDO] = "nothing_to_undo",
	[REASON_ACCEPTED] = "accepted",
};

/* Which changes of state are legal: by the machine itself (M), only by an operator's act or a
 * policy that the event names (A), or never (0). Reasons may change within a state. */
enum { M = 1, A = 2 };
static const unsigned char transitions[STATES][STATES] = {
	/* a held node that can start pauses by itself; a failure before the start needs no run; a
	 * stored word applies to an attempt that proves never to have started */
	[STATE_PENDING] = {[STATE_PENDING] = M,
			   [STATE_RUNNING] = M,
			   [STATE_PAUSED] = M,
			   [STATE_COMPLETED] = M,
			   [STATE_FAILED] = M,
			   [STATE_RECOVERING] = M},
	[STATE_RUNNING] = {[STATE_PENDING] = M,
			   [STATE_RUNNING] = M,
			   [STATE_PAUSED] = M,
			   [STATE_COMPLETED] = M,
			   [STATE_FAILED] = M,
			   [STATE_RECOVERING] = M},
	/* held: its need was taken back, or nothing starts any more; frozen: it ends or is stopped
	 * all the same; a question that nobody answers in time ends as the workflow says */
	[STATE_PAUSED] = {[STATE_PENDING] = M,
			  [STATE_RUNNING] = M,
			  [STATE_PAUSED] = M,
			  [STATE_COMPLETED] = M,
			  [STATE_FAILED] = M,
			  [STATE_RECOVERING] = A,
			  [STATE_RECOVERED] = A},
	[STATE_COMPLETED] = {[STATE_COMPLETED] = A, [STATE_RECOVERING] = A},
	/* one whose rollback, by the workflow, cannot be as it is asks; one that was rolled back
	 * after a security violation asks whether anything may run again */
	[STATE_FAILED] = {[STATE_PENDING] = A,
			  [STATE_PAUSED] = A,
			  [STATE_RUNNING] = A, /* done by hand: its files are recorded */
			  [STATE_COMPLETED] = A,
			  [STATE_FAILED] = A,
			  [STATE_RECOVERING] = A},
	/* one that only gave files back is again what it was */
	[STATE_RECOVERING] = {[STATE_COMPLETED] = M,
			      [STATE_FAILED] = M,
			      [STATE_RECOVERING] = M,
			      [STATE_RECOVERED] = M},
	[STATE_RECOVERED] = {[STATE_PENDING] = A,
			     [STATE_PAUSED] = A,
			     [STATE_RECOVERING] = A,
			     [STATE_RECOVERED] = A},
};

static const struct look *look_of(enum state state, enum reason reason)
{
	assert(state < STATES);
	if (reason != REASON_NONE && reason_is_known((int)reason))
		return &reasons[reason];
	return &states[state];
}

const char *state_name(enum state state)
{
	assert(state < STATES);
	return states[state].name;
}

const char *reason_name(enum reason reason)
{
	return reason_is_known((int)reason) ? reason_names[reason] : "";
}

const char *state_word(enum state state, enum reason reason)
{
	const char *word = look_of(state, reason)->word;

	return word[0] ? word : states[state].word;
}

const char *state_glyph(enum state state, enum reason reason)
{
	return look_of(state, reason)->glyph;
}

const char *state_ascii(enum state state, enum reason reason)
{
	return look_of(state, reason)->ascii;
}

const char *state_letter(enum state state, enum reason reason)
{
	return look_of(state, reason)->letter;
}

const char *state_role(enum state state, enum reason reason)
{
	return look_of(state, reason)->role;
}

bool reason_is_known(int number)
{
	return number >= 0 && number < REASONS && reasons[number].known;
}

bool reason_parse(const char *name, enum reason *out)
{
	for (int i = 0; i < REASONS; i++) {
		if (reasons[i].known && strcmp(reason_names[i], name) == 0) {
			*out = (enum reason)i;
			return true;
		}
	}
	return false;
}

bool state_parse(const char *name, enum state *out)
{
	for (int i = 0; i < STATES; i++) {
		if (strcasecmp(states[i].name, name) == 0) {
			*out = (enum state)i;
			return true;
		}
	}
	return false;
}

enum state reason_state(enum reason reason)
{
	assert(reason_is_known((int)reason));
	return reasons[reason].state;
}

bool state_is_terminal(enum state state)
{
	return state == STATE_COMPLETED || state == STATE_FAILED || state == STATE_RECOVERED;
}

bool transition_is_legal(enum state from, enum state to, enum transition_cause cause)
{
	unsigned char who;

	assert(from < STATES && to < STATES);
	who = transitions[from][to];
	return who == M || (who == A && cause == CAUSE_ACT);
}
