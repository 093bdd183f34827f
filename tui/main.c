/* SPDX-License-Identifier: MIT
 *
 * hlp-console: options, signals, assembly.
 */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/home.h"
#include "base/text.h"
#include "client/client.h"
#include "tui/cast.h"
#include "tui/connection.h"
#include "tui/console.h"
#include "tui/feed.h"
#include "tui/headless.h"
#include "tui/keys.h"
#include "tui/loop.h"
#include "tui/start.h"
#include "tui/summary.h"
#include "tui/term.h"

enum { EXIT_USAGE = 2, EXIT_NO_ENGINE = 3 };

struct options {
	bool read_only, ascii, mouse, headless;
	struct headless_options without; /* a terminal */
	const char *record, *replay;	 /* files; NULL without */
	const char *home;		 /* the folder of the instance */
	const char *theme;
	const char *connect;   /* an address; NULL: one's own instance */
	const char *host;      /* that it leads to; NULL: this machine */
	const char *execution; /* NULL without */
};

/* What the signal handlers reach. */
static struct term_rescue rescue;

/* Puts the terminal back, then dies of the same signal. */
static void on_fatal(int number)
{
	int saved = errno;

	term_rescue(&rescue);
	rescue.armed = 0;
	errno = saved;
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

/* Ends the loop's wait; the size is asked for at each turn. */
static void on_news(int number)
{
	if (number == SIGTSTP)
		rescue.stop_asked = 1;
	else if (number == SIGCONT)
		rescue.continued = 1;
}

/* News are let in only while the loop waits, so that none is missed. */
static void set_signals(sigset_t *waiting)
{
	static const int FATAL[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT,
				    SIGTERM, SIGHUP, SIGINT, SIGQUIT};
	static const int NEWS[] = {SIGWINCH, SIGTSTP, SIGCONT};
	struct sigaction action = {.sa_handler = on_fatal, .sa_flags = SA_NODEFER};
	sigset_t blocked;

	for (size_t i = 0; i < sizeof(FATAL) / sizeof(FATAL[0]); i++)
		(void)sigaction(FATAL[i], &action, NULL);
	action.sa_handler = on_news;
	action.sa_flags = 0;
	(void)sigprocmask(SIG_BLOCK, NULL, waiting);
	(void)sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(NEWS) / sizeof(NEWS[0]); i++) {
		(void)sigaction(NEWS[i], &action, NULL);
		(void)sigaddset(&blocked, NEWS[i]);
		(void)sigdelset(waiting, NEWS[i]);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_BLOCK, &blocked, NULL);
}

static void usage(FILE *to)
{
	(void)fputs(
		"usage: hlp-console [--read-only] [--ascii] [--mouse] [--theme NAME]\n"
		"                   [--connect ADDRESS] [--record FILE] [EXECUTION | FILE.yaml]\n"
		"       hlp-console --headless [--size WxH] [--script FILE] [--dump-screen FILE]\n"
		"       hlp-console --replay FILE\n"
		"\n"
		"  EXECUTION     as hlp names it: edge-cert, edge-cert#12, @latest,\n"
		"                its id or the end of it\n"
		"  FILE.yaml     a workflow to start; nothing starts before it is confirmed\n"
		"  --connect A   another instance: its folder, its socket, or ssh:HOST[:SOCKET]\n"
		"  --read-only   look, and never act\n"
		"  --ascii       no character beyond ASCII\n"
		"  --mouse       a click selects and opens, the wheel scrolls; zm turns it off\n"
		"  --theme NAME  colours from themes/NAME.theme; also $HLP_THEME\n"
		"  --record FILE what is shown, as an asciicast; --replay FILE plays one\n"
		"  --headless    without a terminal: keys from a script (type TEXT, press KEY…,\n"
		"                wait TEXT, gone TEXT, pause SECONDS, dump FILE), and the last\n"
		"                screen to --dump-screen FILE, or to standard output\n"
		"\n"
		"Keys: ? in the console. $NO_COLOR is honoured, and the locale's character set.\n",
		to);
}

static bool read_size(const char *text, struct headless_options *out)
{
	return sscanf(text, "%dx%d", &out->width, &out->height) == 2 && out->width > 0 &&
	       out->height > 0 && out->width <= 1000 && out->height <= 1000;
}

