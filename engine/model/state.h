/* SPDX-License-Identifier: MIT
 *
 * States and reasons of nodes and executions, and which changes are legal. state.def is the
 * table of words and glyphs; state.c holds the one table of legal transitions.
 *
 *   PENDING ──► RUNNING ──► COMPLETED ─┐            a terminal state (COMPLETED, FAILED,
 *     ▲ ▲         │ │                  ├► RECOVERING ──► RECOVERED   RECOVERED) is left only
 *     │ └─backoff─┘ └────► FAILED ─────┘      ▲  │                   by an operator's act or
 *     │                      │                └──┘ asking             by a declared policy
 *     └────── retry ─────────┴──── retry of RECOVERED ────────────    that the event names
 *   PAUSED is entered from PENDING (held, approval, manual, asking) and from RUNNING (frozen,
 *   asking after `lost`), stores what it resumes to, and goes back there or to the verdict.
 */
#ifndef HLP_MODEL_STATE_H
#define HLP_MODEL_STATE_H

#include <stdbool.h>

enum state {
#define STATE(number, name, word, glyph, ascii, letter, role) STATE_##name = (number),
#include "model/state.def"
	STATES
};

enum reason {
#define REASON(number, name, state, word, glyph, ascii, letter, role) REASON_##name = (number),
#include "model/state.def"
	REASONS
};

/* The API's word, upper case ("PENDING"); never NULL. */
const char *state_name(enum state state);
/* The reason's identifier, lower case ("by_hand"), as JSON carries it; "" for REASON_NONE. */
const char *reason_name(enum reason reason);
/* For people: "by hand", "outcome unknown". Falls back to the state's word. */
const char *state_word(enum state state, enum reason reason);
const char *state_glyph(enum state state, enum reason reason);
const char *state_ascii(enum state state, enum reason reason);
const char *state_letter(enum state state, enum reason reason);
/* The theme's name for its colour ("failed", "by_hand", …). */
const char *state_role(enum state state, enum reason reason);
/* REASON and STATE of a stored number or a word; false when unknown. */
bool reason_is_known(int number);
bool reason_parse(const char *name, enum reason *out);
bool state_parse(const char *name, enum state *out);

/* The state a reason belongs to. */
enum state reason_state(enum reason reason);
bool state_is_terminal(enum state state); /* COMPLETED, FAILED, RECOVERED */

/* Who makes a transition: the machine by itself, or an act or policy that the event names. */
enum transition_cause { CAUSE_MACHINE, CAUSE_ACT };
bool transition_is_legal(enum state from, enum state to, enum transition_cause cause);

#endif
