/* SPDX-License-Identifier: MIT
 *
 * Answers as JSON: one document, or one line for each event.
 */
#ifndef HLP_CLI_JSON_OUT_H
#define HLP_CLI_JSON_OUT_H

#include "cli/cli.h"
#include "wire/json.h"

/* Empties `document` onto standard output, with a newline. */
void json_out(struct cli *cli, struct buf *document);
void json_out_status(struct cli *cli, const Hlp__V1__Status *status);
/* A reply without a document of its own shape, as it is on the wire: {"seq": …, "message": …}. */
void json_out_message(struct cli *cli, const ProtobufCMessage *message);
void json_out_begin(struct buf *document);

#endif
