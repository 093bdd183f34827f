/* SPDX-License-Identifier: MIT
 *
 * Who looks at an execution, and who may act on it: each console holds a stream open, and all of
 * one execution are told when somebody comes, goes or arms. Nothing of it is stored. Clients
 * thread.
 */
#ifndef HLP_SERVICE_PRESENCE_H
#define HLP_SERVICE_PRESENCE_H

#include "service/asking.h"

/* The execution of a PresenceRequest is resolved: it counts from here until its stream ends. */
void presence_begin(struct asking *asking);

#endif
