/* SPDX-License-Identifier: MIT
 *
 * From ":run FILE name=value" to a request. The file is read and checked here too, so that a
 * mistake costs nothing and the question can say how risky the run is; the engine reads it again.
 */
#include "tui/start.h"

#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "client/sources.h"
#include "model/environment.h"
#include "model/hosts.h"
#include "model/limits.h"
#include "model/workflow.h"
#include "tui/feed.h"

extern char **environ;

#define PARAMS_MAX  64
#define VALUE_BYTES ((size_t)1024 * 1024)

struct start_plan {
	struct workflow *workflow;
	char *file; /* absolute */
	char *text;
	size_t length;
	struct arena arena;
	struct binding given[PARAMS_MAX];
	size_t given_count;
	struct binding *bound; /* with defaults; NULL until the form was taken */
	bool another;	       /* even if one of this workflow has not ended */
};

void start_free(struct start_plan *start)
{
	if (start == NULL)
		return;
	workflow_free(start->workflow);
	free(start->file);
	free(start->text);
	arena_release(&start->arena);
	free(start);
}

/* ---- reading ----------------------------------------------------------------------------- */

/* The file as named, or a workflow of that name where workflows are kept. */
static char *find_file(const char *name)
{
	char *found = file_exists(name) ? mem_strdup(name) : sources_find(name);
	char *whole = found ? realpath(found, NULL) : NULL;

	free(found);
	return whole;
}

/* A value as written: `@FILE` is a file's text without its last newline, `@@x` is `@x`. */
static int read_value(struct start_plan *start, const char *value, const char **out,
		      struct err *err)
{
	char *text = NULL;
	size_t length = 0;

	if (value[0] != '@' || value[1] == '@') {
		*out = arena_strdup(&start->arena, value + (value[0] == '@'));
		return 0;
	}
	int status = file_read(value + 1, VALUE_BYTES, &text, &length, err);
	if (status < 0)
		return status;
	if (length > 0 && text[length - 1] == '\n')
		length--;
	*out = arena_strndup(&start->arena, text, length);
	free(text);
	return 0;
}

static bool is_secret(const struct start_plan *start, const char *name)
{
	const struct param *param = workflow_find_param(start->workflow, name);

	return param != NULL && param->secret;
}

