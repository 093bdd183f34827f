/* SPDX-License-Identifier: MIT
 *
 * A store of contents in a home of its own, open for writing, and a folder for a node to work in.
 * What does not go well ends the test.
 */
#ifndef HLP_TESTS_CONTENT_FIXTURE_H
#define HLP_TESTS_CONTENT_FIXTURE_H

#include "base/buf.h"
#include "store/content.h"

struct fixture {
	struct home *home;
	struct content *content;
	const char *folder; /* the node's */
	void **state;
};

struct fixture fixture_begin(void **state);
void fixture_end(struct fixture *fixture);
void fixture_commit(struct fixture *fixture);
/* What stands at an id. */
void fixture_expect_text(struct content *content, const char *blob, const char *text);
/* Runs git on the repository; the output is the caller's to release. */
int fixture_git(struct fixture *fixture, struct buf *out, const char *a, const char *b);

#endif
