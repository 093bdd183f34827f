/* SPDX-License-Identifier: MIT
 *
 * See compared.h.
 */
#include "client/compared.h"

#include <string.h>

static enum tree_change_kind kind_of(const char *word)
{
	static const char *const words[] = {[TREE_CHANGED] = "changed",
					    [TREE_ADDED] = "added",
					    [TREE_REMOVED] = "removed",
					    [TREE_MOVED] = "moved"};

	for (enum tree_change_kind kind = TREE_CHANGED; kind <= TREE_MOVED; kind++)
		if (!strcmp(word, words[kind]))
			return kind;
	return TREE_CHANGED;
}

bool compared_by_structure(const Hlp__V1__DiffReply *reply)
{
	return !strcmp(reply->compared, "structure");
}

struct tree_change *compared_changes(const Hlp__V1__DiffReply *reply)
{
	struct tree_change *changes = mem_calloc(reply->n_changes + 1, sizeof(*changes));

	for (size_t i = 0; i < reply->n_changes; i++) {
		const Hlp__V1__DiffChange *change = reply->changes[i];

		changes[i].kind = kind_of(change->kind);
		changes[i].path = change->path;
		changes[i].old = changes[i].kind == TREE_ADDED ? NULL : change->before;
		changes[i].new = changes[i].kind == TREE_REMOVED ? NULL : change->after;
	}
	return changes;
}
