/* SPDX-License-Identifier: MIT
 *
 * Looking through folders. See sources.h.
 */
#include "client/sources.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/map.h"
#include "base/text.h"
#include "model/limits.h"
#include "model/workflow.h"

#define PROBLEMS_MAX ((size_t)1024 * 1024)
#define ENDING	     ".yaml"

/* ---- folders ----------------------------------------------------------------------------- */

/* `found` is called with each folder in turn until it says true. */
typedef bool sources_visit(void *ctx, const char *folder);

static bool visit_environment(sources_visit *found, void *ctx)
{
	const char *folders = getenv("HLP_WORKFLOWS");
	bool done = false;
	while (!done && folders != NULL && folders[0] != '\0') {
		size_t length = strcspn(folders, ":");
		char *folder = mem_strndup(folders, length);
		done = length > 0 && found(ctx, folder);
		free(folder);
		folders += length + (folders[length] == ':');
	}
	return done;
}

/* Beside the program, above a build folder, and where `make install` puts them. */
static bool visit_program(sources_visit *found, void *ctx)
{
	static const char *const places[] = {"%s/workflows", "%s/../workflows",
					     "%s/../share/hlp/workflows"};
	char own[PATH_MAX], real[PATH_MAX];
	bool done = false;
	ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
	if (length <= 0)
		return false;
	own[length] = '\0';
	char *folder = file_folder(own);
	for (size_t i = 0; !done && i < sizeof places / sizeof places[0]; i++) {
		char *place = mem_printf(places[i], folder);
		done = realpath(place, real) != NULL && found(ctx, real);
		free(place);
	}
	free(folder);
	return done;
}

static bool visit_own(sources_visit *found, void *ctx)
{
	return found(ctx, "workflows") || found(ctx, ".") || visit_environment(found, ctx);
}

/* ---- one name ---------------------------------------------------------------------------- */

struct search {
	const char *name;
	char *file;
};

/* The path if there is such a file, else NULL; takes the path over. */
static char *existing(char *path)
{
	if (file_exists(path))
		return path;
	free(path);
	return NULL;
}

static char *path_of(const char *folder, const char *name, const char *file)
{
	const char *slash = strcmp(folder, ".") == 0 ? "" : "/";
	folder = slash[0] == '\0' ? "" : folder;
	return name != NULL ? mem_printf("%s%s%s/%s" ENDING, folder, slash, name, file)
			    : mem_printf("%s%s%s" ENDING, folder, slash, file);
}

/* A folder may hold several that belong together: FOLDER/NAME.yaml. Not here, where anything may
 * lie. */
static void look_one_deeper(struct search *search, const char *folder)
{
	struct dirent **found;
	int count = strcmp(folder, ".") == 0 ? -1 : scandir(folder, &found, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (search->file == NULL && found[i]->d_name[0] != '.')
			search->file = existing(path_of(folder, found[i]->d_name, search->name));
		free(found[i]);
	}
	if (count >= 0)
		free(found);
}

static bool look_in(void *ctx, const char *folder)
{
	struct search *search = ctx;
	search->file = existing(path_of(folder, search->name, search->name));
	if (search->file == NULL)
		search->file = existing(path_of(folder, NULL, search->name));
	if (search->file == NULL)
		look_one_deeper(search, folder);
	return search->file != NULL;
}

char *sources_find(const char *name)
{
	struct search search = {.name = name};
	if (!visit_own(look_in, &search))
		(void)visit_program(look_in, &search); /* the file says whether it was found */
	return search.file;
}

/* ---- all of them ------------------------------------------------------------------------- */

struct listing {
	struct arena *arena;
	struct map names;
	struct sources_entry *entries; /* on the heap until it is whole */
	size_t count, capacity;
	bool bundled; /* what is found now came with the program */
};

