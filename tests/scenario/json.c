/* SPDX-License-Identifier: MIT
 *
 * Looks into JSON documents for scripts:
 *
 *   json get PATH <DOCUMENT       the value at PATH: names and positions between dots; an item of
 *                                 a list also by its "id" or "name"; "#" is the length. Absent
 *                                 values and null print as "null".
 *   json graph EDGES <DOCUMENT    checks `hlp status -o json` of a graph of tests/bench/graph:
 *                                 every node once, COMPLETED, attempt 1, none started before
 *                                 what it needs had ended
 *   json lines <DOCUMENTS         how many lines there are, each of which must be a document
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static _Noreturn void fail(const char *what, const char *which)
{
	(void)fprintf(stderr, "json: %s%s%s\n", what, which ? " " : "", which ? which : "");
	exit(1);
}

static json_t *read_document(void)
{
	json_error_t error;
	json_t *document = json_loadf(stdin, JSON_REJECT_DUPLICATES, &error);

	if (!document)
		fail("not one JSON document:", error.text);
	return document;
}

/* ---- get -------------------------------------------------------------------------------- */

static json_t *item_named(json_t *list, const char *name)
{
	char *end;
	unsigned long position = strtoul(name, &end, 10);
	json_t *item;
	size_t i;

	if (*name && !*end)
		return json_array_get(list, position);
	json_array_foreach(list, i, item)
	{
		const char *id = json_string_value(json_object_get(item, "id"));

		if (!id)
			id = json_string_value(json_object_get(item, "name"));
		if (id && strcmp(id, name) == 0)
			return item;
	}
	return NULL;
}

static void print_value(const json_t *value)
{
	char *text;

	if (!value || json_is_null(value)) {
		(void)puts("null");
	} else if (json_is_string(value)) {
		(void)puts(json_string_value(value));
	} else {
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
		(void)puts(text);
		free(text);
	}
}

static int get(json_t *document, const char *path)
{
	char *copy = strdup(path), *rest = copy, *step;
	json_t *at = document;

	while ((step = strsep(&rest, ".")) != NULL && at) {
		if (!*step)
			continue;
		if (strcmp(step, "#") == 0) {
			(void)printf("%zu\n", json_is_array(at) ? json_array_size(at)
								: json_object_size(at));
			free(copy);
			return 0;
		}
		at = json_is_array(at) ? item_named(at, step) : json_object_get(at, step);
	}
	print_value(at);
	free(copy);
	return 0;
}

/* ---- graph ------------------------------------------------------------------------------ */

static const char *text_of(const json_t *node, const char *key)
{
	const char *text = json_string_value(json_object_get(node, key));

	if (!text)
		fail("a node lacks", key);
	return text;
}

/* The nodes by number; every one of 0 … count-1 must be there once. */
static const json_t **nodes_by_number(json_t *document, long count)
{
	const json_t **nodes = calloc((size_t)count, sizeof(*nodes));
	json_t *list = json_object_get(document, "nodes"), *node;
	size_t i;

	if (!nodes)
		fail("out of memory", NULL);
	if (json_array_size(list) != (size_t)count)
		fail("the number of nodes differs", NULL);
	json_array_foreach(list, i, node)
	{
		const char *id = text_of(node, "id");
		long number = strtol(id + 1, NULL, 10);

		if (id[0] != 'n' || number < 0 || number >= count || nodes[number])
			fail("unknown or repeated node", id);
		if (strcmp(text_of(node, "state"), "COMPLETED") != 0)
			fail("not COMPLETED:", id);
		if (json_integer_value(json_object_get(node, "attempt")) != 1)
			fail("attempt is not 1:", id);
		/* Times of one format compare as text. */
		if (strcmp(text_of(node, "started_at"), text_of(node, "ended_at")) > 0)
			fail("ended before it started:", id);
		nodes[number] = node;
	}
	return nodes;
}

static int graph(json_t *document, const char *path)
{
	FILE *file = fopen(path, "r");
	long count, node, need, edges = 0;
	const json_t **nodes;

	if (!file || fscanf(file, "%ld", &count) != 1 || count < 1)
		fail("cannot read", path);
	nodes = nodes_by_number(document, count);
	for (; fscanf(file, "%ld %ld", &node, &need) == 2; edges++) {
		if (node < 0 || node >= count || need < 0 || need >= count)
			fail("bad edges in", path);
		if (strcmp(text_of(nodes[node], "started_at"), text_of(nodes[need], "ended_at")) <
		    0)
			fail("started before what it needs ended:", text_of(nodes[node], "id"));
	}
	(void)fclose(file);
	free(nodes);
	(void)printf("%ld nodes and %ld edges hold\n", count, edges);
	return 0;
}

static int lines(void)
{
	char *line = NULL;
	size_t room = 0;
	long count = 0;

	while (getline(&line, &room, stdin) > 0) {
		json_t *document = json_loads(line, 0, NULL);

		if (!document)
			fail("not a JSON document:", line);
		json_decref(document);
		count++;
	}
	free(line);
	(void)printf("%ld\n", count);
	return 0;
}

int main(int argc, char **argv)
{
	json_t *document;
	int rc = 2;

	if (argc == 2 && strcmp(argv[1], "lines") == 0)
		return lines();
	if (argc != 3) {
		(void)fprintf(stderr, "usage: json get PATH | graph EDGES | lines\n");
		return 2;
	}
	document = read_document();
	if (strcmp(argv[1], "get") == 0)
		rc = get(document, argv[2]);
	else if (strcmp(argv[1], "graph") == 0)
		rc = graph(document, argv[2]);
	json_decref(document);
	return rc;
}
