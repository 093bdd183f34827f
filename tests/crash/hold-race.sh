#!/bin/sh
# SPDX-License-Identifier: MIT
# Holds against starts: HLP_RACES times (default: a small sample).
exec "$HLP_BUILD/tests/crash/race" --tries "${HLP_RACES:-400}" --bin "$HLP_BUILD" --seed "${HLP_SEED:-$$}"
