/* SPDX-License-Identifier: MIT
 *
 * What starts first, and what is tried again when.
 */
#include "model/priority.h"
#include "model/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/workflow_text.h"

#define SECOND INT64_C(1000000)
#define LOW    0.1

static void compute(const char *text, double *out)
{
	struct workflow *workflow = workflow_text_read(text);
	struct graph *graph;

	assert_int_equal(graph_compile(workflow, &graph, NULL), 0);
	priority_compute(workflow, graph, out);
	graph_free(graph);
	workflow_free(workflow);
}

static void the_longer_way_starts_first(void **state)
{
	double out[4];

	(void)state;
	compute("name: w\nnodes:\n  - {id: a, run: x}\n  - {id: b, run: x}\n"
		"  - {id: c, run: x, needs: [b]}\n  - {id: d, run: x, needs: [c]}\n",
		out);
	assert_true(out[1] > out[2] && out[2] > out[3]);
	assert_true(out[1] > out[0]);
	assert_true(out[0] == out[3]);
}

static void the_riskier_way_starts_first(void **state)
{
	double out[3];

	(void)state;
	compute("name: w\nnodes:\n  - {id: a, run: x}\n  - {id: b, run: x, risk: high}\n"
		"  - {id: c, run: x, risk: critical}\n",
		out);
	assert_true(out[2] > out[1] && out[1] > out[0]);
}

static void an_operators_priority_scales(void **state)
{
	double out[4];

	(void)state;
	compute("name: w\nnodes:\n  - {id: a, run: x}\n  - {id: b, run: x, priority: 100}\n"
		"  - {id: c, run: x, priority: -100}\n  - {id: d, run: x, priority: 25}\n",
		out);
	assert_true(out[1] > 4.99 * out[0] && out[1] < 5.01 * out[0]);
	assert_true(out[2] > out[0] / 5.01 && out[2] < out[0] / 4.99);
	assert_true(out[3] > 1.99 * out[0] && out[3] < 2.01 * out[0]);
}

/* ---- retry ----------------------------------------------------------------------------------- */

static const struct retry three = {.limit = 3,
				   .interval_us = SECOND,
				   .backoff = 2,
				   .max_interval_us = 3 * SECOND,
				   .jitter = JITTER_NONE};

static enum retry_verdict decide(const struct retry *retry, double risk, uint32_t tries,
				 double draw, int64_t *wait_us)
{
	return retry_decide(retry, risk, tries, 1, 0, 0, draw, wait_us);
}

static void a_wait_grows_up_to_its_bound(void **state)
{
	int64_t wait_us;

	(void)state;
	assert_int_equal(decide(&three, LOW, 1, 0, &wait_us), RETRY_WAIT);
	assert_int_equal(wait_us, SECOND);
	assert_int_equal(decide(&three, LOW, 2, 0, &wait_us), RETRY_WAIT);
	assert_int_equal(wait_us, 2 * SECOND);
	assert_int_equal(decide(&three, LOW, 3, 0, &wait_us), RETRY_WAIT);
	assert_int_equal(wait_us, 3 * SECOND);
	assert_int_equal(decide(&three, LOW, 4, 0, &wait_us), RETRY_NO);
}

static void without_a_limit_nothing_is_tried_again(void **state)
{
	const struct retry none = {.interval_us = SECOND, .backoff = 2, .max_interval_us = SECOND};
	int64_t wait_us = -1;

	(void)state;
	assert_int_equal(decide(&none, LOW, 1, 0, &wait_us), RETRY_NO);
	assert_int_equal(decide(&none, 1, 1, 0, &wait_us), RETRY_NO);
	assert_int_equal(wait_us, -1);
}

static void full_jitter_draws_below_the_wait(void **state)
{
	struct retry full = three;
	int64_t wait_us;

	(void)state;
	full.jitter = JITTER_FULL;
	(void)decide(&full, LOW, 2, 0, &wait_us);
	assert_int_equal(wait_us, 0);
	(void)decide(&full, LOW, 2, 0.5, &wait_us);
	assert_int_equal(wait_us, SECOND);
}

