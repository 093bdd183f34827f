/* SPDX-License-Identifier: MIT
 *
 * Reading rows and encoding them, on the catalog thread. What attempts
 * printed is in reads_output.c, files in reads_artifacts.c and reads_diff.c.
 */
#include "service/reads.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/order.h"
#include "runtime/load.h"
#include "store/output.h"
#include "wire/convert.h"

#define ESTIMATED_NODES_MAX 500 /* larger graphs are shown without estimates */
#define EVENTS_AT_ONCE	    5000

/* ---- one execution and its nodes --------------------------------------------------------- */

struct row_ctx {
	struct asking *asking;
	struct buf *out;
	uint64_t seq;
	bool ended;
};

static int put_status_header(void *ctx, const struct execution_row *row, struct err *err)
{
	struct row_ctx *rows = ctx;

	(void)err;
	convert_status_header(rows->out, row, rows->seq);
	return 0;
}

static int put_status_node(void *ctx, const struct node_row *row, struct err *err)
{
	struct row_ctx *rows = ctx;

	(void)err;
	convert_status_node(rows->out, row);
	return 0;
}

/* One execution and its nodes (`node` NULL: without), all of one moment. */
static int read_rows(struct row_ctx *rows, struct catalog *catalog, catalog_each_execution *header,
		     catalog_each_node *node, struct err *err)
{
	const char *execution = rows->asking->execution;
	int rc = catalog_begin(catalog, &rows->seq, err);

	if (rc < 0)
		return rc;
	rc = catalog_execution(catalog, execution, header, rows, err);
	if (rc >= 0 && node)
		rc = catalog_nodes(catalog, execution, node, rows, err);
	catalog_end(catalog);
	return rc;
}

int reads_status(struct asking *asking, struct catalog *catalog, struct content *content,
		 struct err *err)
{
	const Hlp__V1__StatusRequest *asked = (const Hlp__V1__StatusRequest *)asking->message;
	struct row_ctx rows = {.asking = asking, .out = &asking->out};

	(void)content;
	return read_rows(&rows, catalog, put_status_header,
			 asked->without_nodes ? NULL : put_status_node, err);
}

static int put_update_header(void *ctx, const struct execution_row *row, struct err *err)
{
	struct row_ctx *rows = ctx;
	const struct convert_update update = {.seq = rows->seq,
					      .snapshot = true,
					      .resync = rows->asking->resync,
					      .last = row->ended};

	(void)err;
	convert_update_header(rows->out, &update, row);
	rows->ended = row->ended;
	return 0;
}

static int put_update_node(void *ctx, const struct node_row *row, struct err *err)
{
	struct row_ctx *rows = ctx;

	(void)err;
	convert_update_node(rows->out, row);
	return 0;
}

int reads_snapshot(struct asking *asking, struct catalog *catalog, struct content *content,
		   struct err *err)
{
	struct row_ctx rows = {.asking = asking, .out = &asking->out};
	int rc = read_rows(&rows, catalog, put_update_header, put_update_node, err);

	(void)content;
	asking->seq = rows.seq;
	asking->last = rows.ended;
	asking->resync = false;
	return rc;
}

/* ---- many executions --------------------------------------------------------------------- */

static int put_listed(void *ctx, const struct execution_row *row, struct err *err)
{
	struct row_ctx *rows = ctx;

	(void)err;
	convert_list_execution(rows->out, row);
	return 0;
}

int reads_list(struct asking *asking, struct catalog *catalog, struct content *content,
	       struct err *err)
{
	const Hlp__V1__ListRequest *asked = (const Hlp__V1__ListRequest *)asking->message;
	struct row_ctx rows = {.asking = asking, .out = &asking->out};
	int rc = catalog_begin(catalog, &rows.seq, err);

	(void)content;
	if (rc < 0)
		return rc;
	rc = catalog_executions(catalog, *asked->workflow ? asked->workflow : NULL, asked->limit,
				put_listed, &rows, err);
	convert_list_seq(&asking->out, rows.seq);
	catalog_end(catalog);
	return rc;
}

