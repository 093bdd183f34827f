/* SPDX-License-Identifier: MIT
 *
 * A workflow as written: what its YAML says after reading and checking, with defaults applied.
 * Owned by its arena; immutable after workflow_read. Text members are NUL-ended and never NULL
 * unless said so. Durations are in microseconds.
 */
#ifndef HLP_MODEL_WORKFLOW_H
#define HLP_MODEL_WORKFLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

enum param_type { PARAM_STRING, PARAM_INTEGER, PARAM_BOOLEAN };

struct param {
	const char *name;
	enum param_type type;
	bool required; /* no default and not optional */
	bool secret;   /* its value is in no event, plan or output; always required */
	bool has_min, has_max;
	int64_t min, max;	   /* of integers */
	const char *default_value; /* as text; NULL without */
	const char *description;   /* "" without */
};

struct binding { /* an environment variable, a label, a param's value, an output */
	const char *name;
	const char *value;
};

enum shell { SHELL_SH, SHELL_BASH, SHELL_NONE }; /* NONE: started as it is */

/* What a node runs. Text still holds ${…}; model/template.h makes it final. */
struct command {
	const char *text;  /* the string form; NULL for a list */
	const char **list; /* the list form, list_count words; NULL for a string */
	uint32_t line;	   /* in the YAML, for messages */
	uint16_t list_count;
	uint8_t shell; /* enum shell */
};

/* Where a node runs, if not on this machine: over ssh. */
struct host_spec {
	const char *to;	    /* USER@HOST or HOST; may hold ${…} */
	const char *config; /* for ssh -F; NULL: the user's */
	uint16_t port;	    /* 0: as the configuration says */
};
/* What keeps a text from being a host's name, for people; NULL when nothing does. */
const char *workflow_host_wrong(const char *to);

enum jitter { JITTER_FULL, JITTER_NONE, JITTER_DECORRELATED };

struct retry {
	int64_t interval_us;
	int64_t max_interval_us;
	int64_t max_duration_us;   /* since the first try began; 0: no bound */
	const int32_t *exit_codes; /* retry only these; none listed: any failure */
	float backoff;		   /* factor per try, >= 1 */
	uint16_t limit;		   /* further tries after the first; 0: none */
	uint8_t jitter;		   /* enum jitter */
	uint8_t exit_codes_count;
};

struct artifact_spec {
	const char *path; /* relative to the node's folder, or absolute beneath a root */
	bool has_on_restore;
	bool secret;   /* its contents are kept apart, its hash only in Git */
	bool required; /* a run that ended well has left it */
	bool has_check;
	struct command on_restore;
	struct command check; /* says by its exit whether what a run left is right */
	int64_t max_size;     /* bytes; a larger one is not kept, and fails the node; 0: no bound */
	uint32_t line;
};

enum on_failure {
	ON_FAILURE_DRAIN,
	ON_FAILURE_STOP,
	ON_FAILURE_CONTINUE,
	ON_FAILURE_ROLLBACK /* as DRAIN, with the rules of `triggers` for every kind of failure */
};

/* Kinds of a failure, by which `triggers` says what it leads to. The numbers are stored. */
enum trigger {
	TRIGGER_NONE,
	TRIGGER_VALIDATION,
	TRIGGER_RESOURCE,
	TRIGGER_SECURITY,
	TRIGGER_TIMEOUT,
	TRIGGER_MANUAL,
	TRIGGERS
};

enum trigger_action {
	TRIGGER_AS_ON_FAILURE, /* nothing is said about this kind */
	TRIGGER_DRAIN,
	TRIGGER_STOP,
	TRIGGER_CONTINUE,
	TRIGGER_ROLLBACK,
	TRIGGER_RESCHEDULE /* tried again later; when that is spent, as ROLLBACK */
};
enum trigger_level { TRIGGER_OF_NODE, TRIGGER_OF_PHASE, TRIGGER_OF_ALL };

/* What one kind of failure leads to. */
struct trigger_rule {
	enum trigger_action action;
	enum trigger_level level; /* how much is rolled back */
	int32_t phase;		  /* from this phase on, if the node's is not earlier; -1: the
				     node's */
	bool stops;		  /* what else runs is stopped first; else it may finish */
	bool approval;		  /* afterwards nothing runs again before somebody allows it */
	bool named;	    /* it stands in `triggers`; else on_failure: rollback implies it */
	struct retry retry; /* of RESCHEDULE */
	const int32_t *exit_codes; /* that are of this kind; of VALIDATION: only these are */
	uint8_t exit_codes_count;
};
enum on_lost { ON_LOST_ASK, ON_LOST_RETRY, ON_LOST_FAIL };

/* A node's failures that count as COMPLETED `tolerated`. */
struct continue_on {
	const int32_t *exit_codes; /* or only these */
	uint8_t exit_codes_count;
	bool failure; /* any failure of the command */
};

/* What happens to a question that nobody answers in time. */
enum on_timeout { ON_TIMEOUT_FAIL, ON_TIMEOUT_REJECT, ON_TIMEOUT_SKIP };

/* A question before a node starts. Texts still hold ${…}. */
struct approval {
	const char *ask;
	const struct binding *show; /* name: as written; value: a text with ${…} */
	int64_t timeout_us;	    /* 0: none */
	uint8_t show_count;
	uint8_t on_timeout; /* enum on_timeout */
};

/* What each process of a node may take, and memory all of them together; 0: as the launcher. */
struct node_limits {
	int64_t memory_bytes;
	int64_t files; /* open at once */
	int64_t file_bytes;
};

