#!/bin/sh
# SPDX-License-Identifier: MIT
#
# delete.sh --list   writes down what would go: disk/to-delete.list, "SHA-256 SIZE PATH" a line
# delete.sh          deletes that, and nothing that has changed since; disk/deleted.list says what
. "$(dirname "$0")/common.sh"

entry() {
	echo "$(sha256sum <"$1" | cut -d ' ' -f 1) $(stat -c %s "$1") $1"
}

if test "${1-}" = --list; then
	for dump in disk/dumps/*; do
		test ! -f "$dump" || entry "$dump"
	done >disk/to-delete.list
	cat disk/to-delete.list
	output "files=$(wc -l <disk/to-delete.list)"
	output "size=$(awk '{ sum += $2 } END { print int(sum / 1024) + 0 }' disk/to-delete.list)"
	exit 0
fi
: >disk/deleted.list
while read -r digest size path; do
	if test "$(entry "$path" 2>/dev/null)" != "$digest $size $path"; then
		echo "$path has changed since it was listed: it stays"
		continue
	fi
	rm "$path" && echo "$digest $size $path" | tee -a disk/deleted.list
done <disk/to-delete.list
