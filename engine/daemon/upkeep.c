/* SPDX-License-Identifier: MIT
 *
 * Upkeep of the store, on the main thread alone, under the engine's lock.
 */
#include "daemon/upkeep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "runtime/load.h"
#include "runtime/reload.h"
#include "store/checkpoint_list.h"
#include "store/content.h"
#include "store/content_checkpoint.h"
#include "store/journal.h"
#include "store/projection.h"

struct folding {
	struct journal *journal;
	struct content *content;
	bool json; /* what was found is said as a document */
};

/* As a start does: `hlp engine check` compares it with the fold of all events. */
static int load(void *ctx, const char *id, struct execution **out, struct err *err)
{
	const struct folding *folding = ctx;
	const struct reload_source source = reload_from_journal(folding->journal, folding->content);
	struct reloaded loaded;
	int rc = reload_execution(&source, id, &loaded, err);

	if (rc >= 0)
		*out = loaded.execution;
	return rc;
}

static int create_execution(void *ctx, const struct event *created, struct execution **out,
			    struct err *err)
{
	const struct folding *folding = ctx;
	struct load_fold fold = {.content = folding->content};
	int rc = load_event(&fold, created, err);

	if (rc >= 0)
		*out = fold.execution;
	return rc;
}

static int fail(const struct err *err)
{
	(void)fprintf(stderr, "hlpd: error: %s\n", err->message);
	return 1;
}

static int with_store(const struct home *home, bool json,
		      int (*work)(struct journal *journal, const struct journal_loader *loader,
				  struct err *err))
{
	struct folding folding = {.json = json};
	struct journal_loader loader = {.load = load, .create = create_execution, .ctx = &folding};
	struct err err = {0};
	int rc = journal_open_damaged(home, &folding.journal, &err);

	if (rc >= 0)
		rc = content_open(home, CONTENT_READ, &folding.content, &err);
	if (rc >= 0)
		rc = work(folding.journal, &loader, &err);
	content_close(folding.content);
	journal_close(folding.journal);
	return rc < 0 ? fail(&err) : rc;
}

/* ---- checkpoints -------------------------------------------------------------------------- */

struct verifying {
	const struct home *home;
	struct checkpoint_list list; /* of one execution after the other */
	char execution[ULID_TEXT], *name;
	struct buf *problems;
	int count;
};

static void verify_list(struct verifying *verifying)
{
	for (size_t i = 0; i < verifying->list.count; i++) {
		const struct checkpoint *checkpoint = &verifying->list.items[i];
		const struct content_checkpoint_id id = {verifying->name, checkpoint->name,
							 checkpoint->commit, checkpoint->digest};
		struct err err;

		if (checkpoint->state != CHECKPOINT_KEPT ||
		    content_checkpoint_verify(verifying->home, &id, &err) >= 0)
			continue;
		buf_printf(verifying->problems, "checkpoint %s of %s: %s\n", checkpoint->name,
			   verifying->name, err.message);
		verifying->count++;
	}
	checkpoint_list_release(&verifying->list);
	free(verifying->name);
	verifying->name = NULL;
}

static int take_checkpoint(void *ctx, const char *name, const struct event *event, struct err *err)
{
	struct verifying *verifying = ctx;

	if (strcmp(verifying->execution, event->execution) != 0)
		verify_list(verifying);
	memcpy(verifying->execution, event->execution, ULID_TEXT);
	if (!verifying->name)
		verifying->name = mem_strdup(name);
	return checkpoint_list_take(&verifying->list, event, err);
}

/* Appends what is damaged; returns how many are. */
static int verify_all(const struct home *home, struct journal *journal, struct buf *problems,
		      struct err *err)
{
	struct verifying verifying = {.home = home, .problems = problems};
	int rc = journal_each_checkpoint(journal, take_checkpoint, &verifying, err);

	verify_list(&verifying);
	return rc < 0 ? rc : verifying.count;
}

/* ---- the whole ----------------------------------------------------------------------------- */

/* {"problems": [a string for each line]} */
static void say_json(const struct buf *problems)
{
	const char *line = problems->data, *end = problems->data + problems->length;
	struct buf out;

	buf_init(&out, (size_t)128 * 1024 * 1024);
	buf_add_text(&out, "{\"problems\":[");
	for (const char *next; line < end; line = next) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = newline ? (size_t)(newline - line) : (size_t)(end - line);
		buf_add_text(&out, line == problems->data ? "" : ",");
		text_json_quote(&out, line, length);
		next = line + length + 1;
	}
	(void)printf("%s]}\n", buf_text(&out));
	buf_release(&out);
}

static void say_found(const struct buf *problems, int rows, int checkpoints)
{
	const int all = rows + checkpoints;

	if (!all) {
		(void)printf("no problem found\n");
		return;
	}
	(void)printf("%s%d problem%s found%s%s\n", buf_text(problems), all, all == 1 ? "" : "s",
		     rows ? "; 'hlp engine rebuild' makes the tables anew from the journal" : "",
		     checkpoints ? "; no rollback uses a damaged checkpoint" : "");
}

static int check(struct journal *journal, const struct journal_loader *loader, struct err *err)
{
	const struct folding *folding = loader->ctx;
	struct buf problems;
	int rows, checkpoints = 0;

	buf_init(&problems, (size_t)16 * 1024 * 1024);
	rows = journal_check(journal, loader, &problems, err);
	if (rows >= 0)
		checkpoints = verify_all(content_home(folding->content), journal, &problems, err);
	if (rows >= 0 && checkpoints >= 0 && folding->json)
		say_json(&problems);
	else if (rows >= 0 && checkpoints >= 0)
		say_found(&problems, rows, checkpoints);
	buf_release(&problems);
	if (rows < 0 || checkpoints < 0)
		return rows < 0 ? rows : checkpoints;
	return rows + checkpoints > 0;
}

static int rebuild(struct journal *journal, const struct journal_loader *loader, struct err *err)
{
	int rc = journal_rebuild(journal, loader, err);

	if (rc >= 0)
		(void)printf("the tables are made anew from the journal\n");
	return rc < 0 ? rc : 0;
}

/* People's refs follow from the tables: brought up to date by a check, made anew by a rebuild. */
static int project(const struct home *home,
		   int (*make)(const struct home *home, struct content *content, struct err *err))
{
	struct content *content = NULL;
	struct err err = {0};
	int rc = content_open(home, CONTENT_WRITE, &content, &err);

	if (rc >= 0)
		rc = make(home, content, &err);
	content_close(content);
	return rc < 0 ? fail(&err) : 0;
}

static int go_on(const struct home *home, struct content *content, struct err *err)
{
	return projection_go_on(home, content, UINT32_MAX, err);
}

int upkeep_check(const struct home *home, bool json)
{
	int code = with_store(home, json, check);

	return code ? code : project(home, go_on);
}

int upkeep_rebuild(const struct home *home)
{
	int code = with_store(home, false, rebuild);

	return code ? code : project(home, projection_rebuild);
}
