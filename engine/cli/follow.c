/* SPDX-License-Identifier: MIT
 *
 * The loop around one watch: the link, Ctrl-C, a timer for what is drawn. What is drawn is
 * progress.c's. See follow.h.
 */
#include "cli/follow.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/mailbox.h"
#include "cli/answering.h"
#include "cli/progress.h"
#include "cli/show.h"
#include "client/attach.h"

#define REDRAW_US     ((int64_t)100000)
#define TICK_US	      ((int64_t)1000000)
#define FIRST_LOOK_US ((int64_t)5000000)

struct watching {
	const struct follow *how;
	struct mirror *mirror;
	struct progress progress;
	struct answering answering;
	struct client_rpc *rpc;
	struct err err;
	bool broken; /* the watch ended; it begins again */
	bool failed; /* for good: err says why */
	bool changed;
	int64_t drawn_us, retry_us;
	int64_t until_us; /* INT64_MAX: as long as it takes */
};

static bool asks(const struct mirror *mirror)
{
	for (uint32_t i = 0; i < mirror->nodes_count; i++) {
		const struct mirror_node *node = &mirror->nodes[i];
		bool question = node->question != NULL && node->question[0] != '\0';
		if (question || node->reason == REASON_APPROVAL || node->reason == REASON_MANUAL)
			return true;
	}
	return false;
}

/* Whether what was waited for has come; *out_code is then how it came. */
static bool is_done(const struct watching *w, int *out_code)
{
	const struct mirror *mirror = w->mirror;
	bool waits = follow_is_waiting(mirror) && !w->how->cli->interactive;
	*out_code = CLI_OK;
	if (!mirror->has_rows || mirror->seq < w->how->at_least_seq)
		return false;
	switch (w->how->until) {
	case FOLLOW_APPROVAL:
		return follow_is_over(mirror) || asks(mirror) || follow_is_waiting(mirror);
	case FOLLOW_FAILED:
		return follow_is_over(mirror) || mirror->counts[STATE_FAILED] > 0;
	case FOLLOW_ROLLBACK:
		if (mirror->rolling_back && asks(mirror) && mirror->counts[STATE_RUNNING] == 0) {
			*out_code = CLI_WAITS;
			return true;
		}
		return !mirror->rolling_back;
	case FOLLOW_ENDED:
		break;
	}
	*out_code = waits ? CLI_WAITS : CLI_OK;
	return waits || follow_is_over(mirror);
}

/* ---- the watch --------------------------------------------------------------------------- */

static void on_update(void *ctx, const ProtobufCMessage *message, const struct err *err)
{
	struct watching *w = ctx;
	if (message != NULL) {
		const Hlp__V1__Update *update = (const Hlp__V1__Update *)message;
		if (mirror_apply(w->mirror, update)) {
			w->changed = true;
			if (w->answering.asking)
				(void)answering_is_settled(&w->answering); /* says so by itself */
			progress_note(&w->progress, update);
		}
		return;
	}
	w->rpc = NULL;
	w->broken = true;
	if (err->code != 0 && err->code != ERR_UNAVAILABLE && err->code != ERR_TIMEOUT) {
		w->err = *err;
		w->failed = true;
	}
}

static void begin_watch(struct watching *w)
{
	Hlp__V1__WatchRequest request = HLP__V1__WATCH_REQUEST__INIT;
	request.execution = (char *)w->how->execution;
	w->broken = false;
	w->rpc = client_start(w->how->cli->client, "Watch", &request.base,
			      &hlp__v1__update__descriptor, on_update, w);
}

/* The graph once, before the rows: it does not change while we look at it. */
static int fetch_graph(struct watching *w)
{
	Hlp__V1__GraphRequest request = HLP__V1__GRAPH_REQUEST__INIT;
	ProtobufCMessage *reply = NULL;
	request.execution = (char *)w->how->execution;
	int code = cli_call(w->how->cli, "GetGraph", &request.base, &hlp__v1__graph__descriptor,
			    &reply);
	if (code != 0)
		return code;
	mirror_set_graph(w->mirror, (const Hlp__V1__Graph *)reply);
	protobuf_c_message_free_unpacked(reply, NULL);
	return 0;
}

/* ---- the loop ---------------------------------------------------------------------------- */

static int open_signals(sigset_t *old)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, old);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool was_interrupted(int fd)
{
	struct signalfd_siginfo info;
	bool interrupted = false;
	while (read(fd, &info, sizeof info) == (ssize_t)sizeof info)
		interrupted = interrupted || info.ssi_signo == SIGINT;
	return interrupted;
}

/* While a prompt stands nothing else is written: what is being typed would be lost. */
static void draw_when_due(struct watching *w)
{
	if (w->answering.asking && !answering_is_settled(&w->answering))
		return;
	if (!w->broken && answering_is_due(&w->answering)) {
		progress_pause(&w->progress);
		answering_ask(&w->answering);
		return;
	}
	int64_t now = mailbox_now_us();
	bool due = now - w->drawn_us >= (w->changed ? REDRAW_US : TICK_US);
	if (w->progress.live ? due : w->changed) {
		progress_draw(&w->progress, !client_is_connected(w->how->cli->client));
		w->drawn_us = now;
		w->changed = false;
	}
}

