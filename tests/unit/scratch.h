/* SPDX-License-Identifier: MIT
 *
 * A folder of its own for a test, below $TMPDIR. Used as cmocka's setup and teardown: the
 * test's state is then its path. Single-threaded tests only.
 */
#ifndef HLP_TESTS_UNIT_SCRATCH_H
#define HLP_TESTS_UNIT_SCRATCH_H

int scratch_setup(void **state);    /* *state becomes the folder's absolute path */
int scratch_teardown(void **state); /* removes it with all that is in it */

/* A path inside the folder; lives until the teardown. */
const char *scratch_path(void **state, const char *name);
/* Writes a small file there. Returns its path. */
const char *scratch_write(void **state, const char *name, const char *text);

#endif
