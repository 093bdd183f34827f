/* SPDX-License-Identifier: MIT
 *
 * From a number to the four words that policies go by.
 */
#include "model/workflow.h"

enum risk_level risk_level(double risk)
{
	if (risk < 0.3)
		return RISK_LOW;
	if (risk < 0.6)
		return RISK_MEDIUM;
	return risk < 0.9 ? RISK_HIGH : RISK_CRITICAL;
}

const char *risk_name(enum risk_level level)
{
	static const char *const names[] = {"low", "medium", "high", "critical"};

	return names[level];
}
