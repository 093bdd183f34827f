/* SPDX-License-Identifier: MIT
 *
 * The graph part of a mirror, for mirror.c alone.
 */
#ifndef HLP_CLIENT_MIRROR_GRAPH_H
#define HLP_CLIENT_MIRROR_GRAPH_H

#include "client/mirror.h"

/* Until the graph comes: nodes that have an id and a phase's name, and need nothing. */
void mirror_graph_from_rows(struct mirror *mirror, const Hlp__V1__Update *update);
void mirror_graph_release(struct mirror *mirror);

#endif
