/* SPDX-License-Identifier: MIT
 *
 * The rules of the model that tests/sim breaks on purpose, one at a time, in its own copy. It
 * shadows engine/model/broken.h there.
 */
#ifndef HLP_TESTS_SIM_BROKEN_MODEL_BROKEN_H
#define HLP_TESTS_SIM_BROKEN_MODEL_BROKEN_H

enum broken_rule {
	BROKEN_NONE,
	BROKEN_RULE_BARRIER,   /* a barrier opens when one node is still missing */
	BROKEN_RULE_DUPLICATE, /* the same exit is accepted twice */
	BROKEN_RULE_SNAPSHOT,  /* a snapshot forgets a member */
	BROKEN_RULE_EARLY,     /* runtime/broken.h */
	BROKEN_RULE_REVOKED,
	BROKEN_RULE_LINK,
	BROKEN_RULE_DOUBT,
};
extern enum broken_rule broken_rule;

#define BROKEN_BARRIER(needs) (broken_rule == BROKEN_RULE_BARRIER && (needs) > 1 ? 1u : 0u)
#define BROKEN_DUPLICATE      (broken_rule == BROKEN_RULE_DUPLICATE)
#define BROKEN_SNAPSHOT(node)                                                                      \
	((node).start_order = broken_rule == BROKEN_RULE_SNAPSHOT ? 0 : (node).start_order)

#endif
