/* SPDX-License-Identifier: MIT
 *
 * See cli_ear.h.
 */
#include "tests/unit/cli_ear.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_pipe(struct say *say)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		abort();
	say_init(say, ends[1]);
	return ends[0];
}

void ear_open(struct ear *ear)
{
	*ear = (struct ear){.cli = {.reason = ""}};
	ear->out = open_pipe(&ear->cli.out);
	ear->err = open_pipe(&ear->cli.err);
}

void ear_close(struct ear *ear)
{
	int out = ear->cli.out.fd, err = ear->cli.err.fd;
	cli_close(&ear->cli);
	close(out);
	close(err);
	close(ear->out);
	close(ear->err);
}

void ear_type(struct ear *ear, const char *text)
{
	int ends[2];
	size_t length = strlen(text);
	if (pipe2(ends, O_CLOEXEC) < 0 || write(ends[1], text, length) != (ssize_t)length ||
	    dup2(ends[0], STDIN_FILENO) < 0)
		abort();
	close(ends[0]);
	close(ends[1]);
	ear->cli.interactive = true;
}

static const char *hear(struct ear *ear, struct say *say, int fd)
{
	say_flush(say);
	ssize_t length = read(fd, ear->heard, sizeof ear->heard - 1);
	ear->heard[length > 0 ? length : 0] = '\0';
	return ear->heard;
}

const char *ear_out(struct ear *ear)
{
	return hear(ear, &ear->cli.out, ear->out);
}

const char *ear_err(struct ear *ear)
{
	return hear(ear, &ear->cli.err, ear->err);
}
