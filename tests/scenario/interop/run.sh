#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Puts grpc-js before both halves of our gRPC. Optional: it needs node and npm, and installs
# @grpc/grpc-js and @grpc/proto-loader into a folder of its own. Exit 77: not possible here.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
B=${B:-build}
cd "$top"

if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
	echo "skipped: no npm"
	exit 77
fi
make -s "$B/lib/wire.a" "$B/lib/model.a" "$B/lib/base.a" "$B/obj/tests/scenario/interop/grpc_peer.o"
${CC:-gcc} -pie -pthread -o "$B/grpc_peer" "$B/obj/tests/scenario/interop/grpc_peer.o" \
	"$B/lib/wire.a" "$B/lib/model.a" "$B/lib/base.a" -lnghttp2 -lprotobuf-c -ljansson -lyaml -lm

mkdir -p "$B/interop"
cp "$here/peer.js" "$B/interop/"
cd "$B/interop"
if [ ! -d node_modules/@grpc/grpc-js ]; then
	npm install --no-audit --no-fund --no-save @grpc/grpc-js @grpc/proto-loader >npm.log 2>&1 ||
		{ echo "skipped: npm cannot install grpc-js"; exit 77; }
fi
exec node peer.js "$top/engine/wire/hlp.proto" "$top/$B/grpc_peer"
