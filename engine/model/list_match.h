/* SPDX-License-Identifier: MIT
 *
 * Which items of two lists belong together, for comparing them: from what is known of each item, a
 * number for its value and perhaps one for its name. Pure.
 */
#ifndef HLP_MODEL_LIST_MATCH_H
#define HLP_MODEL_LIST_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct list_item {
	uint64_t value; /* equal ones are equal */
	uint64_t name;	/* when the list's items have names: no other of its list has it */
	uint32_t kind;	/* only those of one kind can be two versions of the same */
	int64_t match;	/* index in the other list, or -1 */
	bool moved;	/* it has a match and changed places with others */
};

struct list_items {
	struct list_item *items;
	size_t count;
};

/* Whether no two items have the same name. */
bool list_names_differ(const struct list_items *list);
/* Fills `match` and `moved` on both sides. */
void list_match(struct list_items *old, struct list_items *new, bool have_names);

#endif
