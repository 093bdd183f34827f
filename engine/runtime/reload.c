/* SPDX-License-Identifier: MIT
 *
 * A snapshot spares most of the fold; a damaged one costs only time. What one event does is in
 * load.c.
 */
#include "runtime/reload.h"

#include "base/log.h"
#include "runtime/load.h"

/* ---- where from -------------------------------------------------------------------------- */

static int snapshot_of_journal(void *store, const char *execution, uint64_t *out_seq,
			       struct buf *out, struct err *err)
{
	return journal_snapshot(store, execution, out_seq, out, err);
}

/* Its readers say themselves when it is enough. */
static int events_of_journal(void *store, const char *execution, uint64_t after_seq, uint32_t limit,
			     int (*each)(void *ctx, const struct event *event, struct err *err),
			     void *ctx, struct err *err)
{
	(void)limit;
	return journal_each_event(store, execution, after_seq, each, ctx, err);
}

struct reload_source reload_from_journal(struct journal *journal, struct content *content)
{
	return (struct reload_source){.content = content,
				      .store = journal,
				      .snapshot = snapshot_of_journal,
				      .events = events_of_journal};
}

static int snapshot_of_catalog(void *store, const char *execution, uint64_t *out_seq,
			       struct buf *out, struct err *err)
{
	return catalog_snapshot(store, execution, out_seq, out, err);
}

static int events_of_catalog(void *store, const char *execution, uint64_t after_seq, uint32_t limit,
			     int (*each)(void *ctx, const struct event *event, struct err *err),
			     void *ctx, struct err *err)
{
	return catalog_events(store, execution, after_seq, limit, each, ctx, err);
}

struct reload_source reload_from_catalog(struct catalog *catalog, struct content *content)
{
	return (struct reload_source){.content = content,
				      .store = catalog,
				      .snapshot = snapshot_of_catalog,
				      .events = events_of_catalog};
}

/* ---- snapshot and events ----------------------------------------------------------------- */

struct pinned {
	struct content *content;
	struct workflow *workflow;
	struct graph *graph;
};

static int read_first(void *ctx, const struct event *event, struct err *err)
{
	struct pinned *pinned = ctx;
	int rc;

	if (event->kind != EVENT_CREATED)
		return 1; /* enough */
	rc = load_workflow(pinned->content, event->blob, &pinned->workflow, &pinned->graph, err);
	return rc ? rc : 1;
}

/* NULL when the image is not to be used; the log then says why. */
static struct execution *from_image(const struct reload_source *source, const char *id,
				    const struct buf *image)
{
	struct pinned pinned = {.content = source->content};
	struct execution *execution = NULL;
	struct err err = {0};

	(void)source->events(source->store, id, 0, 1, read_first, &pinned, &err);
	if (!pinned.workflow)
		return NULL; /* the fold will fail for the same reason, and say it */
	if (execution_from_snapshot(pinned.workflow, pinned.graph, image->data, image->length,
				    &execution, &err) < 0) {
		log_warn("the snapshot of %s is not used: %s", id, err.message);
		workflow_free(pinned.workflow);
		graph_free(pinned.graph);
	}
	return execution;
}

/* The event up to which `out` is made; 0 when there is no snapshot to make it of. */
static uint64_t from_snapshot(const struct reload_source *source, const char *id,
			      struct reloaded *out)
{
	struct buf image;
	struct err err = {0};
	uint64_t seq = 0;
	int found;

	buf_init(&image, SIZE_MAX / 2);
	found = source->snapshot(source->store, id, &seq, &image, &err);
	if (found < 0)
		log_warn("the snapshot of %s cannot be read: %s", id, err.message);
	if (found == 1)
		out->execution = from_image(source, id, &image);
	buf_release(&image);
	if (!out->execution)
		return 0;
	out->snapshot_events = out->execution->events_count;
	return seq;
}

int reload_execution(const struct reload_source *source, const char *id, struct reloaded *out,
		     struct err *err)
{
	struct reloaded loaded = {0};
	uint64_t seq = from_snapshot(source, id, &loaded);
	struct load_fold fold = {.content = source->content, .execution = loaded.execution};
	int rc = source->events(source->store, id, seq, 0, load_event, &fold, err);

	if (rc >= 0 && !fold.execution)
		rc = err_set(err, ERR_CORRUPT, "it has no events");
	if (rc < 0) {
		execution_free(fold.execution);
		return rc;
	}
	loaded.execution = fold.execution;
	execution_touched_clear(loaded.execution);
	*out = loaded;
	return 0;
}
