#!/bin/sh
# SPDX-License-Identifier: MIT
#
# compress.sh          compresses old logs, disk/logs/*.log.N; each is checked before the old goes
# compress.sh --back   unpacks them again, and checks that
. "$(dirname "$0")/common.sh"

if test "${1-}" = --back; then
	for packed in disk/logs/*.log.[0-9]*.gz; do
		test -e "$packed" || continue
		gunzip -k -f "$packed" || exit 1
		gzip -dc "$packed" | cmp - "${packed%.gz}" || fail "$packed came out differently"
		rm "$packed"
	done
	exit 0
fi

before=$(used)
for log in disk/logs/*.log.[0-9]*; do
	case $log in *.gz | *'*'*) continue ;; esac
	# Through a name of its own: cut off at any moment, it leaves the old or the new one whole.
	gzip -9 -c "$log" >"$log.gz.new" || exit 1
	gzip -dc "$log.gz.new" | cmp - "$log" || fail "$log.gz.new is not the same"
	touch -r "$log" "$log.gz.new"
	mv "$log.gz.new" "$log.gz" && rm "$log"
done
output "won=$((before - $(used)))"
