/* SPDX-License-Identifier: MIT
 *
 * From a mirror to what hlp does about it. See follow_state.h.
 */
#include "cli/follow_state.h"

/* A thaw that was asked for needs nobody any more, though the node stands still until it has come
 * about. */
static bool is_thawing(const struct mirror *mirror)
{
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		if (node->reason == REASON_FROZEN && node->more != NULL && node->more->freezing)
			return true;
	}
	return false;
}

bool follow_is_waiting(const struct mirror *mirror)
{
	return mirror->state == STATE_PAUSED && mirror->reason != REASON_ROLLED_BACK &&
	       mirror->counts[STATE_RUNNING] == 0 && mirror->counts[STATE_RECOVERING] == 0 &&
	       !is_thawing(mirror);
}

bool follow_is_over(const struct mirror *mirror)
{
	return mirror->ended || mirror->quarantined || mirror->reason == REASON_ROLLED_BACK;
}

enum cli_exit follow_exit(const struct mirror *mirror)
{
	if (follow_is_over(mirror))
		return mirror->state == STATE_COMPLETED ? CLI_OK : CLI_OTHER;
	return CLI_WAITS;
}
