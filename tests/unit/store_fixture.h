/* SPDX-License-Identifier: MIT
 *
 * What the tests of the store share: an instance's folder in the test's own, and events and rows to
 * put into it. Single-threaded tests only.
 */
#ifndef HLP_TESTS_UNIT_STORE_FIXTURE_H
#define HLP_TESTS_UNIT_STORE_FIXTURE_H

#include "base/home.h"
#include "model/rows.h"
#include "store/journal.h"

/* An open home at PATH/home, or at a path (for a child process); it does not move. */
struct home *store_home(void **state);
struct home *store_home_at(const char *path);
void store_home_free(struct home *home);

/* "00000000000000000000000001" and so on. */
void store_id(unsigned number, char out[ULID_TEXT]);

struct event store_created(unsigned execution, uint64_t seq, const char *workflow, uint32_t number);
struct event store_act(unsigned execution, uint64_t seq, const char *verb, const char *request);
struct event store_exited(unsigned execution, uint64_t seq, uint32_t node);
struct execution_row store_execution(unsigned execution, const char *workflow, uint32_t number);
struct node_row store_node(unsigned execution, uint32_t index, enum state state);

/* Commits one batch and releases it; fails the test when that fails. */
void store_commit(struct journal *journal, struct journal_batch *batch);
/* Commits an execution with its CREATED event and row; `seq` is that event's. */
void store_add_execution(struct journal *journal, unsigned execution, uint64_t seq,
			 const char *workflow, uint32_t number);
/* The same, ended at a time. */
void store_add_ended(struct journal *journal, unsigned execution, uint64_t seq,
		     const char *workflow, uint32_t number, int64_t ended_us);

#endif
