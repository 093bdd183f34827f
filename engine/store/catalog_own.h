/* SPDX-License-Identifier: MIT
 *
 * What catalog.c and catalog_resolve.c share. Private to engine/store.
 */
#ifndef HLP_STORE_CATALOG_OWN_H
#define HLP_STORE_CATALOG_OWN_H

#include "store/catalog.h"
#include "store/db.h"

enum catalog_query {
	CATALOG_BEGIN,
	CATALOG_END,
	CATALOG_SEQ,
	CATALOG_EXECUTIONS,
	CATALOG_OF_WORKFLOW,
	CATALOG_OF_FILE,
	CATALOG_EXECUTION,
	CATALOG_KEY,
	CATALOG_NODES,
	CATALOG_ATTEMPTS,
	CATALOG_REVISIONS,
	CATALOG_EVENTS,
	CATALOG_CHECKPOINTS,
	CATALOG_DURATIONS,
	CATALOG_UNDOS,
	CATALOG_WRITER,
	CATALOG_NAMED,
	CATALOG_ENDING,
	CATALOG_QUERIES
};

struct catalog {
	struct db db;
	sqlite3_stmt *kept[CATALOG_QUERIES];
};

/* A statement for a query, and back. */
int catalog_own_take(struct catalog *catalog, enum catalog_query query, sqlite3_stmt **out,
		     struct err *err);
void catalog_own_give(struct catalog *catalog, enum catalog_query query, sqlite3_stmt *statement);

#endif