/* A record is its length and then its bytes, so that many travel in one buffer between threads. */
static void put_record(struct buf *out, const struct buf *record)
{
	uint64_t length = record->length;

	buf_add(out, &length, sizeof(length));
	buf_add(out, record->data, record->length);
}

void reads_send_records(struct asking *asking)
{
	struct buf all = asking->out;
	size_t at = 0;

	buf_init(&asking->out, all.max);
	while (at + sizeof(uint64_t) <= all.length) {
		uint64_t length;

		memcpy(&length, all.data + at, sizeof(length));
		at += sizeof(length);
		buf_add(&asking->out, all.data + at, length);
		at += length;
		asking_send(asking);
	}
	buf_release(&all);
}

static int put_header(void *ctx, const struct execution_row *row, struct err *err)
{
	struct row_ctx *rows = ctx;
	const struct convert_update update = {.seq = rows->seq, .snapshot = true};
	struct buf record;

	(void)err;
	buf_init(&record, SIZE_MAX / 2);
	convert_update_header(&record, &update, row);
	put_record(rows->out, &record);
	buf_release(&record);
	return 0;
}

int reads_all_headers(struct asking *asking, struct catalog *catalog, struct content *content,
		      struct err *err)
{
	struct row_ctx rows = {.asking = asking, .out = &asking->out};
	int rc = catalog_begin(catalog, &rows.seq, err);

	(void)content;
	if (rc < 0)
		return rc;
	rc = catalog_executions(catalog, NULL, 200, put_header, &rows, err);
	catalog_end(catalog);
	asking->seq = rows.seq;
	return rc;
}

/* ---- acts -------------------------------------------------------------------------------- */

static int put_act_reply(void *ctx, const struct execution_row *row, struct err *err)
{
	struct row_ctx *rows = ctx;

	(void)err;
	convert_act_reply(rows->out, rows->asking->seq, row, buf_text(&rows->asking->request->out));
	return 0;
}

int reads_act_reply(struct asking *asking, struct catalog *catalog, struct content *content,
		    struct err *err)
{
	struct row_ctx rows = {.asking = asking, .out = &asking->out};

	(void)content;
	return catalog_execution(catalog, asking->execution, put_act_reply, &rows, err);
}

/* ---- the graph --------------------------------------------------------------------------- */

struct graph_ctx {
	struct arena arena;
	char blob[41];
	struct binding *params;
	uint32_t params_count;
	bool has_created;
};

static int take_created(void *ctx, const struct event *event, struct err *err)
{
	struct graph_ctx *graph = ctx;

	(void)err;
	if (event->kind != EVENT_CREATED)
		return 0;
	graph->has_created = true;
	memcpy(graph->blob, event->blob, sizeof(graph->blob));
	graph->params =
		arena_alloc(&graph->arena, (event->items_count + 1) * sizeof(struct binding));
	for (uint32_t i = 0; i < event->items_count; i++)
		if (!strcmp(event->items[i].kind, "param"))
			graph->params[graph->params_count++] = (struct binding){
				arena_strdup(&graph->arena, event->items[i].name),
				arena_strdup(&graph->arena, event->items[i].value)};
	return 0;
}

static int64_t *estimate_all(struct catalog *catalog, const struct workflow *workflow)
{
	int64_t *estimates;

	if (workflow->nodes_count > ESTIMATED_NODES_MAX)
		return NULL;
	estimates = mem_calloc(workflow->nodes_count, sizeof(*estimates));
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		estimates[i] =
			reads_estimate(catalog, workflow->name, workflow->nodes[i].id, ATTEMPT_RUN);
	return estimates;
}

int reads_graph(struct asking *asking, struct catalog *catalog, struct content *content,
		struct err *err)
{
	struct graph_ctx ctx = {0};
	struct workflow *workflow;
	struct graph *graph;
	int64_t *estimates;
	int rc = catalog_events(catalog, asking->execution, 0, 1, take_created, &ctx, err);

