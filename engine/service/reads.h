/* SPDX-License-Identifier: MIT
 *
 * What is read and encoded on the catalog thread. Each function is an asking_read: it touches only
 * its asking, whose `out` it fills with the packed reply.
 */
#ifndef HLP_SERVICE_READS_H
#define HLP_SERVICE_READS_H

#include "service/asking.h"

asking_read reads_status;	/* GetExecutionStatus */
asking_read reads_list;		/* ListExecutions */
asking_read reads_graph;	/* GetGraph */
asking_read reads_attempts;	/* ListAttempts */
asking_read reads_output;	/* ReadOutput */
asking_read reads_find;		/* FindOutput */
asking_read reads_artifacts;	/* ListArtifacts */
asking_read reads_file_history; /* ListArtifacts of all executions */
asking_read reads_diff;		/* DiffArtifact */
asking_read reads_undo_history; /* into `history` */
asking_read reads_snapshot;	/* an Update with everything; sets seq and last */
asking_read reads_all_headers;	/* one Update a header, each with its length before it */
asking_read reads_act_reply;	/* ActReply: the header after the act */
asking_read reads_events;	/* EventRecords after seq, each with its length before it */
/* The median of what its last attempts of a kind took, 0 when none did. */
int64_t reads_estimate(struct catalog *catalog, const char *workflow, const char *node,
		       enum attempt_kind kind);
void reads_send_records(struct asking *asking); /* sends what was written with lengths */

#endif
