#!/bin/sh
# SPDX-License-Identifier: MIT
#
# move.sh          moves reports to the archive, archive/reports (elsewhere: another disk)
# move.sh --back   brings them back
. "$(dirname "$0")/common.sh"

# move FROM TO: copied, compared, and only then removed.
move() {
	mkdir -p "$2"
	for file in "$1"/*; do
		test -e "$file" || continue
		cp -p "$file" "$2/" && cmp "$file" "$2/$(basename "$file")" || exit 1
		rm "$file"
	done
}

if test "${1-}" = --back; then
	move archive/reports disk/reports
	exit 0
fi
before=$(used)
move disk/reports archive/reports
output "won=$((before - $(used)))"
