/* SPDX-License-Identifier: MIT
 *
 * What every command of hlp works with: its options, where it writes, the link to the engine; and
 * what a command is. Commands live in one file each, which ends in its `struct cli_command`;
 * commands.c lists them. One thread.
 */
#ifndef HLP_CLI_CLI_H
#define HLP_CLI_CLI_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/home.h"
#include "cli/options.h"
#include "cli/say.h"
#include "client/client.h"

/* How hlp ends. */
enum cli_exit {
	CLI_OK = 0,	   /* COMPLETED; a query that answered; an act that is durable */
	CLI_OTHER = 1,	   /* any other end; an act refused */
	CLI_USAGE = 2,	   /* wrong usage, invalid workflow */
	CLI_NO_ENGINE = 3, /* nobody answers */
	CLI_WAITS = 4,	   /* it waits for a person, and there is no terminal */
	CLI_LEFT = 130,	   /* left by Ctrl-C */
};

#define CLI_CALL_TIMEOUT_US ((int64_t)30 * 1000000)

struct cli {
	const struct cli_command *command;
	struct options options;
	struct say out, err;
	bool json;	    /* -o json */
	bool yes;	    /* --yes */
	bool interactive;   /* a person reads and can answer */
	const char *reason; /* --reason or HLP_REASON; "" without */
	struct home home;
	bool has_home;
	struct client *client;
};

struct cli_command {
	const char *name;
	const char *arguments; /* "EXECUTION [NODE]" */
	const char *help;      /* one line */
	const char *more;      /* what its help says behind the options, as it stands; or NULL */
	const struct option_spec *options;
	size_t least, most;	      /* arguments */
	int (*exec)(struct cli *cli); /* returns enum cli_exit */
};

extern const struct option_spec cli_common_options[];

/* Takes over argv after the command's name; CLI_USAGE (said) when it does not fit. */
int cli_open(struct cli *cli, const struct cli_command *command, int count, char *const *argv);
void cli_close(struct cli *cli);

/* Says an error on standard error and returns how hlp ends because of it. */
int cli_fail(struct cli *cli, const struct err *err);
int cli_refuse(struct cli *cli, enum cli_exit code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Connects once; 0, or what cli_fail returned. */
int cli_connect(struct cli *cli, enum client_start start);
/* Connects if need be (starting the engine) and calls; *out is the caller's, to be freed with
 * protobuf_c_message_free_unpacked. 0, or how hlp ends, said. */
int cli_call(struct cli *cli, const char *rpc, const ProtobufCMessage *request,
	     const ProtobufCMessageDescriptor *reply, ProtobufCMessage **out);

/* The i-th argument, or NULL. */
const char *cli_argument(const struct cli *cli, size_t i);
/* "EXECUTION/NODE" taken apart; *out_node is "" without. The caller frees both. */
void cli_split_target(const char *text, char **out_execution, char **out_node);
/* One line from standard input, without its newline; NULL at the end. The caller frees it. */
char *cli_read_line(void);
/* The same without showing what is typed. */
char *cli_read_secret(struct say *say);

void cli_print_help(struct say *say, const struct cli_command *command);

#endif
