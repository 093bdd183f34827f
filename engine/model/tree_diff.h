/* SPDX-License-Identifier: MIT
 *
 * What changed between two JSON or YAML documents, by their structure: the order of keys, spacing,
 * quotes and comments do not count; that of a list's items does. Items of a list belong together
 * when they are equal, or say who they are (`name`, `id`, `key`, or Kubernetes' kind and name).
 * Pure.
 */
#ifndef HLP_MODEL_TREE_DIFF_H
#define HLP_MODEL_TREE_DIFF_H

#include "base/buf.h"
#include "base/mem.h"

#include <stdbool.h>

#define TREE_CHANGES_MOST 5000

enum tree_change_kind { TREE_CHANGED, TREE_ADDED, TREE_REMOVED, TREE_MOVED };

struct tree_change {
	enum tree_change_kind kind;
	/* spec.containers[name=web].image: where it is in the new document, or was if it is gone */
	const char *path;
	/* The values on one line, cut when long; of what moved: its index before and now. NULL
	 * where there is none. */
	const char *old, *new;
};

struct tree_diff {
	struct arena arena;
	struct tree_change *changes; /* owned */
	size_t count, capacity;
	bool cut; /* there are more */
};

struct tree_text {
	const char *data;
	size_t length;
};

/* Fills *out, which the caller releases. False when a side cannot be compared so; why is in
 * `why_not`, one line for people, and *out is untouched. */
bool tree_diff(struct tree_text old, struct tree_text new, struct tree_diff *out,
	       struct buf *why_not);
void tree_diff_release(struct tree_diff *diff); /* accepts a zeroed one */

#endif
