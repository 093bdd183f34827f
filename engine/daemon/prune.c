/* SPDX-License-Identifier: MIT
 *
 * Pruning. An execution's secrets and outputs go before its rows: if we die in between, it is still
 * there to be pruned again. Contents go last, by what the rest of the journal names; what a prune
 * that was cut short left of them, the next one takes away.
 */
#include "daemon/prune.h"

#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "store/content.h"
#include "store/content_prune.h"
#include "store/journal.h"
#include "store/output.h"

#define AGE  "90d"
#define KEEP "20"

struct gone {
	char *id, *name;
	int64_t ended_us, output_bytes;
};

struct prune {
	const struct home *home;
	struct journal *journal;
	const struct prune_options *options;
	struct arena arena;
	struct gone *gone;
	size_t count, capacity;
	struct map known; /* executions of the journal, by id */
};

struct sizes {
	int64_t output, contents, large, database;
};

/* ---- sizes -------------------------------------------------------------------------------- */

/* Bytes of all files beneath a folder; 0 when there is none. */
static int64_t folder_bytes(const char *path)
{
	char *roots[] = {(char *)path, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	int64_t bytes = 0;

	if (!walk)
		return 0;
	for (FTSENT *entry = fts_read(walk); entry; entry = fts_read(walk))
		if (entry->fts_info == FTS_F)
			bytes += entry->fts_statp->st_size;
	(void)fts_close(walk); /* only read */
	return bytes;
}

static struct sizes measure(const struct home *home)
{
	char *large = file_join(home->path, "large");
	struct stat info;
	struct sizes sizes = {.output = folder_bytes(home->output),
			      .contents = folder_bytes(home->content),
			      .large = folder_bytes(large),
			      .database = stat(home->database, &info) == 0 ? info.st_size : 0};

	free(large);
	return sizes;
}

static void print_bytes(const char *before, int64_t bytes, const char *after)
{
	if (bytes < 10240)
		(void)printf("%s%lld bytes%s", before, (long long)bytes, after);
	else if (bytes < (int64_t)10240 * 1024)
		(void)printf("%s%lld KiB%s", before, (long long)(bytes / 1024), after);
	else
		(void)printf("%s%lld MiB%s", before, (long long)(bytes / 1024 / 1024), after);
}

/* ---- what goes ---------------------------------------------------------------------------- */

static int note_gone(void *ctx, const struct prunable *row, struct err *err)
{
	struct prune *prune = ctx;
	char *folder = file_join(prune->home->output, row->id);

	(void)err;
	prune->gone =
		mem_grow(prune->gone, &prune->capacity, prune->count + 1, sizeof(*prune->gone));
	prune->gone[prune->count++] = (struct gone){.id = arena_strdup(&prune->arena, row->id),
						    .name = arena_strdup(&prune->arena, row->name),
						    .ended_us = row->ended_us,
						    .output_bytes = folder_bytes(folder)};
	free(folder);
	return 0;
}

static int find(struct prune *prune, struct err *err)
{
	const char *age = prune->options->age ? prune->options->age : AGE;
	const char *keep = prune->options->keep ? prune->options->keep : KEEP;
	int64_t age_us = 0;
	char *end;
	unsigned long count = strtoul(keep, &end, 10);
	int rc = strcmp(age, "0") ? clock_parse_duration(age, &age_us, err) : 0;

	if (rc == 0 && (*end || end == keep || *keep == '-' || count > UINT32_MAX))
		rc = err_set(err, ERR_INVALID, "'%s' is not a number of executions to keep", keep);
	return rc < 0 ? rc
		      : journal_each_prunable(prune->journal, clock_wall_us(clock_system()), age_us,
					      (uint32_t)count, note_gone, prune, err);
}

static void print_list(const struct prune *prune)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < prune->count; i++) {
		const struct gone *gone = &prune->gone[i];
		char time[CLOCK_TIME_TEXT];

		clock_format_time(gone->ended_us, time);
		(void)printf("  %-24s ended %.10s", gone->name, time);
		print_bytes("  output ", gone->output_bytes, "\n");
		bytes += gone->output_bytes;
	}
	if (prune->options->dry_run && prune->count)
		print_bytes("it would free ", bytes,
			    " of output, and what only they name in content.git and large/\n");
}

