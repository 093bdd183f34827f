#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The main job by keys again, with the engine killed in the middle.
KILL=1 exec "$(dirname "$0")/edge-cert.sh"
