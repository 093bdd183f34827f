/* SPDX-License-Identifier: MIT
 *
 * The order to start one attempt: everything final, nothing left to expand. Built by the
 * coordinator from the state, carried out by an executor. Pure.
 */
#ifndef HLP_MODEL_ORDER_H
#define HLP_MODEL_ORDER_H

#include "model/execution.h"

/* A file that must be there before the start, for this user alone. */
struct order_file {
	const char *path, *text;
};

struct order {
	const char *attempt;	    /* its id */
	const char *const *argv;    /* ends with NULL */
	const char *const *command; /* argv without the relay */
	const char *const *env;	    /* "NAME=value", ends with NULL: the whole environment */
	const char *folder;	    /* absolute working folder */
	const char *output;  /* file for stdout and stderr, beneath the home's output folder */
	const char *outputs; /* file for $HLP_OUTPUT; NULL when the node declares none */
	struct order_file files[2];
	uint32_t files_count;
	int64_t timeout_us; /* 0: none */
	int stop_signal;
	int64_t stop_grace_us;
	int64_t output_max_bytes;
	const struct node_limits *limits; /* NULL: none */
	bool idempotent;
};

/* Where things are, told by the coordinator. */
struct order_places {
	const char *output_folder; /* $HLP_HOME/output */
	const char *workspace;	   /* the execution's own scratch folder, for HLP_WORKSPACE */
	const char *relay;	   /* path of hlp-relay */
	const char *secrets;	   /* $HLP_HOME/secret */
};

/* Builds the order of an attempt in `arena`. A template that does not resolve is ERR_INVALID. */
int order_build(const struct execution *execution, uint32_t node, enum attempt_kind kind,
		uint32_t attempt, uint32_t artifact, const struct order_places *places,
		struct arena *arena, const struct order **out, struct err *err);

/* What a person's shell of a node is given: folder, environment and secrets as a run of it would
 * get now, under an id of its own; `output` is for its recording. argv[0] is places->relay. */
int order_shell(const struct execution *execution, uint32_t node, uint32_t number,
		const struct order_places *places, struct arena *arena, const struct order **out,
		struct err *err);

/* A text for people with its ${…} filled in, as the attempt would see them. `workspace` NULL: that
 * folder is not known. */
int order_text(const struct execution *execution, uint32_t node, enum attempt_kind kind,
	       uint32_t attempt, const char *workspace, const char *text, struct arena *arena,
	       const char **out, struct err *err);

/* The paths that order_build gives an attempt's files, in `arena`; by the ids of execution and
 * node, so that readers need no fold. */
const char *order_output_path(const char *execution, const char *node, enum attempt_kind kind,
			      uint32_t attempt, const struct order_places *places,
			      struct arena *arena);
const char *order_outputs_path(const char *execution, const char *node, enum attempt_kind kind,
			       uint32_t attempt, const struct order_places *places,
			       struct arena *arena);

/* The execution's scratch folder beneath the home's output folder. The caller frees it. */
char *order_workspace_path(const char *execution, const char *output_folder);

/* Reads what a node wrote to $HLP_OUTPUT (KEY=VALUE lines and KEY<<WORD blocks) into items of kind
 * "output", without a value where it wrote none. A malformed line is ERR_INVALID naming it. */
int order_gather_outputs(const struct node_spec *spec, const char *data, size_t length,
			 struct arena *arena, struct event_item **out, struct err *err);
/* The same of all outputs; a declared output that is missing, or a malformed line, is ERR_INVALID
 * naming it. */
int order_read_outputs(const struct node_spec *spec, const char *data, size_t length,
		       struct arena *arena, struct event_item **out, uint32_t *out_count,
		       struct err *err);

#endif
