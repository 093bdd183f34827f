/* SPDX-License-Identifier: MIT
 *
 * The frame around a script, and the answers that it makes the shell give.
 */
#include "relay/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES ((size_t)256) /* of an answer */
#define IN_MAX	       ((size_t)1024 * 1024)

/* Descriptor 3 is the way back to us; the script and all that it starts have 2 alone. */
static void add_head(struct remote *remote)
{
	buf_printf(&remote->to_send,
		   "exec 3>&1 1>&2 || exit 255\n"
		   "printf '%%s ready\\n' %s >&3\n",
		   remote->nonce);
}

/* Every line before the one in parentheses does nothing but remember, so that a script that was cut
 * short on its way does nothing. */
static void add_tail(struct remote *remote, enum remote_outputs outputs)
{
	struct buf *script = &remote->script;

	buf_add_text(script, "set +e\n");
	if (outputs == REMOTE_WITH_OUTPUTS)
		buf_printf(script,
			   "hlp_file=$(mktemp \"${TMPDIR:-/tmp}/hlp.XXXXXXXX\") || {\n"
			   "printf '%%s exit 126 0\\n' %s >&3\n"
			   "exit 126\n"
			   "}\n"
			   "trap 'rm -f \"$hlp_file\"' EXIT\n"
			   "HLP_OUTPUT=$hlp_file\n"
			   "export HLP_OUTPUT\n",
			   remote->nonce);
	buf_add_text(script, "(\n"
			     "test -z \"$hlp_folder\" || cd -- \"$hlp_folder\" || exit 126\n"
			     "set -e $hlp_options\n"
			     "eval \"$hlp_script\"\n"
			     ") </dev/null 3>&-\n"
			     "hlp_status=$?\n"
			     "hlp_size=0\n");
	if (outputs == REMOTE_WITH_OUTPUTS)
		buf_add_text(script, "hlp_size=$(($(wc -c <\"$hlp_file\")))\n");
	buf_printf(script, "printf '%%s exit %%s %%s\\n' %s \"$hlp_status\" \"$hlp_size\" >&3\n",
		   remote->nonce);
	if (outputs == REMOTE_WITH_OUTPUTS)
		buf_add_text(script, "cat \"$hlp_file\" >&3\n");
	buf_add_text(script, "exit 0\n");
}

void remote_init(struct remote *remote, const char nonce[REMOTE_NONCE_TEXT],
		 const struct buf *setup, enum remote_outputs outputs)
{
	*remote = (struct remote){.phase = REMOTE_CALLING};
	memcpy(remote->nonce, nonce, REMOTE_NONCE_TEXT);
	buf_init(&remote->to_send, REMOTE_SCRIPT_MAX);
	buf_init(&remote->script, REMOTE_SCRIPT_MAX);
	buf_init(&remote->in, IN_MAX);
	buf_init(&remote->outputs, REMOTE_OUTPUTS_MAX);
	add_head(remote);
	buf_add(&remote->script, buf_text(setup), setup->length);
	add_tail(remote, outputs);
}

static void wipe(struct buf *buf)
{
	if (buf->data)
		explicit_bzero(buf->data, buf->capacity);
	buf_release(buf);
}

void remote_release(struct remote *remote)
{
	wipe(&remote->to_send);
	wipe(&remote->script);
	buf_release(&remote->in);
	wipe(&remote->outputs);
}

/* ---- answers ----------------------------------------------------------------------------- */

static void start(struct remote *remote)
{
	remote->phase = REMOTE_SENT;
	buf_add(&remote->to_send, buf_text(&remote->script), remote->script.length);
	wipe(&remote->script);
}

static void end(struct remote *remote, const char *answer)
{
	unsigned long long size;
	int status, used = 0;

	if (sscanf(answer, "exit %d %llu%n", &status, &size, &used) != 2 || answer[used] ||
	    status < 0 || status > 255 || size > REMOTE_OUTPUTS_MAX) {
		remote->phase = REMOTE_GARBLED;
		return;
	}
	remote->status = status;
	remote->wanted = (size_t)size;
	remote->phase = REMOTE_ENDING;
}

static void obey(struct remote *remote, const char *line, size_t length)
{
	char answer[LINE_MAX_BYTES];

	memcpy(answer, line, length);
	answer[length] = '\0';
	if (remote->phase == REMOTE_CALLING && strcmp(answer, "ready") == 0)
		start(remote);
	else if (remote->phase == REMOTE_SENT)
		end(remote, answer);
	else
		remote->phase = REMOTE_GARBLED;
}

/* One answer off `in`, with the noise before it; false when more must come first. */
static bool take_answer(struct remote *remote, struct buf *noise)
{
	struct buf *in = &remote->in;
	const size_t nonce = strlen(remote->nonce);
	const char *found = in->length ? memmem(in->data, in->length, remote->nonce, nonce) : NULL;
	const size_t before = found ? (size_t)(found - in->data)
				    : in->length - (in->length < nonce ? in->length : nonce - 1);
	const char *line, *newline;

	buf_add(noise, in->data, before);
	buf_consume(in, before);
	if (!found || in->length <= nonce)
		return false;
	line = in->data + nonce + 1;
	newline = memchr(line, '\n', in->length - nonce - 1);
	if (!newline && in->length < nonce + LINE_MAX_BYTES)
		return false;
	if (!newline || (size_t)(newline - line) >= LINE_MAX_BYTES) {
		remote->phase = REMOTE_GARBLED;
		return false;
	}
	obey(remote, line, (size_t)(newline - line));
	buf_consume(in, (size_t)(newline + 1 - in->data));
	return true;
}

static void take_outputs(struct remote *remote)
{
	const size_t owed = remote->wanted - remote->outputs.length;
	const size_t length = owed < remote->in.length ? owed : remote->in.length;

	buf_add(&remote->outputs, buf_text(&remote->in), length);
	buf_consume(&remote->in, length);
	if (remote->outputs.length == remote->wanted)
		remote->phase = REMOTE_ENDED;
}

void remote_take(struct remote *remote, const char *data, size_t length, struct buf *noise)
{
	buf_add(&remote->in, data, length);
	while (remote->phase < REMOTE_ENDING && take_answer(remote, noise))
		;
	if (remote->phase == REMOTE_ENDING)
		take_outputs(remote);
}
