/* SPDX-License-Identifier: MIT
 *
 * Every bound of the model in one place. Each has a test at n and at n + 1.
 */
#ifndef HLP_MODEL_LIMITS_H
#define HLP_MODEL_LIMITS_H

#define LIMIT_WORKFLOW_BYTES	 ((size_t)64 * 1024 * 1024)
#define LIMIT_YAML_DEPTH	 32
#define LIMIT_YAML_VALUES	 12000000 /* scalars, lists and maps of one file */
#define LIMIT_YAML_SCALAR_BYTES	 ((size_t)256 * 1024)
#define LIMIT_NODES		 200000
#define LIMIT_EDGES		 4000000
#define LIMIT_PHASES		 1000
#define LIMIT_PARAMS		 1000
#define LIMIT_ENV		 1000  /* variables of a workflow or of a node; labels too */
#define LIMIT_WORDS		 10000 /* of a command in list form */
#define LIMIT_ROOTS		 100
#define LIMIT_EXIT_CODES	 255
#define LIMIT_SHOWN		 100 /* values beside a question */
#define LIMIT_REFERENCE		 256 /* bytes of what stands after the kind in a ${…} */
#define LIMIT_NAME		 63  /* bytes of a workflow's, phase's or node's name */
#define LIMIT_HOST		 255 /* bytes of USER@HOST */
#define LIMIT_ARTIFACTS_PER_NODE 1000
#define LIMIT_OUTPUTS_PER_NODE	 100
#define LIMIT_SECRET_SHORTEST	 6 /* bytes: anything shorter cannot be masked in output */
#define LIMIT_OUTPUT_VALUE_BYTES ((size_t)64 * 1024)
#define LIMIT_ERRORS_SHOWN	 100 /* of one file; the rest are counted */
#define LIMIT_FILES_LEAST	 4   /* standard ones, and one to open */
#define LIMIT_FILES_MOST	 1048576
#define LIMIT_PARALLEL		 10000
#define LIMIT_ATTEMPTS		 1000 /* automatic retries of one node */
#define LIMIT_TEXT		 4096 /* an act's reason, a note */
#define LIMIT_CHECKPOINTS	 1000 /* of one execution, those that are kept no longer included */
#define LIMIT_EVENT_BYTES	 ((size_t)16 * 1024 * 1024)

#endif
