/* SPDX-License-Identifier: MIT
 *
 * The one file that knows curses. It keeps a copy of the last canvas and hands curses only the
 * cells that differ; curses then finds the shortest way there, into a file in memory. What it wrote
 * goes to the terminal in one write, so that no frame is seen half done and its bytes are known.
 * While a frame has not left yet no other is made: a slow link gets fewer frames, never stale ones.
 *
 * Since curses does not write to the terminal, it cannot set it either: settings and size are ours.
 */
#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/text.h"
#include "tui/action.h"

/* Of <term.h>, which cannot be included: it has a struct term of its own. */
char *tigetstr(const char *name);

#define FRAME_MOST  ((size_t)8 * 1024 * 1024)
#define BEGIN_SYNC  "\033[?2026h"
#define END_SYNC    "\033[?2026l"
#define ALL_SCROLLS "\033[r"
#define LAST_LINE   "\033[999;1H"
#define MOUSE_OFF   "\033[?1006l\033[?1000l"

struct term {
	SCREEN *screen;
	FILE *memory;  /* what curses writes to */
	int memory_fd; /* owned by `memory` */
	int out_fd;    /* the terminal, never blocking */
	FILE *in;      /* the same, to read from */
	struct term_rescue *rescue;
	struct buf frame; /* not written yet */
	bool sync;	  /* the terminal shows a frame at once when told its begin and end */
	bool slow;	  /* a serial line */
	bool margins;	  /* it has a part that scrolls, which must be all of it */
	bool resized;	  /* and that is to be said anew */
	bool mouse;
	int click_x, click_y;
	bool colour;
	int width, height;
	short pairs[ROLES];
	attr_t looks[ROLES];
	struct canvas shown; /* what curses has */
	bool fresh;	     /* nothing of `shown` counts */
	term_tap *tap;
	void *tap_ctx;
};

/* ---- frames ------------------------------------------------------------------------------ */

/* Moves what curses wrote into the frame. */
static void take_written(struct term *term)
{
	off_t length = lseek(term->memory_fd, 0, SEEK_CUR);

	if (length <= 0)
		return;
	char *room = buf_reserve(&term->frame, (size_t)length);
	if (room != NULL && pread(term->memory_fd, room, (size_t)length, 0) == length)
		buf_commit(&term->frame, (size_t)length);
	else
		term->fresh = true; /* it is lost: everything is sent with the next one */
	(void)lseek(term->memory_fd, 0, SEEK_SET);
	if (ftruncate(term->memory_fd, 0) != 0)
		term->fresh = true;
}

/* Writes as much as goes at once; true when nothing is left. A terminal that is gone takes nothing
 * any more and yet never lets one wait: what was meant for it goes with it. */
static bool write_frame(struct term *term)
{
	while (term->frame.length > 0) {
		ssize_t wrote = write(term->out_fd, term->frame.data, term->frame.length);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0 && errno == EAGAIN)
			return false;
		buf_consume(&term->frame, wrote < 0 ? term->frame.length : (size_t)wrote);
	}
	return true;
}

/* For what must be out before going on: waits until the terminal takes it. */
static void write_all(struct term *term)
{
	take_written(term);
	while (!write_frame(term)) {
		fd_set fds;
		struct timeval patience = {.tv_sec = 1};
		FD_ZERO(&fds);
		FD_SET(term->out_fd, &fds);
		if (select(term->out_fd + 1, NULL, &fds, NULL, &patience) <= 0)
			break; /* it takes nothing: nobody looks */
	}
	buf_clear(&term->frame);
}

bool term_is_busy(struct term *term)
{
	return !write_frame(term);
}

int term_fd(const struct term *term)
{
	return term->frame.length > 0 ? term->out_fd : -1;
}

bool term_is_slow(const struct term *term)
{
	return term->slow;
}

