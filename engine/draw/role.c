/* SPDX-License-Identifier: MIT
 *
 * The names of roles, from role.def.
 */
#include "draw/role.h"

#include <string.h>

static const char *const NAMES[ROLES] = {
#define ROLE(name) [ROLE_##name] = #name,
#include "draw/role.def"
};

const char *role_name(enum role role)
{
	return (unsigned)role < ROLES ? NAMES[role] : NAMES[ROLE_text];
}

enum role role_of(const char *name)
{
	for (int i = 0; i < ROLES; i++)
		if (strcmp(NAMES[i], name) == 0)
			return (enum role)i;
	return ROLE_text;
}
