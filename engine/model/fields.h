/* SPDX-License-Identifier: MIT
 *
 * How the maps of a workflow are read: a table of fields per kind of map, each with the function
 * that reads its value, and readers for the scalar kinds. Every mistake becomes a problem at its
 * place and reading goes on, so that one pass tells all of them. Private to the workflow reader.
 */
#ifndef HLP_MODEL_FIELDS_H
#define HLP_MODEL_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "model/graph.h"
#include "model/workflow.h"
#include "model/yaml.h"

/* A text in which ${…} may stand, to be checked when all nodes are known. */
enum use { USE_WORKFLOW_ENV, USE_ENV, USE_RUN, USE_UNDO, USE_HOOK, USE_CHECK };
struct template_use {
	uint32_t node;	/* of the reader's workflow; meaningless for USE_WORKFLOW_ENV */
	uint32_t value; /* in the tree */
	enum use use;
	bool shell; /* quoted by the shell's rules */
	bool bare;  /* the text is what stands in ${…} */
};

/* What of a node is still in the tree when its spec is read; indices of values, 0: absent. */
struct draft {
	uint32_t value, id, phase, needs, artifacts;
};

struct reader {
	struct workflow *workflow;
	struct arena *arena; /* the workflow's */
	struct yaml_tree *tree;
	struct problems *problems;
	struct node_spec defaults; /* what a node starts from */
	bool has_default_on_lost;
	struct node_spec *nodes; /* the workflow's, while they are made */
	struct draft *drafts;	 /* per node */
	uint32_t node;		 /* being read */
	enum use use;		 /* of the command being read */
	struct template_use *uses;
	size_t uses_count, uses_capacity;
	size_t compared; /* names, for suggestions */
	uint32_t cycles;
	bool has_forward_need;
	bool has_cycle;	     /* or a need of a later phase: there is no order */
	struct graph *graph; /* made when first needed */
};

struct field {
	const char *name;
	size_t length;
	void (*read)(struct reader *reader, uint32_t value, void *target);
};
#define FIELD(name, read)                                                                          \
	{                                                                                          \
		name, sizeof(name) - 1, read                                                       \
	}

struct fields {
	const char *what; /* "a node" */
	const struct field *list;
	uint32_t count; /* at most 64 */
};

/* Reads a map: calls the fields' readers in the order of the table. Unknown, planned and
 * double keys are problems. Returns the set of fields that were there (bit i: list[i]), and the
 * value of each in values[] if that is not NULL. A value that is no map is a problem, and 0. */
uint64_t fields_read(struct reader *reader, uint32_t value, const struct fields *fields,
		     void *target, uint32_t *values);

void fields_problem(struct reader *reader, uint32_t value, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, about a planned key or word. */
void fields_planned(struct reader *reader, uint32_t value, const char *word);

/* The members of a list, or a single scalar as a list of one: calls `each` for every member.
 * Returns how many there are; more than `max` is a problem, and 0. */
uint32_t fields_list(struct reader *reader, uint32_t value, uint32_t max);
/* The first member of what fields_list accepted. */
uint32_t fields_first(const struct reader *reader, uint32_t value);

/* Readers of scalars. False, and a problem, when the value is not of that kind; `name` is the
 * key's, for messages. Texts live as long as the workflow. */
bool fields_text(struct reader *reader, uint32_t value, const char *name, const char **out);
bool fields_integer(struct reader *reader, uint32_t value, const char *name, int64_t min,
		    int64_t max, int64_t *out);
bool fields_number(struct reader *reader, uint32_t value, const char *name, double min, double max,
		   double *out);
bool fields_boolean(struct reader *reader, uint32_t value, const char *name, bool *out);
bool fields_duration(struct reader *reader, uint32_t value, const char *name, int64_t min_us,
		     int64_t *out_us);
bool fields_bytes(struct reader *reader, uint32_t value, const char *name, int64_t *out);
/* One word out of `words`; *out is its index. */
bool fields_word(struct reader *reader, uint32_t value, const char *name, const char *const words[],
		 uint32_t count, uint32_t *out);
/* A name of ours: [a-z][a-z0-9_-]{0,62}. */
bool fields_name(struct reader *reader, uint32_t value, const char *name, const char **out);
/* Decimal digits with a sign or without; false when it is no such number or too large. */
bool fields_parse_integer(const char *text, int64_t *out);
/* A name of others': [A-Za-z_][A-Za-z0-9_]*, with '-' if `dash`; at most LIMIT_NAME bytes. */
bool fields_is_identifier(const char *text, bool dash);

/* A map of names to texts (env, labels). `check` says what is wrong with a name, or NULL. */
uint32_t fields_bindings(struct reader *reader, uint32_t value, const char *name,
			 const char *(*check)(const char *name), const struct binding **out,
			 uint32_t *out_first);

#endif