void term_set_tap(struct term *term, term_tap *tap, void *ctx)
{
	term->tap = tap;
	term->tap_ctx = ctx;
}

/* ---- opening and closing ----------------------------------------------------------------- */

/* Appends a sequence without its padding ("$<5>"). */
static void save_text(struct term_rescue *rescue, const char *text)
{
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

static void save_sequence(struct term_rescue *rescue, const char *name)
{
	const char *text = tigetstr(name);

	if (text != NULL && text != (const char *)-1)
		save_text(rescue, text);
}

static void prepare_rescue(const struct term *term, struct term_rescue *rescue)
{
	rescue->sequences_length = 0;
	if (term->sync)
		save_text(rescue, END_SYNC);
	if (term->mouse)
		save_text(rescue, MOUSE_OFF);
	if (term->margins) /* a frame cut short may have left a part that scrolls */
		save_text(rescue, ALL_SCROLLS LAST_LINE);
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
		int foreground =
			look->foreground < 0 ? options->theme->foreground : look->foreground;
		int background =
			look->background < 0 ? options->theme->background : look->background;
		if (init_pair(pair, colour_in_reach(foreground), colour_in_reach(background)) == OK)
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

static void set_raw(const struct term *term)
{
	struct termios raw_settings = term->rescue->saved;

	cfmakeraw(&raw_settings);
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &raw_settings);
}

static void take_terminal(struct term *term)
{
	set_raw(term);
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	(void)leaveok(stdscr, FALSE);
	(void)curs_set(0);
	(void)typeahead(-1);
}

/* A terminal that does not know its size, as at the end of a serial line, has 80x24. */
static void read_size(struct term *term)
{
	struct winsize size = {0};

	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	term->width = size.ws_col > 0 ? size.ws_col : 80;
	term->height = size.ws_row > 0 ? size.ws_row : 24;
}

/* Terminals of their own kind, old and on serial lines: what they do not know would be seen. */
static void judge_terminal(struct term *term)
{
	const char *name = getenv("TERM");
	speed_t speed = cfgetospeed(&term->rescue->saved);

	name = name != NULL ? name : "";
	term->slow = speed > B0 && speed < B38400; /* which every pseudo-terminal has */
	term->sync = !term->slow && !text_starts_with(name, "vt") &&
		     !text_starts_with(name, "linux") && strcmp(name, "ansi") != 0 &&
		     strcmp(name, "dumb") != 0;
	const char *margins = tigetstr("csr");
	term->margins = margins != NULL && margins != (const char *)-1 &&
			text_starts_with(margins, "\033[");
}

/* Curses cannot ask a file in memory for its size, and tells the terminal how much of it scrolls.
 */
static SCREEN *new_screen(struct term *term)
{
	static const char *const NAMES[] = {"LINES", "COLUMNS"};
	char *before[2], number[16];

	for (int i = 0; i < 2; i++) {
		const char *value = getenv(NAMES[i]);
		before[i] = value != NULL ? mem_strdup(value) : NULL;
		(void)snprintf(number, sizeof(number), "%d", i == 0 ? term->height : term->width);
		(void)setenv(NAMES[i], number, 1);
	}
	SCREEN *screen = newterm(NULL, term->memory, term->in);
	for (int i = 0; i < 2; i++) { /* not for what is started from here */
		if (before[i] != NULL)
			(void)setenv(NAMES[i], before[i], 1);
		else
			(void)unsetenv(NAMES[i]);
		free(before[i]);
	}
	return screen;
}

/* Also told not to block, curses does so after events of the mouse that nobody wants. */
static FILE *open_input(void)
{
	const char *name = ttyname(STDIN_FILENO);
	int fd = name != NULL ? open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;

	if (fd < 0)
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (in == NULL && fd >= 0)
		(void)close(fd);
	return in;
}

static int open_memory(struct term *term, struct err *err)
{
	const char *name = ttyname(STDOUT_FILENO);
	int fd = memfd_create("frame", MFD_CLOEXEC);

	/* An open of its own: that it does not block must not hold for the shell. */
	term->out_fd = name != NULL ? open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
	if (term->out_fd < 0)
		term->out_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	term->memory = fd >= 0 ? fdopen(fd, "w+") : NULL;
	term->in = open_input();
	if (term->memory == NULL || term->in == NULL || term->out_fd < 0) {
		int code = errno;
		if (fd >= 0 && term->memory == NULL)
			(void)close(fd);
		return err_errno(err, code, "cannot prepare the screen");
	}
	term->memory_fd = fd;
	return 0;
}

static void free_term(struct term *term)
{
	if (term->memory != NULL)
		(void)fclose(term->memory);
	if (term->in != NULL)
		(void)fclose(term->in);
	if (term->out_fd >= 0)
		(void)close(term->out_fd);
	canvas_release(&term->shown);
	buf_release(&term->frame);
	free(term);
}

int term_open(const struct term_options *options, struct term **out, struct err *err)
{
	struct term_rescue *rescue = options->rescue;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, ERR_UNSUPPORTED, "standard input and output are no terminal");
	if (tcgetattr(STDIN_FILENO, &rescue->saved) != 0)
		return err_set(err, ERR_UNSUPPORTED, "cannot read the terminal's settings");
	struct term *term = mem_zalloc(sizeof(*term));
	term->rescue = rescue;
	term->out_fd = -1;
	buf_init(&term->frame, FRAME_MOST);
	int status = open_memory(term, err);
	if (status < 0) {
		free_term(term);
		return status;
	}
	read_size(term);
	term->screen = new_screen(term);
	if (term->screen == NULL) {
		free_term(term);
		return err_set(err, ERR_UNSUPPORTED, "unknown kind of terminal TERM='%s'",
			       getenv("TERM") ? getenv("TERM") : "");
	}
	judge_terminal(term);
	prepare_rescue(term, rescue);
	(void)resize_term(term->height, term->width);
	take_terminal(term);
	prepare_keys();
	prepare_looks(term, options);
	canvas_init(&term->shown, term->width, term->height);
	term->fresh = true;
	*out = term;
	return 0;
}

