/* SPDX-License-Identifier: MIT
 *
 * How long things took before, which is how long they may take now.
 */
#include <stdlib.h>

#include "model/plan.h"
#include "service/reads.h"

#define DURATIONS_MAX 20

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

static void take_undo(void *ctx, const char *node, uint32_t number, enum attempt_kind kind,
		      int64_t took_us)
{
	plan_history_add(ctx, node, number, kind, took_us);
}

int reads_undo_history(struct asking *asking, struct catalog *catalog, struct content *content,
		       struct err *err)
{
	(void)content;
	asking->history = plan_history_new();
	return catalog_undos(catalog, asking->execution, take_undo, asking->history, err);
}
