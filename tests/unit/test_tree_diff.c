/* SPDX-License-Identifier: MIT
 *
 * What changed between two documents by their structure: what does not count, what is named how,
 * what moved; and from seeds, that a change is never missed and never made up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "model/tree_diff.h"

static bool compare(const char *old, const char *new, struct buf *out)
{
	static const char signs[] = {
		[TREE_CHANGED] = '~', [TREE_ADDED] = '+', [TREE_REMOVED] = '-', [TREE_MOVED] = '>'};
	struct tree_diff diff = {0};

	buf_init(out, 1 << 20);
	if (!tree_diff((struct tree_text){old, strlen(old)}, (struct tree_text){new, strlen(new)},
		       &diff, out))
		return false;
	for (size_t i = 0; i < diff.count; i++) {
		const struct tree_change *change = &diff.changes[i];

		buf_printf(out, "%c %s: %s%s%s\n", signs[change->kind], change->path,
			   change->old ? change->old : "", change->old && change->new ? " -> " : "",
			   change->new ? change->new : "");
	}
	if (diff.cut)
		buf_add_text(out, "cut\n");
	tree_diff_release(&diff);
	return true;
}

static void expect(const char *old, const char *new, const char *changes)
{
	struct buf out;

	if (!compare(old, new, &out))
		fail_msg("not compared: %s", buf_text(&out));
	assert_string_equal(buf_text(&out), changes);
	buf_release(&out);
}

static void expect_refused(const char *old, const char *new, const char *why)
{
	struct buf out;

	assert_false(compare(old, new, &out));
	assert_string_equal(buf_text(&out), why);
	buf_release(&out);
}

static void order_of_keys_spacing_quotes_and_comments_do_not_count(void **state)
{
	(void)state;
	expect("a: 1\nb: {c: x, d: [1, 2]}\n", "# why\nb:\n  d:\n  - 1\n  - 2\n  c: 'x'\n\na: 1\n",
	       "");
	expect("{\"a\": 1, \"b\": true}", "{\n\t\"b\":true,\n\t\"a\":1\n}\n", "");
	expect("a: ~\nb: True\n", "{\"b\": true, \"a\": null}", "");
	expect("", "# nothing\n", "");
}

static void a_value_is_told_by_its_path(void **state)
{
	(void)state;
	expect("spec: {replicas: 2, image: 'web:1'}", "spec:\n  image: web:1\n  replicas: 3\n",
	       "~ spec.replicas: 2 -> 3\n");
	expect("a: {app.kubernetes.io/name: x, '': y}", "a: {app.kubernetes.io/name: z, '': w}",
	       "~ a.\"app.kubernetes.io/name\": x -> z\n~ a.\"\": y -> w\n");
	expect("1", "2", "~ .: 1 -> 2\n");
}

static void a_text_that_reads_as_a_number_is_no_number(void **state)
{
	(void)state;
	expect("a: 2", "a: '2'", "~ a: 2 -> \"2\"\n");
	expect("a: 1.10", "a: 1.1", "~ a: 1.10 -> 1.1\n");
	expect("a: null", "a: 'null'", "~ a: null -> \"null\"\n");
	expect("a: ''", "a:", "~ a: \"\" -> null\n");
}

static void what_is_new_or_gone_is_shown_whole(void **state)
{
	(void)state;
	expect("a: 1\nb: {x: [1, {y: no way}]}\n", "a: 1\nc: [u, v]\n",
	       "- b: {x: [1, {y: \"no way\"}]}\n+ c: [u, v]\n");
	expect("a: [1]", "a: {b: 1}", "~ a: [1] -> {b: 1}\n");
}

static void items_of_a_list_that_say_their_name_belong_together(void **state)
{
	(void)state;
	expect("c: [{name: web, image: a}, {name: log, image: b}]",
	       "c: [{name: new, image: d}, {name: web, image: c}, {name: log, image: b}]",
	       "+ c[name=new]: {name: new, image: d}\n~ c[name=web].image: a -> c\n");
	expect("c: [{id: 1, v: a}, {id: 2, v: b}]", "c: [{id: 2, v: b}, {id: 1, v: x}]",
	       "> c[id=1]: [0] -> [1]\n~ c[id=1].v: a -> x\n");
	/* Two with one name say nothing. */
	expect("[{name: a, v: 1}, {name: a, v: 2}]", "[{name: a, v: 1}, {name: a, v: 3}]",
	       "~ [1].v: 2 -> 3\n");
}

