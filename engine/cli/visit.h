/* SPDX-License-Identifier: MIT
 *
 * The terminal given to a shell of a node, by way of hlp-relay, which records it; taken again when
 * that has ended, in the state it was in. One thread; one at a time.
 */
#ifndef HLP_CLI_VISIT_H
#define HLP_CLI_VISIT_H

#include "base/err.h"
#include "wire/hlp.pb-c.h"

/* `prompt` names the node in the shell's own prompt. Returns the shell's exit status, 128 and the
 * number for a signal; on failure hlp-relay was not started. */
int visit_run(const Hlp__V1__ShellReply *reply, const char *prompt, struct err *err);

#endif
