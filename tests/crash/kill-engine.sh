#!/bin/sh
# SPDX-License-Identifier: MIT
# hlpd killed at random moments: HLP_KILLS times (default: a small sample).
exec "$HLP_BUILD/tests/crash/kill" --target engine --kills "${HLP_KILLS:-12}" --bin "$HLP_BUILD" \
	--seed "${HLP_SEED:-$$}"
