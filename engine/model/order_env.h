/* SPDX-License-Identifier: MIT
 *
 * The environment of one attempt while it is built, and what ${…} finds in it. Private to order.c.
 */
#ifndef HLP_MODEL_ORDER_ENV_H
#define HLP_MODEL_ORDER_ENV_H

#include "model/execution.h"
#include "model/template.h"

/* A variable of the environment. Of a secret only the param's name is known here; who starts the
 * command puts in the value. */
struct order_variable {
	const char *name;
	const char *value;  /* NULL: a secret */
	const char *secret; /* the param whose value it is; NULL: no secret */
};

struct order_env {
	const struct execution *execution;
	uint32_t node;
	const struct node_spec *spec;
	enum attempt_kind kind;
	uint32_t attempt;
	const char *attempt_id;
	const char *workspace;
	const char *outputs; /* file for HLP_OUTPUT, or NULL */
	struct arena *arena;
	struct order_variable
		*variables; /* in the arena; later ones replace earlier ones of one name */
	size_t count, capacity;
};

/* Sets one variable, in place of any that has its name. */
void order_env_set(struct order_env *env, const char *name, const char *value);
/* Fills the variables, in the order of the format: recorded, workflow, node, HLP_*. */
int order_env_build(struct order_env *env, struct err *err);
/* "NAME=value" texts, ends with NULL; secrets are left out. */
const char *const *order_env_list(const struct order_env *env);
/* A text of the workflow made final; *out lies in the arena. */
int order_env_expand(struct order_env *env, enum template_kind kind, const char *text,
		     const char **out, struct err *err);
/* A template_scope's lookup; ctx is the struct order_env. */
const char *order_env_lookup(void *ctx, const char *kind, const char *path);
/* Its secret: the variable that holds the value, which thereby is one of this attempt. */
const char *order_env_secret(void *ctx, const char *kind, const char *path);

#endif
