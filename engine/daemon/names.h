/* SPDX-License-Identifier: MIT
 *
 * hlpd --names: what a shell completes, read from the store as it lies there. No lock is taken and
 * nothing is started or changed, whether an engine runs or not.
 */
#ifndef HLP_DAEMON_NAMES_H
#define HLP_DAEMON_NAMES_H

/* A line each: executions, the newest first; or with an `execution` its parts: "node ID" and
 * "artifact PATH". Returns how hlpd ends; without a store there are no names. */
int names_print(const char *execution);

#endif
