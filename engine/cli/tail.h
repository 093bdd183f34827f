/* SPDX-License-Identifier: MIT
 *
 * What a node printed last, and what that means where it is known.
 */
#ifndef HLP_CLI_TAIL_H
#define HLP_CLI_TAIL_H

#include "base/buf.h"
#include "cli/cli.h"
#include "client/mirror.h"

/* The last bytes of the newest attempt that went wrong, its undo or the check of a file where that
 * is what failed. Empty when it printed nothing or nobody can tell; the caller releases it. Returns
 * the kind of that attempt, as in `hlp logs --kind`. */
const char *tail_read(struct cli *cli, const struct mirror *mirror, const struct mirror_node *node,
		      struct buf *out);
/* Its last lines, indented. */
void tail_say(struct cli *cli, const struct buf *text);
/* One sentence of what it means and the way out; NULL when nothing is known about it. */
const char *tail_means(const struct mirror_node *node, const struct buf *text);

#endif
