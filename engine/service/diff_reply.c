/* SPDX-License-Identifier: MIT
 *
 * By structure are compared, unasked, files whose names say that they are JSON or YAML; what cannot
 * be read as such is compared line by line, and the note says why.
 */
#include "service/diff_reply.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/tree_diff.h"
#include "wire/message.h"

#define TEXT_MAX ((size_t)4 * 1024 * 1024)
#define NOTE_MAX 600
#define CONTEXT	 3

struct comparing {
	const struct diff_sides *sides;
	Hlp__V1__DiffReply reply;
	struct arena arena;
	struct buf text, note;
	struct tree_diff changes;
};

/* ---- by structure ------------------------------------------------------------------------ */

static bool is_named_so(const char *path)
{
	return text_ends_with(path, ".json") || text_ends_with(path, ".yaml") ||
	       text_ends_with(path, ".yml");
}

static bool can_be_trees(const struct diff_sides *sides)
{
	return sides->old.present && sides->new.present && !sides->old.secret &&
	       !sides->new.secret &&content_side_is_text(&sides->old) &&
	       content_side_is_text(&sides->new);
}

static bool wants_structure(const Hlp__V1__DiffRequest *asked, const struct diff_sides *sides)
{
	return !strcmp(asked->compare, "structure") ||
	       (!*asked->compare && is_named_so(sides->path));
}

static void put_change(struct comparing *answer, const struct tree_change *change)
{
	static const char *const kinds[] = {[TREE_CHANGED] = "changed",
					    [TREE_ADDED] = "added",
					    [TREE_REMOVED] = "removed",
					    [TREE_MOVED] = "moved"};
	Hlp__V1__DiffChange *message = arena_alloc(&answer->arena, sizeof(*message));

	hlp__v1__diff_change__init(message);
	message->kind = (char *)kinds[change->kind];
	message->path = (char *)change->path;
	message->before = (char *)(change->old ? change->old : "");
	message->after = (char *)(change->new ? change->new : "");
	answer->reply.changes[answer->reply.n_changes++] = message;
}

static void put_changes(struct comparing *answer)
{
	const struct tree_diff *changes = &answer->changes;

	answer->reply.compared = (char *)"structure";
	answer->reply.changes =
		arena_alloc(&answer->arena, (changes->count + 1) * sizeof(*answer->reply.changes));
	for (size_t i = 0; i < changes->count; i++)
		put_change(answer, &changes->changes[i]);
	if (changes->cut)
		buf_printf(&answer->note,
			   "there are more than %d changes; the others are not shown",
			   TREE_CHANGES_MOST);
	else if (!changes->count)
		buf_add_text(&answer->note,
			     "the same by structure: only the order of keys, spacing, "
			     "quotes or comments differ (--text shows them)");
}

/* False when it is to be compared line by line. */
static bool compare_trees(struct comparing *answer)
{
	const struct content_side *old = &answer->sides->old, *new = &answer->sides->new;

	if (tree_diff((struct tree_text){old->data, old->length},
		      (struct tree_text){new->data, new->length}, &answer->changes,
		      &answer->note)) {
		put_changes(answer);
		return true;
	}
	buf_add_text(&answer->note, "; so it is compared line by line");
	return false;
}

/* ---- otherwise --------------------------------------------------------------------------- */

static void put_file(struct comparing *answer, const struct content_side *side)
{
	Hlp__V1__DiffFile *file = arena_alloc(&answer->arena, sizeof(*file));

	hlp__v1__diff_file__init(file);
	file->absent = !side->present;
	file->size = side->size;
	file->sha256 = arena_strdup(&answer->arena, side->sha256);
	answer->reply.files[answer->reply.n_files++] = file;
}

static void put_summary(struct comparing *answer)
{
	answer->reply.compared = (char *)"summary";
	answer->reply.files = arena_alloc(&answer->arena, 2 * sizeof(*answer->reply.files));
	put_file(answer, &answer->sides->old);
	put_file(answer, &answer->sides->new);
}

static bool is_lines(const struct diff_sides *sides)
{
	return !sides->old.secret && !sides->new.secret &&content_side_is_text(&sides->old) &&
	       content_side_is_text(&sides->new);
}

/* What there is to see is in the text, whether lines or a summary. */
static int compare_text(struct comparing *answer, uint32_t context, struct err *err)
{
	const struct diff_sides *sides = answer->sides;

	answer->reply.compared = (char *)"text";
	if (!is_lines(sides))
		put_summary(answer);
	return content_diff(&sides->old, &sides->new, sides->names, context ? context : CONTEXT,
			    &answer->text, err);
}

static int check_compare(const char *compare, struct err *err)
{
	if (!*compare || !strcmp(compare, "text") || !strcmp(compare, "structure"))
		return 0;
	return err_set(err, ERR_INVALID, "'%s' is no way to compare: text or structure", compare);
}

static int compare(struct comparing *answer, const Hlp__V1__DiffRequest *asked, struct err *err)
{
	const struct diff_sides *sides = answer->sides;
	int rc = check_compare(asked->compare, err);

	if (rc < 0)
		return rc;
	answer->reply.same = content_side_same(&sides->old, &sides->new);
	if (!answer->reply.same && wants_structure(asked, sides) && can_be_trees(sides) &&
	    compare_trees(answer))
		return 0;
	return compare_text(answer, asked->context, err);
}

int diff_reply_put(struct asking *asking, const struct diff_sides *sides, struct err *err)
{
	const Hlp__V1__DiffRequest *asked = (const Hlp__V1__DiffRequest *)asking->message;
	struct comparing answer = {.sides = sides, .reply = HLP__V1__DIFF_REPLY__INIT};
	int rc;

	buf_init(&answer.text, TEXT_MAX);
	buf_init(&answer.note, NOTE_MAX);
	rc = compare(&answer, asked, err);
	if (rc >= 0) {
		answer.reply.text.data = (uint8_t *)answer.text.data;
		answer.reply.text.len = answer.text.length;
		answer.reply.note = (char *)buf_text(&answer.note);
		answer.reply.old_revision = sides->old_revision;
		answer.reply.new_revision = sides->new_revision;
		message_pack(&answer.reply.base, &asking->out);
	}
	buf_release(&answer.text);
	buf_release(&answer.note);
	tree_diff_release(&answer.changes);
	arena_release(&answer.arena);
	return rc < 0 ? rc : 0;
}
