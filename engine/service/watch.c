/* SPDX-License-Identifier: MIT
 *
 * Watchers of one execution, of all headers, and of events.
 */
#include "service/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "service/reads.h"

/* More than the snapshot of the largest graph, or a slow start would never catch up. */
#define KEPT_MAX    1000
#define PENDING_MAX ((size_t)64 * 1024 * 1024)

static void link_watcher(struct asking *asking)
{
	struct service *service = asking->service;

	asking->watching = true;
	asking->previous_watcher = NULL;
	asking->next_watcher = service->watchers;
	if (service->watchers)
		service->watchers->previous_watcher = asking;
	service->watchers = asking;
}

/* Sends one update, unless what it says has been told; true when the call has ended with it. */
static bool send_update(struct asking *asking, struct shared_bytes *bytes, uint64_t seq, bool last)
{
	/* Equal is let through: one commit's rows may come in several updates. */
	if (seq < asking->seq && !last)
		return false;
	asking->last = last;
	if (!asking->watch_all) /* of many executions, each has its own order */
		asking->seq = seq;
	(void)grpc_call_send(asking->call, bytes, NULL);
	if (!last || !asking->ends_with_execution)
		return false;
	asking_end(asking);
	return true;
}

/* What was committed while the snapshot was read. The last of them may end the call, and the asking
 * with it, so the list is taken out of it first. */
static void send_kept(struct asking *asking)
{
	struct asking_update *kept = asking->kept;
	size_t count = asking->kept_count;
	bool ended = false;

	asking->kept = NULL;
	asking->kept_count = asking->kept_capacity = 0;
	for (size_t i = 0; i < count; i++) {
		ended = ended || send_update(asking, kept[i].bytes, kept[i].seq, kept[i].last);
		shared_bytes_unref(kept[i].bytes);
	}
	free(kept);
}

static void after_snapshot(struct asking *asking)
{
	if (asking->watch_all)
		reads_send_records(asking);
	else
		asking_send(asking);
	if (asking->last && asking->ends_with_execution)
		asking_end(asking);
	else
		send_kept(asking);
}

static void keep(struct asking *asking, const struct runtime_update *update,
		 struct shared_bytes *bytes)
{
	if (asking->kept_count == KEPT_MAX) {
		asking->missed++;
		return;
	}
	asking->kept = mem_grow(asking->kept, &asking->kept_capacity, asking->kept_count + 1,
				sizeof(*asking->kept));
	asking->kept[asking->kept_count++] = (struct asking_update){
		.bytes = shared_bytes_ref(bytes), .seq = update->seq, .last = update->last};
}

static void read_snapshot(struct asking *asking)
{
	asking->missed = 0;
	asking_read_then(asking, asking->watch_all ? reads_all_headers : reads_snapshot,
			 after_snapshot);
}

static void read_events(struct asking *asking);

static void after_events(struct asking *asking)
{
	reads_send_records(asking);
	if (asking->more)
		read_events(asking);
	else if (!asking->watching)
		asking_end(asking);
	else
		watch_drained(asking);
}

static void read_events(struct asking *asking)
{
	asking->missed = 0;
	asking_read_then(asking, reads_events, after_events);
}

static void registered(struct asking *asking)
{
	link_watcher(asking);
	if (asking->events)
		read_events(asking);
	else
		read_snapshot(asking);
}

void watch_begin(struct asking *asking)
{
	struct request *request = asking_new_request(asking, REQUEST_WATCH, NULL, NULL);

	if (asking->watch_all)
		request->execution[0] = '\0';
	asking_request(asking, request, registered);
}

void watch_events(struct asking *asking, bool follow)
{
	asking->events = true;
	if (follow)
		watch_begin(asking);
	else
		read_events(asking);
}

void watch_drained(struct asking *asking)
{
	if (asking->busy || !asking->call || !asking->missed)
		return;
	if (asking->events) {
		read_events(asking);
	} else {
		asking->resync = true;
		read_snapshot(asking);
	}
}

static bool concerns(const struct asking *asking, const struct runtime_update *update)
{
	return asking->watch_all || !strcmp(asking->execution, update->execution);
}

static void tell(struct asking *asking, const struct runtime_update *update,
		 struct shared_bytes *bytes)
{
	if (asking->events) {
		asking->missed++;
		watch_drained(asking);
	} else if (asking->busy) { /* the catalog thread reads its snapshot now */
		keep(asking, update, bytes);
	} else if (asking->missed || grpc_call_pending(asking->call) > PENDING_MAX) {
		asking->missed++; /* told afresh when all that was sent has left */
	} else {
		(void)send_update(asking, bytes, update->seq, update->last);
	}
}

void watch_take_update(struct service *service, struct runtime_update *update)
{
	struct shared_bytes *bytes = shared_bytes_take(&update->bytes);
	struct shared_bytes *header = shared_bytes_take(&update->header);
	struct asking *asking = service->watchers;

	while (asking) {
		struct asking *next = asking->next_watcher;

		if (asking->call && concerns(asking, update))
			tell(asking, update, asking->watch_all ? header : bytes);
		asking = next;
	}
	shared_bytes_unref(bytes);
	shared_bytes_unref(header);
	runtime_update_free(update);
}