/* Returns -1 to go on, else the exit status. */
static int read_option(int c, struct options *out)
{
	switch (c) {
	case 'r':
		out->read_only = true;
		return -1;
	case 'a':
		out->ascii = true;
		return -1;
	case 'm':
		out->mouse = true;
		return -1;
	case 't':
		out->theme = optarg;
		return -1;
	case 'H':
		out->headless = true;
		return -1;
	case 'k':
		out->without.script = optarg;
		return -1;
	case 'd':
		out->without.dump = optarg;
		return -1;
	case 'c':
		out->connect = optarg;
		return -1;
	case 'R':
		out->record = optarg;
		return -1;
	case 'p':
		out->replay = optarg;
		return -1;
	case 's':
		if (read_size(optarg, &out->without))
			return -1;
		(void)fprintf(stderr, "hlp-console: '--size %s': write 100x30\n", optarg);
		return EXIT_USAGE;
	case 'V':
		(void)puts("hlp-console " HLP_VERSION);
		return 0;
	default:
		usage(c == 'h' ? stdout : stderr);
		return c == 'h' ? 0 : EXIT_USAGE;
	}
}

/* Returns -1 to go on, else the exit status. */
static int read_options(int argc, char **argv, struct options *out)
{
	static const struct option LONG[] = {{"read-only", no_argument, NULL, 'r'},
					     {"ascii", no_argument, NULL, 'a'},
					     {"mouse", no_argument, NULL, 'm'},
					     {"connect", required_argument, NULL, 'c'},
					     {"theme", required_argument, NULL, 't'},
					     {"help", no_argument, NULL, 'h'},
					     {"version", no_argument, NULL, 'V'},
					     {"headless", no_argument, NULL, 'H'},
					     {"size", required_argument, NULL, 's'},
					     {"script", required_argument, NULL, 'k'},
					     {"record", required_argument, NULL, 'R'},
					     {"replay", required_argument, NULL, 'p'},
					     {"dump-screen", required_argument, NULL, 'd'},
					     {0}};

	out->theme = getenv("HLP_THEME");
	out->without = (struct headless_options){.width = 80, .height = 24};
	for (int c = getopt_long(argc, argv, "h", LONG, NULL); c != -1;
	     c = getopt_long(argc, argv, "h", LONG, NULL)) {
		int status = read_option(c, out);
		if (status >= 0)
			return status;
	}
	if (argc - optind > 1) {
		usage(stderr);
		return EXIT_USAGE;
	}
	out->execution = argv[optind];
	return -1;
}

static bool is_file(const char *name)
{
	return name != NULL && (text_ends_with(name, ".yaml") || text_ends_with(name, ".yml"));
}

/* What is in front when the console opens. */
static void first_view(struct app *app, const char *execution)
{
	app_home(app);
	if (execution != NULL && !is_file(execution)) {
		feed_watch(app, execution);
		return;
	}
	app->depth = 0;
	app_show(app, VIEW_RUNS);
	if (execution != NULL)
		start_prepare(app, execution);
	else
		app->runs.open_live = true;
}

static void print_summary(const struct app *app)
{
	struct buf text;

	buf_init(&text, 64 * 1024);
	summary_write(app, &text);
	(void)fputs(buf_text(&text), stdout);
	buf_release(&text);
}

static void open_app(struct app *app, const struct options *options, struct client *client)
{
	const char *reason = getenv("HLP_REASON");

	console_init(app, options->ascii || !term_is_utf8(), options->read_only);
	app->client = client;
	app->mouse = options->mouse;
	app->host = options->host;
	if (reason != NULL)
		(void)snprintf(app->arm.last_reason, sizeof(app->arm.last_reason), "%s", reason);
	(void)snprintf(app->copy_file, sizeof(app->copy_file), "%s/copied", options->home);
	(void)feed_new(app);
}

static int run_headless(const struct options *options, struct client *client, struct err *err)
{
	struct app app;
	struct buf problems;

	buf_init(&problems, 16 * 1024);
	int loaded = keys_load(&problems, err);
	(void)fputs(buf_text(&problems), stderr);
	buf_release(&problems);
	if (loaded < 0)
		return loaded;
	open_app(&app, options, client);
	app_resize(&app, options->without.width, options->without.height);
	first_view(&app, options->execution);
	int status = headless_run(&app, &options->without, err);
	console_release(&app);
	return status;
}

