/* SPDX-License-Identifier: MIT
 *
 * YAML as a compact tree: one array of values in the order of the text, one block of bytes for all
 * their texts. Only what a workflow needs: one document, maps with plain keys, lists, scalars.
 * Anchors, aliases, tags and further documents are problems, so nothing can expand. Owned by the
 * caller; pure.
 */
#ifndef HLP_MODEL_YAML_H
#define HLP_MODEL_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/problems.h"

enum yaml_kind {
	YAML_KIND_BAD,	 /* already reported; readers pass over it in silence */
	YAML_KIND_PLAIN, /* a scalar without quotes: its text decides whether it is a number, … */
	YAML_KIND_TEXT,	 /* a scalar in quotes or a block */
	YAML_KIND_LIST,
	YAML_KIND_MAP, /* key, value, key, value, … ; keys are scalars */
};

/* A list's or map's members follow it at once; the next sibling is at yaml_next(). */
struct yaml_value {
	uint32_t
		text_or_end; /* scalar: offset of its text; else the index behind its last member */
	uint32_t count;	     /* scalar: bytes; list: members; map: pairs */
	uint32_t line;	     /* from 1 */
	unsigned kind : 3;
	unsigned column : 29; /* from 1 */
};

struct yaml_tree {
	struct yaml_value *values; /* [0] is the root */
	size_t count, capacity;
	char *texts; /* each ends with a NUL */
	size_t texts_length, texts_capacity;
	const char *source; /* borrowed */
	size_t source_length;
	uint32_t *lines; /* offset of each line in the source; made when first asked for */
	size_t lines_count;
};

/* Reads a text. False when there is no tree to go on with; what is wrong is in `problems` either
 * way. The text must outlive the tree. */
bool yaml_tree_read(const char *text, size_t length, struct yaml_tree *out,
		    struct problems *problems);
/* The same of data that is no workflow: the root is a list of the text's documents, of which there
 * may be none. */
bool yaml_documents_read(const char *text, size_t length, struct yaml_tree *out,
			 struct problems *problems);
void yaml_tree_release(struct yaml_tree *tree); /* accepts a zeroed one */

static inline const struct yaml_value *yaml_at(const struct yaml_tree *tree, uint32_t index)
{
	return &tree->values[index];
}

static inline bool yaml_is_scalar(const struct yaml_value *value)
{
	return value->kind == YAML_KIND_PLAIN || value->kind == YAML_KIND_TEXT;
}

static inline uint32_t yaml_next(const struct yaml_tree *tree, uint32_t index)
{
	const struct yaml_value *value = &tree->values[index];

	return value->kind >= YAML_KIND_LIST ? value->text_or_end : index + 1;
}

/* A scalar's text; it may hold no NUL. */
static inline const char *yaml_text(const struct yaml_tree *tree, uint32_t index)
{
	return tree->texts + tree->values[index].text_or_end;
}

/* What a plain scalar is in the YAML 1.2 core schema; a quoted one is always text. */
enum yaml_type { YAML_TYPE_TEXT, YAML_TYPE_NULL, YAML_TYPE_BOOLEAN, YAML_TYPE_NUMBER };
enum yaml_type yaml_type_of_plain(const char *text, size_t length); /* of one without quotes */
enum yaml_type yaml_type(const struct yaml_tree *tree, uint32_t index);

/* Where in the source the byte at `offset` of a scalar stands, found by looking for `word`, which
 * begins there. Falls back to the scalar's own place. */
void yaml_place(struct yaml_tree *tree, uint32_t index, size_t offset, const char *word,
		uint32_t *out_line, uint32_t *out_column);

#endif
