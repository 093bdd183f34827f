/* SPDX-License-Identifier: MIT
 *
 * The order of an attempt on another host: a connection to a shell there, and the lines that the
 * relay sends it. Private to order.c. Pure.
 */
#ifndef HLP_MODEL_ORDER_HOST_H
#define HLP_MODEL_ORDER_HOST_H

#include "model/order_env.h"

/* The command that connects; ends with NULL. */
int order_host_argv(const struct command *command, struct order_env *env, const char *const **out,
		    struct err *err);

/* What the shell is told before the relay makes it run: the node's variables, then hlp_folder,
 * hlp_options and hlp_script, the command as text. */
int order_host_script(const struct command *command, struct order_env *env, const char **out,
		      struct err *err);

#endif
