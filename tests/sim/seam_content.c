/* SPDX-License-Identifier: MIT
 *
 * In place of store/content.c and of the files that nodes write: a file is a path and the number
 * of what it holds; a revision is that number, durable from a commit on.
 */
#include "store/content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "store/projection.h"
#include "tests/sim/sim.h"

/* ---- revisions --------------------------------------------------------------------------- */

static uint64_t add_revision(char *text)
{
	struct content *content = &sim->content;

	if (content->count == content->capacity) {
		content->capacity = content->capacity * 2 + 64;
		content->texts =
			mem_realloc(content->texts, content->capacity * sizeof(*content->texts));
		content->kept =
			mem_realloc(content->kept, content->capacity * sizeof(*content->kept));
	}
	content->texts[content->count] = text;
	content->kept[content->count] = KEPT_NOT;
	return content->count++;
}

static void name_of(uint64_t revision, char out[41])
{
	(void)snprintf(out, 41, "%040llx", (unsigned long long)revision);
}

static uint64_t revision_of(const char *blob)
{
	return strtoull(blob, NULL, 16);
}

bool content_is_durable(const char *blob)
{
	return sim->content.kept[revision_of(blob)] == KEPT_DURABLE;
}

/* ---- files ------------------------------------------------------------------------------- */

#define ABSENT UINT64_MAX

static uint64_t *place_of(const char *path)
{
	struct content *content = &sim->content;
	union map_value *value = map_find_text(&content->files, path);

	if (value)
		return &value->number;
	(void)map_add_text(&content->files, arena_strdup(&content->arena, path),
			   (union map_value){.number = ABSENT});
	return &map_find_text(&content->files, path)->number;
}

void files_write(const char *path, bool absent)
{
	*place_of(path) = absent ? ABSENT : add_revision(NULL);
}

const char *files_blob(const char *path)
{
	static char blob[41];
	uint64_t revision = *place_of(path);

	blob[0] = '\0';
	if (revision != ABSENT)
		name_of(revision, blob);
	return blob;
}

static uint64_t *file_at(const char *folder, const char *path)
{
	char *joined = file_join(folder, path);
	uint64_t *place = place_of(joined);

	free(joined);
	return place;
}

static void describe(uint64_t revision, struct event_item *out)
{
	out->absent = revision == ABSENT;
	out->blob[0] = '\0';
	out->device = out->folder = 1;
	if (!out->absent) {
		name_of(revision, out->blob);
		out->size = 1 + (int64_t)(revision % 3);
		out->inode = revision;
		out->mode = 0644;
	}
}

/* ---- the seam ---------------------------------------------------------------------------- */

int content_open(const struct home *home, enum content_mode mode, struct content **out,
		 struct err *err)
{
	(void)home;
	(void)mode;
	(void)err;
	*out = &sim->content;
	return 0;
}

void content_close(struct content *content)
{
	(void)content;
}

void content_may_fill(struct content *content, bool may_fill)
{
	content->may_fill = may_fill;
}

void content_keep_up_to(struct content *content, int64_t size)
{
	content->keep_up_to = size;
}

int content_refusal(struct err *err)
{
	if (sim->dead)
		return err_set(err, ERR_IO, "the content is gone");
	if (sim->faults && sim_chance(25))
		return err_set(err, ERR_IO, "the disk refused");
	return 0;
}

int content_add(struct content *content, const char *name, const void *data, size_t length,
		char out_blob[41], struct err *err)
{
	int rc = content_refusal(err);

	(void)name;
	if (rc)
		return rc;
	name_of(add_revision(arena_strndup(&content->arena, data, length)), out_blob);
	content->kept[content->count - 1] = KEPT_IN_BATCH;
	return 0;
}

int content_add_file(struct content *content, const char *name, const char *folder,
		     const char *const *roots, size_t roots_count, const char *path,
		     struct event_item *out, struct err *err)
{
	int rc = content_refusal(err);

	(void)name;
	(void)roots;
	(void)roots_count;
	if (rc)
		return rc;
	if (sim->disk_full && !content->may_fill)
		return err_set(err, ERR_FULL, "the disk is full");
	describe(*file_at(folder, path), out);
	if (content->keep_up_to && out->size > content->keep_up_to)
		out->blob[0] = '\0';
	if (out->blob[0] && content->kept[revision_of(out->blob)] == KEPT_NOT)
		content->kept[revision_of(out->blob)] = KEPT_IN_BATCH;
	return 0;
}

int content_add_secret_file(struct content *content, const char *execution, const char *name,
			    const char *folder, const char *const *roots, size_t roots_count,
			    const char *path, struct event_item *out, struct err *err)
{
	(void)execution;
	return content_add_file(content, name, folder, roots, roots_count, path, out, err);
}

int content_look(const char *folder, const char *const *roots, size_t roots_count, const char *path,
		 struct event_item *out, struct err *err)
{
	(void)folder;
	(void)roots;
	(void)roots_count;
	(void)out;
	return err_set(err, ERR_NOT_FOUND, "'%s' is known by its contents only", path);
}

