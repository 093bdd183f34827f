/* SPDX-License-Identifier: MIT
 *
 * References in texts: what they look like, plain texts, and which strings need no shell. Texts for
 * a shell go through the scanner of shell.c, which knows its quotes.
 */
#include "model/template.h"

#include <string.h>

#include "model/shell.h"

/* The first six are the format's, built or not; everything else after "${" is the shell's. */
static const char *const kinds[] = {"params", "env", "nodes", "run", "item", "secrets"};

static bool is_path_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

static const char *kind_at(const char *text)
{
	if (text[0] != '$' || text[1] != '{')
		return NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t length = strlen(kinds[i]);

		if (!strncmp(text + 2, kinds[i], length) && text[2 + length] == '.')
			return kinds[i];
	}
	return NULL;
}

int template_reference_at(const char *text, struct template_reference *out, struct err *err)
{
	const char *kind = kind_at(text), *path;
	size_t length = 0;

	if (!kind)
		return 0;
	path = text + 2 + strlen(kind) + 1;
	while (is_path_byte(path[length]))
		length++;
	if (path[length] != '}' || !length || length >= sizeof(out->path))
		return err_set(err, ERR_INVALID,
			       "'%.*s' is no reference: it is written ${%s.NAME}, without anything "
			       "else; $${ stands for a ${ that is the shell's",
			       (int)strcspn(text, "}\n") + (text[strcspn(text, "}\n")] == '}'),
			       text, kind);
	out->kind = kind;
	memcpy(out->path, path, length);
	out->path[length] = '\0';
	out->length = (size_t)(path - text) + length + 1;
	return 1;
}

bool template_is_reference(const char *text, const char **out_kind, char *out_path)
{
	struct template_reference reference;

	if (template_reference_at(text, &reference, NULL) <= 0 || text[reference.length])
		return false;
	*out_kind = reference.kind;
	memcpy(out_path, reference.path, sizeof(reference.path));
	return true;
}

/* ---- plain texts ----------------------------------------------------------------------------- */

static int walk_plain(const char *text, const struct template_sink *sink, struct err *err)
{
	for (size_t at = 0; text[at];) {
		struct template_reference reference;
		size_t length = strcspn(text + at, "$");
		int found;

		sink->raw(sink->ctx, text + at, length);
		at += length;
		if (!text[at])
			break;
		if (!strncmp(text + at, "$${", 3)) {
			sink->raw(sink->ctx, "${", 2);
			at += 3;
			continue;
		}
		found = template_reference_at(text + at, &reference, err);
		if (!found) {
			sink->raw(sink->ctx, "$", 1);
			at++;
			continue;
		}
		if (found > 0)
			found = sink->reference(sink->ctx, &reference, at, TEMPLATE_AS_IT_IS, err);
		if (found < 0) {
			*sink->offset = at;
			return found;
		}
		at += reference.length;
	}
	return 0;
}

static int walk(enum template_kind kind, const char *text, const struct template_sink *sink,
		struct err *err)
{
	return kind == TEMPLATE_SHELL ? shell_walk(text, sink, err) : walk_plain(text, sink, err);
}

/* ---- expanding ------------------------------------------------------------------------------- */

struct expansion {
	const struct template_scope *scope;
	struct buf *out;
	size_t offset;
};

static void add_raw(void *ctx, const char *text, size_t length)
{
	struct expansion *expansion = ctx;

	buf_add(expansion->out, text, length);
}

static int add_value(void *ctx, const struct template_reference *reference, size_t offset,
		     enum template_place place, struct err *err)
{
	struct expansion *expansion = ctx;
	const struct template_scope *scope = expansion->scope;
	const char *variable =
		scope->secret ? scope->secret(scope->ctx, reference->kind, reference->path) : NULL;
	const char *value;

	(void)offset;
	if (variable && place == TEMPLATE_AS_IT_IS)
		return err_set(err, ERR_INVALID, "${%s.%s} is a secret and cannot stand there",
			       reference->kind, reference->path);
	if (variable) {
		shell_add_variable(expansion->out, variable, place);
		return 0;
	}
	value = scope->lookup(scope->ctx, reference->kind, reference->path);
	if (!value)
		return err_set(err, ERR_NOT_FOUND, "${%s.%s} has no value", reference->kind,
			       reference->path);
	shell_add_value(expansion->out, value, place);
	return 0;
}

static int check_body(void *ctx, const struct shell_body *body, struct err *err)
{
	const struct expansion *expansion = ctx;

	return shell_check_body(body, buf_text(expansion->out), err);
}

