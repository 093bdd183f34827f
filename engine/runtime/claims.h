/* SPDX-License-Identifier: MIT
 *
 * Which files are being written, and by whom: one owner at a time across all executions. A node has
 * its files from before their pre-image until it ends, a rollback has all of its files from before
 * it starts. Known by where a file really is, so that one file under two names has one owner. The
 * content thread's own, filled anew after a restart.
 */
#ifndef HLP_RUNTIME_CLAIMS_H
#define HLP_RUNTIME_CLAIMS_H

#include "base/map.h"
#include "runtime/messages.h"

struct claims {
	struct map by_place;			 /* → struct claim */
	struct claim *first;			 /* all of them */
	struct message *waiting, **last_waiting; /* captures whose files somebody else has */
};

void claims_init(struct claims *claims);
void claims_release(struct claims *claims); /* waiting jobs are freed with it */

/* Takes all files of a job's node (those of `only`), or none. NULL when they are its own now, else
 * who has one, for people ("swap of edge-cert#12 writes proxy.conf"), in the job's arena. */
const char *claims_take(struct claims *claims, struct content_job *job);
/* The same for the files of a rollback, in its name; those of its own nodes go over to it, and back
 * to those that still run when it gives them back. */
const char *claims_take_all(struct claims *claims, struct request *request);
/* Gives back what a node (EVENT_NO_NODE: the rollback) of an execution has. */
void claims_give_back(struct claims *claims, const char *execution, uint32_t node);

/* Keeps a capture until files are given back. */
void claims_wait(struct claims *claims, struct content_job *job);
/* Those that wait, to be tried again; they are the caller's. */
struct message *claims_waiting(struct claims *claims);

#endif