/* With the terminal in hand. */
static int run_console(const struct options *options, struct client *client, struct term *term,
		       const sigset_t *waiting, const struct buf *problems, struct err *err)
{
	struct app app;
	struct cast *cast = NULL;
	int width, height;

	term_size(term, &width, &height);
	int status = options->record ? cast_open(options->record, width, height, &cast, err) : 0;
	if (status < 0) {
		term_close(term);
		return status;
	}
	if (cast != NULL)
		term_set_tap(term, cast_frame, cast);
	open_app(&app, options, client);
	app_resize(&app, width, height);
	first_view(&app, options->execution);
	if (problems->length > 0)
		app_say(&app, ROLE_warning, "%.*s", (int)strcspn(buf_text(problems), "\n"),
			buf_text(problems));
	status = loop_console(&app, term, waiting, err);
	term_close(term);
	print_summary(&app);
	console_release(&app);
	int closed = cast_close(cast, err);
	return status < 0 ? status : closed;
}

static int run_in_terminal(const struct options *options, struct client *client, struct err *err)
{
	struct term_options how = {.rescue = &rescue};
	struct theme theme;
	struct term *term = NULL;
	struct buf problems;
	sigset_t waiting;
	const char *plain = getenv("NO_COLOR");

	buf_init(&problems, 16 * 1024);
	if (theme_load(&theme, options->theme, &problems, err) < 0)
		(void)fprintf(stderr, "hlp-console: %s\n", err->message);
	if (keys_load(&problems, err) < 0)
		(void)fprintf(stderr, "hlp-console: %s\n", err->message);
	how.theme = &theme;
	how.colour = plain != NULL && plain[0] != '\0' ? TERM_COLOUR_NONE : TERM_COLOUR_AUTO;
	set_signals(&waiting);
	int status = term_open(&how, &term, err);
	if (status >= 0)
		status = run_console(options, client, term, &waiting, &problems, err);
	buf_release(&problems);
	return status;
}

static int run(const struct options *options, struct client *client)
{
	struct err err = {0};
	int status = options->headless ? run_headless(options, client, &err)
				       : run_in_terminal(options, client, &err);

	if (status < 0)
		(void)fprintf(stderr, "hlp-console: %s\n", err.message);
	return status < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int complain(const struct options *options, const struct err *err)
{
	if (options->connect != NULL && err->code == ERR_UNAVAILABLE)
		(void)fprintf(stderr, "hlp-console: no engine answers at '%s'\n", options->connect);
	else
		(void)fprintf(stderr, "hlp-console: %s\n", err->message);
	return EXIT_NO_ENGINE;
}

/* Whose instance it is was said: one's own is started where it does not run, another's is not. */
static int run_connected(struct options *options)
{
	enum client_start start =
		options->connect != NULL ? CLIENT_ONLY_CONNECT : CLIENT_START_ENGINE;
	struct home home = {0};
	struct client *client = NULL;
	struct err err = {0};

	if (home_open(&home, HOME_MAKE, &err) < 0)
		return complain(options, &err);
	int status = client_open(&home, start, &client, &err);
	if (status >= 0) {
		options->home = home.path;
		status = run(options, client);
		client_close(client);
	} else {
		status = complain(options, &err);
	}
	home_release(&home);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct err err = {0};

	(void)setlocale(LC_ALL, "");
	int status = read_options(argc, argv, &options);
	if (status >= 0)
		return status;
	if (options.replay != NULL) {
		status = cast_play(options.replay, &err);
		if (status < 0)
			(void)fprintf(stderr, "hlp-console: %s\n", err.message);
		return status < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (!terminal && !options.headless) {
		(void)fputs("hlp-console: not on a terminal; try 'hlp status' or 'hlp attach'\n",
			    stderr);
		return EXIT_USAGE;
	}
	struct connection connection = {0};
	if (options.connect != NULL && connection_open(options.connect, &connection, &err) < 0) {
		(void)fprintf(stderr, "hlp-console: %s\n", err.message);
		return EXIT_FAILURE;
	}
	options.host = connection.host;
	status = run_connected(&options);
	connection_close(&connection);
	return status;
}
