/* SPDX-License-Identifier: MIT
 *
 * Whether an execution goes on by itself, waits for a person, or is over; and how hlp ends then.
 */
#ifndef HLP_CLI_FOLLOW_STATE_H
#define HLP_CLI_FOLLOW_STATE_H

#include "cli/cli.h"
#include "client/mirror.h"

/* The exit status of an execution that has ended or waits. */
enum cli_exit follow_exit(const struct mirror *mirror);
/* Whether nothing goes on unless a person does something. */
bool follow_is_waiting(const struct mirror *mirror);
bool follow_is_over(const struct mirror *mirror);

#endif
