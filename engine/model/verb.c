/* SPDX-License-Identifier: MIT
 *
 * The names of what an operator can do.
 */
#include <string.h>

#include "model/execution.h"

static const char *const verbs[VERBS] = {
	[VERB_NONE] = "",	    [VERB_PAUSE] = "pause",
	[VERB_RESUME] = "resume",   [VERB_CANCEL] = "cancel",
	[VERB_RETRY] = "retry",	    [VERB_SKIP] = "skip",
	[VERB_DONE] = "done",	    [VERB_HOLD] = "hold",
	[VERB_RELEASE] = "release", [VERB_FREEZE] = "freeze",
	[VERB_THAW] = "thaw",	    [VERB_ANSWER] = "answer",
	[VERB_NOTE] = "note",	    [VERB_ROLLBACK] = "rollback",
	[VERB_FORGET] = "forget",   [VERB_CHECKPOINT] = "checkpoint",
	[VERB_SHELL] = "shell",	    [VERB_LEFT_SHELL] = "left-shell",
	[VERB_ATTACH] = "attach",
};

const char *verb_name(enum verb verb)
{
	return (unsigned)verb < VERBS ? verbs[verb] : "";
}

bool verb_parse(const char *name, enum verb *out)
{
	for (int i = VERB_NONE + 1; i < VERBS; i++) {
		if (strcmp(verbs[i], name) == 0) {
			*out = (enum verb)i;
			return true;
		}
	}
	return false;
}
