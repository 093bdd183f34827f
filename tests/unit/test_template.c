/* SPDX-License-Identifier: MIT
 *
 * ${…} in commands, proven by the shells themselves: hostile values must arrive unchanged and never
 * be run. A value that could run something leaves a mark, by a program that only this test has in
 * its PATH.
 */
#include "model/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/rng.h"
#include "tests/unit/scratch.h"

static const char *lookup(void *ctx, const char *kind, const char *path)
{
	if (!strcmp(kind, "params") && !strcmp(path, "x"))
		return ctx;
	return !strcmp(kind, "run") && !strcmp(path, "id") ? "01jd" : NULL;
}

static int expand(enum template_kind kind, const char *text, const char *value, struct buf *out,
		  struct err *err)
{
	const struct template_scope scope = {.lookup = lookup, .ctx = (char *)value};

	buf_init(out, 100000);
	return template_expand(kind, text, &scope, out, err);
}

static void assert_expands(enum template_kind kind, const char *text, const char *value,
			   const char *expected)
{
	struct buf out;
	struct err err;

	if (expand(kind, text, value, &out, &err) < 0)
		fail_msg("%s: %s", text, err.message);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void assert_refused(const char *text, const char *value, const char *part)
{
	struct buf out;
	struct err err;

	if (expand(TEMPLATE_SHELL, text, value, &out, &err) >= 0)
		fail_msg("accepted: %s", text);
	if (!strstr(err.message, part))
		fail_msg("%s: %s", text, err.message);
	buf_release(&out);
}

/* ---- texts ----------------------------------------------------------------------------------- */

static void a_plain_text_gets_the_value_as_it_is(void **state)
{
	(void)state;
	assert_expands(TEMPLATE_PLAIN, "a ${params.x} b${run.id}", "it's \"x\"",
		       "a it's \"x\" b01jd");
	assert_expands(TEMPLATE_PLAIN, "'${params.x}'", "$(x)", "'$(x)'");
}

static void what_is_not_ours_stays(void **state)
{
	(void)state;
	assert_expands(TEMPLATE_PLAIN, "$HOME ${HOME} $ ${ $$ ${x.y} ${paramsx.y}", "",
		       "$HOME ${HOME} $ ${ $$ ${x.y} ${paramsx.y}");
	assert_expands(TEMPLATE_SHELL, "echo ${x:-a} $((1+2)) \"$(ls)\" `ls` $#", "",
		       "echo ${x:-a} $((1+2)) \"$(ls)\" `ls` $#");
}

static void two_dollars_escape_a_reference_everywhere(void **state)
{
	(void)state;
	assert_expands(TEMPLATE_PLAIN, "$${params.x}", "v", "${params.x}");
	assert_expands(TEMPLATE_SHELL, "a $${y}", "v", "a ${y}");
	assert_expands(TEMPLATE_SHELL, "'$${params.x}'", "v", "'${params.x}'");
	assert_expands(TEMPLATE_SHELL, "cat <<'E'\n$${params.x}\nE\n", "v",
		       "cat <<'E'\n${params.x}\nE\n");
	assert_expands(TEMPLATE_SHELL, "`echo $${y}`", "v", "`echo ${y}`");
}

static void a_value_becomes_one_quoted_word(void **state)
{
	(void)state;
	assert_expands(TEMPLATE_SHELL, "echo ${params.x}", "a b", "echo 'a b'");
	assert_expands(TEMPLATE_SHELL, "echo ${params.x}", "", "echo ''");
	assert_expands(TEMPLATE_SHELL, "--a=${params.x}.log", "it's", "--a='it'\\''s'.log");
	assert_expands(TEMPLATE_SHELL, "y=(-a ${params.x} <(ls) # it's\n)", "v",
		       "y=(-a 'v' <(ls) # it's\n)");
	assert_expands(TEMPLATE_SHELL, "\"a ${params.x} b\"", "v", "\"a \"'v'\" b\"");
}

static void a_comment_is_left_alone(void **state)
{
	(void)state;
	assert_expands(TEMPLATE_SHELL, "a # it's ${params.x}\nb ${params.x}", "x\ny",
		       "a # it's ${params.x}\nb 'x\ny'");
	assert_expands(TEMPLATE_SHELL, "a#${params.x} \\\n# c'\n${params.x}", "v",
		       "a#'v' \\\n# c'\n'v'");
}

static void a_backslash_takes_the_dollar_away(void **state)
{
	(void)state;
	assert_expands(TEMPLATE_SHELL, "echo \\${params.x} \"\\${params.x}\"", "v",
		       "echo \\${params.x} \"\\${params.x}\"");
	assert_expands(TEMPLATE_SHELL, "echo \\\\${params.x}", "v", "echo \\\\'v'");
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void a_reference_is_refused_where_no_word_can_stand(void **state)
{
	(void)state;
	assert_refused("echo '${params.x}'", "v", "in single quotes");
	assert_refused("awk '{print \"${params.x}\"}'", "v", "in single quotes");
	assert_refused("echo $((${params.x} + 1))", "1", "in arithmetic");
	assert_refused("cat <<'E'\n${params.x}\nE\n", "v", "here-document with a quoted end word");
	assert_refused("cat <<\\E\n${params.x}\nE\n", "v", "here-document with a quoted end word");
	assert_refused("echo `ls ${params.x}`", "v", "in backquotes");
	assert_refused("echo ${y:-${params.x}}", "v", "inside a ${…} of the shell");
	assert_refused("echo \"${y:-${params.x}}\"", "v", "inside a ${…} of the shell");
}

static void a_reference_is_refused_where_shells_disagree(void **state)
{
	(void)state;
	assert_refused("echo $'a' ${params.x}", "v", "cannot be followed");
	assert_refused("((a)) ${params.x}", "v", "cannot be followed");
	assert_refused("echo $[1] ${params.x}", "v", "cannot be followed");
	assert_refused("x=$(case a in a) echo;; esac) ${params.x}", "v", "cannot be followed");
	assert_refused("x=$(ca\\\nse a in a) echo;; esac) ${params.x}", "v", "cannot be followed");
	assert_refused("y=(a <<E ${params.x}", "\nmark\n", "cannot be followed");
	assert_refused("y=(a;; ${params.x}", "\nmark\n", "cannot be followed");
	assert_refused("cat <(true)#it ${params.x}", "v", "cannot be followed");
	assert_refused("cat <<$E\n${params.x}\n$E\n", "v", "cannot be followed");
	assert_refused("cat <<${params.x}\n", "v", "cannot be followed");
	assert_refused("cat <<E \"a\nb\"\n${params.x}\nE\n", "v", "cannot be followed");
	assert_refused("echo \"${y:-\"a\"}\" ${params.x}", "v", "cannot be followed");
}

static void a_malformed_reference_is_refused(void **state)
{
	(void)state;
	assert_refused("echo ${params.x:-a}", "v", "'${params.x:-a}' is no reference");
	assert_refused("echo ${params.}", "v", "is no reference");
	assert_refused("echo ${params.x", "v", "is no reference");
}

static void an_unknown_value_is_not_empty(void **state)
{
	struct buf out;
	struct err err;

	(void)state;
	assert_int_equal(expand(TEMPLATE_SHELL, "echo ${params.y}", "v", &out, &err),
			 -ERR_NOT_FOUND);
	assert_string_equal(err.message, "${params.y} has no value");
	buf_release(&out);
}

static void a_value_must_not_end_its_here_document(void **state)
{
	(void)state;
	assert_refused("cat <<E\n${params.x}\nE\n", "a\nE\nb", "would end the here-document");
	assert_refused("cat <<EOF\nE${params.x}\nEOF\n", "OF", "would end the here-document");
	assert_refused("cat <<-E\n${params.x}\nE\n", "a\n\tE", "would end the here-document");
	assert_refused("cat <<-E\n${params.x}\nE\n", "a\n\tb", "begins with a tab");
	assert_refused("$(cat <<E\nE${params.x}\nE\n)", ")mark", "would end the here-document");
	assert_refused("cat <<E\n$(echo ${params.x})\nE\n", "a\nE\nb",
		       "would end the here-document");
}

static int count(void *ctx, const char *kind, const char *path, size_t offset, struct err *err)
{
	struct buf *seen = ctx;

	(void)err;
	buf_printf(seen, "%s:%s@%zu ", kind, path, offset);
	return 0;
}

static void a_scan_tells_every_reference_and_its_place(void **state)
{
	struct buf seen;
	struct err err;
	size_t offset = 0;

	(void)state;
	buf_init(&seen, 1000);
	assert_int_equal(template_scan(TEMPLATE_SHELL, "a ${params.x} \"${run.id}\" ${HOME}", count,
				       &seen, &offset, &err),
			 0);
	assert_string_equal(buf_text(&seen), "params:x@2 run:id@15 ");
	assert_int_equal(
		template_scan(TEMPLATE_SHELL, "echo '${params.x}'", count, &seen, &offset, &err),
		-ERR_INVALID);
	assert_int_equal(offset, 6);
	buf_release(&seen);
}

/* ---- the shells ------------------------------------------------------------------------------ */

static const char *const shells[] = {"/bin/sh", "/bin/bash"};

static const char *const hostile[] = {
	"plain",
	"",
	" two  words ",
	"it's",
	"\"quoted\"",
	"$(mark)",
	"`mark`",
	"; mark",
	"'; mark; '",
	"\"; mark; \"",
	"\nmark\n",
	"a\nb\n\nc",
	"\\",
	"\\\\'\\\"",
	"back\\\nslash",
	"-n",
	"--help",
	"$HOME ${HOME} $1",
	"*",
	"~root",
	"{a,b}",
	"# no comment",
	"a=b",
	"!! !$",
	"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
	"\t\x01\x7f",
	"|& < > ( )",
	"${params.x}",
	"$${params.x}",
	"x'$(mark)'\"$(mark)\"`mark`",
};

/* A program in the test's own PATH that leaves a mark; whoever runs it has run a value. */
static void make_mark(void **state)
{
	const char *mark = scratch_write(state, "mark", "#!/bin/sh\n: >\"${0}ed\"\n");

	assert_int_equal(chmod(mark, 0755), 0);
}

static void execute(void **state, const char *shell, const char *text, struct buf *out)
{
	char path[4200];
	char *const argv[] = {"/bin/sh",
			      "-c",
			      "exec 2>/dev/null \"$@\"",
			      "sh",
			      "/usr/bin/env",
			      "-i",
			      path,
			      (char *)shell,
			      "-c",
			      (char *)text,
			      NULL};
	struct err err;

	(void)snprintf(path, sizeof(path), "PATH=%s:/usr/bin:/bin", (const char *)*state);
	buf_init(out, 100000);
	(void)proc_run(argv, *state, out, &err); /* what it printed tells */
}

static void run(void **state, const char *shell, const char *text, const char *script,
		const char *expected)
{
	struct buf out;

	execute(state, shell, text, &out);
	if (strcmp(buf_text(&out), expected) != 0)
		fail_msg("%s, %s\n--- wanted\n%s\n--- got\n%s\n--- ran\n%s", shell, script,
			 expected, buf_text(&out), text);
	if (file_exists(scratch_path(state, "marked")))
		fail_msg("%s ran a value: %s", shell, text);
	buf_release(&out);
}

/* A script that prints the value between '<' and '>'. */
static void value_arrives(void **state, const char *script)
{
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		char expected[200];
		struct buf text;
		struct err err;

		(void)snprintf(expected, sizeof(expected), "<%s>", hostile[i]);
		if (expand(TEMPLATE_SHELL, script, hostile[i], &text, &err) < 0)
			fail_msg("%s: %s", script, err.message);
		for (size_t j = 0; j < sizeof(shells) / sizeof(shells[0]); j++)
			run(state, shells[j], buf_text(&text), script, expected);
		buf_release(&text);
	}
}

static void a_hostile_value_arrives_outside_quotes(void **state)
{
	make_mark(state);
	value_arrives(state, "printf '<%s>' ${params.x}");
	value_arrives(state, "v=${params.x}; printf '<%s>' \"$v\"");
}

static void a_hostile_value_arrives_in_double_quotes(void **state)
{
	make_mark(state);
	value_arrives(state, "printf '%s' \"<${params.x}>\"");
	value_arrives(state, "printf '%s' \"$(printf '<%s>' \"${params.x}\"; printf .)\" | "
			     "sed '$ s/\\.$//' | head -c -0");
}

static void a_hostile_value_arrives_in_substitutions(void **state)
{
	make_mark(state);
	value_arrives(state, "x=$(printf '<%s>.' ${params.x}); printf '%s' \"${x%.}\"");
	value_arrives(state, "(f() { printf '<%s>' \"$1\"; }; f ${params.x}) # it's ${params.x}");
	value_arrives(state, "case a in a) printf '<%s>' ${params.x};; esac");
}

static void a_hostile_value_arrives_in_a_here_document(void **state)
{
	make_mark(state);
	value_arrives(state, "x=$(cat <<E\n<${params.x}>\nE\n); printf '%s' \"$x\"");
	value_arrives(state, "cat <<END | head -c -1\n<${params.x}>\nEND\n");
	value_arrives(state, "cat <<A >/dev/null; cat <<'B' >/dev/null; printf '<%s>' "
			     "${params.x}\n$(true)\nA\nit's\nB\n");
}

/* Any mixture of quotes: what is accepted must not run the value, whatever else it does. */
static void no_mixture_of_quotes_runs_a_value(void **state)
{
	static const char *const pieces[] = {"'",
					     "\"",
					     "`",
					     "$(",
					     ")",
					     "${y:-",
					     "}",
					     "\\",
					     "#",
					     " ",
					     "\n",
					     "<<E\n",
					     "<<-E ",
					     "<<'E'\n",
					     "\nE\n",
					     "E",
					     "case a in a) ",
					     ";;",
					     " esac",
					     "(",
					     "((",
					     "$((",
					     "))",
					     "true ",
					     "a",
					     "=",
					     "$",
					     "$'",
					     "\\\n",
					     "$${",
					     "$$",
					     "<<<",
					     "; ",
					     "| cat ",
					     "\"$(",
					     "\"${y:-",
					     "<(",
					     "$(cat <<E\n",
					     "a)",
					     "${params.x}"};
	const size_t pieces_count = sizeof(pieces) / sizeof(pieces[0]);
	struct rng rng = {.state = 20261122};
	unsigned accepted = 0;

	make_mark(state);
	while (accepted < 150) {
		char script[400] = "";
		size_t length = 0;
		struct buf text, out;
		struct err err;

		for (uint64_t i = rng_below(&rng, 12) + 2; i-- > 0;)
			length += (size_t)snprintf(script + length, sizeof(script) - length, "%s",
						   pieces[rng_below(&rng, pieces_count)]);
		(void)snprintf(script + length, sizeof(script) - length, "${params.x}");
		if (expand(TEMPLATE_SHELL, script,
			   hostile[rng_below(&rng, sizeof(hostile) / sizeof(hostile[0]))], &text,
			   &err) >= 0) {
			execute(state, shells[accepted % 2], buf_text(&text), &out);
			buf_release(&out);
			if (file_exists(scratch_path(state, "marked")))
				fail_msg("ran a value: %s\nas\n%s", script, buf_text(&text));
			accepted++;
		}
		buf_release(&text);
	}
}

/* ---- strings without work for a shell -------------------------------------------------------- */

static void words_of(const char *text, const char *expected)
{
	struct arena arena = {0};
	const char **words;
	size_t count_of_words = template_plain_words(text, &arena, &words);
	struct buf joined;

	buf_init(&joined, 1000);
	for (size_t i = 0; i < count_of_words; i++)
		buf_printf(&joined, "[%s]", words[i]);
	assert_string_equal(buf_text(&joined), expected);
	if (count_of_words)
		assert_null(words[count_of_words]);
	buf_release(&joined);
	arena_release(&arena);
}

static void plain_words_need_no_shell(void **state)
{
	(void)state;
	words_of("/bin/true", "[/bin/true]");
	words_of("  ./a.sh  -x a=b @c%d+e,f:g ", "[./a.sh][-x][a=b][@c%d+e,f:g]");
	words_of("true", "[true]");
	words_of("false x", "[false][x]");
}

static void anything_else_needs_one(void **state)
{
	static const char *const texts[] = {
		"",	"   ",	 "a=b c",    "cd /tmp", "echo a", ":",	      ". x",   "exec a",
		"if a", "a\n",	 "a\tb",     "a;b",	"a|b",	  "$x",	      "a*",    "~/a",
		"'a'",	"a&",	 "\\a",	     "a>b",	"[ a",	  "! a",      "{ a",   "test a",
		"#a",	"a b #", "\xc3\xa4", "time a",	"printf", "source x", "kill 1"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		words_of(texts[i], "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_text_gets_the_value_as_it_is),
		cmocka_unit_test(what_is_not_ours_stays),
		cmocka_unit_test(two_dollars_escape_a_reference_everywhere),
		cmocka_unit_test(a_value_becomes_one_quoted_word),
		cmocka_unit_test(a_comment_is_left_alone),
		cmocka_unit_test(a_backslash_takes_the_dollar_away),
		cmocka_unit_test(a_reference_is_refused_where_no_word_can_stand),
		cmocka_unit_test(a_reference_is_refused_where_shells_disagree),
		cmocka_unit_test(a_malformed_reference_is_refused),
		cmocka_unit_test(an_unknown_value_is_not_empty),
		cmocka_unit_test(a_value_must_not_end_its_here_document),
		cmocka_unit_test(a_scan_tells_every_reference_and_its_place),
		cmocka_unit_test_setup_teardown(a_hostile_value_arrives_outside_quotes,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_hostile_value_arrives_in_double_quotes,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_hostile_value_arrives_in_substitutions,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_hostile_value_arrives_in_a_here_document,
						scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(no_mixture_of_quotes_runs_a_value, scratch_setup,
						scratch_teardown),
		cmocka_unit_test(plain_words_need_no_shell),
		cmocka_unit_test(anything_else_needs_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
