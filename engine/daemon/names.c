/* SPDX-License-Identifier: MIT
 *
 * Names go to a shell, not to a terminal: one that could steer either is left out.
 */
#include "daemon/names.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/home.h"
#include "store/catalog.h"

#define EXECUTIONS_MOST 100
#define FAILED		1

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f)
			return false;
	return true;
}

static void say(const char *kind, const char *name)
{
	if (*name && is_plain(name))
		(void)printf("%s%s\n", kind, name);
}

static int take_execution(void *ctx, const struct execution_row *row, struct err *err)
{
	(void)ctx;
	(void)err;
	say("", row->name);
	return 0;
}

static int take_node(void *ctx, const struct node_row *row, struct err *err)
{
	(void)ctx;
	(void)err;
	say("node ", row->id);
	return 0;
}

/* Once each would need a table; a shell drops what it is told twice. */
static int take_revision(void *ctx, const struct revision_row *row, struct err *err)
{
	(void)ctx;
	(void)err;
	say("artifact ", row->path);
	return 0;
}

static int print_parts(struct catalog *catalog, const char *typed, struct err *err)
{
	char execution[ULID_TEXT];
	int rc = catalog_resolve(catalog, typed, CATALOG_LOOK, execution, err);

	if (rc >= 0)
		rc = catalog_nodes(catalog, execution, take_node, NULL, err);
	if (rc >= 0)
		rc = catalog_revisions(catalog, execution, EVENT_NO_NODE, take_revision, NULL, err);
	return rc;
}

int names_print(const char *execution)
{
	struct catalog *catalog = NULL;
	struct home home = {.fd = -1};
	struct err err;
	int rc = home_open(&home, HOME_EXISTING, &err);

	if (rc >= 0)
		rc = catalog_open(&home, &catalog, &err);
	if (rc >= 0 && execution)
		rc = print_parts(catalog, execution, &err);
	else if (rc >= 0)
		rc = catalog_executions(catalog, NULL, EXECUTIONS_MOST, take_execution, NULL, &err);
	catalog_close(catalog);
	home_release(&home);
	return rc < 0 ? FAILED : 0;
}
