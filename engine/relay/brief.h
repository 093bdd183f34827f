/* SPDX-License-Identifier: MIT
 *
 * What hlp-relay is told on its command line. One thread.
 */
#ifndef HLP_RELAY_BRIEF_H
#define HLP_RELAY_BRIEF_H

#include <stddef.h>

#include "base/err.h"

/* A variable of the command's environment whose value lies in a file. */
struct brief_secret {
	const char *name, *path;
};

struct brief {
	const char *note;	 /* launch/note.h; NULL: a person's shell */
	const char *record;	 /* a person's shell: file for what it shows */
	const char *most;	 /* … and how many bytes of that are kept; NULL: all */
	const char *script;	 /* file for a remote shell; NULL: a command of this machine */
	const char *stop;	 /* script that ends the remote one; NULL without */
	const char *outputs;	 /* file that gets what was written to $HLP_OUTPUT; NULL without */
	const char *outputs_raw; /* where a command of this machine writes it first; NULL: there */
	struct brief_secret *secrets;
	size_t secrets_count;
	char **argv; /* the command; ends with NULL */
};

/* Texts are borrowed from argv. */
int brief_read(char **argv, struct brief *out, struct err *err);
void brief_release(struct brief *brief);

#endif
