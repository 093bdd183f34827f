/* SPDX-License-Identifier: MIT
 *
 * The past is not stored: the journal is, and folds to it.
 */
#include "service/reads_moment.h"

#include "runtime/load.h"
#include "wire/convert.h"

struct past {
	struct load_fold fold;
	uint64_t until, seq;
};

static int take_event(void *ctx, const struct event *event, struct err *err)
{
	struct past *moment = ctx;

	if (event->seq > moment->until)
		return 0; /* what came after it */
	moment->seq = event->seq;
	return load_event(&moment->fold, event, err);
}

static void put_moment(struct asking *asking, const struct execution *execution, uint64_t seq)
{
	struct execution_row header = {0};
	struct convert_update update = {.seq = seq, .snapshot = true, .resync = true};

	rows_of_execution(execution, &header);
	convert_update_header(&asking->out, &update, &header);
	for (uint32_t i = 0; i < execution->graph->nodes_count; i++) {
		struct node_row row = {0};
		rows_of_node(execution, i, &row);
		convert_update_node(&asking->out, &row);
	}
}

int reads_moment_fold(struct asking *asking, struct catalog *catalog, struct content *content,
		      uint64_t until, struct execution **out, uint64_t *out_seq, struct err *err)
{
	struct past moment = {.fold = {.content = content}, .until = until};
	uint64_t now;
	int rc = catalog_begin(catalog, &now, err);

	if (rc < 0)
		return rc;
	rc = catalog_events(catalog, asking->execution, 0, UINT32_MAX, take_event, &moment, err);
	catalog_end(catalog);
	if (rc >= 0 && moment.fold.execution == NULL)
		rc = err_set(err, ERR_NOT_FOUND, "it had not begun then");
	if (rc < 0) {
		execution_free(moment.fold.execution);
		return rc;
	}
	*out = moment.fold.execution;
	*out_seq = moment.seq;
	return 0;
}

int reads_moment(struct asking *asking, struct catalog *catalog, struct content *content,
		 struct err *err)
{
	const Hlp__V1__MomentRequest *asked = (const Hlp__V1__MomentRequest *)asking->message;
	struct execution *execution;
	uint64_t seq;
	int rc = reads_moment_fold(asking, catalog, content, asked->seq, &execution, &seq, err);

	if (rc < 0)
		return rc;
	put_moment(asking, execution, seq);
	execution_free(execution);
	return 0;
}
