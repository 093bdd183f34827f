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
#include "tui/console.h"
#include "tui/feed.h"
#include "tui/loop.h"
#include "tui/start.h"
#include "tui/summary.h"
#include "tui/term.h"

enum { EXIT_USAGE = 2, EXIT_NO_ENGINE = 3 };

struct options {
	bool read_only, ascii;
	const char *theme;
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
static void on_resize(int number)
{
	(void)number;
}

/* SIGWINCH is let in only while the loop waits, so that none is missed. */
static void set_signals(sigset_t *waiting)
{
	static const int FATAL[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT,
				    SIGTERM, SIGHUP, SIGINT, SIGQUIT};
	struct sigaction action = {.sa_handler = on_fatal, .sa_flags = SA_NODEFER};
	sigset_t blocked;

	for (size_t i = 0; i < sizeof(FATAL) / sizeof(FATAL[0]); i++)
		(void)sigaction(FATAL[i], &action, NULL);
	action.sa_handler = on_resize;
	action.sa_flags = 0;
	(void)sigaction(SIGWINCH, &action, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGWINCH);
	(void)sigprocmask(SIG_BLOCK, &blocked, waiting);
	(void)sigdelset(waiting, SIGWINCH);
}

static void usage(FILE *to)
{
	(void)fputs(
		"usage: hlp-console [--read-only] [--ascii] [--theme NAME]\n"
		"                   [EXECUTION | FILE.yaml]\n"
		"\n"
		"  EXECUTION     as hlp names it: edge-cert, edge-cert#12, @latest,\n"
		"                its id or the end of it\n"
		"  FILE.yaml     a workflow to start; nothing starts before it is confirmed\n"
		"  --read-only   look, and never act\n"
		"  --ascii       no character beyond ASCII\n"
		"  --theme NAME  colours from themes/NAME.theme; also $HLP_THEME\n"
		"\n"
		"Keys: ? in the console. $NO_COLOR is honoured, and the locale's character set.\n",
		to);
}

/* Returns -1 to go on, else the exit status. */
static int read_options(int argc, char **argv, struct options *out)
{
	static const struct option LONG[] = {
		{"read-only", no_argument, NULL, 'r'},	 {"ascii", no_argument, NULL, 'a'},
		{"theme", required_argument, NULL, 't'}, {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},	 {0}};

	out->theme = getenv("HLP_THEME");
	for (int c = getopt_long(argc, argv, "h", LONG, NULL); c != -1;
	     c = getopt_long(argc, argv, "h", LONG, NULL)) {
		if (c == 'r') {
			out->read_only = true;
		} else if (c == 'a') {
			out->ascii = true;
		} else if (c == 't') {
			out->theme = optarg;
		} else if (c == 'V') {
			(void)puts("hlp-console " HLP_VERSION);
			return 0;
		} else {
			usage(c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : EXIT_USAGE;
		}
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

static int run(const struct options *options, struct client *client)
{
	struct term_options how = {.rescue = &rescue};
	struct theme theme;
	struct app app;
	struct term *term = NULL;
	struct err err = {0};
	struct buf problems;
	sigset_t waiting;
	int width, height;

	buf_init(&problems, 16 * 1024);
	if (theme_load(&theme, options->theme, &problems, &err) < 0)
		(void)fprintf(stderr, "hlp-console: %s\n", err.message);
	const char *plain = getenv("NO_COLOR");
	how.theme = &theme;
	how.colour = plain != NULL && plain[0] != '\0' ? TERM_COLOUR_NONE : TERM_COLOUR_AUTO;
	set_signals(&waiting);
	int status = term_open(&how, &term, &err);
	if (status >= 0) {
		console_init(&app, options->ascii || !term_is_utf8(), options->read_only);
		app.client = client;
		const char *reason = getenv("HLP_REASON");
		if (reason != NULL)
			(void)snprintf(app.arm.last_reason, sizeof(app.arm.last_reason), "%s",
				       reason);
		(void)feed_new(&app);
		term_size(term, &width, &height);
		app_resize(&app, width, height);
		first_view(&app, options->execution);
		if (problems.length > 0)
			app_say(&app, ROLE_warning, "%.*s", (int)strcspn(buf_text(&problems), "\n"),
				buf_text(&problems));
		status = loop_console(&app, term, &waiting, &err);
		term_close(term);
		print_summary(&app);
		console_release(&app);
	}
	buf_release(&problems);
	if (status < 0)
		(void)fprintf(stderr, "hlp-console: %s\n", err.message);
	return status < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct home home = {0};
	struct client *client = NULL;
	struct err err = {0};

	(void)setlocale(LC_ALL, "");
	int status = read_options(argc, argv, &options);
	if (status >= 0)
		return status;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		(void)fputs("hlp-console: not on a terminal; try 'hlp status' or 'hlp attach'\n",
			    stderr);
		return EXIT_USAGE;
	}
	if (home_open(&home, HOME_MAKE, &err) < 0) {
		(void)fprintf(stderr, "hlp-console: %s\n", err.message);
		return EXIT_NO_ENGINE;
	}
	if (client_open(&home, CLIENT_START_ENGINE, &client, &err) < 0) {
		(void)fprintf(stderr, "hlp-console: %s\n", err.message);
		home_release(&home);
		return EXIT_NO_ENGINE;
	}
	status = run(&options, client);
	client_close(client);
	home_release(&home);
	return status;
}