/* Something with nodes or steps at its top is meant to be a workflow, right or wrong. */
static bool is_meant(const char *text)
{
	return text_starts_with(text, "nodes:") || text_starts_with(text, "steps:") ||
	       strstr(text, "\nnodes:") != NULL || strstr(text, "\nsteps:") != NULL;
}

static void add_entry(struct listing *listing, const struct sources_entry *entry)
{
	struct arena *arena = listing->arena;
	const char *name = arena_strdup(arena, entry->name);
	if (!map_add_text(&listing->names, name, (union map_value){0}))
		return;
	listing->entries = mem_grow(listing->entries, &listing->capacity, listing->count + 1,
				    sizeof *listing->entries);
	listing->entries[listing->count++] = (struct sources_entry){
		.name = name,
		.file = arena_strdup(arena, entry->file),
		.description = arena_strdup(arena, entry->description),
		.valid = entry->valid,
		.bundled = listing->bundled,
	};
}

static void read_text(struct listing *listing, const char *name, const char *file, const char *text,
		      size_t length)
{
	struct sources_entry entry = {.name = name, .file = file, .description = ""};
	struct workflow *workflow = NULL;
	struct buf problems;
	buf_init(&problems, PROBLEMS_MAX);
	if (workflow_read(file, text, length, &workflow, &problems) == 0) {
		entry.name = workflow->name;
		entry.description = workflow->description;
		entry.valid = true;
	}
	if (entry.valid || is_meant(text))
		add_entry(listing, &entry);
	buf_release(&problems);
	workflow_free(workflow);
}

static void read_file(struct listing *listing, const char *name, char *file)
{
	char *text = NULL;
	size_t length = 0;
	if (file_exists(file) && file_read(file, LIMIT_WORKFLOW_BYTES, &text, &length, NULL) == 0)
		read_text(listing, name, file, text, length);
	free(text);
	free(file);
}

/* A file that is a workflow by its ending; `inside` a folder of `folder`, or NULL. */
static void read_ending(struct listing *listing, const char *folder, const char *inside,
			const char *found)
{
	if (found[0] == '.' || !text_ends_with(found, ENDING))
		return;
	char *name = mem_strndup(found, strlen(found) - strlen(ENDING));
	read_file(listing, name, path_of(folder, inside, name));
	free(name);
}

/* Of a folder all that lie in it; here only the one that bears its name. */
static void read_folder(struct listing *listing, const char *folder, const char *inside)
{
	struct dirent **found;
	if (inside[0] == '.')
		return;
	if (strcmp(folder, ".") == 0) {
		read_file(listing, inside, path_of(folder, inside, inside));
		return;
	}
	char *path = file_join(folder, inside);
	int count = scandir(path, &found, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		read_ending(listing, folder, inside, found[i]->d_name);
		free(found[i]);
	}
	if (count >= 0)
		free(found);
	free(path);
}

static bool list_folder(void *ctx, const char *folder)
{
	struct dirent **found;
	int count = scandir(folder, &found, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		read_ending(ctx, folder, NULL, found[i]->d_name);
		read_folder(ctx, folder, found[i]->d_name);
		free(found[i]);
	}
	if (count >= 0)
		free(found);
	return false;
}

static int compare_entries(const void *a, const void *b)
{
	const struct sources_entry *left = a, *right = b;
	if (left->bundled != right->bundled)
		return left->bundled ? 1 : -1;
	return strcmp(left->name, right->name);
}

size_t sources_list(struct arena *arena, struct sources_entry **out)
{
	struct listing listing = {.arena = arena};
	(void)visit_own(list_folder, &listing); /* all of them: none says stop */
	listing.bundled = true;
	(void)visit_program(list_folder, &listing);
	*out = arena_alloc(arena, (listing.count + 1) * sizeof **out);
	if (listing.count > 0) {
		memcpy(*out, listing.entries, listing.count * sizeof **out);
		qsort(*out, listing.count, sizeof **out, compare_entries);
	}
	free(listing.entries);
	map_release(&listing.names);
	return listing.count;
}
