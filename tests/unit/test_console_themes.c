/* SPDX-License-Identifier: MIT
 *
 * Themes: contrast of every pair of colours, states that stay apart for colour-blind eyes, and, in
 * any theme and without colour, states told apart by what a plain text has of them.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "model/state.h"
#include "tui/theme.h"

static const char *const NAMES[] = {"dark", "light", "high-contrast", "colour-blind"};
#define NAMES_COUNT (sizeof(NAMES) / sizeof(NAMES[0]))

static void load(struct theme *theme, const char *name)
{
	char path[80];
	char *text = NULL;
	size_t length = 0;
	struct buf problems;

	(void)snprintf(path, sizeof(path), "themes/%s.theme", name);
	buf_init(&problems, 4096);
	theme_default(theme);
	assert_int_equal(file_read(path, 1 << 20, &text, &length, NULL), 0);
	assert_int_equal(theme_parse(theme, path, text, length, &problems), 0);
	free(text);
	buf_release(&problems);
}

/* ---- colours ----------------------------------------------------------------------------- */

struct light {
	double r, g, b; /* linear */
};

static double linear(int value)
{
	double v = value / 255.0;
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* Of the 6x6x6 cube and the greys; the first sixteen are the terminal's and have no known light. */
static struct light light_of(int colour)
{
	static const int LEVELS[] = {0, 95, 135, 175, 215, 255};
	assert_in_range(colour, 16, 255);
	if (colour >= 232) {
		double grey = linear(8 + 10 * (colour - 232));
		return (struct light){grey, grey, grey};
	}
	int at = colour - 16;
	return (struct light){linear(LEVELS[at / 36]), linear(LEVELS[at / 6 % 6]),
			      linear(LEVELS[at % 6])};
}

static double luminance(int colour)
{
	struct light light = light_of(colour);
	return 0.2126 * light.r + 0.7152 * light.g + 0.0722 * light.b;
}

/* As WCAG 2 defines it. */
static double contrast(int a, int b)
{
	double x = luminance(a), y = luminance(b);
	return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static int foreground(const struct theme *theme, enum role role)
{
	int colour = theme->looks[role].foreground;
	return colour < 0 ? theme->foreground : colour;
}

static int background(const struct theme *theme, enum role role)
{
	int colour = theme->looks[role].background;
	return colour < 0 ? theme->background : colour;
}

static bool is_dimmed(enum role role)
{
	return role == ROLE_dim || role == ROLE_border || role == ROLE_edge ||
	       role == ROLE_footer || role == ROLE_pending;
}

static void every_pair_can_be_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAMES_COUNT; i++) {
		struct theme theme;
		load(&theme, NAMES[i]);
		bool high = strcmp(NAMES[i], "high-contrast") == 0;
		for (int role = 0; role < ROLES; role++) {
			double least = high ? 7 : is_dimmed((enum role)role) ? 3 : 4.5;
			double is = contrast(foreground(&theme, (enum role)role),
					     background(&theme, (enum role)role));
			if (is < least)
				(void)fprintf(stderr, "%s %s: %.2f\n", NAMES[i],
					      role_name((enum role)role), is);
			assert_true(is >= least);
		}
	}
}

/* Machado, Oliveira and Fernandes 2009, severity 1: protanopia, deuteranopia, tritanopia. */
static const double BLIND[4][9] = {{1, 0, 0, 0, 1, 0, 0, 0, 1},
				   {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216,
				    -0.003882, -0.048116, 1.051998},
				   {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413,
				    -0.011820, 0.042940, 0.968881},
				   {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602,
				    0.004733, 0.691367, 0.303900}};

static double root(double t)
{
	return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

/* CIE L*a*b* of a colour as such eyes see it. */
static void lab(int colour, const double *m, double out[3])
{
	struct light v = light_of(colour);
	double r = fmin(1, fmax(0, m[0] * v.r + m[1] * v.g + m[2] * v.b));
	double g = fmin(1, fmax(0, m[3] * v.r + m[4] * v.g + m[5] * v.b));
	double b = fmin(1, fmax(0, m[6] * v.r + m[7] * v.g + m[8] * v.b));
	double x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
	double y = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
	double z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
	out[0] = 116 * y - 16;
	out[1] = 500 * (x - y);
	out[2] = 200 * (y - z);
}

static double apart(int a, int b, const double *eyes)
{
	double x[3], y[3];
	lab(a, eyes, x);
	lab(b, eyes, y);
	return sqrt(pow(x[0] - y[0], 2) + pow(x[1] - y[1], 2) + pow(x[2] - y[2], 2));
}

static void states_stay_apart_for_colour_blind_eyes(void **state)
{
	(void)state;
	static const enum role STATE_ROLES[] = {ROLE_pending,	ROLE_running, ROLE_paused,
						ROLE_completed, ROLE_failed,  ROLE_recovering,
						ROLE_recovered};
	for (size_t i = 0; i < NAMES_COUNT; i++) {
		struct theme theme;
		load(&theme, NAMES[i]);
		for (int a = 0; a < STATES; a++) {
			for (int b = a + 1; b < STATES; b++) {
				for (int eyes = 0; eyes < 4; eyes++)
					assert_true(apart(foreground(&theme, STATE_ROLES[a]),
							  foreground(&theme, STATE_ROLES[b]),
							  BLIND[eyes]) >= 15);
			}
		}
	}
}

static void a_base_is_for_what_names_no_colour(void **state)
{
	(void)state;
	static const char TEXT[] = "base = c252 on c234\ntitle = default bold\nheader = c1 on c2\n";
	struct theme theme;
	struct buf problems;
	buf_init(&problems, 4096);
	theme_default(&theme);
	assert_int_equal(theme.background, -1);
	assert_int_equal(theme_parse(&theme, "x", TEXT, sizeof(TEXT) - 1, &problems), 0);
	assert_int_equal(theme.foreground, 252);
	assert_int_equal(foreground(&theme, ROLE_title), 252);
	assert_int_equal(background(&theme, ROLE_title), 234);
	assert_int_equal(background(&theme, ROLE_header), 2);
	assert_int_equal(theme_parse(&theme, "x", "base = green-ish\n", 17, &problems), 1);
	buf_release(&problems);
}

static void mono_has_no_colour(void **state)
{
	(void)state;
	struct theme theme;
	load(&theme, "mono");
	for (int role = 0; role < ROLES; role++) {
		assert_int_equal(theme.looks[role].foreground, -1);
		assert_int_equal(theme.looks[role].background, -1);
	}
}

/* ---- without colour ---------------------------------------------------------------------- */

/* What a plain text has of a node: its glyph and its letter. States may share neither both. */
static void states_are_told_apart_in_plain_text(void **state)
{
	(void)state;
	for (int a = 0; a < STATES; a++) {
		for (int b = a + 1; b < STATES; b++) {
			enum state x = (enum state)a, y = (enum state)b;
			assert_true(strcmp(state_ascii(x, REASON_NONE),
					   state_ascii(y, REASON_NONE)) != 0);
			assert_true(strcmp(state_glyph(x, REASON_NONE),
					   state_glyph(y, REASON_NONE)) != 0);
			assert_true(strcmp(state_letter(x, REASON_NONE),
					   state_letter(y, REASON_NONE)) != 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_can_be_read),
		cmocka_unit_test(states_stay_apart_for_colour_blind_eyes),
		cmocka_unit_test(a_base_is_for_what_names_no_colour),
		cmocka_unit_test(mono_has_no_colour),
		cmocka_unit_test(states_are_told_apart_in_plain_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
