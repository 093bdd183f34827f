/* SPDX-License-Identifier: MIT
 *
 * The one file that knows curses. It keeps a copy of the last canvas and hands curses only the
 * cells that differ; curses then sends the shortest way there.
 */
#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "tui/action.h"

/* Of <term.h>, which cannot be included: it has a struct term of its own. */
char *tigetstr(const char *name);

struct term {
	SCREEN *screen;
	struct term_rescue *rescue;
	bool colour;
	short pairs[ROLES];
	attr_t looks[ROLES];
	struct canvas shown; /* what curses has */
	bool fresh;	     /* nothing of `shown` counts */
};

/* ---- opening and closing ----------------------------------------------------------------- */

/* Appends a capability without its padding ("$<5>"). */
static void save_sequence(struct term_rescue *rescue, const char *name)
{
	const char *text = tigetstr(name);

	if (text == NULL || text == (const char *)-1)
		return;
	for (; *text != '\0' && rescue->sequences_length < sizeof(rescue->sequences); text++) {
		if (text[0] == '$' && text[1] == '<') {
			text += strcspn(text, ">");
			if (*text == '\0')
				break;
			continue;
		}
		rescue->sequences[rescue->sequences_length++] = *text;
	}
}

static void prepare_rescue(struct term_rescue *rescue)
{
	rescue->sequences_length = 0;
	save_sequence(rescue, "sgr0");
	save_sequence(rescue, "rmkx");
	save_sequence(rescue, "cnorm");
	save_sequence(rescue, "rmcup");
	rescue->armed = 1;
}

static short colour_in_reach(int colour)
{
	if (colour < COLORS)
		return (short)colour;
	if (colour >= 16)
		return -1;
	return (short)(colour % 8);
}

static attr_t attributes_of(unsigned attributes)
{
	attr_t out = A_NORMAL;

	if (attributes & CELL_BOLD)
		out |= A_BOLD;
	if (attributes & CELL_REVERSE)
		out |= A_REVERSE;
	if (attributes & CELL_UNDERLINE)
		out |= A_UNDERLINE;
	if (attributes & CELL_DIM)
		out |= A_DIM;
	return out;
}

static void prepare_looks(struct term *term, const struct term_options *options)
{
	term->colour = options->colour != TERM_COLOUR_NONE && has_colors();
	if (term->colour) {
		(void)start_color();
		(void)use_default_colors();
	}
	for (int i = 0; i < ROLES; i++) {
		const struct theme_look *look = &options->theme->looks[i];
		term->looks[i] = attributes_of(term->colour ? look->attributes : look->plain);
		if (!term->colour || i + 1 >= COLOR_PAIRS)
			continue;
		short pair = (short)(i + 1);
		if (init_pair(pair, colour_in_reach(look->foreground),
			      colour_in_reach(look->background)) == OK)
			term->pairs[i] = pair;
	}
}

/* Keys that some terminals send in the other of the two cursor modes than terminfo says. */
static void prepare_keys(void)
{
	(void)define_key("\033[A", KEY_UP);
	(void)define_key("\033[B", KEY_DOWN);
	(void)define_key("\033[C", KEY_RIGHT);
	(void)define_key("\033[D", KEY_LEFT);
	(void)define_key("\033[H", KEY_HOME);
	(void)define_key("\033[F", KEY_END);
	if (getenv("ESCDELAY") == NULL)
		(void)set_escdelay(getenv("SSH_TTY") ? 100 : 25);
}

static void take_terminal(void)
{
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	(void)leaveok(stdscr, FALSE);
	(void)curs_set(0);
}

int term_open(const struct term_options *options, struct term **out, struct err *err)
{
	struct term_rescue *rescue = options->rescue;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, ERR_UNSUPPORTED, "standard input and output are no terminal");
	if (tcgetattr(STDIN_FILENO, &rescue->saved) != 0)
		return err_set(err, ERR_UNSUPPORTED, "cannot read the terminal's settings");
	SCREEN *screen = newterm(NULL, stdout, stdin);
	if (screen == NULL)
		return err_set(err, ERR_UNSUPPORTED, "unknown kind of terminal TERM='%s'",
			       getenv("TERM") ? getenv("TERM") : "");
	struct term *term = mem_zalloc(sizeof(*term));
	term->screen = screen;
	term->rescue = rescue;
	prepare_rescue(rescue);
	take_terminal();
	prepare_keys();
	prepare_looks(term, options);
	canvas_init(&term->shown, COLS, LINES);
	term->fresh = true;
	*out = term;
	return 0;
}

void term_close(struct term *term)
{
	if (term == NULL)
		return;
	(void)endwin();
	term->rescue->armed = 0;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &term->rescue->saved);
	delscreen(term->screen);
	canvas_release(&term->shown);
	free(term);
}

