/* SPDX-License-Identifier: MIT
 *
 * One ssh, a master in the background: through it the socket is asked for and forwarded, and it is
 * told to end. So one asks for a passphrase once, and no process is ended by its number.
 */
#include "tui/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/text.h"

#define SCHEME	     "ssh:"
#define ANSWER_BYTES 8192

/* What base/home does there: the folder of the instance, and its socket. */
#define ASK_FOR_SOCKET                                                                             \
	"h=${HLP_HOME:-${XDG_STATE_HOME:-$HOME/.local/state}/hlp}; "                               \
	"printf %s \"${HLP_SOCKET:-$h/engine.sock}\""

static char *in_folder(const struct connection *connection, const char *name)
{
	return mem_printf("%s/%s", connection->folder, name);
}

/* ssh with its complaints on the terminal; ERR_UNAVAILABLE when it fails. */
static int run_ssh(const char *const *words, struct buf *out, struct err *err)
{
	int status = proc_run((char *const *)words, NULL, out, err);

	if (status < 0)
		return status;
	return status == 0 ? 0 : err_set(err, ERR_UNAVAILABLE, "ssh ended with %d", status);
}

/* The first ssh: it stays as the master, in the background, when it has answered. */
static int open_master(const struct connection *connection, const char *command, struct buf *answer,
		       struct err *err)
{
	char *control = in_folder(connection, "master");
	const char *words[] = {"ssh",
			       "-S",
			       control,
			       "-o",
			       "ControlMaster=yes",
			       "-o",
			       "ControlPersist=yes",
			       "--",
			       connection->host,
			       command,
			       NULL};

	int status = run_ssh(words, answer, err);
	free(control);
	return status;
}

static int find_socket(const struct connection *connection, const char *given, char **out,
		       struct err *err)
{
	struct buf answer;

	buf_init(&answer, ANSWER_BYTES);
	int status = open_master(connection, given != NULL ? "true" : ASK_FOR_SOCKET, &answer, err);
	const char *socket = given != NULL ? given : buf_text(&answer);
	if (status == 0 && socket[0] != '/')
		status = err_set(err, ERR_INVALID, "the path of its socket is not absolute");
	if (status == 0)
		*out = mem_strdup(socket);
	buf_release(&answer);
	return status;
}

static int forward(const struct connection *connection, const char *socket, struct err *err)
{
	char *control = in_folder(connection, "master"), *here = in_folder(connection, "engine");
	char *pair = mem_printf("%s:%s", here, socket);
	const char *words[] = {"ssh", "-S", control,	      "-O", "forward", "-L",
			       pair,  "--", connection->host, NULL};
	struct buf none;

	buf_init(&none, ANSWER_BYTES);
	int status = run_ssh(words, &none, err);
	if (status == 0 && setenv("HLP_SOCKET", here, 1) != 0)
		status = err_errno(err, errno, "cannot name the socket");
	buf_release(&none);
	free(pair);
	free(here);
	free(control);
	return status;
}

static int make_folder(struct connection *connection, struct err *err)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	connection->folder = mem_printf("%s/hlp-ssh.XXXXXX",
					runtime != NULL && runtime[0] == '/' ? runtime : "/tmp");
	if (mkdtemp(connection->folder) != NULL)
		return 0;
	int code = errno;
	free(connection->folder);
	connection->folder = NULL;
	return err_errno(err, code, "cannot make a folder for ssh");
}

static int open_host(const char *host, struct connection *out, struct err *err)
{
	const char *colon = strchr(host, ':');
	char *socket = NULL;

	out->host = colon != NULL ? mem_strndup(host, (size_t)(colon - host)) : mem_strdup(host);
	int status = make_folder(out, err);
	if (status == 0)
		status = find_socket(out, colon != NULL ? colon + 1 : NULL, &socket, err);
	if (status == 0)
		status = forward(out, socket, err);
	free(socket);
	return status;
}

static int open_here(const char *address, struct err *err)
{
	struct stat info;
	char path[4096];

	if (stat(address, &info) != 0 || realpath(address, path) == NULL)
		return err_set(err, ERR_NOT_FOUND,
			       "no such folder or socket; ssh:HOST reaches another machine");
	if (S_ISDIR(info.st_mode))
		return setenv("HLP_HOME", path, 1) == 0 && unsetenv("HLP_SOCKET") == 0 ? 0
										       : -ERR_IO;
	if (S_ISSOCK(info.st_mode))
		return setenv("HLP_SOCKET", path, 1) == 0 ? 0 : -ERR_IO;
	return err_set(err, ERR_INVALID, "neither the folder of an instance nor a socket");
}

int connection_open(const char *address, struct connection *out, struct err *err)
{
	struct connection made = {0};
	struct err why = {0};

	int status = text_starts_with(address, SCHEME)
			     ? open_host(address + strlen(SCHEME), &made, &why)
			     : open_here(address, &why);
	if (status < 0) {
		connection_close(&made);
		return err_set(err, why.code, "cannot connect to '%s': %s", address, why.message);
	}
	*out = made;
	return 0;
}

static void end_master(const struct connection *connection)
{
	char *control = in_folder(connection, "master"), *here = in_folder(connection, "engine");
	const char *words[] = {"ssh", "-S", control, "-O", "exit", "--", connection->host, NULL};
	struct buf none;
	struct err ignored = {0};

	buf_init(&none, ANSWER_BYTES);
	(void)proc_ask((char *const *)words, NULL, &none, &ignored); /* it may be gone already */
	buf_release(&none);
	(void)unlink(here);
	(void)unlink(control);
	(void)rmdir(connection->folder);
	free(here);
	free(control);
}

void connection_close(struct connection *connection)
{
	if (connection->folder != NULL)
		end_master(connection);
	free(connection->folder);
	free(connection->host);
	*connection = (struct connection){0};
}
