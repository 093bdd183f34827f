/* SPDX-License-Identifier: MIT
 *
 * Where nodes run, said before a start: params put in, each host once, and nothing that is unknown
 * is made up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/hosts.h"

static struct workflow *read_it(const char *text)
{
	struct workflow *workflow = NULL;
	struct buf problems;

	buf_init(&problems, 10000);
	if (workflow_read("w.yaml", text, strlen(text), &workflow, &problems) < 0)
		fail_msg("%s", buf_text(&problems));
	buf_release(&problems);
	return workflow;
}

static void says(const char *text, const struct binding *params, const char *wanted)
{
	struct workflow *workflow = read_it(text);
	struct buf out;

	buf_init(&out, 10000);
	hosts_say(workflow, params, &out);
	assert_string_equal(buf_text(&out), wanted);
	buf_release(&out);
	workflow_free(workflow);
}

static const char fleet[] = "name: w\nparams: {edge: {default: edge-07}}\nnodes:\n"
			    "  - {id: a, run: x}\n"
			    "  - {id: b, run: x, host: 'deploy@${params.edge}'}\n"
			    "  - {id: c, run: x, host: db2}\n"
			    "  - {id: d, run: x, host: deploy@edge-07}\n"
			    "  - {id: e, run: x, host: deploy@edge-07}\n";

static void each_host_is_said_once_with_its_values(void **state)
{
	const struct binding params[] = {{.name = "edge", .value = "edge-08"}};

	(void)state;
	says(fleet, NULL, "deploy@edge-07 (b and 2 more), db2 (c)");
	says(fleet, params, "deploy@edge-08 (b), db2 (c), deploy@edge-07 (d and 1 more)");
}

static void a_host_that_is_not_known_yet_is_said_as_it_is_written(void **state)
{
	(void)state;
	says("name: w\nnodes:\n  - {id: a, run: x, outputs: [to]}\n"
	     "  - {id: b, needs: a, run: x, host: '${nodes.a.outputs.to}'}\n",
	     NULL, "${nodes.a.outputs.to} (b)");
}

static void this_machine_is_no_other_host(void **state)
{
	(void)state;
	says("name: w\nnodes:\n  - {id: a, run: x}\n", NULL, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_host_is_said_once_with_its_values),
		cmocka_unit_test(a_host_that_is_not_known_yet_is_said_as_it_is_written),
		cmocka_unit_test(this_machine_is_no_other_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
