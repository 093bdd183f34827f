/* SPDX-License-Identifier: MIT
 *
 * Last words are matched as the C library writes them, untranslated: a node whose LANG says
 * otherwise is only known by its signal. See resource.h.
 */
#include "launcher/resource.h"

#include <signal.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define LAST_BYTES   1000
#define SHELL_SIGNAL 128 /* a shell's exit is this and the signal of what it waited for */

static const char *const last_words[] = {
	"No space left on device", "Disk quota exceeded",
	"File too large",	   "File size limit exceeded",
	"Cannot allocate memory",  "Too many open files",
	"Out of memory",
};

/* What the last lines say of it; NULL: nothing. */
static const char *said(const struct attempt *attempt)
{
	const char *found = NULL, *from;
	struct buf tail;

	buf_init(&tail, OUTPUT_TAIL_BYTES + 1);
	output_tail(attempt->output, &tail);
	from = buf_text(&tail) + (tail.length > LAST_BYTES ? tail.length - LAST_BYTES : 0);
	for (size_t i = 0; i < sizeof(last_words) / sizeof(last_words[0]) && !found; i++)
		if (strstr(from, last_words[i]))
			found = last_words[i];
	buf_release(&tail);
	return found;
}

static bool is_failure(const struct attempt *attempt)
{
	return attempt->exit == LAUNCH_EXIT_SIGNAL ||
	       (attempt->exit == LAUNCH_EXIT_STATUS && attempt->code != 0);
}

static bool is_file_size(const struct attempt *attempt)
{
	const bool by_signal = attempt->exit == LAUNCH_EXIT_SIGNAL;

	return attempt->code == (by_signal ? SIGXFSZ : SHELL_SIGNAL + SIGXFSZ);
}

static void add_memory(struct buf *out, int64_t bytes)
{
	char size[TEXT_SIZE];

	text_size(bytes, size);
	buf_printf(out, "killed: it used more than its limit of %s of memory", size);
}

void resource_judge(struct attempt *attempt, int64_t memory)
{
	const char *what = NULL;
	struct buf text;

	if (attempt->phase != ATTEMPT_RUNNING || !is_failure(attempt))
		return; /* well, or stopped by us */
	if (!memory)
		what = is_file_size(attempt) ? "a file reached the limit of its size (SIGXFSZ)"
					     : said(attempt);
	if (!memory && !what)
		return;
	if (attempt->exit == LAUNCH_EXIT_SIGNAL)
		attempt->code += SHELL_SIGNAL;
	attempt->exit = LAUNCH_EXIT_RESOURCE;
	buf_init(&text, 400);
	buf_printf(&text, "exit %d: ", (int)attempt->code);
	if (memory)
		add_memory(&text, memory);
	else
		buf_add_text(&text, what);
	attempt_set_text(attempt, buf_text(&text));
	buf_release(&text);
}
