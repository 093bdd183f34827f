/* SPDX-License-Identifier: MIT
 *
 * `${params. env. nodes. run.}` in the texts of a workflow. Pure.
 *
 * In a string for a shell each value becomes one quoted word, by a scanner that knows the
 * shell's quotes; in a list or an environment value it is put in as it is. `$${` stands for
 * `${`; any other `${` and `$` belong to the shell.
 */
#ifndef HLP_MODEL_TEMPLATE_H
#define HLP_MODEL_TEMPLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "model/workflow.h"

enum template_kind { TEMPLATE_SHELL, TEMPLATE_PLAIN };

/* Looks up one reference: kind is "params", "env", "nodes" or "run", path the rest
 * ("host", "issue.outputs.serial", "id"). Returns NULL when there is no such value. */
struct template_scope {
	const char *(*lookup)(void *ctx, const char *kind, const char *path);
	/* The environment variable that holds a secret value, which may stand in no text; NULL for
	 * any other reference. NULL without secrets. */
	const char *(*secret)(void *ctx, const char *kind, const char *path);
	void *ctx;
};

/* Appends the final text. An unresolved reference is ERR_NOT_FOUND naming it, never empty. */
int template_expand(enum template_kind kind, const char *text, const struct template_scope *scope,
		    struct buf *out, struct err *err);

/* Calls `found` for each reference, with its offset in the text; and reports a reference where
 * none may stand (single quotes, quoted here-document, arithmetic) as ERR_INVALID with the way to
 * write it; *out_offset then says where. Used when a workflow is read. */
int template_scan(enum template_kind kind, const char *text,
		  int (*found)(void *ctx, const char *kind, const char *path, size_t offset,
			       struct err *err),
		  void *ctx, size_t *out_offset, struct err *err);

/* Whether a text is one reference and nothing else: fills kind and path (LIMIT_REFERENCE bytes). */
bool template_is_reference(const char *text, const char **out_kind, char *out_path);

/* Whether a string has nothing for a shell to do, so that it may be started directly, by the
 * rule of the format: plain bytes, no '=' in the first word, no builtin or keyword but true and
 * false. If so, fills *out_words (arena) and returns the count; else 0. */
size_t template_plain_words(const char *text, struct arena *arena, const char ***out_words);

#endif
