/* SPDX-License-Identifier: MIT
 *
 * What a person says about a rollback, as a plan is asked for; and a plan that was shown, from what
 * its rows said. Pure.
 */
#ifndef HLP_MODEL_PLAN_WORDS_H
#define HLP_MODEL_PLAN_WORDS_H

#include "model/plan.h"

/* One of node, phase, artifact, checkpoint and all; NULL or "" is not said. */
struct plan_words {
	const char *node, *phase;
	const char *checkpoint; /* its name */
	const char *artifact;	/* PATH or NODE:PATH */
	const char *revision;	/* "r12" */
	bool all;
	const char *const *past, *const *overwrite, *const *exclude; /* NODE; files; both */
	size_t past_count, overwrite_count, exclude_count;
};

/* Texts are looked up; lists are allocated in `arena`. ERR_NOT_FOUND names what there is not. */
int plan_ask_from_words(const struct execution *execution, const struct plan_words *words,
			struct arena *arena, struct plan_ask *out, struct err *err);
/* The words that say it, for the journal: "phase" and "switch". In `arena` where need be. */
struct binding plan_ask_to_words(const struct execution *execution, const struct plan_ask *ask,
				 struct arena *arena);

/* A row as it was shown. */
struct plan_said {
	const char *action, *node, *path, *to;
	const char *const *warnings;
	size_t warnings_count;
	bool conflict;
};

/* The plan that these rows were; what is not known any more is left out, and so covers nothing. The
 * caller frees it. */
struct plan *plan_recall(const struct execution *execution, const struct plan_said *rows,
			 size_t count);

#endif