static void other_items_belong_together_by_value_and_place(void **state)
{
	(void)state;
	expect("[a, b, c]", "[a, x, c]", "~ [1]: b -> x\n");
	expect("[a, b, c]", "[n, a, b, c]", "+ [0]: n\n");
	expect("[a, b, c]", "[a, c]", "- [1]: b\n");
	expect("[a, b, c, d]", "[d, a, b, c]", "> [0]: [3] -> [0]\n");
	expect("[x, x, a]", "[x, a]", "- [1]: x\n");
	expect("[a, {b: 1}]", "[{b: 2}, a]", "- [1]: {b: 1}\n+ [0]: {b: 2}\n");
	expect("[[1, 2], 3]", "[[1, 4], 3]", "~ [0][1]: 2 -> 4\n");
}

static void documents_of_one_file_are_compared_one_by_one(void **state)
{
	(void)state;
	expect("a: 1\n---\nb: 2\n", "a: 1\n---\nb: 3\n---\nc: 1\n",
	       "~ [1].b: 2 -> 3\n+ [2]: {c: 1}\n");
	expect("kind: Service\nmetadata: {name: web}\n---\nkind: Deployment\nmetadata: {name: "
	       "web}\nspec: {replicas: 2}\n",
	       "kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n---\nkind: "
	       "Service\nmetadata: {name: web}\n",
	       "~ [Deployment/web].spec.replicas: 2 -> 3\n> [Service/web]: [0] -> [1]\n");
}

static void of_long_texts_only_the_lines_that_changed_are_shown(void **state)
{
	(void)state;
	expect("c: |\n  one\n  two\n  three\n", "c: |\n  one\n  2\n  three\n",
	       "~ c line 2: \"two\\n\" -> \"2\\n\"\n");
	expect("c: |\n  one\n  two\n", "c: |\n  one\n  two\n  three\n",
	       "~ c line 3: \"\" -> \"three\\n\"\n");
}

static void long_values_are_cut_between_characters(void **state)
{
	struct buf old, out;

	(void)state;
	buf_init(&old, 10000);
	buf_add_text(&old, "a: ");
	for (int i = 0; i < 400; i++)
		buf_add_text(&old, "ä");
	assert_true(compare(buf_text(&old), "a: x", &out));
	assert_non_null(strstr(buf_text(&out), "ä… -> x\n"));
	assert_true(out.length < 300);
	buf_release(&old);
	buf_release(&out);
}

static void what_cannot_be_compared_says_why(void **state)
{
	(void)state;
	expect_refused("a: 1", "a: 1\nb: [\n",
		       "the new side, line 3: not valid YAML: did not find expected node content "
		       "(while parsing a flow node that began in line 3)");
	expect_refused("a: 1\nb: 2\na: 3\n", "a: 1",
		       "the old side, line 1: a key stands twice in a map");
	expect_refused(
		"a: &x 1\nb: *x\n", "a: 1",
		"the old side, line 1: anchors and aliases are not supported: write the value "
		"out");
}

static void changes_are_bounded(void **state)
{
	struct buf old, new, out;

	(void)state;
	buf_init(&old, 1 << 20);
	buf_init(&new, 1 << 20);
	for (int i = 0; i <= TREE_CHANGES_MOST; i++) {
		buf_printf(&old, "k%d: 1\n", i);
		buf_printf(&new, "k%d: 2\n", i);
	}
	assert_true(compare(buf_text(&old), buf_text(&new), &out));
	assert_non_null(strstr(buf_text(&out), "k4999: 1 -> 2\ncut\n"));
	buf_release(&old);
	buf_release(&new);
	buf_release(&out);
}

