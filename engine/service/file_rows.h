/* SPDX-License-Identifier: MIT
 *
 * The nodes of an execution and the revisions of their files, read for one answer: in order of
 * time, with what stands and what a failed attempt left. Catalog thread.
 */
#ifndef HLP_SERVICE_FILE_ROWS_H
#define HLP_SERVICE_FILE_ROWS_H

#include "base/mem.h"
#include "store/catalog.h"

struct file_revision {
	struct revision_row row; /* its path is in the arena; failed: it is kept, and stands for
				    nothing, as rows_stands_for_nothing has it */
	const char *node;	 /* its id */
	bool current;		 /* of its path the newest that stands */
};

struct file_rows { /* zero is a valid empty one */
	struct arena arena;
	const char *wanted;    /* node asked for; NULL: any */
	struct node_row found; /* that node; its id is in the arena */
	bool has_found;
	const char **nodes; /* their ids */
	size_t nodes_count, nodes_capacity;
	struct file_revision *rows;
	size_t count, capacity;
};

/* All nodes; one by name (NULL, "": none) must be among them, else ERR_NOT_FOUND with the nearest.
 */
int file_rows_find_node(struct file_rows *files, struct catalog *catalog, const char *execution,
			const char *node, struct err *err);
/* All that and the revisions of that node, or of all. */
int file_rows_read(struct file_rows *files, struct catalog *catalog, const char *execution,
		   const char *node, struct err *err);
void file_rows_release(struct file_rows *files);

/* The newest revision of a path, whoever left it; -1 without. */
int64_t file_rows_newest(const struct file_rows *files, const char *path);

#endif
