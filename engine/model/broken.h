/* SPDX-License-Identifier: MIT
 *
 * Rules that the simulator's own copy of the model breaks on purpose, to prove that it would see
 * it. Empty in every program that is shipped.
 */
#ifndef HLP_MODEL_BROKEN_H
#define HLP_MODEL_BROKEN_H

#define BROKEN_BARRIER(needs) 0u
#define BROKEN_DUPLICATE      false
#define BROKEN_SNAPSHOT(node) ((void)(node))

#endif
