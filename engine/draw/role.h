/* SPDX-License-Identifier: MIT
 *
 * Roles: what a cell means, never its colour. A theme maps roles to colours; without colour the
 * attribute and the letter carry the meaning.
 */
#ifndef HLP_DRAW_ROLE_H
#define HLP_DRAW_ROLE_H

enum role {
#define ROLE(name) ROLE_##name,
#include "draw/role.def"
	ROLES
};

const char *role_name(enum role role); /* "failed", "edge_hot" */
enum role role_of(const char *name);   /* ROLE_text for an unknown name */

#endif
