#!/bin/sh
# SPDX-License-Identifier: MIT
# both programs killed at random moments: HLP_KILLS times (default: a small sample).
exec "$HLP_BUILD/tests/crash/kill" --target both --kills "${HLP_KILLS:-4}" --bin "$HLP_BUILD" \
	--seed "${HLP_SEED:-$$}"
