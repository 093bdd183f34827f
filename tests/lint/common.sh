# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Sourced by every check: the files there are, and a table without its comments. A check prints
# one line a finding, FILE:LINE: what is wrong, and ends with 1 if there was any.

LC_ALL=C
export LC_ALL

# Files of the tree (also those not yet added to Git), of the given endings: `files c h`.
files() {
	pattern=
	for ending; do pattern="${pattern:+$pattern|}$ending"; done
	find engine tui tests -type f 2>/dev/null | grep -E "\\.($pattern)\$" | sort
}

# A table's lines, without comments and blank lines.
table() {
	sed -e 's/[[:space:]]*#.*$//' -e '/^[[:space:]]*$/d' "tests/lint/$1"
}

# A C file without comments and string contents, its lines kept in place.
code_of() {
	awk '
	{
		line = $0; out = ""
		while (line != "") {
			if (inside) {
				end = index(line, "*/")
				if (!end) break
				line = substr(line, end + 2); inside = 0
			} else if (match(line, /\/\*|\/\/|"|\047/)) {
				out = out substr(line, 1, RSTART - 1)
				mark = substr(line, RSTART, RLENGTH)
				line = substr(line, RSTART + RLENGTH)
				if (mark == "//") break
				if (mark == "/*") { inside = 1; continue }
				if (mark == "\"") pattern = "^([^\"\\\\]|\\\\.)*\""
				else pattern = "^([^\047\\\\]|\\\\.)*\047"
				if (!match(line, pattern)) break
				line = substr(line, RLENGTH + 1)
				out = out mark mark
			} else {
				out = out line
				break
			}
		}
		print out
	}' "$1"
}