void term_rescue(const struct term_rescue *rescue)
{
	if (!rescue->armed)
		return;
	ssize_t ignored = write(STDOUT_FILENO, rescue->sequences, rescue->sequences_length);
	(void)ignored; /* nothing better can be done from a signal handler */
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &rescue->saved);
}

void term_suspend(struct term *term)
{
	(void)endwin();
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &term->rescue->saved);
	term->rescue->armed = 0;
	(void)raise(SIGSTOP);
	term->rescue->armed = 1;
	take_terminal();
	term_redraw(term);
}

/* The editor may be given with options, so a shell takes it apart; the file is no part of that. */
static pid_t start_editor(const char *editor, const char *file)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	sigset_t none;
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)setenv("HLP_EDITOR", editor, 1);
	(void)execl("/bin/sh", "sh", "-c", "exec $HLP_EDITOR \"$1\"", "sh", file, (char *)NULL);
	_exit(127);
}

int term_edit(struct term *term, const char *file)
{
	const char *editor = getenv("VISUAL");
	int status = -1;

	if (editor == NULL || editor[0] == '\0')
		editor = getenv("EDITOR");
	if (editor == NULL || editor[0] == '\0')
		editor = "vi";
	(void)endwin();
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &term->rescue->saved);
	pid_t pid = start_editor(editor, file);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	take_terminal();
	term_redraw(term);
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status)
									  : -1;
}

bool term_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* ---- showing ----------------------------------------------------------------------------- */

void term_size(const struct term *term, int *out_width, int *out_height)
{
	(void)term;
	*out_width = COLS;
	*out_height = LINES;
}

static void show_cell(const struct term *term, int x, int y, const struct cell *cell)
{
	wchar_t text[2] = {(wchar_t)cell->code, L'\0'};
	attr_t attributes = term->looks[cell->role] | attributes_of(cell->attributes);
	cchar_t out;

	if (setcchar(&out, text, attributes, term->pairs[cell->role], NULL) == OK)
		(void)mvadd_wch(y, x, &out);
}

static bool is_same(const struct cell *a, const struct cell *b)
{
	return a->code == b->code && a->role == b->role && a->attributes == b->attributes;
}

static void show_row(struct term *term, const struct canvas *canvas, int y)
{
	size_t start = (size_t)y * (size_t)canvas->width;

	for (int x = 0; x < canvas->width; x++) {
		const struct cell *now = &canvas->cells[start + (size_t)x];
		struct cell *was = &term->shown.cells[start + (size_t)x];
		if (!term->fresh && is_same(now, was))
			continue;
		*was = *now;
		if (now->code != 0)
			show_cell(term, x, y, now);
	}
}

void term_show(struct term *term, const struct canvas *canvas, struct term_cursor cursor)
{
	if (term->shown.width != canvas->width || term->shown.height != canvas->height) {
		canvas_resize(&term->shown, canvas->width, canvas->height);
		term->fresh = true;
	}
	if (term->fresh)
		(void)clear();
	for (int y = 0; y < canvas->height && y < LINES; y++)
		show_row(term, canvas, y);
	term->fresh = false;
	(void)curs_set(cursor.visible ? 1 : 0);
	(void)move(cursor.y, cursor.x);
	(void)refresh();
}

void term_redraw(struct term *term)
{
	term->fresh = true;
}

void term_beep(struct term *term)
{
	(void)term;
	(void)beep();
}

/* ---- keys -------------------------------------------------------------------------------- */

static uint32_t press_of(wint_t key)
{
	static const struct {
		wint_t curses;
		uint32_t press;
	} TABLE[] = {
		{KEY_UP, PRESS_UP},	      {KEY_DOWN, PRESS_DOWN},
		{KEY_LEFT, PRESS_LEFT},	      {KEY_RIGHT, PRESS_RIGHT},
		{KEY_PPAGE, PRESS_PAGE_UP},   {KEY_HOME, PRESS_HOME},
		{KEY_NPAGE, PRESS_PAGE_DOWN}, {KEY_END, PRESS_END},
		{KEY_ENTER, PRESS_ENTER},     {KEY_BACKSPACE, PRESS_BACKSPACE},
		{KEY_DC, PRESS_BACKSPACE},    {KEY_RESIZE, PRESS_RESIZE},
	};

	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++) {
		if (TABLE[i].curses == key)
			return TABLE[i].press;
	}
	return PRESS_UNKNOWN;
}

uint32_t term_key(struct term *term)
{
	wint_t key = 0;

	(void)term;
	int status = get_wch(&key);
	if (status == ERR)
		return PRESS_NONE;
	if (status == KEY_CODE_YES)
		return press_of(key);
	if (key == 0x7f || key == 8)
		return PRESS_BACKSPACE;
	return key == '\n' ? PRESS_ENTER : (uint32_t)key;
}