static size_t written(void *ctx)
{
	const struct expansion *expansion = ctx;

	return expansion->out->length;
}

int template_expand(enum template_kind kind, const char *text, const struct template_scope *scope,
		    struct buf *out, struct err *err)
{
	struct expansion expansion = {.scope = scope, .out = out};
	const struct template_sink sink = {.raw = add_raw,
					   .reference = add_value,
					   .body = check_body,
					   .written = written,
					   .offset = &expansion.offset,
					   .ctx = &expansion};
	int result = walk(kind, text, &sink, err);

	if (result >= 0 && out->overflow)
		return err_set(err, ERR_LIMIT, "a command has become longer than %zu bytes",
			       out->max);
	return result;
}

/* ---- scanning -------------------------------------------------------------------------------- */

struct scan {
	int (*found)(void *ctx, const char *kind, const char *path, size_t offset, struct err *err);
	void *ctx;
};

static void ignore_raw(void *ctx, const char *text, size_t length)
{
	(void)ctx;
	(void)text;
	(void)length;
}

static int tell(void *ctx, const struct template_reference *reference, size_t offset,
		enum template_place place, struct err *err)
{
	const struct scan *scan = ctx;

	(void)place;
	return scan->found(scan->ctx, reference->kind, reference->path, offset, err);
}

static int accept_body(void *ctx, const struct shell_body *body, struct err *err)
{
	(void)ctx;
	(void)body;
	(void)err;
	return 0;
}

static size_t nothing_written(void *ctx)
{
	(void)ctx;
	return 0;
}

int template_scan(enum template_kind kind, const char *text,
		  int (*found)(void *ctx, const char *kind, const char *path, size_t offset,
			       struct err *err),
		  void *ctx, size_t *out_offset, struct err *err)
{
	struct scan scan = {.found = found, .ctx = ctx};
	const struct template_sink sink = {.raw = ignore_raw,
					   .reference = tell,
					   .body = accept_body,
					   .written = nothing_written,
					   .offset = out_offset,
					   .ctx = &scan};

	return walk(kind, text, &sink, err);
}

/* ---- strings without work for a shell -------------------------------------------------------- */

/* Builtins and keywords of sh and bash that plain bytes can spell; true and false are programs
 * too, and do the same. */
static const char *const shell_words[] = {
	".",	   ":",	      "alias",	"bg",	    "bind",    "break",	   "builtin",	"caller",
	"case",	   "cd",      "chdir",	"command",  "compgen", "complete", "compopt",	"continue",
	"coproc",  "declare", "dirs",	"disown",   "do",      "done",	   "echo",	"elif",
	"else",	   "enable",  "esac",	"eval",	    "exec",    "exit",	   "export",	"fc",
	"fg",	   "fi",      "for",	"function", "getopts", "hash",	   "help",	"history",
	"if",	   "in",      "jobs",	"kill",	    "let",     "local",	   "logout",	"mapfile",
	"newgrp",  "popd",    "printf", "pushd",    "pwd",     "read",	   "readarray", "readonly",
	"return",  "select",  "set",	"shift",    "shopt",   "source",   "suspend",	"test",
	"then",	   "time",    "times",	"trap",	    "type",    "typeset",  "ulimit",	"umask",
	"unalias", "unset",   "until",	"wait",	    "while",
};

static bool needs_shell(const char *word, size_t length)
{
	if (memchr(word, '=', length))
		return true;
	for (size_t i = 0; i < sizeof(shell_words) / sizeof(shell_words[0]); i++)
		if (shell_words[i][0] == word[0] && strlen(shell_words[i]) == length &&
		    !memcmp(shell_words[i], word, length))
			return true;
	return false;
}

static size_t count_words(const char *text)
{
	size_t count = 0;

	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		text += strcspn(text, " ");
		count++;
	}
	return count;
}

size_t template_plain_words(const char *text, struct arena *arena, const char ***out_words)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_./:@%+,=- ";
	size_t count = 0, total;
	const char **words;

	if (text[strspn(text, plain)])
		return 0;
	text += strspn(text, " ");
	if (!*text || needs_shell(text, strcspn(text, " ")))
		return 0;
	total = count_words(text);
	words = arena_alloc(arena, (total + 1) * sizeof(*words));
	for (; *text; text += strspn(text, " ")) {
		size_t length = strcspn(text, " ");

		words[count++] = arena_strndup(arena, text, length);
		text += length;
	}
	*out_words = words;
	return count;
}
