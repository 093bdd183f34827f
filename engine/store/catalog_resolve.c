/* SPDX-License-Identifier: MIT
 *
 * Which execution a person means. What is typed is short, and acting on the wrong run is the worst
 * that can happen here: whatever could mean two runs is refused and both are named.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/suggest.h"
#include "store/catalog_own.h"

#define ENDING_LEAST   4 /* characters of a ULID's end that are enough to name it */
#define CANDIDATES_MAX 5 /* named in a message */

struct candidates {
	char newest[ULID_TEXT];
	size_t count;
	size_t live; /* of them, not ended */
	char names[400];
	char live_names[400];
};

static void add_name(char *names, size_t size, size_t count, const char *name)
{
	size_t length = strlen(names);

	if (count < CANDIDATES_MAX)
		(void)snprintf(names + length, size - length, "%s%s", count ? ", " : "", name);
	else if (count == CANDIDATES_MAX)
		(void)snprintf(names + length, size - length, ", …");
}

/* Rows are (id, name, ended), newest first. */
static int gather(struct catalog *catalog, enum catalog_query query, sqlite3_stmt *statement,
		  struct candidates *out, struct err *err)
{
	int rc = db_step(&catalog->db, statement, err);

	for (; rc == 1; rc = db_step(&catalog->db, statement, err)) {
		const char *id = db_column_text(statement, 0), *name = db_column_text(statement, 1);

		if (out->count == 0)
			memcpy(out->newest, id, strnlen(id, ULID_TEXT - 1));
		add_name(out->names, sizeof(out->names), out->count++, name);
		if (!sqlite3_column_int(statement, 2))
			add_name(out->live_names, sizeof(out->live_names), out->live++, name);
	}
	catalog_own_give(catalog, query, statement);
	return rc;
}

/* `number` -1: any; workflow NULL: all executions. */
static int find_named(struct catalog *catalog, const char *workflow, int64_t number,
		      struct candidates *out, struct err *err)
{
	enum catalog_query query = workflow ? CATALOG_NAMED : CATALOG_ENDING;
	sqlite3_stmt *statement;
	int rc = catalog_own_take(catalog, query, &statement, err);

	if (rc < 0)
		return rc;
	db_bind_text(statement, 1, workflow ? workflow : "");
	if (workflow)
		(void)sqlite3_bind_int64(statement, 2, number);
	return gather(catalog, query, statement, out, err);
}

static int find_ending(struct catalog *catalog, const char *ending, struct candidates *out,
		       struct err *err)
{
	sqlite3_stmt *statement;
	int rc = catalog_own_take(catalog, CATALOG_ENDING, &statement, err);

	if (rc < 0)
		return rc;
	db_bind_text(statement, 1, ending);
	return gather(catalog, CATALOG_ENDING, statement, out, err);
}

/* The newest of several by one name; for an act only if the name leaves no doubt. */
static int newest_of(const struct candidates *found, const char *text, enum catalog_use use,
		     char out_execution[ULID_TEXT], struct err *err)
{
	if (use == CATALOG_ACT && found->live > 1)
		return err_set(err, ERR_INVALID,
			       "'%s' means more than one execution that has not ended: name one of "
			       "%s",
			       text, found->live_names);
	memcpy(out_execution, found->newest, ULID_TEXT);
	return 0;
}

/* The N of "name#N", or -1. */
static int64_t number_of(const char *text)
{
	char *end;
	long long number;

	if (!isdigit((unsigned char)text[0]) || strlen(text) > 10)
		return -1;
	number = strtoll(text, &end, 10);
	return *end ? -1 : number;
}

struct workflows {
	struct arena arena;
	const char **names;
	size_t count, capacity;
};

static const char *name_at(const void *workflows, size_t i)
{
	return ((const struct workflows *)workflows)->names[i];
}

/* No such execution; perhaps one of a workflow that is called nearly so. */
static int refuse(struct catalog *catalog, const char *text, struct err *err)
{
	struct workflows known = {0};
	sqlite3_stmt *statement = NULL;
	char hint[SUGGEST_HINT], *word = mem_strndup(text, strcspn(text, "#"));
	int rc = db_prepare(&catalog->db, "SELECT name FROM workflow", &statement, NULL);

	while (rc >= 0 && (rc = db_step(&catalog->db, statement, NULL)) == 1) {
		known.names = mem_grow(known.names, &known.capacity, known.count + 1,
				       sizeof(*known.names));
		known.names[known.count++] =
			arena_strdup(&known.arena, db_column_text(statement, 0));
	}
	(void)sqlite3_finalize(statement); /* without names there is no hint */
	rc = err_set(err, ERR_NOT_FOUND, "no execution '%s'%s", text,
		     suggest_hint(word, known.count, name_at, &known, hint));
	free(word);
	free(known.names);
	arena_release(&known.arena);
	return rc;
}

static int resolve_number(struct catalog *catalog, const char *text, const char *hash,
			  char out_execution[ULID_TEXT], struct err *err)
{
	struct candidates found = {0};
	char *workflow = mem_strndup(text, (size_t)(hash - text));
	int64_t number = number_of(hash + 1);
	int rc = number < 0 ? 0 : find_named(catalog, workflow, number, &found, err);

	free(workflow);
	if (rc < 0)
		return rc;
	if (found.count == 0)
		return refuse(catalog, text, err);
	memcpy(out_execution, found.newest, ULID_TEXT);
	return 0;
}

static int resolve_ending(struct catalog *catalog, const char *text, char out_execution[ULID_TEXT],
			  struct err *err)
{
	struct candidates found = {0};
	char ending[ULID_TEXT] = "";
	size_t length = strlen(text);
	int rc = 0;

	if (length >= ENDING_LEAST && length < ULID_TEXT) {
		for (size_t i = 0; i < length; i++)
			ending[i] = (char)tolower((unsigned char)text[i]);
		rc = find_ending(catalog, ending, &found, err);
	}
	if (rc < 0)
		return rc;
	if (found.count == 0)
		return refuse(catalog, text, err);
	if (found.count > 1)
		return err_set(err, ERR_INVALID,
			       "'%s' means more than one execution: name one of %s", text,
			       found.names);
	memcpy(out_execution, found.newest, ULID_TEXT);
	return 0;
}

int catalog_resolve(struct catalog *catalog, const char *text, enum catalog_use use,
		    char out_execution[ULID_TEXT], struct err *err)
{
	struct candidates found = {0};
	const char *hash = strchr(text, '#');
	bool latest = strcmp(text, "@latest") == 0;
	int rc;

	if (hash)
		return resolve_number(catalog, text, hash, out_execution, err);
	rc = find_named(catalog, latest ? NULL : text, -1, &found, err);
	if (rc < 0)
		return rc;
	if (found.count > 0)
		return newest_of(&found, text, use, out_execution, err);
	if (latest)
		return err_set(err, ERR_NOT_FOUND, "there is no execution yet");
	return resolve_ending(catalog, text, out_execution, err);
}
