/* SPDX-License-Identifier: MIT
 *
 * Reading `limits`: what every process of a node may take. What holds them is the launcher's.
 */
#include "model/limits.h"
#include "model/workflow_parts.h"

static void read_memory(struct reader *reader, uint32_t value, void *target)
{
	struct node_limits *limits = target;

	(void)fields_bytes(reader, value, "memory", &limits->memory_bytes); /* noted */
}

static void read_files(struct reader *reader, uint32_t value, void *target)
{
	struct node_limits *limits = target;

	(void)fields_integer(reader, value, "files", LIMIT_FILES_LEAST, LIMIT_FILES_MOST,
			     &limits->files); /* noted */
}

static void read_fsize(struct reader *reader, uint32_t value, void *target)
{
	struct node_limits *limits = target;

	(void)fields_bytes(reader, value, "fsize", &limits->file_bytes); /* noted */
}

static const struct field limits_list[] = {
	FIELD("memory", read_memory),
	FIELD("files", read_files),
	FIELD("fsize", read_fsize),
};
static const struct fields limits_fields = {"'limits'", limits_list, 3};

void workflow_limits_read(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	const struct yaml_value *at = yaml_at(reader->tree, value);
	struct node_limits *limits = arena_alloc(reader->arena, sizeof(*limits));

	*limits = (struct node_limits){0};
	if (at->kind != YAML_KIND_MAP && at->kind != YAML_KIND_BAD)
		fields_problem(reader, value,
			       "'limits' is a map: limits: {memory: 64MiB, files: 100, fsize: "
			       "1GiB}");
	else
		(void)fields_read(reader, value, &limits_fields, limits, NULL); /* all optional */
	spec->limits = at->count ? limits : NULL; /* an empty map takes back the default */
}
