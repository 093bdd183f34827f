/* SPDX-License-Identifier: MIT
 *
 * Reading a workflow from a text in a test.
 */
#include "tests/unit/workflow_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

struct workflow *workflow_text_read(const char *text)
{
	struct workflow *workflow = NULL;
	struct buf problems;

	buf_init(&problems, 100000);
	if (workflow_read("w.yaml", text, strlen(text), &workflow, &problems) < 0)
		fail_msg("%s", buf_text(&problems));
	buf_release(&problems);
	return workflow;
}

char *workflow_text_problems(const char *text, size_t length)
{
	struct workflow *workflow = NULL;
	struct buf problems;

	buf_init(&problems, 1000000);
	if (workflow_read("w.yaml", text, length, &workflow, &problems) >= 0)
		fail_msg("accepted: %s", text);
	assert_null(workflow);
	return buf_steal(&problems);
}
