/* SPDX-License-Identifier: MIT
 *
 * The list of connections and the sweep. Service callbacks and HTTP/2 callbacks only queue and
 * mark; one timer, due at once, then sends for every marked connection and frees the closed ones,
 * so that many messages share a write and nothing is freed beneath a caller.
 */
#include "wire/grpc_server.h"

#include <unistd.h>

#include "wire/grpc_connection.h"

static void sweep(struct grpc_server *server)
{
	struct grpc_connection **link = &server->connections;

	for (struct grpc_connection *c = server->connections; c; c = c->next)
		if (c->dirty && c->fd >= 0)
			grpc_connection_flush(c);
	while (*link) {
		struct grpc_connection *connection = *link;

		if (connection->fd >= 0) {
			link = &connection->next;
			continue;
		}
		*link = connection->next;
		server->connections_count--;
		grpc_connection_free(connection);
	}
}

static void sweep_due(struct loop_timer *timer)
{
	sweep(timer->ctx);
}

void grpc_server_init(struct grpc_server *server, struct loop *loop,
		      const struct grpc_service *service)
{
	*server = (struct grpc_server){.loop = loop, .service = service};
	server->sweep = (struct loop_timer){.due = sweep_due, .ctx = server};
}

void grpc_server_release(struct grpc_server *server)
{
	for (struct grpc_connection *c = server->connections; c; c = c->next)
		grpc_connection_close(c);
	sweep(server);
	loop_disarm(server->loop, &server->sweep);
}

int grpc_server_add(struct grpc_server *server, int fd, const struct peer *peer, struct err *err)
{
	const struct grpc_connection model = {
		.loop = server->loop, .service = server->service, .sweep = &server->sweep};
	struct grpc_connection *connection;
	int rc;

	if (server->stopping || server->connections_count >= GRPC_CONNECTIONS_MAX) {
		(void)close(fd); /* nothing was written */
		if (server->stopping)
			return err_set(err, ERR_UNAVAILABLE, "the engine is stopping");
		return err_set(err, ERR_LIMIT, "more than %d clients are connected",
			       GRPC_CONNECTIONS_MAX);
	}
	rc = grpc_connection_new(&model, fd, peer, &connection, err);
	if (rc < 0)
		return rc;
	connection->next = server->connections;
	server->connections = connection;
	server->connections_count++;
	return 0;
}

void grpc_server_stop(struct grpc_server *server)
{
	server->stopping = true;
	for (struct grpc_connection *c = server->connections; c; c = c->next)
		grpc_connection_say_goodbye(c);
}

bool grpc_server_is_idle(const struct grpc_server *server)
{
	return !server->connections;
}
