# SPDX-License-Identifier: MIT
#
# Prints a workflow of -v nodes=N nodes in layers of -v width=W, each node needing two of the layer
# before: awk -v nodes=100000 -v width=100 -f make_workflow.awk
BEGIN {
	print "name: large\nmax_parallel: 2\nnodes:"
	for (i = 0; i < nodes; i++) {
		printf "  - id: n%d\n    run: /bin/true\n", i
		if (i >= width) {
			a = i - width
			b = int(i / width) * width - width + (i * 7 + 1) % width
			if (a == b)
				printf "    needs: [n%d]\n", a
			else
				printf "    needs: [n%d, n%d]\n", a, b
		}
	}
}