bool content_locate(const char *folder, const char *const *roots, size_t roots_count,
		    const char *path, uint64_t *out_device, uint64_t *out_folder)
{
	(void)folder;
	(void)roots;
	(void)roots_count;
	(void)path;
	*out_device = *out_folder = 1;
	return true;
}

static void end_batch(uint8_t kept)
{
	for (size_t i = 0; i < sim->content.count; i++)
		if (sim->content.kept[i] == KEPT_IN_BATCH)
			sim->content.kept[i] = kept;
}

void content_crash(void)
{
	end_batch(KEPT_NOT);
}

int content_commit(struct content *content, const char *message, struct err *err)
{
	int rc = content_refusal(err);

	(void)content;
	(void)message;
	end_batch(rc ? KEPT_NOT : KEPT_DURABLE);
	return rc;
}

int content_read(struct content *content, const char *blob, size_t max, char **out,
		 size_t *out_length, struct err *err)
{
	const uint64_t revision = revision_of(blob);

	(void)max;
	if (sim->dead)
		return err_set(err, ERR_IO, "the content is gone");
	if (content->kept[revision] != KEPT_DURABLE || !content->texts[revision])
		return err_set(err, ERR_NOT_FOUND, "no contents '%s'", blob);
	*out = mem_strdup(content->texts[revision]);
	*out_length = strlen(*out);
	return 0;
}

int content_compare(struct content *content, const char *folder, const char *const *roots,
		    size_t roots_count, const char *path, const struct event_item *recorded,
		    struct err *err)
{
	struct event_item now = {0};

	(void)content;
	(void)roots;
	(void)roots_count;
	(void)err;
	describe(*file_at(folder, path), &now);
	if (!now.absent && !recorded->absent && !recorded->blob[0])
		return now.inode != recorded->inode;
	return now.absent != recorded->absent || strcmp(now.blob, recorded->blob) != 0;
}

int content_restore(struct content *content, const char *folder, const char *const *roots,
		    size_t roots_count, const char *path, const struct event_item *recorded,
		    struct event_item *out, struct err *err)
{
	int rc = content_refusal(err);

	(void)content;
	(void)roots;
	(void)roots_count;
	if (rc)
		return rc;
	if (!recorded->absent && !recorded->blob[0]) {
		if (content_compare(content, folder, NULL, 0, path, recorded, NULL))
			return err_set(err, ERR_NOT_FOUND, "of '%s' nothing was kept", path);
		*out = *recorded;
		return 0;
	}
	*file_at(folder, path) = recorded->absent ? ABSENT : revision_of(recorded->blob);
	describe(*file_at(folder, path), out);
	sim_trace("content: restores %s to %s", path, out->absent ? "nothing" : out->blob + 30);
	return 0;
}

void content_describe(const char *path, const char *const *named, size_t count, char out_commit[41],
		      bool *out_dirty)
{
	(void)path;
	(void)named;
	(void)count;
	out_commit[0] = '\0';
	*out_dirty = false;
}

int content_upkeep(struct content *content, bool idle, struct err *err)
{
	(void)content;
	(void)idle;
	(void)err;
	return 0;
}

const struct home *content_home(const struct content *content)
{
	(void)content;
	return &sim->home;
}

int content_keep_secret(struct content *content, const char *execution, const char *name,
			const char *value, size_t length, struct err *err)
{
	(void)content;
	(void)execution;
	(void)name;
	(void)value;
	(void)length;
	return content_refusal(err);
}

int content_forget_file(struct content *content, const char *blob, struct err *err)
{
	(void)content;
	(void)blob;
	(void)err;
	return 0;
}

int content_forget_secrets(const struct home *home, const char *execution, struct err *err)
{
	(void)home;
	(void)execution;
	(void)err;
	return 0;
}

/* Of store/projection.h, for people who read with git: nothing of the engine's. */
int projection_go_on(const struct home *home, struct content *content, uint32_t most,
		     struct err *err)
{
	(void)home;
	(void)content;
	(void)most;
	(void)err;
	return 0;
}

void content_release(void)
{
	struct content *content = &sim->content;

	free(content->texts);
	free(content->kept);
	map_release(&content->files);
	arena_release(&content->arena);
}

/* ---- what nodes print -------------------------------------------------------------------- */

/* Linked in with --wrap: the output folder is no seam, and there is none here. */
int __wrap_file_read(const char *path, size_t max, char **out, size_t *out_length, struct err *err);
int __wrap_file_make_folders(const char *path, mode_t mode, struct err *err);

int __wrap_file_read(const char *path, size_t max, char **out, size_t *out_length, struct err *err)
{
	(void)max;
	if (sim->dead || (sim->faults && sim_chance(12)))
		return err_set(err, ERR_NOT_FOUND, "no file '%s'", path);
	*out = mem_strdup("serial=1\n");
	*out_length = strlen(*out);
	return 0;
}

int __wrap_file_make_folders(const char *path, mode_t mode, struct err *err)
{
	(void)path;
	(void)mode;
	(void)err;
	return 0;
}
