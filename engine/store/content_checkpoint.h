/* SPDX-License-Identifier: MIT
 *
 * Checkpoints in content.git: one commit under refs/hlp/checkpoints/EXECUTION/NAME. Its tree has
 * the artifacts' blobs with their modes below artifacts/NODE/, and the text `state`: a line for
 * each node, and one for each artifact with the SHA-256 of its contents; the SHA-256 of that text
 * is the checkpoint's. Contents that lie beside the repository, large or secret ones, are there by
 * their hash. Made again it is the same commit.
 */
#ifndef HLP_STORE_CONTENT_CHECKPOINT_H
#define HLP_STORE_CONTENT_CHECKPOINT_H

#include "model/execution.h"
#include "store/content.h"

#define CONTENT_CHECKPOINT_DIGEST 65 /* hex digits and NUL */

struct content_checkpoint_file {
	uint32_t node;
	const char *path; /* as declared */
	const struct revision *revision;
};

/* What is recorded. Everything is borrowed. */
struct content_checkpoint {
	const char *execution; /* "edge-cert#12" */
	const struct workflow *workflow;
	const struct checkpoint *checkpoint; /* name, seq, time, nodes */
	const struct content_checkpoint_file *files;
	size_t files_count;
	const char *const *kept; /* names of all that are kept: other refs of the execution go */
	size_t kept_count;
};
/* Durable when it returns. Between batches only: it would take a batch under way with it. */
int content_checkpoint_record(struct content *content, const struct content_checkpoint *wanted,
			      char out_commit[41], char out_digest[CONTENT_CHECKPOINT_DIGEST],
			      struct err *err);

/* Reads all of a recorded one from the disk and compares it with what the journal says of it.
 * -ERR_CORRUPT, and the message names what is damaged. Any thread. */
struct content_checkpoint_id {
	const char *execution, *name, *commit, *digest;
};
int content_checkpoint_verify(const struct home *home, const struct content_checkpoint_id *id,
			      struct err *err);

#endif
