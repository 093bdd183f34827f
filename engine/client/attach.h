/* SPDX-License-Identifier: MIT
 *
 * Beginning to look at an execution: what runs on it later may use the ssh agent of whoever looks,
 * since the one that it was started with may be gone. One thread.
 */
#ifndef HLP_CLIENT_ATTACH_H
#define HLP_CLIENT_ATTACH_H

#include "client/client.h"

/* Tells the engine where our agent listens, if there is one. Nobody waits for the answer: a refusal
 * means that it is known already. */
void attach_tell_agent(struct client *client, const char *execution);

#endif
