/* SPDX-License-Identifier: MIT
 *
 * The tables of state.db and how they came to be. Private to engine/store.
 */
#ifndef HLP_STORE_SCHEMA_H
#define HLP_STORE_SCHEMA_H

#include "store/db.h"

/* Kinds of events of checkpoints, as the partial index and whoever wants to use it write them. */
#define SCHEMA_CHECKPOINTS "100, 101, 102, 103"

/* Brings the database to the newest version, one transaction a step, so that a death in between
 * leaves a whole older version. A newer schema is ERR_UNSUPPORTED, a foreign database ERR_INVALID.
 */
int schema_migrate(struct db *db, struct err *err);
/* Fails unless the schema is the one that this program knows. */
int schema_expect(struct db *db, struct err *err);
/* The version this program writes. */
int schema_version(void);

#endif
