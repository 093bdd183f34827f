/* SPDX-License-Identifier: MIT
 *
 * What the requests that act on an execution share: the execution is found, loaded if need be and
 * reconciled; an operator's word is applied; the request is answered when that is durable.
 * Coordinator thread.
 */
#ifndef HLP_RUNTIME_ACTS_H
#define HLP_RUNTIME_ACTS_H

#include "runtime/engine.h"

/* The execution a request is about, ready to be acted on; NULL when the request went another way:
 * it is taken up again. */
struct live *acts_find_ready(struct engine *engine, struct request *request);
/* Loads the execution; the request is taken up again then. */
void acts_load(struct engine *engine, struct request *request);
/* Applies an operator's word and answers the request. */
void acts_apply(struct engine *engine, struct live *live, struct request *request, struct act *act);
/* Knows the request again, should it be sent twice. */
void acts_remember(struct engine *engine, const struct request *request);
/* Sends a request back to its asker. */
void acts_answer(struct request *request, int result);

#endif
