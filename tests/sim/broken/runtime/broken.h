/* SPDX-License-Identifier: MIT
 *
 * The rules of the runtime that tests/sim breaks on purpose, one at a time, in its own copy. It
 * shadows engine/runtime/broken.h there.
 */
#ifndef HLP_TESTS_SIM_BROKEN_RUNTIME_BROKEN_H
#define HLP_TESTS_SIM_BROKEN_RUNTIME_BROKEN_H

#include "model/broken.h"

#define BROKEN_EARLY   (broken_rule == BROKEN_RULE_EARLY)
#define BROKEN_REVOKED (broken_rule == BROKEN_RULE_REVOKED)
#define BROKEN_DOUBT   (broken_rule == BROKEN_RULE_DOUBT)
#define BROKEN_LINK    (broken_rule == BROKEN_RULE_LINK)

#endif