/* ---- letting it go ------------------------------------------------------------------------- */

static int remove_all(const struct prune *prune, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < prune->count; i++) {
		char *folder = file_join(prune->home->output, prune->gone[i].id);

		rc = content_forget_secrets(prune->home, prune->gone[i].id, err);
		if (rc >= 0)
			rc = output_remove(folder, err);
		free(folder);
		if (rc >= 0)
			rc = journal_remove(prune->journal, prune->gone[i].id, err);
	}
	return rc >= 0 && prune->count ? journal_give_back(prune->journal, err) : rc;
}

static int note_known(void *ctx, const char *execution, struct err *err)
{
	struct prune *prune = ctx;

	(void)err;
	(void)map_add_text(&prune->known, arena_strdup(&prune->arena, execution),
			   (union map_value){0});
	return 0;
}

static bool is_known(void *ctx, const char *execution)
{
	return map_find_text(&((struct prune *)ctx)->known, execution);
}

/* A start that was cut short may have kept secrets for an execution that is not there. */
static int sweep_secrets(struct prune *prune, struct err *err)
{
	int rc = journal_each_execution(prune->journal, true, note_known, prune, err);

	return rc < 0 ? rc : content_sweep_secrets(prune->home, is_known, prune, err);
}

static int note_named(void *ctx, const struct named_content *row, struct err *err)
{
	struct content_keep *keep = ctx;

	(void)err;
	content_keep_name(keep, row->name);
	content_keep_blob(keep, row->name, row->path, row->blob);
	return 0;
}

static int remove_contents(const struct prune *prune, struct err *err)
{
	struct content_keep keep = {0};
	struct content *content = NULL;
	int rc = journal_each_named(prune->journal, note_named, &keep, err);

	if (rc >= 0)
		rc = content_open(prune->home, CONTENT_WRITE, &content, err);
	if (rc >= 0)
		rc = content_prune(content, &keep, prune->count > 0, err);
	content_close(content);
	content_keep_release(&keep);
	return rc;
}

static void print_freed(const struct sizes *before, const struct sizes *after)
{
	print_bytes("freed: output ", before->output - after->output, "");
	print_bytes(", content.git ", before->contents - after->contents, "");
	print_bytes(", large files ", before->large - after->large, "");
	print_bytes(", state.db ", before->database - after->database, "\n");
}

static int let_go(struct prune *prune, struct err *err)
{
	const struct sizes before = measure(prune->home);
	struct sizes after;
	int rc = remove_all(prune, err);

	if (rc >= 0)
		rc = sweep_secrets(prune, err);
	if (rc >= 0)
		rc = remove_contents(prune, err);
	after = measure(prune->home);
	if (rc > 0)
		print_freed(&before, &after);
	return rc;
}

int prune_run(const struct home *home, const struct prune_options *options)
{
	struct prune prune = {.home = home, .options = options};
	struct err err = {0};
	int rc = journal_open(home, DURABILITY_FULL, &prune.journal, &err);

	if (rc >= 0)
		rc = find(&prune, &err);
	if (rc >= 0) {
		(void)printf("%zu execution%s %s removed\n", prune.count,
			     prune.count == 1 ? "" : "s",
			     options->dry_run	? "would be"
			     : prune.count == 1 ? "is"
						: "are");
		print_list(&prune);
		(void)fflush(stdout);
	}
	if (rc >= 0 && !options->dry_run)
		rc = let_go(&prune, &err);
	journal_close(prune.journal);
	free(prune.gone);
	map_release(&prune.known);
	arena_release(&prune.arena);
	if (rc < 0)
		(void)fprintf(stderr, "hlpd: error: %s\n", err.message);
	return rc < 0 ? 1 : 0;
}