	if (rc >= 0 && !ctx.has_created)
		rc = err_set(err, ERR_CORRUPT, "the execution has no beginning");
	if (rc >= 0)
		rc = load_workflow(content, ctx.blob, &workflow, &graph, err);
	if (rc >= 0) {
		estimates = estimate_all(catalog, workflow);
		convert_graph(&asking->out, workflow,
			      ctx.params_count == workflow->params_count ? ctx.params : NULL,
			      estimates);
		free(estimates);
		graph_free(graph);
		workflow_free(workflow);
	}
	arena_release(&ctx.arena);
	return rc;
}

/* ---- names of nodes, for rows that carry only their index -------------------------------- */

struct names_ctx {
	struct arena arena;
	const char **names;
	size_t count, capacity;
};

static int take_name(void *ctx, const struct node_row *row, struct err *err)
{
	struct names_ctx *names = ctx;

	(void)err;
	names->names = mem_grow(names->names, &names->capacity, row->index + 1, sizeof(char *));
	while (names->count <= row->index)
		names->names[names->count++] = "";
	names->names[row->index] = arena_strdup(&names->arena, row->id);
	return 0;
}

static const char *name_of(const struct names_ctx *names, uint32_t node)
{
	return node < names->count ? names->names[node] : NULL;
}

static void release_names(struct names_ctx *names)
{
	free(names->names);
	arena_release(&names->arena);
}

/* ---- events ------------------------------------------------------------------------------ */

struct events_ctx {
	struct asking *asking;
	struct names_ctx names;
};

static int put_event(void *ctx, const struct event *event, struct err *err)
{
	struct events_ctx *events = ctx;
	struct buf record;

	(void)err;
	buf_init(&record, SIZE_MAX / 2);
	convert_event(&record, event, name_of(&events->names, event->node));
	put_record(&events->asking->out, &record);
	buf_release(&record);
	events->asking->seq = event->seq;
	events->asking->more = true;
	return 0;
}

int reads_events(struct asking *asking, struct catalog *catalog, struct content *content,
		 struct err *err)
{
	struct events_ctx ctx = {.asking = asking};
	int rc = catalog_nodes(catalog, asking->execution, take_name, &ctx.names, err);

	(void)content;
	asking->more = false;
	if (rc >= 0)
		rc = catalog_events(catalog, asking->execution, asking->seq, EVENTS_AT_ONCE,
				    put_event, &ctx, err);
	release_names(&ctx.names);
	return rc;
}

/* ---- attempts ---------------------------------------------------------------------------- */

/* Only of one node's attempts: a file is looked at for each. */
static int64_t printed_bytes(struct events_ctx *ctx, const struct attempt_row *row,
			     const char *name)
{
	const struct order_places places = {.output_folder = ctx->asking->service->home->output};

	return output_size(order_output_path(ctx->asking->execution, name, row->kind, row->number,
					     &places, &ctx->names.arena));
}

static int put_attempt(void *ctx, const struct attempt_row *row, struct err *err)
{
	struct events_ctx *attempts = ctx;
	const Hlp__V1__AttemptsRequest *asked =
		(const Hlp__V1__AttemptsRequest *)attempts->asking->message;
	const char *name = name_of(&attempts->names, row->node);

	(void)err;
	if (!*asked->node)
		convert_attempt(&attempts->asking->out, row, name, 0);
	else if (name && !strcmp(name, asked->node))
		convert_attempt(&attempts->asking->out, row, name,
				printed_bytes(attempts, row, name));
	return 0;
}

int reads_attempts(struct asking *asking, struct catalog *catalog, struct content *content,
		   struct err *err)
{
	struct events_ctx ctx = {.asking = asking};
	int rc = catalog_nodes(catalog, asking->execution, take_name, &ctx.names, err);

	(void)content;
	if (rc >= 0)
		rc = catalog_attempts(catalog, asking->execution, EVENT_NO_NODE, put_attempt, &ctx,
				      err);
	release_names(&ctx.names);
	return rc;
}