struct node_spec {
	const char *id;
	const char *description;  /* "" without */
	const char *irreversible; /* the reason; NULL when it can be undone */
	const char *workdir;	  /* relative to the file's folder; "" : that folder */
	const uint32_t *needs;	  /* node indices, in file order, no duplicates */
	const struct binding *env;
	const char *const *pass_env; /* workflow's and node's */
	const char *const *roots;    /* absolute folders in which artifacts may lie */
	const struct artifact_spec *artifacts;
	const char *const *outputs;
	const struct host_spec *host;	  /* NULL: this machine */
	const struct node_limits *limits; /* NULL: none */
	struct command run;		  /* empty for a person's step */
	struct command undo;		  /* likewise */
	struct command stop_run;	  /* ends what runs on the host */
	const char *manual;		 /* what a person does in place of a command; NULL: `run` */
	const char *undo_manual;	 /* the same of its undo */
	const struct approval *approval; /* NULL: it starts unasked */
	const int32_t *unknown_codes;	 /* exits that say nothing about what it did */
	struct retry retry;
	struct retry undo_retry;
	struct continue_on continue_on;
	int64_t timeout_us;	  /* 0: none */
	int64_t undo_timeout_us;  /* 0: none */
	int64_t stop_grace_us;	  /* 10 s */
	int64_t output_max_bytes; /* 64 MiB */
	double risk;		  /* 0 … 1: low 0.1, medium 0.4, high 0.7, critical 0.95 */
	uint32_t line;
	int32_t phase; /* index into phases, -1 without phases */
	uint32_t needs_count;
	int32_t priority; /* -100 … 100, 0 */
	uint16_t env_count;
	uint16_t pass_env_count;
	uint16_t roots_count;
	uint16_t artifacts_count;
	uint16_t outputs_count;
	uint8_t stop_signal; /* SIGTERM */
	uint8_t on_lost;     /* enum on_lost */
	uint8_t unknown_codes_count;
	bool has_undo;
	bool has_checks;      /* one of its artifacts has a check */
	bool changes_nothing; /* `undo: none`: there is never anything to take back */
	bool has_stop_run;
	bool idempotent;
};

struct workflow {
	struct arena arena; /* owns what is below, but for ids, texts and nodes, which are freed
			       with it */
	const char *name;
	const char *description;
	const struct param *params;
	uint32_t params_count;
	const struct binding *labels;
	uint32_t labels_count;
	const struct binding *env;
	uint32_t env_count;
	uint32_t max_parallel;
	enum on_failure on_failure;
	const struct trigger_rule *triggers; /* TRIGGERS of them; NULL: nothing is said */
	const char *const *phases;
	uint32_t phases_count;
	const struct node_spec *nodes;
	uint32_t nodes_count;
	uint64_t *ids;	   /* the table of workflow_find_node */
	uint32_t ids_mask; /* its size - 1 */
	char *texts;	   /* the scalars of the YAML, into which the specs point */
};

/* Reads and checks a workflow: syntax, keys, types, names, references, phase order, cycles,
 * templates, artifact owners. All errors of the file are gathered: on failure returns
 * -ERR_INVALID, and `problems` holds one "FILE:line:col: error: …" line each (lines and columns
 * from 1; at most LIMIT_ERRORS_SHOWN and then a count). `file` is used as given in messages.
 * On success *out is the caller's, to be freed with workflow_free. Pure; any thread. */
int workflow_read(const char *file, const char *text, size_t length, struct workflow **out,
		  struct buf *problems);
void workflow_free(struct workflow *workflow); /* accepts NULL */

/* A node's index by id, or -1. Linear in nothing: a map is built at reading. */
int64_t workflow_find_node(const struct workflow *workflow, const char *id);
int32_t workflow_find_phase(const struct workflow *workflow, const char *name);

enum risk_level { RISK_LOW, RISK_MEDIUM, RISK_HIGH, RISK_CRITICAL };
enum risk_level risk_level(double risk); /* low < 0.3 <= medium < 0.6 <= high < 0.9 <= critical */
const char *risk_name(enum risk_level level);

/* The variable by which commands get a secret param's value, "HLP_SECRET_name", in `arena`. */
const char *workflow_secret_variable(const char *param, struct arena *arena);
/* The param of this name; NULL when there is none. */
const struct param *workflow_find_param(const struct workflow *workflow, const char *name);

/* Checks given params against their declarations and adds defaults. `given` in any order; on
 * success *out is an array in the order of the declarations, allocated in `arena`.
 * ERR_INVALID names the param and the way out. */
int workflow_bind_params(const struct workflow *workflow, const struct binding *given,
			 size_t given_count, struct arena *arena, struct binding **out,
			 struct err *err);
/* The same for one param: *out is the value in the way it is passed on, in `arena` or `text`. */
int workflow_bind_param(const struct param *param, const char *text, struct arena *arena,
			const char **out, struct err *err);

/* The id of node `i`, for those who suggest one (model/suggest.h). `workflow` is one. */
const char *workflow_node_at(const void *workflow, size_t i);

/* Words of the commands that may name a file in the workflow's folder, each once, in file order:
 * the words of lists and plain strings, and the first word of a shell's text; no artifacts. Whether
 * there is such a file is the caller's to find out. Returns their number; *out lies in the arena.
 */
size_t workflow_named_files(const struct workflow *workflow, struct arena *arena,
			    const char ***out);

#endif
