/* SPDX-License-Identifier: MIT
 *
 * JSON onto standard output. See json_out.h.
 */
#include "cli/json_out.h"

#define DOCUMENT_MAX ((size_t)512 * 1024 * 1024)

void json_out_begin(struct buf *document)
{
	buf_init(document, DOCUMENT_MAX);
}

void json_out(struct cli *cli, struct buf *document)
{
	say_document(&cli->out, buf_text(document), document->length);
	say_printf(&cli->out, "\n");
	buf_release(document);
}

void json_out_message(struct cli *cli, const ProtobufCMessage *message)
{
	struct buf document;
	json_out_begin(&document);
	json_message(&document, message);
	json_out(cli, &document);
}

void json_out_status(struct cli *cli, const Hlp__V1__Status *status)
{
	struct buf document;
	json_out_begin(&document);
	json_status(&document, status);
	json_out(cli, &document);
}
