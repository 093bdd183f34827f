/* SPDX-License-Identifier: MIT
 *
 * What clients ask of the coordinator. A request may visit other threads first (content to pin a
 * workflow, journal to look up its id, catalog to load an execution) and is taken up again when it
 * comes back; it is answered when what it did is durable.
 */
#ifndef HLP_RUNTIME_REQUESTS_H
#define HLP_RUNTIME_REQUESTS_H

#include "runtime/engine.h"

/* A request from service, or back from another thread. */
void requests_take(struct engine *engine, struct request *request);
/* A pinned workflow comes back. */
void requests_pinned(struct engine *engine, struct content_job *job);
void requests_loaded(struct engine *engine, struct load_job *load);
/* Takes up again those that waited for their execution to be reconciled. */
void requests_unpark(struct engine *engine);

#endif
