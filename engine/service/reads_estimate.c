/* SPDX-License-Identifier: MIT
 *
 * How long a rollback will take, from how long the undo commands of its nodes took before. On the
 * catalog thread, after the plan was made: history is in the store, the plan is the coordinator's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "service/reads.h"
#include "wire/message.h"

/* Longer plans are shown without estimates, and not even unpacked. */
#define ESTIMATED_ROWS_MAX  500
#define ESTIMATED_BYTES_MAX ((size_t)512 * 1024)
#define DURATIONS_MAX	    20

static int compare_durations(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

int64_t reads_estimate(struct catalog *catalog, const char *workflow, const char *node,
		       enum attempt_kind kind)
{
	int64_t durations[DURATIONS_MAX];
	struct err err;
	int count =
		catalog_durations(catalog, workflow, node, kind, durations, DURATIONS_MAX, &err);

	if (count <= 0)
		return 0;
	qsort(durations, (size_t)count, sizeof(durations[0]), compare_durations);
	return durations[count / 2];
}

/* One after the other: what goes on at once only makes it shorter. */
static void estimate_rows(struct catalog *catalog, const char *workflow, Hlp__V1__Plan *plan)
{
	for (size_t i = 0; i < plan->n_rows; i++) {
		Hlp__V1__PlanRow *row = plan->rows[i];
		enum plan_action action;

		if (!plan_action_parse(row->action, &action))
			continue;
		if (action == PLAN_UNDO)
			row->estimate_us =
				reads_estimate(catalog, workflow, row->node, ATTEMPT_UNDO);
		else if (action == PLAN_HOOK)
			row->estimate_us =
				reads_estimate(catalog, workflow, row->node, ATTEMPT_HOOK);
		plan->estimate_us += row->estimate_us;
	}
}

int reads_plan_estimates(struct asking *asking, struct catalog *catalog, struct content *content,
			 struct err *err)
{
	ProtobufCMessage *message = NULL;
	Hlp__V1__RollbackReply *reply;
	char *workflow;
	int rc;

	(void)content;
	if (asking->out.length > ESTIMATED_BYTES_MAX)
		return 0;
	rc = message_unpack(&hlp__v1__rollback_reply__descriptor, MESSAGE_FROM_ENGINE,
			    asking->out.data, asking->out.length, &message, err);

	if (rc < 0)
		return rc;
	reply = (Hlp__V1__RollbackReply *)message;
	if (reply->plan && reply->plan->n_rows <= ESTIMATED_ROWS_MAX) {
		workflow =
			mem_strndup(reply->plan->execution, strcspn(reply->plan->execution, "#"));
		estimate_rows(catalog, workflow, reply->plan);
		free(workflow);
		buf_clear(&asking->out);
		message_pack(&reply->base, &asking->out);
	}
	protobuf_c_message_free_unpacked(message, NULL);
	return 0;
}
