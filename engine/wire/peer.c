/* SPDX-License-Identifier: MIT
 *
 * SO_PEERCRED and the login name behind it. Whether this peer may come in is the service's matter.
 */
#include "wire/peer.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/socket.h>

static void find_login(uid_t uid, char *out, size_t size)
{
	char space[4096];
	struct passwd entry, *found = NULL;

	if (getpwuid_r(uid, &entry, space, sizeof(space), &found) == 0 && found)
		(void)snprintf(out, size, "%s", found->pw_name); /* cut on purpose */
	else
		(void)snprintf(out, size, "uid %lu", (unsigned long)uid);
}

int peer_of_socket(int fd, struct peer *out, struct err *err)
{
	struct ucred credentials;
	socklen_t length = sizeof(credentials);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0)
		return err_errno(err, errno, "cannot learn who connects");
	if (credentials.uid == (uid_t)-1)
		return err_set(err, ERR_IO, "cannot learn who connects");
	*out = (struct peer){
		.uid = credentials.uid, .gid = credentials.gid, .pid = credentials.pid};
	find_login(out->uid, out->login, sizeof(out->login));
	return 0;
}
