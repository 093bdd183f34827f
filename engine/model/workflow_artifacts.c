/* SPDX-License-Identifier: MIT
 *
 * Reading a node's artifacts. Paths are compared as texts here, without a look at any disk;
 * that no symbolic link leads out of a folder is seen to where files are opened.
 */
#include <string.h>

#include "base/text.h"
#include "model/limits.h"
#include "model/workflow_parts.h"

/* Appends the parts of a path to a clean one: no ".", no "//", ".." taken off where it can be. */
static void add_parts(struct buf *clean, const char *path)
{
	while (*path) {
		size_t length = strcspn(path, "/");
		const char *slash;

		if (length == 2 && !memcmp(path, "..", 2) && clean->length &&
		    !text_ends_with(buf_text(clean), "..")) {
			slash = strrchr(buf_text(clean), '/');
			clean->length = slash ? (size_t)(slash - clean->data) : 0;
			clean->data[clean->length] = '\0';
		} else if (length && !(length == 1 && *path == '.')) {
			if (clean->length || *path == '/')
				buf_add_char(clean, '/');
			buf_add(clean, path, length);
		}
		path += length + (path[length] == '/');
	}
}

/* "/a/b" stays absolute, "a/b" relative, "" is the folder itself. */
static const char *clean_path(const char *folder, const char *path, struct arena *arena)
{
	struct buf buf;
	const char *result;
	bool absolute = path[0] == '/' || (folder[0] == '/');

	buf_init(&buf, 2 * LIMIT_YAML_SCALAR_BYTES + 2);
	if (path[0] != '/')
		add_parts(&buf, folder);
	add_parts(&buf, path);
	result = buf_text(&buf);
	if (absolute) {
		char *rooted = arena_alloc(arena, buf.length + 2);

		rooted[0] = '/';
		memcpy(rooted + 1, result, buf.length);
		result = rooted;
	} else {
		result = arena_strndup(arena, result, buf.length);
	}
	buf_release(&buf);
	return result;
}

const char *workflow_artifact_key(const struct node_spec *spec, const char *path,
				  struct arena *arena)
{
	return clean_path(spec->workdir, path, arena);
}

static bool is_beneath(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	while (length && folder[length - 1] == '/')
		length--;
	return !strncmp(path, folder, length) && path[length] == '/' && path[length + 1];
}

static bool is_beneath_root(const struct node_spec *spec, const char *path, struct arena *arena)
{
	for (uint32_t i = 0; i < spec->roots_count; i++)
		if (is_beneath(path, clean_path("", spec->roots[i], arena)))
			return true;
	return spec->workdir[0] == '/' && is_beneath(path, clean_path("", spec->workdir, arena));
}

