/* SPDX-License-Identifier: MIT
 *
 * The words with a shell at the other end of a connection. The shell reads its script from its
 * standard input; its standard output is kept for what it says about itself, in lines that begin
 * with a number that nobody can guess; all that the script prints goes to its standard error. The
 * script is sent only after the shell has said that it is there: until then nothing can have been
 * done by it. Nothing is read or written here. One thread.
 */
#ifndef HLP_RELAY_REMOTE_H
#define HLP_RELAY_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define REMOTE_NONCE_TEXT  33
#define REMOTE_SCRIPT_MAX  ((size_t)64 * 1024 * 1024)
#define REMOTE_OUTPUTS_MAX ((size_t)16 * 1024 * 1024)

enum remote_phase {
	REMOTE_CALLING, /* the shell has not answered */
	REMOTE_SENT,	/* the script may be running */
	REMOTE_ENDING,	/* its exit is known; outputs are coming */
	REMOTE_ENDED,	/* status and outputs are complete */
	REMOTE_GARBLED	/* the other end does not keep to the words */
};

struct remote {
	enum remote_phase phase;
	char nonce[REMOTE_NONCE_TEXT];
	struct buf to_send; /* what is to be written to the shell now */
	struct buf script;  /* to be sent when it has answered; then empty */
	struct buf in;	    /* of its standard output, not understood yet */
	int status;	    /* of the script */
	size_t wanted;	    /* bytes of outputs */
	struct buf outputs;
};

enum remote_outputs { REMOTE_WITHOUT_OUTPUTS, REMOTE_WITH_OUTPUTS };

/* `setup` are lines of shell as model/order_host.h writes them; they are copied. */
void remote_init(struct remote *remote, const char nonce[REMOTE_NONCE_TEXT],
		 const struct buf *setup, enum remote_outputs outputs);
void remote_release(struct remote *remote);
/* Takes more of the shell's standard output. What is not for us (a login's greeting) is appended to
 * `noise`. */
void remote_take(struct remote *remote, const char *data, size_t length, struct buf *noise);

#endif
