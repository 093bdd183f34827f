#!/bin/sh
# SPDX-License-Identifier: MIT
# Two workflows and a person write the same files in turn, from HLP_TURNS seeds (a small sample).
exec "$HLP_BUILD/tests/scenario/turns" --seeds "${HLP_TURNS:-4}" --seed "${HLP_SEED:-1}" --bin "$HLP_BUILD"