/* Gives the terminal back, curses's own way of leaving included. */
static void leave_terminal(struct term *term)
{
	if (term_is_busy(term))
		write_all(term);
	(void)endwin();
	write_all(term);
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &term->rescue->saved);
}

void term_close(struct term *term)
{
	if (term == NULL)
		return;
	leave_terminal(term);
	term->rescue->armed = 0;
	delscreen(term->screen);
	free_term(term);
}

void term_rescue(const struct term_rescue *rescue)
{
	if (!rescue->armed)
		return;
	ssize_t ignored = write(STDOUT_FILENO, rescue->sequences, rescue->sequences_length);
	(void)ignored; /* nothing better can be done from a signal handler */
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &rescue->saved);
}

void term_give(struct term *term)
{
	leave_terminal(term);
	term->rescue->armed = 0;
}

/* What stopped and continued others of this job meanwhile was not meant for the console. */
static void forget_signals(struct term *term)
{
	const struct timespec now = {0};
	sigset_t job;

	(void)sigemptyset(&job);
	(void)sigaddset(&job, SIGTSTP);
	(void)sigaddset(&job, SIGCONT);
	while (sigtimedwait(&job, NULL, &now) > 0) /* blocked outside the loop's wait */
		continue;
	term->rescue->stop_asked = term->rescue->continued = 0;
}

void term_retake(struct term *term)
{
	forget_signals(term);
	term->rescue->armed = 1;
	take_terminal(term);
	term_redraw(term);
}

void term_suspend(struct term *term)
{
	term_give(term);
	(void)raise(SIGSTOP);
	term_retake(term);
}

