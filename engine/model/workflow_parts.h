/* SPDX-License-Identifier: MIT
 *
 * The parts of the workflow reader, each a file of its own. Private to it.
 */
#ifndef HLP_MODEL_WORKFLOW_PARTS_H
#define HLP_MODEL_WORKFLOW_PARTS_H

#include "model/fields.h"
#include "model/graph.h"

/* workflow_params.c: the declarations. */
void workflow_params_read(struct reader *reader, uint32_t value);

/* workflow_retry.c: a retry rule, laid over the one that *target holds. */
void workflow_retry_read(struct reader *reader, uint32_t value, void *target);
/* A list of exit codes, or one. */
void workflow_exit_codes_read(struct reader *reader, uint32_t value, const int32_t **out,
			      uint8_t *out_count);

/* workflow_node.c: what a node has when it says nothing; 'defaults'; all nodes. */
void workflow_node_init(struct node_spec *spec);
void workflow_defaults_read(struct reader *reader, uint32_t value, void *target);
void workflow_nodes_read(struct reader *reader, uint32_t value, void *target);
void workflow_pass_env_read(struct reader *reader, uint32_t value, void *target);
/* What is wrong with the name of an environment variable, or NULL. */
const char *workflow_env_name_check(const char *name);
/* A path in which no ${…} may stand; false, and a problem, when it is none. */
bool workflow_path_read(struct reader *reader, uint32_t value, const char *name, const char **out);
/* What the commands and texts of a node, or of 'defaults', may refer to. */
enum use workflow_use_of(const struct reader *reader, const void *target);
/* Notes that ${…} in a text is to be checked. */
void workflow_note_template(struct reader *reader, uint32_t value, enum use use, bool shell);
/* The same of a text that is a reference itself: "nodes.issue.outputs.serial". */
void workflow_note_reference(struct reader *reader, uint32_t value, enum use use);

/* workflow_command.c: something to run; noted as reader->use. `shell`: for the string form. */
bool workflow_command_read(struct reader *reader, uint32_t value, const char *name,
			   enum shell shell, struct command *out);
void workflow_shell_read(struct reader *reader, uint32_t value, uint8_t *out);
/* `undo` of a node whose shell is known. */
void workflow_undo_read(struct reader *reader, uint32_t value, void *target);

/* workflow_host.c: the host on which a node runs. */
void workflow_host_read(struct reader *reader, uint32_t value, void *target);
/* workflow_limits.c: what its processes may take. */
void workflow_limits_read(struct reader *reader, uint32_t value, void *target);
/* workflow_person.c: what a person does; false when that is no text. A question before the start.
 */
bool workflow_manual_read(struct reader *reader, uint32_t value, enum use use, const char **out);
void workflow_approval_read(struct reader *reader, uint32_t value, void *target);

/* workflow_triggers.c: what failures lead to by themselves; after on_failure and the phases. */
void workflow_triggers_read(struct reader *reader, uint32_t value, void *target);
/* … and what on_failure alone says about it. */
void workflow_triggers_imply(struct reader *reader);

/* workflow_artifacts.c: the list, its paths checked against the node's folder and roots. */
void workflow_artifacts_read(struct reader *reader, uint32_t value, void *target);
/* The path by which two declarations of one file are known to be the same; in the arena. */
const char *workflow_artifact_key(const struct node_spec *spec, const char *path,
				  struct arena *arena);

/* workflow_ids.c: the table behind workflow_find_node. */
void workflow_ids_init(struct workflow *workflow);
bool workflow_ids_add(struct workflow *workflow, uint32_t node); /* false: it is there already */

/* workflow_uses.c: what each ${…} refers to. */
void workflow_uses_check(struct reader *reader);

/* The compiled graph, made when a check first needs it; NULL when there is no order. */
const struct graph *workflow_order(struct reader *reader);

/* workflow_check.c: what can be said only when all is read; names become indices. */
/* The nearest of a workflow's names; NULL when none is near or the budget is spent. */
const char *workflow_nearest(struct reader *reader, const char *word, size_t count,
			     const char *(*name_at)(const void *ctx, size_t i));
void workflow_check(struct reader *reader);

#endif
