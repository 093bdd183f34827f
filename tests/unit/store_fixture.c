/* SPDX-License-Identifier: MIT
 *
 * Homes, events and rows for the tests of the store.
 */
#include "tests/unit/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/unit/scratch.h"

struct home *store_home_at(const char *path)
{
	struct home *home = mem_zalloc(sizeof(*home));
	struct err err = {0};

	assert_int_equal(setenv("HLP_HOME", path, 1), 0);
	if (home_open(home, HOME_MAKE, &err) < 0)
		fail_msg("%s", err.message);
	return home;
}

struct home *store_home(void **state)
{
	return store_home_at(scratch_path(state, "home"));
}

void store_home_free(struct home *home)
{
	home_release(home);
	free(home);
}

void store_id(unsigned number, char out[ULID_TEXT])
{
	(void)snprintf(out, ULID_TEXT, "%026u", number);
}

static struct event make(unsigned execution, uint64_t seq, enum event_kind kind)
{
	struct event event = {
		.seq = seq, .kind = kind, .time_us = 1000000 * (int64_t)seq, .node = EVENT_NO_NODE};

	store_id(execution, event.execution);
	return event;
}

struct event store_created(unsigned execution, uint64_t seq, const char *workflow, uint32_t number)
{
	struct event event = make(execution, seq, EVENT_CREATED);

	event.text = workflow;
	event.number = number;
	event.actor = "ana";
	return event;
}

struct event store_act(unsigned execution, uint64_t seq, const char *verb, const char *request)
{
	struct event event = make(execution, seq, EVENT_ACT);

	event.verb = verb;
	event.actor = "ana";
	event.request = request;
	return event;
}

struct event store_exited(unsigned execution, uint64_t seq, uint32_t node)
{
	struct event event = make(execution, seq, EVENT_EXITED);

	event.node = node;
	event.attempt = 1;
	event.attempt_kind = ATTEMPT_RUN;
	event.exit_kind = EXIT_STATUS;
	event.code = 3;
	return event;
}

struct execution_row store_execution(unsigned execution, const char *workflow, uint32_t number)
{
	static char name[80];
	struct execution_row row = {
		.name = name,
		.workflow = workflow,
		.number = number,
		.revision = "",
		.folder = "/srv/runbooks",
		.actor = "ana",
		.note = "",
		.blob = "",
		.state = STATE_RUNNING,
		.reason = REASON_RUNNING,
		.created_us = 1000000,
		.nodes_count = 2,
		.counts = {[STATE_PENDING] = 1, [STATE_RUNNING] = 1},
		.seq = 1,
	};

	(void)snprintf(name, sizeof(name), "%s#%u", workflow, number);
	store_id(execution, row.id);
	return row;
}

struct node_row store_node(unsigned execution, uint32_t index, enum state state)
{
	static char id[20];
	struct node_row row = {
		.index = index,
		.id = id,
		.phase = "switch",
		.risk = 0.4,
		.state = state,
		.reason = state == STATE_COMPLETED ? REASON_OK : REASON_WAITING,
		.message = "",
		.version = 7,
	};

	(void)snprintf(id, sizeof(id), "node%u", index);
	store_id(execution, row.execution);
	return row;
}

void store_commit(struct journal *journal, struct journal_batch *batch)
{
	const struct journal_batch *batches[] = {batch};
	struct err err = {0};

	if (journal_commit(journal, batches, 1, &err) < 0)
		fail_msg("%s", err.message);
	journal_batch_release(batch);
}

static void add(struct journal *journal, const struct event *created,
		const struct execution_row *row)
{
	struct journal_batch batch = {0};

	journal_batch_event(&batch, created);
	journal_batch_execution(&batch, row);
	store_commit(journal, &batch);
}

void store_add_execution(struct journal *journal, unsigned execution, uint64_t seq,
			 const char *workflow, uint32_t number)
{
	struct event created = store_created(execution, seq, workflow, number);
	struct execution_row row = store_execution(execution, workflow, number);

	add(journal, &created, &row);
}

void store_add_ended(struct journal *journal, unsigned execution, uint64_t seq,
		     const char *workflow, uint32_t number, int64_t ended_us)
{
	struct event created = store_created(execution, seq, workflow, number);
	struct execution_row row = store_execution(execution, workflow, number);

	row.ended = true;
	row.ended_us = ended_us;
	row.state = STATE_COMPLETED;
	add(journal, &created, &row);
}