/* ---- from seeds -------------------------------------------------------------------------- */

struct made {
	struct rng values, looks; /* what is said, and how it is written */
	struct buf text;
	int scalars;
	int edit_at; /* the scalar to change, or -1 */
};

static void blanks(struct made *made)
{
	static const char *const some[] = {"", " ", "\n", "  "};
	buf_add_text(&made->text, some[rng_below(&made->looks, 4)]);
}

static void write_scalar(struct made *made)
{
	uint64_t number = rng_below(&made->values, 5);

	if (made->scalars++ == made->edit_at)
		number += 100;
	buf_printf(&made->text, rng_below(&made->values, 2) ? "\"t%d\"" : "%d", (int)number);
}

static void write_value(struct made *made, int depth);

/* The keys in an order of their own: the members are made in theirs, and put where they belong. */
static void write_map(struct made *made, int depth)
{
	size_t count = 1 + rng_below(&made->values, 4), from = rng_below(&made->looks, count);
	char *members[4];
	struct buf whole = made->text;

	for (size_t i = 0; i < count; i++) {
		buf_init(&made->text, 1 << 20);
		blanks(made);
		buf_printf(&made->text, "\"k%zu\":", i);
		blanks(made);
		write_value(made, depth);
		members[i] = buf_steal(&made->text);
	}
	made->text = whole;
	buf_add_char(&made->text, '{');
	for (size_t i = 0; i < count; i++) {
		buf_printf(&made->text, "%s%s", i ? "," : "", members[(i + from) % count]);
		free(members[(i + from) % count]);
	}
	buf_add_char(&made->text, '}');
}

static void write_value(struct made *made, int depth)
{
	uint64_t kind = depth > 0 ? rng_below(&made->values, 3) : 0;

	if (kind == 0) {
		write_scalar(made);
	} else if (kind == 1) {
		write_map(made, depth - 1);
	} else {
		size_t count = 1 + rng_below(&made->values, 4);
		buf_add_char(&made->text, '[');
		for (size_t i = 0; i < count; i++) {
			buf_add_text(&made->text, i ? "," : "");
			blanks(made);
			write_value(made, depth - 1);
		}
		buf_add_char(&made->text, ']');
	}
}

static struct made make(uint64_t seed, uint64_t looks_seed, int edit_at)
{
	struct made made = {.values = {seed}, .looks = {looks_seed}, .edit_at = edit_at};

	buf_init(&made.text, 1 << 20);
	write_value(&made, 4);
	return made;
}

static void a_change_is_never_missed_and_never_made_up(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		struct made one = make(seed, seed, -1), same = make(seed, seed + 7777, -1);
		struct made other = make(seed, seed + 9999, (int)(seed % (uint64_t)one.scalars));
		struct buf out;

		expect(buf_text(&one.text), buf_text(&same.text), "");
		assert_true(compare(buf_text(&one.text), buf_text(&other.text), &out));
		if (out.length == 0)
			fail_msg("seed %d: no change between %s and %s", (int)seed,
				 buf_text(&one.text), buf_text(&other.text));
		buf_release(&out);
		buf_release(&one.text);
		buf_release(&same.text);
		buf_release(&other.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_of_keys_spacing_quotes_and_comments_do_not_count),
		cmocka_unit_test(a_value_is_told_by_its_path),
		cmocka_unit_test(a_text_that_reads_as_a_number_is_no_number),
		cmocka_unit_test(what_is_new_or_gone_is_shown_whole),
		cmocka_unit_test(items_of_a_list_that_say_their_name_belong_together),
		cmocka_unit_test(other_items_belong_together_by_value_and_place),
		cmocka_unit_test(documents_of_one_file_are_compared_one_by_one),
		cmocka_unit_test(of_long_texts_only_the_lines_that_changed_are_shown),
		cmocka_unit_test(long_values_are_cut_between_characters),
		cmocka_unit_test(what_cannot_be_compared_says_why),
		cmocka_unit_test(changes_are_bounded),
		cmocka_unit_test(a_change_is_never_missed_and_never_made_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