static void decorrelated_jitter_grows_from_the_last_wait(void **state)
{
	struct retry retry = three;
	int64_t wait_us;

	(void)state;
	retry.jitter = JITTER_DECORRELATED;
	retry.max_interval_us = 60 * SECOND;
	(void)retry_decide(&retry, LOW, 1, 1, 0, 0, 0, &wait_us);
	assert_int_equal(wait_us, SECOND);
	(void)retry_decide(&retry, LOW, 2, 1, 0, 5 * SECOND, 0.5, &wait_us);
	assert_int_equal(wait_us, 8 * SECOND); /* between 1 and 15 */
	(void)retry_decide(&retry, LOW, 2, 1, 0, 50 * SECOND, 0.99, &wait_us);
	assert_int_equal(wait_us, 60 * SECOND);
}

static void only_listed_exit_codes_are_tried_again(void **state)
{
	static const int32_t codes[] = {75, 111};
	struct retry listed = three;
	int64_t wait_us;

	(void)state;
	listed.exit_codes = codes;
	listed.exit_codes_count = 2;
	assert_int_equal(retry_decide(&listed, LOW, 1, 111, 0, 0, 0, &wait_us), RETRY_WAIT);
	assert_int_equal(retry_decide(&listed, LOW, 1, 1, 0, 0, 0, &wait_us), RETRY_NO);
}

static void max_duration_counts_the_wait_too(void **state)
{
	struct retry bounded = three;
	int64_t wait_us;

	(void)state;
	bounded.max_duration_us = 10 * SECOND;
	assert_int_equal(retry_decide(&bounded, LOW, 1, 1, 9 * SECOND, 0, 0, &wait_us), RETRY_WAIT);
	assert_int_equal(retry_decide(&bounded, LOW, 1, 1, 9 * SECOND + 1, 0, 0, &wait_us),
			 RETRY_NO);
}

static void risk_takes_tries_and_adds_patience(void **state)
{
	struct retry four = three;
	int64_t wait_us;

	(void)state;
	four.limit = 4;
	assert_int_equal(decide(&four, 0.4, 3, 0, &wait_us), RETRY_WAIT);
	assert_int_equal(decide(&four, 0.4, 4, 0, &wait_us), RETRY_NO);
	assert_int_equal(decide(&four, 0.7, 2, 0, &wait_us), RETRY_WAIT);
	assert_int_equal(decide(&four, 0.7, 3, 0, &wait_us), RETRY_NO);
	(void)decide(&four, 0.7, 1, 0, &wait_us);
	assert_int_equal(wait_us, 2 * SECOND);
	four.limit = 1; /* some tries never become none */
	assert_int_equal(decide(&four, 0.7, 1, 0, &wait_us), RETRY_WAIT);
}

static void a_critical_node_asks(void **state)
{
	int64_t wait_us = -1;

	(void)state;
	assert_int_equal(decide(&three, 0.95, 1, 0, &wait_us), RETRY_ASK);
	assert_int_equal(decide(&three, 0.95, 4, 0, &wait_us), RETRY_NO);
	assert_int_equal(wait_us, -1);
}

static void a_storm_of_failures_has_a_budget(void **state)
{
	struct workflow *workflow =
		workflow_text_read("name: w\nnodes: [{id: a, run: x, retry: 3}]\n");

	(void)state;
	assert_int_equal(retry_budget(workflow), 50);
	workflow_free(workflow);
	workflow = workflow_text_read("name: w\nnodes: [{id: a, run: x, retry: 600}]\n");
	assert_int_equal(retry_budget(workflow), 600);
	workflow_free(workflow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longer_way_starts_first),
		cmocka_unit_test(the_riskier_way_starts_first),
		cmocka_unit_test(an_operators_priority_scales),
		cmocka_unit_test(a_wait_grows_up_to_its_bound),
		cmocka_unit_test(without_a_limit_nothing_is_tried_again),
		cmocka_unit_test(full_jitter_draws_below_the_wait),
		cmocka_unit_test(decorrelated_jitter_grows_from_the_last_wait),
		cmocka_unit_test(only_listed_exit_codes_are_tried_again),
		cmocka_unit_test(max_duration_counts_the_wait_too),
		cmocka_unit_test(risk_takes_tries_and_adds_patience),
		cmocka_unit_test(a_critical_node_asks),
		cmocka_unit_test(a_storm_of_failures_has_a_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