static bool check_path(struct reader *reader, uint32_t value, const struct node_spec *spec,
		       const char *path)
{
	const char *clean = clean_path("", path, reader->arena);

	if (strstr(path, "${")) {
		fields_problem(reader, value,
			       "the path of an artifact must be known beforehand: '${…}' cannot "
			       "stand in it");
		return false;
	}
	if (!*clean || path[strlen(path) - 1] == '/') {
		fields_problem(reader, value, "an artifact is a file: '%.60s' names none", path);
		return false;
	}
	if (strlen(path) > LIMIT_TEXT) {
		fields_problem(reader, value, "the path of an artifact has more than %d bytes",
			       LIMIT_TEXT);
		return false;
	}
	if (path[0] == '/' && !is_beneath_root(spec, clean, reader->arena)) {
		fields_problem(reader, value,
			       "artifact '%.60s' lies outside the node's folder: name a folder "
			       "above it in 'roots'",
			       path);
		return false;
	}
	if (!strncmp(clean, "..", 2) && (clean[2] == '/' || !clean[2])) {
		fields_problem(reader, value,
			       "artifact '%.60s' leads out of the node's folder: write its whole "
			       "path, and name a folder above it in 'roots'",
			       path);
		return false;
	}
	return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

struct artifact_target {
	struct node_spec *spec;
	struct artifact_spec *artifact;
	uint32_t path; /* the value that holds it */
};

static void read_path(struct reader *reader, uint32_t value, void *target)
{
	struct artifact_target *to = target;
	const char *path;

	if (fields_text(reader, value, "path", &path) && check_path(reader, value, to->spec, path))
		to->artifact->path = path;
}

static void read_on_restore(struct reader *reader, uint32_t value, void *target)
{
	struct artifact_target *to = target;

	reader->use = USE_HOOK;
	to->artifact->has_on_restore = workflow_command_read(
		reader, value, "on_restore", to->spec->run.shell, &to->artifact->on_restore);
}

static void read_check(struct reader *reader, uint32_t value, void *target)
{
	struct artifact_target *to = target;

	reader->use = USE_CHECK;
	to->artifact->has_check = workflow_command_read(reader, value, "check", to->spec->run.shell,
							&to->artifact->check);
	to->spec->has_checks |= to->artifact->has_check;
}

static void read_secret(struct reader *reader, uint32_t value, void *target)
{
	struct artifact_target *to = target;

	(void)fields_boolean(reader, value, "secret", &to->artifact->secret); /* noted */
}

static void read_required(struct reader *reader, uint32_t value, void *target)
{
	struct artifact_target *to = target;

	(void)fields_boolean(reader, value, "required", &to->artifact->required); /* noted */
}

static void read_max_size(struct reader *reader, uint32_t value, void *target)
{
	struct artifact_target *to = target;

	(void)fields_bytes(reader, value, "max_size", &to->artifact->max_size); /* noted */
}

static const struct field artifact_list[] = {
	FIELD("path", read_path),	  FIELD("on_restore", read_on_restore),
	FIELD("secret", read_secret),	  FIELD("required", read_required),
	FIELD("max_size", read_max_size), FIELD("check", read_check),
};
static const struct fields artifact_fields = {"an artifact", artifact_list,
					      sizeof(artifact_list) / sizeof(artifact_list[0])};

static bool is_declared(const struct node_spec *spec, uint32_t count, const char *path,
			struct arena *arena)
{
	const char *key = workflow_artifact_key(spec, path, arena);

	for (uint32_t i = 0; i < count; i++)
		if (*spec->artifacts[i].path &&
		    !strcmp(workflow_artifact_key(spec, spec->artifacts[i].path, arena), key))
			return true;
	return false;
}

static void read_artifact(struct reader *reader, uint32_t value, struct artifact_target *to)
{
	to->artifact->path = "";
	to->artifact->line = yaml_at(reader->tree, value)->line;
	if (yaml_at(reader->tree, value)->kind != YAML_KIND_MAP)
		read_path(reader, value, to);
	else if (!(fields_read(reader, value, &artifact_fields, to, NULL) & 1))
		fields_problem(reader, value, "an artifact needs a 'path'");
}

void workflow_artifacts_read(struct reader *reader, uint32_t value, void *target)
{
	struct node_spec *spec = target;
	uint32_t count = fields_list(reader, value, LIMIT_ARTIFACTS_PER_NODE);
	uint32_t member = fields_first(reader, value);
	struct artifact_spec *artifacts =
		arena_alloc(reader->arena, (size_t)count * sizeof(*artifacts));

	spec->artifacts = artifacts;
	spec->artifacts_count = (uint16_t)count;
	reader->drafts[reader->node].artifacts = value;
	for (uint32_t i = 0; i < count; i++, member = yaml_next(reader->tree, member)) {
		struct artifact_target to = {.spec = spec, .artifact = &artifacts[i]};

		read_artifact(reader, member, &to);
		if (*artifacts[i].path && is_declared(spec, i, artifacts[i].path, reader->arena))
			fields_problem(reader, member, "artifact '%.60s' stands here twice",
				       artifacts[i].path);
	}
}
