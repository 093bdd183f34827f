/* SPDX-License-Identifier: MIT
 *
 * The verbs of hlp.proto over gRPC: who may ask, what each asks of the runtime, what goes back.
 * Lives on the clients thread, the owner of `loop`; nothing here blocks.
 */
#ifndef HLP_SERVICE_SERVICE_H
#define HLP_SERVICE_SERVICE_H

#include "base/home.h"
#include "base/loop.h"
#include "base/mailbox.h"
#include "runtime/runtime.h"

struct service;

/* Makes the service and its mailbox, before the runtime is started (which posts updates there). */
int service_new(struct loop *loop, const struct home *home, struct service **out, struct err *err);
struct mailbox *service_mailbox(struct service *service);
/* The encoder that the runtime uses for what clients see. */
struct runtime_encoder service_encoder(void);

/* Begins to accept on a listening socket. `runtime` outlives the service. */
int service_open(struct service *service, int listen_fd, struct runtime *runtime, struct err *err);
/* No new calls; those under way may end. */
void service_stop(struct service *service);
/* Everything that was owed to clients has left. */
bool service_is_idle(const struct service *service);
/* Closes what is left. Calls still in the runtime come back to nobody: stop it first. */
void service_free(struct service *service);

#endif
