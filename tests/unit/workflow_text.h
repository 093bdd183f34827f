/* SPDX-License-Identifier: MIT
 *
 * Reading a workflow from a text in a test.
 */
#ifndef HLP_TESTS_UNIT_WORKFLOW_TEXT_H
#define HLP_TESTS_UNIT_WORKFLOW_TEXT_H

#include "model/workflow.h"

/* The workflow of a valid text; fails the test with its problems otherwise. */
struct workflow *workflow_text_read(const char *text);
/* The problems of a text that must not be valid ("w.yaml:3:5: error: …" lines), for free(). */
char *workflow_text_problems(const char *text, size_t length);

#endif
