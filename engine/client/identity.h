/* SPDX-License-Identifier: MIT
 *
 * What a client says about itself with every call: who types, on which terminal, from where, and
 * where the ssh agent listens. The
 * engine knows the user from the socket; this is what the user may add.
 */
#ifndef HLP_CLIENT_IDENTITY_H
#define HLP_CLIENT_IDENTITY_H

#include <stddef.h>

#include "wire/grpc_client.h"

#define IDENTITY_HEADERS  4
#define IDENTITY_TEXT_MAX 256

struct identity {
	char terminal[IDENTITY_TEXT_MAX];
	struct grpc_header
		headers[IDENTITY_HEADERS]; /* borrow from here and from the environment */
	size_t count;
};

/* Reads HLP_ACTOR, the terminal's name, SSH_CONNECTION and SSH_AUTH_SOCK; leaves out what is unset
 * or too long. */
void identity_read(struct identity *identity);

/* Where our ssh agent listens, if it answers; NULL: there is none. */
const char *identity_agent(void);

/* Whom the engine will take us for: HLP_ACTOR, else the login name, else the number of the user. */
void identity_name(char out[IDENTITY_TEXT_MAX]);

#endif
