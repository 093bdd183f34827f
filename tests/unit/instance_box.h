/* SPDX-License-Identifier: MIT
 *
 * A box for tests of the real hlp-launcher: a temporary HLP_HOME, a folder with a copy of the
 * launcher and a fake hlpd (a shell script of the test's choice) beside it, and waiting with a
 * bound.
 */
#ifndef HLP_TESTS_INSTANCE_BOX_H
#define HLP_TESTS_INSTANCE_BOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/home.h"
#include "base/loop.h"

struct instance_box {
	char folder[64]; /* of everything */
	char *programs, *launcher_path;
	struct home home;
	pid_t launcher; /* the process started last; 0 when it was reaped */
};

/* For cmocka: *state is a box. */
int box_set_up(void **state);
int box_tear_down(void **state);
void box_make(struct instance_box *box);
void box_remove(struct instance_box *box); /* kills what is left of it, by pid */
/* What hlpd will be: lines of sh. */
void box_set_hlpd(struct instance_box *box, const char *script);
/* Starts the launcher as our child and waits until it answers. `option` NULL: none. */
void box_start(struct instance_box *box, const char *option);
/* Reaps it; returns its wait status. */
int box_wait(struct instance_box *box);
void box_kill(struct instance_box *box); /* SIGKILL, reaped */

/* A path inside the box; freed with it, or rather by the caller. */
char *box_path(const struct instance_box *box, const char *name);
/* Reads a file of the box, waiting (with turns of the loop, if not NULL) until it holds `wanted`
 * (NULL: anything). The caller frees. */
char *box_await_file(const struct instance_box *box, struct loop *loop, const char *name,
		     const char *wanted);
/* Calls `is_true` with turns of the loop (NULL: naps) until it holds; fails the test after 20 s. */
void box_await(struct loop *loop, bool (*is_true)(void *ctx), void *ctx, const char *what);
bool box_pid_is_gone(pid_t pid);

#endif
