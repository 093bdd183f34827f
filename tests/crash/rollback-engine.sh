#!/bin/sh
# SPDX-License-Identifier: MIT
# rolled back while engine is killed at random moments: HLP_KILLS times (default: a small sample).
exec "$HLP_BUILD/tests/crash/rollback" --target engine --kills "${HLP_KILLS:-6}" --bin "$HLP_BUILD" \
	--seed "${HLP_SEED:-$$}"
