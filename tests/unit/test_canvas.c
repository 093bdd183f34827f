/* SPDX-License-Identifier: MIT
 *
 * The canvas: clipping, the gate, wide characters, ASCII.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "draw/canvas.h"

static void assert_drawn(const struct canvas *canvas, const char *expected)
{
	struct buf text;

	buf_init(&text, 1 << 20);
	canvas_to_text(canvas, &text);
	assert_string_equal(buf_text(&text), expected);
	buf_release(&text);
}

static void text_that_does_not_fit_ends_in_an_ellipsis(void **state)
{
	(void)state;
	struct canvas canvas;
	canvas_init(&canvas, 8, 2);
	assert_int_equal(canvas_text(&canvas, 0, 0, -1, ROLE_text, 0, "certificate"), 8);
	assert_int_equal(canvas_text(&canvas, 0, 1, 5, ROLE_text, 0, "exact"), 5);
	assert_drawn(&canvas, "certifi…\nexact\n");
	canvas_release(&canvas);
}

static void text_is_clipped_on_every_side(void **state)
{
	(void)state;
	struct canvas canvas;
	canvas_init(&canvas, 6, 3);
	canvas_clip(&canvas, 1, 1, 4, 1);
	canvas_text(&canvas, 0, 0, -1, ROLE_text, 0, "above");
	canvas_text(&canvas, -1, 1, 6, ROLE_text, 0, "abcdef");
	canvas_text(&canvas, 0, 2, -1, ROLE_text, 0, "below");
	canvas_put(&canvas, -5, -5, 'x', ROLE_text, 0);
	canvas_put(&canvas, 500, 500, 'x', ROLE_text, 0);
	canvas_fill(&canvas, -9, -9, 1, 1, 'x', ROLE_text, 0);
	assert_drawn(&canvas, "\n cdef\n\n");
	canvas_release(&canvas);
}

static void controls_from_outside_never_reach_a_cell(void **state)
{
	(void)state;
	struct canvas canvas;
	canvas_init(&canvas, 40, 1);
	canvas_text(&canvas, 0, 0, -1, ROLE_text, 0,
		    "a\x1b[2Jb\rc\x9b"
		    "d\xe2\x80\xae");
	for (int i = 0; i < 40; i++)
		assert_true(canvas.cells[i].code >= ' ' && text_columns(canvas.cells[i].code) > 0);
	assert_int_equal(canvas.cells[0].code, 'a');
	assert_int_equal(canvas.cells[1].code, '\\');
	canvas_put(&canvas, 0, 0, 0x1b, ROLE_text, 0);
	assert_int_equal(canvas.cells[0].code, '?');
	canvas_release(&canvas);
}

static void wide_characters_stay_whole(void **state)
{
	(void)state;
	struct canvas canvas;
	canvas_init(&canvas, 5, 1);
	canvas_text(&canvas, 0, 0, -1, ROLE_text, 0, "日本");
	assert_int_equal(canvas.cells[0].code, 0x65e5);
	assert_int_equal(canvas.cells[1].code, 0);
	canvas_put(&canvas, 1, 0, 'x', ROLE_text, 0);
	assert_drawn(&canvas, " x本\n");
	canvas_put(&canvas, 2, 0, 'y', ROLE_text, 0);
	assert_drawn(&canvas, " xy\n");
	canvas_put(&canvas, 4, 0, 0x65e5, ROLE_text, 0);
	assert_drawn(&canvas, " xy\n");
	canvas_release(&canvas);
}

static void ascii_canvas_holds_only_ascii(void **state)
{
	(void)state;
	struct canvas canvas;
	canvas_init(&canvas, 12, 3);
	canvas.ascii = true;
	canvas_box(&canvas, 0, 0, 12, 3, ROLE_border, "plan");
	canvas_text(&canvas, 1, 1, 8, ROLE_text, 0, "a → “b” 日本語");
	assert_drawn(&canvas, "+- plan ---+\n|a > \"b\"~  |\n+----------+\n");
	canvas_release(&canvas);
}

static void ascii_crossing_is_no_joint(void **state)
{
	(void)state;
	unsigned all = LINE_UP | LINE_DOWN | LINE_LEFT | LINE_RIGHT;
	assert_int_equal(canvas_line_glyph(all, true), '|');
	assert_int_equal(canvas_line_glyph(all, false), 0x253c);
	assert_int_equal(canvas_line_glyph(all | LINE_HEAVY, false), 0x254b);
	assert_int_equal(canvas_line_glyph(LINE_UP | LINE_RIGHT, true), '+');
}

static void marking_keeps_what_is_there(void **state)
{
	(void)state;
	struct canvas canvas;
	canvas_init(&canvas, 4, 1);
	canvas_put(&canvas, 1, 0, 'x', ROLE_failed, CELL_BOLD);
	canvas_mark(&canvas, -3, 0, 100, CELL_REVERSE);
	assert_int_equal(canvas.cells[1].attributes, CELL_BOLD | CELL_REVERSE);
	assert_int_equal(canvas.cells[1].role, ROLE_failed);
	canvas_release(&canvas);
}

static void an_empty_canvas_is_harmless(void **state)
{
	(void)state;
	struct canvas canvas;
	canvas_init(&canvas, 0, 0);
	canvas_text(&canvas, 0, 0, -1, ROLE_text, 0, "x");
	canvas_box(&canvas, 0, 0, 10, 10, ROLE_border, "x");
	canvas_resize(&canvas, -4, -4);
	assert_drawn(&canvas, "");
	canvas_release(&canvas);
}

static void every_role_is_found_by_its_name(void **state)
{
	(void)state;
	for (int i = 0; i < ROLES; i++)
		assert_int_equal(role_of(role_name((enum role)i)), i);
	assert_int_equal(role_of("no such role"), ROLE_text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_that_does_not_fit_ends_in_an_ellipsis),
		cmocka_unit_test(text_is_clipped_on_every_side),
		cmocka_unit_test(controls_from_outside_never_reach_a_cell),
		cmocka_unit_test(wide_characters_stay_whole),
		cmocka_unit_test(ascii_canvas_holds_only_ascii),
		cmocka_unit_test(ascii_crossing_is_no_joint),
		cmocka_unit_test(marking_keeps_what_is_there),
		cmocka_unit_test(an_empty_canvas_is_harmless),
		cmocka_unit_test(every_role_is_found_by_its_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
