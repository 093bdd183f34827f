/* SPDX-License-Identifier: MIT
 *
 * Whether a failed try is tried again, and when: wait longer, and try less often by oneself, the
 * more a step can break.
 */
#include "model/retry.h"

/* What a level of risk leaves of the tries, in quarters, and by how much it stretches a wait. */
static const struct {
	uint32_t quarters;
	double stretch;
} by_risk[] = {
	[RISK_LOW] = {4, 1},
	[RISK_MEDIUM] = {3, 1.5},
	[RISK_HIGH] = {2, 2},
	[RISK_CRITICAL] = {4, 2}, /* all of them, but each is asked for */
};

static bool is_listed(const struct retry *retry, int32_t exit_code)
{
	if (!retry->exit_codes_count)
		return true;
	for (uint32_t i = 0; i < retry->exit_codes_count; i++)
		if (retry->exit_codes[i] == exit_code)
			return true;
	return false;
}

/* The longest wait before the next try, without chance. */
static double wait_of(const struct retry *retry, double stretch, uint32_t tries)
{
	double max = (double)retry->max_interval_us;
	double wait = (double)retry->interval_us * stretch;

	for (uint32_t i = 1; i < tries && wait < max; i++) {
		if (retry->backoff <= 1)
			break;
		wait *= retry->backoff;
	}
	return wait < max ? wait : max;
}

static double with_jitter(const struct retry *retry, double stretch, uint32_t tries,
			  int64_t last_us, double draw)
{
	double max = (double)retry->max_interval_us, base, last, wait;

	switch ((enum jitter)retry->jitter) {
	case JITTER_NONE:
		return wait_of(retry, stretch, tries);
	case JITTER_FULL:
		return wait_of(retry, stretch, tries) * draw;
	case JITTER_DECORRELATED:
		base = (double)retry->interval_us * stretch;
		last = (double)last_us > base ? (double)last_us : base;
		wait = base + draw * (3 * last - base);
		return wait < max ? wait : max;
	}
	return max;
}

enum retry_verdict retry_decide(const struct retry *retry, double risk, uint32_t tries,
				int32_t exit_code, int64_t elapsed_us, int64_t last_us, double draw,
				int64_t *out_wait_us)
{
	enum risk_level level = risk_level(risk);
	uint32_t limit = (retry->limit * by_risk[level].quarters + 3) / 4; /* never none for some */
	int64_t wait_us;

	if (!tries || tries > limit || !is_listed(retry, exit_code))
		return RETRY_NO;
	wait_us = (int64_t)with_jitter(retry, by_risk[level].stretch, tries, last_us, draw);
	if (retry->max_duration_us && elapsed_us > retry->max_duration_us - wait_us)
		return RETRY_NO;
	if (level == RISK_CRITICAL)
		return RETRY_ASK;
	*out_wait_us = wait_us;
	return RETRY_WAIT;
}

uint32_t retry_budget(const struct workflow *workflow)
{
	uint32_t budget = 50 + workflow->nodes_count / 10;

	/* A single node that polls by retrying may do so as often as it says. */
	for (uint32_t i = 0; i < workflow->nodes_count; i++)
		if (workflow->nodes[i].retry.limit > budget)
			budget = workflow->nodes[i].retry.limit;
	return budget;
}
