/* SPDX-License-Identifier: MIT
 *
 * What somebody meant: the nearest right name by edits, the right key for what people write in
 * other tools, and the keys that are known but not built yet. Pure.
 */
#ifndef HLP_MODEL_SUGGEST_H
#define HLP_MODEL_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* The nearest of `count` names given by `name_at`, or NULL when none is near. */
const char *suggest_nearest(const char *word, size_t count,
			    const char *(*name_at)(const void *ctx, size_t i), const void *ctx);

/* The same as the end of a sentence about what is not there: ": did you mean 'NAME'?", or "". */
#define SUGGEST_HINT 100
const char *suggest_hint(const char *word, size_t count,
			 const char *(*name_at)(const void *ctx, size_t i), const void *ctx,
			 char out[SUGGEST_HINT]);

/* What is written elsewhere for a key of ours ("depends_on": "needs"), or NULL. One word may stand
 * for several: *at, 0 at first, goes on from one answer to the next. */
const char *suggest_synonym(const char *key, size_t *at);

/* Where in a workflow a key is at home ("timeout": "a node or 'defaults'"), or NULL. */
const char *suggest_home(const char *key);

/* Whether a key belongs to the format but is not built yet. */
bool suggest_is_planned(const char *key);
size_t suggest_planned_count(void);
const char *suggest_planned_at(size_t i);

#endif