static int add_param(struct start_plan *start, char *word, struct err *err)
{
	char *equals = strchr(word, '=');

	if (strcmp(word, "--another") == 0) {
		start->another = true;
		return 0;
	}
	if (equals == NULL)
		return err_set(err, ERR_INVALID, "'%s' is no name=value", word);
	if (start->given_count == PARAMS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d params", PARAMS_MAX);
	struct binding *param = &start->given[start->given_count];
	*equals = '\0';
	if (is_secret(start, word) && (equals[1] != '@' || equals[2] == '@'))
		return err_set(err, ERR_INVALID, "secret '%s' is given by a file: %s=@FILE", word,
			       word);
	param->name = arena_strdup(&start->arena, word);
	int status = read_value(start, equals + 1, &param->value, err);
	if (status < 0)
		return status;
	start->given_count++;
	return 0;
}

/* The next word of the line; quotes keep blanks together. NULL at the end. */
static char *next_word(char **rest)
{
	char *from = *rest + strspn(*rest, " ");
	char *word = from, *to = from;
	char quote = '\0';

	if (*from == '\0')
		return NULL;
	for (; *from != '\0' && (quote != '\0' || *from != ' '); from++)
		if (quote == '\0' && (*from == '"' || *from == '\''))
			quote = *from;
		else if (quote != '\0' && *from == quote)
			quote = '\0';
		else
			*to++ = *from;
	*rest = *from == '\0' ? from : from + 1;
	*to = '\0';
	return word;
}

static int read_workflow(struct start_plan *start, const char *name, struct err *err)
{
	struct buf problems;

	start->file = find_file(name);
	if (start->file == NULL)
		return err_set(err, ERR_NOT_FOUND, "there is no file '%s'", name);
	int status =
		file_read(start->file, LIMIT_WORKFLOW_BYTES, &start->text, &start->length, err);
	if (status < 0)
		return status;
	buf_init(&problems, 1024 * 1024);
	status = workflow_read(name, start->text, start->length, &start->workflow, &problems);
	if (status < 0)
		(void)err_set(err, ERR_INVALID, "%.*s", (int)strcspn(buf_text(&problems), "\n"),
			      buf_text(&problems));
	buf_release(&problems);
	return status;
}

static int read_line(struct start_plan *start, char *line, struct err *err)
{
	char *rest = line;
	char *word = next_word(&rest);

	if (word == NULL)
		return err_set(err, ERR_INVALID, "run FILE name=value …");
	int status = read_workflow(start, word, err);
	for (word = next_word(&rest); status >= 0 && word != NULL; word = next_word(&rest))
		status = add_param(start, word, err);
	return status;
}

/* ---- the form ---------------------------------------------------------------------------- */

static const char *given_value(const struct start_plan *start, const char *name)
{
	for (size_t i = 0; i < start->given_count; i++)
		if (strcmp(start->given[i].name, name) == 0)
			return start->given[i].value;
	return NULL;
}

static void param_hint(const struct param *param, char *out, size_t size)
{
	static const char *const TYPES[] = {[PARAM_STRING] = "text",
					    [PARAM_INTEGER] = "a whole number",
					    [PARAM_BOOLEAN] = "true or false"};
	char least[32] = "", most[32] = "";

	if (param->has_min)
		(void)snprintf(least, sizeof(least), ", at least %" PRId64, param->min);
	if (param->has_max)
		(void)snprintf(most, sizeof(most), ", at most %" PRId64, param->max);
	(void)snprintf(out, size, "%s%s%s%s%s%.200s", TYPES[param->type], least, most,
		       param->required ? "" : "; may be left as it is",
		       param->description[0] ? ". " : "", param->description);
}

/* A value too long for a line of the form was given and stays as it was given. */
static bool fits(const char *value)
{
	return value == NULL ||
	       (strlen(value) < sizeof(((struct edit *)0)->text) && strchr(value, '\n') == NULL);
}

static void fill_form(struct app *app)
{
	const struct start_plan *start = app->start;
	const struct workflow *workflow = start->workflow;
	char hint[sizeof(((struct form_field *)0)->hint)];

	form_clear(&app->form);
	for (uint32_t i = 0; i < workflow->params_count; i++) {
		const struct param *param = &workflow->params[i];
		const char *value = given_value(start, param->name);
		if (!fits(value))
			continue;
		if (value == NULL)
			value = param->default_value ? param->default_value : "";
		param_hint(param, hint, sizeof(hint));
		struct form_field *field = form_add(&app->form, param->name, hint, value);
		if (field != NULL)
			field->optional = !param->required;
		if (field != NULL)
			field->secret = param->secret;
	}
}

static int set_param(struct start_plan *start, const char *name, const char *value, struct err *err)
{
	size_t at = 0;

	while (at < start->given_count && strcmp(start->given[at].name, name) != 0)
		at++;
	if (at == PARAMS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d params", PARAMS_MAX);
	start->given[at] = (struct binding){arena_strdup(&start->arena, name),
					    arena_strdup(&start->arena, value)};
	if (at == start->given_count)
		start->given_count++;
	return 0;
}

/* What is left empty and has no default is not given. */
static int take_form(struct app *app, struct err *err)
{
	struct start_plan *start = app->start;
	int status = 0;

	for (size_t i = 0; i < app->form.count && status >= 0; i++) {
		const struct form_field *field = &app->form.fields[i];
		if (field->value.length > 0 || given_value(start, field->name) != NULL)
			status = set_param(start, field->name, field->value.text, err);
	}
	if (status < 0)
		return status;
	return workflow_bind_params(start->workflow, start->given, start->given_count,
				    &start->arena, &start->bound, err);
}

void start_confirm(struct app *app)
{
	struct act act = {.action = ACTION_RUN, .node = ACT_WHOLE_RUN};
	struct err err = {0};

	if (take_form(app, &err) < 0) {
		app_say(app, ROLE_error, "%s", err.message);
		return;
	}
	app_open_dialog(app, DIALOG_START, &act);
	(void)snprintf(app->dialog.expected, sizeof(app->dialog.expected), "%s",
		       app->start->workflow->name);
}

void start_prepare(struct app *app, const char *line)
{
	struct act act = {.action = ACTION_RUN, .node = ACT_WHOLE_RUN};
	struct start_plan *start = mem_zalloc(sizeof(*start));
	struct err err = {0};

	if (app->read_only) {
		app_say(app, ROLE_error, "run: this console was started with --read-only");
		start_free(start);
		return;
	}
	char *copy = mem_strdup(line);
	int status = read_line(start, copy, &err);
	free(copy);
	if (status < 0) {
		app_say(app, ROLE_error, "%s", err.message);
		start_free(start);
		return;
	}
	start_free(app->start);
	app->start = start;
	fill_form(app);
	if (app->form.count > 0)
		app_open_dialog(app, DIALOG_FORM, &act);
	else
		start_confirm(app);
}

/* ---- the question ------------------------------------------------------------------------ */

static const struct node_spec *riskiest(const struct workflow *workflow)
{
	const struct node_spec *found = &workflow->nodes[0];

	for (uint32_t i = 0; i < workflow->nodes_count; i++) {
		const struct node_spec *node = &workflow->nodes[i];
		if (node->irreversible != NULL)
			return node;
		if (node->risk > found->risk)
			found = node;
	}
	return found;
}

bool start_needs_name(const struct app *app)
{
	const struct node_spec *node = riskiest(app->start->workflow);

	return node->irreversible != NULL || risk_level(node->risk) >= RISK_HIGH;
}

/* Over ssh it is done elsewhere, which is the first thing to get wrong. */
static void add_hosts(const struct start_plan *start, struct page *page)
{
	struct buf hosts;

	buf_init(&hosts, LIMIT_WORKFLOW_BYTES);
	hosts_say(start->workflow, start->bound, &hosts);
	if (hosts.length > 0)
		page_addf(page, ROLE_warning, 0, 8, "on      %s, over ssh", buf_text(&hosts));
	buf_release(&hosts);
}

void start_fill(struct app *app, struct page *page)
{
	const struct start_plan *start = app->start;
	const struct workflow *workflow = start->workflow;
	const struct node_spec *node = riskiest(workflow);

	page_addf(page, ROLE_title, CELL_BOLD, 0, "%s: %u node%s", workflow->name,
		  workflow->nodes_count, workflow->nodes_count == 1 ? "" : "s");
	if (workflow->description[0] != '\0')
		page_add_prose(page, ROLE_text, 0, workflow->description);
	page_addf(page, ROLE_text, 0, 8, "file    %s", start->file);
	add_hosts(start, page);
	for (size_t i = 0; i < start->given_count; i++)
		page_addf(page, ROLE_text, 0, 8, "param   %s=%s", start->given[i].name,
			  is_secret(start, start->given[i].name) ? "(secret)"
								 : start->given[i].value);
	if (node->irreversible != NULL)
		page_addf(page, ROLE_warning, 0, 8, "risk    no way back after %s: %s", node->id,
			  node->irreversible);
	else
		page_addf(page, start_needs_name(app) ? ROLE_warning : ROLE_text, 0, 8,
			  "risk    %s, at %s", risk_name(risk_level(node->risk)), node->id);
}

/* ---- the request ------------------------------------------------------------------------- */

struct pairs {
	Hlp__V1__Pair **list;
	size_t count;
};

static void pairs_make(struct pairs *pairs, struct arena *arena, const struct binding *bindings,
		       size_t count)
{
	Hlp__V1__Pair *items = arena_alloc(arena, (count + 1) * sizeof(*items));

	pairs->list = arena_alloc(arena, (count + 1) * sizeof(*pairs->list));
	pairs->count = count;
	for (size_t i = 0; i < count; i++) {
		hlp__v1__pair__init(&items[i]);
		items[i].name = (char *)bindings[i].name;
		items[i].value = (char *)bindings[i].value;
		pairs->list[i] = &items[i];
	}
}

void start_go(struct app *app)
{
	struct start_plan *start = app->start;
	Hlp__V1__ExecuteRequest request = HLP__V1__EXECUTE_REQUEST__INIT;
	struct pairs params, environment;
	struct binding *chosen;
	size_t chosen_count;
	char id[27];

	app_close_dialog(app);
	if (app->client == NULL)
		return;
	chosen_count = environment_choose(start->workflow, environ, &start->arena, &chosen);
	pairs_make(&params, &start->arena, start->given, start->given_count);
	pairs_make(&environment, &start->arena, chosen, chosen_count);
	request.request = client_request_id(id);
	request.file = start->file;
	request.text.data = (uint8_t *)start->text;
	request.text.len = start->length;
	request.params = params.list;
	request.n_params = params.count;
	request.env = environment.list;
	request.n_env = environment.count;
	request.another = start->another;
	request.detach = true;
	feed_execute(app, &request);
	form_clear(&app->form); /* it may hold secrets */
}

/* ---- completing -------------------------------------------------------------------------- */

void start_complete(struct edit *edit)
{
	glob_t found;
	char pattern[sizeof(edit->text) + 2];

	if (edit->length < 4 || strchr(edit->text + 4, ' ') != NULL)
		return;
	(void)snprintf(pattern, sizeof(pattern), "%s*", edit->text + 4);
	if (glob(pattern, GLOB_MARK, NULL, &found) != 0)
		return;
	const char *first = found.gl_pathv[0];
	size_t same = strlen(first);
	for (size_t i = 1; i < found.gl_pathc; i++) {
		size_t at = 0;
		while (at < same && found.gl_pathv[i][at] == first[at])
			at++;
		same = at;
	}
	if (same + 5 < sizeof(edit->text)) {
		(void)snprintf(edit->text + 4, sizeof(edit->text) - 4, "%.*s", (int)same, first);
		edit->length = strlen(edit->text);
	}
	globfree(&found);
}
