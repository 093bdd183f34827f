/* SPDX-License-Identifier: MIT
 *
 * hlp events: the record of an execution, one line an event (JSON Lines with -o json).
 */
#include <string.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/json_out.h"
#include "cli/show.h"

static const struct option_spec options[] = {
	{"follow", 'f', OPTION_FLAG, NULL, "go on as they happen"},
	{"after", 0, OPTION_VALUE, "SEQ", "only those after this one"},
	{0},
};

struct listing {
	struct cli *cli;
	uint64_t seq;
	bool follow;
};

static void print_text(struct cli *cli, const Hlp__V1__EventRecord *event)
{
	char time[CLOCK_TIME_TEXT];
	clock_format_time(event->time_us, time);
	say_printf(&cli->out, "%8llu %s %s", (unsigned long long)event->seq, time, event->kind);
	const char *parts[] = {event->node,   event->attempt, event->state,
			       event->reason, event->verb,    event->actor};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (parts[i] != NULL && parts[i][0] != '\0')
			say_printf(&cli->out, " %s", parts[i]);
	if (event->text.len > 0) {
		say_printf(&cli->out, ": ");
		say_fit(&cli->out, 200, "%.*s", (int)event->text.len,
			(const char *)event->text.data);
	}
	say_printf(&cli->out, "\n");
}

static int on_event(void *ctx, const ProtobufCMessage *message)
{
	struct listing *listing = ctx;
	const Hlp__V1__EventRecord *event = (const Hlp__V1__EventRecord *)message;
	if (event->seq <= listing->seq)
		return 0;
	listing->seq = event->seq;
	if (listing->cli->json) {
		struct buf line;
		json_out_begin(&line);
		json_event(&line, event);
		json_out(listing->cli, &line);
	} else {
		print_text(listing->cli, event);
	}
	if (listing->follow)
		say_flush(&listing->cli->out);
	return 0;
}

static int exec(struct cli *cli)
{
	struct err err = {0};
	struct listing listing = {.cli = cli, .follow = options_has(&cli->options, "follow")};
	Hlp__V1__EventsRequest request = HLP__V1__EVENTS_REQUEST__INIT;
	int64_t after;
	if (options_number(&cli->options, "after", 0, 0, &after, &err) < 0)
		return cli_fail(cli, &err);
	int code = cli_connect(cli, CLIENT_START_ENGINE);
	if (code != 0)
		return code;
	listing.seq = (uint64_t)after;
	request.execution = (char *)cli_argument(cli, 0);
	request.follow = listing.follow;
	do { /* an engine that went away comes back; nothing is printed twice */
		request.after_seq = listing.seq;
		code = client_stream(cli->client, "ListEvents", &request.base,
				     &hlp__v1__event_record__descriptor, on_event, &listing, &err);
	} while (code == -ERR_UNAVAILABLE && listing.follow);
	return code < 0 ? cli_fail(cli, &err) : CLI_OK;
}

const struct cli_command events_command = {
	.name = "events",
	.arguments = "EXECUTION",
	.help = "the record: every event of an execution",
	.options = options,
	.least = 1,
	.most = 1,
	.exec = exec,
};