bool term_heed_signals(struct term *term)
{
	if (term->rescue->stop_asked) {
		term_suspend(term);
		return true;
	}
	if (!term->rescue->continued)
		return false;
	term_retake(term);
	return true;
}

bool term_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* ---- showing ----------------------------------------------------------------------------- */

void term_size(struct term *term, int *out_width, int *out_height)
{
	int width = term->width, height = term->height;

	read_size(term);
	if (term->width != width || term->height != height) {
		(void)resize_term(term->height, term->width);
		term->fresh = term->resized = true;
	}
	*out_width = term->width;
	*out_height = term->height;
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

/* Nothing at all when nothing changed. */
static void send_frame(struct term *term)
{
	size_t before = term->frame.length;

	if (term->sync)
		buf_add_text(&term->frame, BEGIN_SYNC);
	size_t begin = term->frame.length;
	if (term->resized && term->margins) /* curses begins such a frame at the upper left */
		buf_printf(&term->frame, "\033[1;%dr", term->height);
	term->resized = false;
	take_written(term);
	if (term->frame.length == begin) {
		term->frame.length = before;
		return;
	}
	if (term->tap != NULL)
		term->tap(term->tap_ctx, term->frame.data + begin, term->frame.length - begin);
	if (term->sync)
		buf_add_text(&term->frame, END_SYNC);
	(void)write_frame(term);
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
	send_frame(term);
}

void term_redraw(struct term *term)
{
	term->fresh = true;
}

void term_beep(struct term *term)
{
	buf_add_char(&term->frame, '\a');
	(void)write_frame(term);
}

/* The terminal's own clipboard, which reaches through ssh where the terminal lets it. */
void term_copy(struct term *term, const char *text)
{
	static const char DIGITS[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t length = strlen(text);

	if (!term->sync)
		return; /* an old terminal would show it */
	buf_add_text(&term->frame, "\033]52;c;");
	for (size_t at = 0; at < length; at += 3) {
		uint32_t three = 0;
		size_t left = length - at;
		for (size_t i = 0; i < 3; i++)
			three = three << 8 | (i < left ? (unsigned char)text[at + i] : 0);
		for (size_t i = 0; i < 4; i++)
			buf_add_char(&term->frame,
				     i <= left ? DIGITS[three >> (18 - 6 * i) & 63] : '=');
	}
	buf_add_text(&term->frame, "\a");
	(void)write_frame(term);
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
		{KEY_DC, PRESS_BACKSPACE},
	};

	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++)
		if (TABLE[i].curses == key)
			return TABLE[i].press;
	return PRESS_UNKNOWN;
}

void term_set_mouse(struct term *term, bool on)
{
	if (term->mouse == on)
		return;
	term->mouse = on;
	term->rescue->armed = 0;
	prepare_rescue(term, term->rescue);
	(void)mouseinterval(0);
	(void)mousemask(on ? ALL_MOUSE_EVENTS : 0, NULL);
}

void term_click(const struct term *term, int *out_x, int *out_y)
{
	*out_x = term->click_x;
	*out_y = term->click_y;
}

static uint32_t press_of_mouse(struct term *term)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return PRESS_LET_GO;
	if (event.bstate & BUTTON4_PRESSED)
		return PRESS_WHEEL_UP;
	if (event.bstate & BUTTON5_PRESSED)
		return PRESS_WHEEL_DOWN;
	if (!(event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)))
		return PRESS_LET_GO;
	term->click_x = event.x;
	term->click_y = event.y;
	return PRESS_CLICK;
}

uint32_t term_key(struct term *term)
{
	wint_t key = 0;
	int status = get_wch(&key);

	if (status == ERR)
		return PRESS_NONE;
	if (status == KEY_CODE_YES)
		return key == KEY_MOUSE ? press_of_mouse(term) : press_of(key);
	if (key == 0x7f || key == 8)
		return PRESS_BACKSPACE;
	return key == '\n' ? PRESS_ENTER : (uint32_t)key;
}