/* Also with no time at all it is looked at once; an engine that does not answer gets no more. */
static int64_t patience_us(const struct watching *w)
{
	bool seen = w->mirror->has_rows || w->until_us == INT64_MAX;
	return seen ? w->until_us : w->until_us + FIRST_LOOK_US;
}

static int milliseconds_to_wait(const struct watching *w)
{
	int64_t now = mailbox_now_us();
	int64_t until = client_deadline_us(w->how->cli->client);
	until = patience_us(w) < until ? patience_us(w) : until;
	if (w->progress.live && !w->answering.asking) {
		int64_t draw = w->drawn_us + (w->changed ? REDRAW_US : TICK_US);
		until = draw < until ? draw : until;
	}
	if (w->broken && w->retry_us < until)
		until = w->retry_us;
	int64_t wait = until == INT64_MAX ? -1 : until - now;
	if (wait < 0)
		return until == INT64_MAX ? -1 : 0;
	return wait > INT64_C(60000000) ? 60000 : (int)((wait + 999) / 1000);
}

static volatile sig_atomic_t interrupted;

static void note_interrupt(int number)
{
	interrupted = number;
}

/* An act may ask, too, and blocks in that: Ctrl-C leaves its question as it leaves the run. */
static int take_line(struct watching *w)
{
	struct sigaction note = {.sa_handler = note_interrupt}, before;
	sigset_t interrupt;
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	interrupted = 0;
	(void)sigaction(SIGINT, &note, &before); /* valid arguments: cannot fail */
	sigprocmask(SIG_UNBLOCK, &interrupt, NULL);
	answering_take(&w->answering);
	sigprocmask(SIG_BLOCK, &interrupt, NULL);
	(void)sigaction(SIGINT, &before, NULL);
	w->changed = true;
	return interrupted ? CLI_LEFT : CLI_OK;
}

static int turn(struct watching *w, int signals)
{
	struct client *client = w->how->cli->client;
	struct pollfd fds[3] = {
		{.fd = signals, .events = POLLIN},
		{.fd = client_fd(client), .events = client_poll_events(client)},
		{.fd = w->answering.asking ? STDIN_FILENO : -1, .events = POLLIN},
	};
	(void)poll(fds, 3, milliseconds_to_wait(w)); /* EINTR: the turn is an empty one */
	if (was_interrupted(signals))
		return CLI_LEFT;
	client_process(client);
	if (fds[2].revents != 0 && !answering_is_settled(&w->answering) && take_line(w) == CLI_LEFT)
		return CLI_LEFT;
	if (w->broken && !w->failed) {
		if (w->retry_us == 0) {
			w->retry_us = mailbox_now_us() + REDRAW_US;
		} else if (mailbox_now_us() >= w->retry_us) {
			w->retry_us = 0;
			begin_watch(w);
		}
	}
	draw_when_due(w);
	return CLI_OK;
}

static int give_up(struct watching *w)
{
	char text[16];
	show_duration(w->how->timeout_us, text);
	return cli_refuse(w->how->cli, CLI_OTHER, "%s: not within %s", w->how->execution, text);
}

static int loop(struct watching *w, int signals)
{
	int code = CLI_OK;
	w->until_us = w->how->timeout_us > 0 ? mailbox_now_us() + w->how->timeout_us : INT64_MAX;
	begin_watch(w);
	while (!is_done(w, &code)) {
		code = turn(w, signals);
		if (code == CLI_LEFT)
			break;
		if (w->failed) {
			progress_end(&w->progress);
			return cli_fail(w->how->cli, &w->err);
		}
		if (mailbox_now_us() >= patience_us(w) && !is_done(w, &code)) {
			progress_end(&w->progress);
			return give_up(w);
		}
	}
	progress_end(&w->progress);
	return code;
}

static void say_how_to_come_back(struct cli *cli, const struct mirror *mirror, const char *name)
{
	const char *shown = mirror->name != NULL ? mirror->name : name;
	say_printf(&cli->err,
		   "left; %s goes on.\n  look:    hlp attach %s\n  cancel:  hlp cancel %s\n", shown,
		   shown, shown);
}

int follow_run(const struct follow *how, struct mirror *mirror)
{
	struct watching w = {.how = how, .mirror = mirror};
	sigset_t old;
	mirror_init(mirror);
	int code = fetch_graph(&w);
	if (code != 0)
		return code;
	struct progress_how looks = {.lines_only = how->plain,
				     .quiet = how->quiet || how->cli->json,
				     .from_now = how->from_now};
	progress_init(&w.progress, &looks, &how->cli->out, mirror);
	answering_init(&w.answering, how->cli, mirror);
	w.answering.step = how->step;
	w.answering.closed =
		!how->cli->interactive || looks.quiet || how->plain || how->until != FOLLOW_ENDED;
	int signals = open_signals(&old);
	if (how->tells_agent && mirror->uses_agent)
		attach_tell_agent(how->cli->client, how->execution);
	code = loop(&w, signals);
	if (w.rpc != NULL)
		client_cancel(how->cli->client, w.rpc);
	answering_release(&w.answering);
	progress_release(&w.progress);
	close(signals);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (code == CLI_LEFT)
		say_how_to_come_back(how->cli, mirror, how->execution);
	return code;
}
