/* SPDX-License-Identifier: MIT
 *
 * Whether and when a failed try is tried again. The formulas and their reasons are in
 * docs/ARCHITECTURE.md.
 */
#ifndef HLP_MODEL_RETRY_H
#define HLP_MODEL_RETRY_H

#include <stdint.h>

#include "model/workflow.h"

enum retry_verdict { RETRY_NO, RETRY_WAIT, RETRY_ASK };

/* Whether a failed try is tried again, and after how long. `tries`: tries made so far; `last_us`:
 * the wait drawn before (decorrelated jitter, Brooker 2015); `draw`: 0 <= draw < 1; `elapsed_us`:
 * since the first try began. The riskier the node, the fewer tries and the longer the wait;
 * `critical` asks. */
enum retry_verdict retry_decide(const struct retry *retry, double risk, uint32_t tries,
				int32_t exit_code, int64_t elapsed_us, int64_t last_us, double draw,
				int64_t *out_wait_us);
/* Automatic retries one execution may spend in all: a storm of failures stays small. */
uint32_t retry_budget(const struct workflow *workflow);

#endif
