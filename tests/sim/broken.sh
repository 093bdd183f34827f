#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Each rule that is broken on purpose must be seen within 1,000 seeds, and the whole one never.
# usage: broken.sh SIM-BROKEN
set -eu
sim=$1
for rule in start-before-commit start-revoked barrier duplicate-exit snapshot old-link in-doubt; do
	if seen=$("$sim" --seeds 1000 --break "$rule"); then
		echo "broken rule '$rule' was not seen in 1,000 seeds" >&2
		exit 1
	fi
	case $seen in
	SEED=*) echo "$rule: seen, $seen" ;;
	*)
		echo "broken rule '$rule': the simulator itself failed: $seen" >&2
		exit 1
		;;
	esac
done
"$sim" --seeds 100 --break none
