/* SPDX-License-Identifier: MIT
 *
 * Rows are copied text by text into one allocation each.
 */
#include "tui/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *field_of(const Hlp__V1__EventRecord *record, const char *name)
{
	for (size_t i = 0; i < record->n_fields; i++)
		if (strcmp(record->fields[i]->name, name) == 0)
			return record->fields[i]->value;
	return "";
}

/* Copies a text to `*at` and moves it on. */
static char *put(char **at, const char *text, size_t length)
{
	char *start = *at;

	memcpy(start, text, length);
	start[length] = '\0';
	*at += length + 1;
	return start;
}

static struct journal_row row_of(const Hlp__V1__EventRecord *record)
{
	const char *note = field_of(record, "note"), *origin = field_of(record, "origin");
	bool has_text = record->text.len > 0;
	size_t text = has_text ? record->text.len : strlen(note);
	size_t size = strlen(record->kind) + strlen(record->node) + strlen(record->attempt) +
		      strlen(record->state) + strlen(record->reason) + strlen(record->actor) +
		      strlen(record->verb) + strlen(origin) + text + 9;
	char *at = mem_alloc(size);
	struct journal_row row = {.seq = record->seq, .time_us = record->time_us};

	row.kind = put(&at, record->kind, strlen(record->kind)); /* the allocation begins here */
	row.node = put(&at, record->node, strlen(record->node));
	row.attempt = put(&at, record->attempt, strlen(record->attempt));
	row.state = put(&at, record->state, strlen(record->state));
	row.reason = put(&at, record->reason, strlen(record->reason));
	row.actor = put(&at, record->actor, strlen(record->actor));
	row.verb = put(&at, record->verb, strlen(record->verb));
	row.text = put(&at, has_text ? (const char *)record->text.data : note, text);
	row.origin = put(&at, origin, strlen(origin));
	return row;
}

void journal_forget(struct journal_state *journal)
{
	bool all = journal->all;

	for (size_t i = 0; i < journal->count; i++)
		free(journal->rows[i].kind);
	free(journal->rows);
	*journal = (struct journal_state){.all = all};
}

static void drop_oldest(struct journal_state *journal)
{
	size_t drop = JOURNAL_ROWS / 10;

	for (size_t i = 0; i < drop; i++)
		free(journal->rows[i].kind);
	memmove(journal->rows, journal->rows + drop,
		(journal->count - drop) * sizeof(*journal->rows));
	journal->count -= drop;
	journal->dropped += drop;
}

void journal_take(struct journal_state *journal, const Hlp__V1__EventRecord *record)
{
	if (journal->count > 0 && record->seq <= journal->rows[journal->count - 1].seq)
		return;
	if (journal->count == JOURNAL_ROWS)
		drop_oldest(journal);
	journal->rows = mem_grow(journal->rows, &journal->capacity, journal->count + 1,
				 sizeof(*journal->rows));
	journal->rows[journal->count++] = row_of(record);
}

bool journal_is_act(const struct journal_row *row)
{
	return row->verb[0] != '\0' || row->actor[0] != '\0';
}

void journal_text(const struct journal_row *row, char *out, size_t size)
{
	const char *what = row->verb[0] ? row->verb : row->kind;
	/* Of a start the text is the boot id, which says nothing to a person. */
	bool says = row->text[0] != '\0' && strcmp(row->kind, "started") != 0;

	(void)snprintf(out, size, "%s%s%s%s%s%s%s%s%s%s", what, row->node[0] ? " " : "", row->node,
		       row->attempt[0] ? ", " : "", row->attempt, row->reason[0] ? " (" : "",
		       row->reason, row->reason[0] ? ")" : "", says ? ": " : "",
		       says ? row->text : "");
}
