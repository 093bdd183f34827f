/* SPDX-License-Identifier: MIT
 *
 * The headers hlp-actor, hlp-terminal, hlp-ssh and hlp-agent. Whether they are believed is the
 * engine's matter.
 */
#include "client/identity.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void add(struct identity *identity, const char *name, const char *value)
{
	if (!value || !value[0] || strlen(value) >= IDENTITY_TEXT_MAX)
		return;
	identity->headers[identity->count++] = (struct grpc_header){.name = name, .value = value};
}

/* One whose queue is full is alive, too. */
static bool answers(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool connected;

	if (fd < 0)
		return false;
	memcpy(address.sun_path, path, strlen(path) + 1); /* fits: the caller has looked */
	connected =
		connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 || errno == EAGAIN;
	(void)close(fd); /* nothing was said on it */
	return connected;
}

const char *identity_agent(void)
{
	const char *path = getenv("SSH_AUTH_SOCK");
	const size_t most = sizeof(((struct sockaddr_un *)0)->sun_path);

	return path && path[0] == '/' && strlen(path) < most && answers(path) ? path : NULL;
}

void identity_read(struct identity *identity)
{
	*identity = (struct identity){0};
	add(identity, "hlp-actor", getenv("HLP_ACTOR"));
	if (ttyname_r(STDERR_FILENO, identity->terminal, sizeof(identity->terminal)) == 0)
		add(identity, "hlp-terminal", identity->terminal);
	add(identity, "hlp-ssh", getenv("SSH_CONNECTION"));
	add(identity, "hlp-agent", identity_agent());
}

void identity_name(char out[IDENTITY_TEXT_MAX])
{
	const char *actor = getenv("HLP_ACTOR");
	const struct passwd *user = getpwuid(geteuid());

	if (actor && actor[0])
		(void)snprintf(out, IDENTITY_TEXT_MAX, "%s", actor);
	else if (user)
		(void)snprintf(out, IDENTITY_TEXT_MAX, "%s", user->pw_name);
	else
		(void)snprintf(out, IDENTITY_TEXT_MAX, "%u", (unsigned)geteuid());
}
