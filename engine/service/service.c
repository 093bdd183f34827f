/* SPDX-License-Identifier: MIT
 *
 * Accepting clients, and handing what comes back from other threads to the calls that wait for it.
 */
#include "service/service.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "service/asking.h"
#include "service/verbs.h"
#include "service/watch.h"
#include "wire/convert.h"

#define MAILBOX_MAX 65536

static void on_request(void *ctx, struct grpc_call *call, const char *method,
		       ProtobufCMessage *message)
{
	struct service *service = ctx;

	verbs_begin(asking_new(service, call, message), method);
}

static void on_cancelled(void *ctx, struct grpc_call *call)
{
	struct asking *asking = grpc_call_mark(call);

	(void)ctx;
	if (asking)
		asking_cancel(asking);
}

static void on_drained(void *ctx, struct grpc_call *call)
{
	struct asking *asking = grpc_call_mark(call);

	(void)ctx;
	if (asking)
		watch_drained(asking);
}

/* Only the owner of the instance (or root) may speak to it; the socket's mode says so too. */
static void on_connect(struct loop_watch *watch, unsigned events)
{
	struct service *service = watch->ctx;
	struct peer peer;
	struct err err;
	int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return; /* gone again, or no descriptors: the next turn tries anew */
	if (peer_of_socket(fd, &peer, &err) < 0 || (peer.uid != geteuid() && peer.uid != 0)) {
		log_warn("refused a client of another user");
		(void)close(fd);
		return;
	}
	if (grpc_server_add(&service->server, fd, &peer, &err) < 0)
		log_warn("refused a client: %s", err.message);
}

static void take(struct service *service, struct message *message)
{
	switch ((enum runtime_mail)message->kind) {
	case RUNTIME_REQUEST:
		asking_take_request((struct request *)message);
		break;
	case RUNTIME_JOB:
		asking_take_job((struct catalog_job *)message);
		break;
	case RUNTIME_UPDATE:
		watch_take_update(service, (struct runtime_update *)message);
		break;
	}
}

static void on_mail(struct loop_watch *watch, unsigned events)
{
	struct service *service = watch->ctx;
	struct message *message = mailbox_take(&service->mailbox);

	(void)events;
	while (message) {
		struct message *next = message->next;

		take(service, message);
		message = next;
	}
}

int service_new(struct loop *loop, const struct home *home, struct service **out, struct err *err)
{
	struct service *service = mem_zalloc(sizeof(*service));
	int rc;

	service->loop = loop;
	service->home = home;
	service->listener.fd = -1;
	service->started_us = clock_wall_us(clock_system());
	service->grpc = (struct grpc_service){.descriptor = &hlp__v1__hlp__descriptor,
					      .request = on_request,
					      .cancelled = on_cancelled,
					      .drained = on_drained,
					      .ctx = service};
	mailbox_init(&service->mailbox, MAILBOX_MAX, true);
	service->mail =
		(struct loop_watch){.fd = service->mailbox.fd, .ready = on_mail, .ctx = service};
	rc = loop_add(loop, &service->mail, LOOP_READ, err);
	if (rc < 0) {
		mailbox_release(&service->mailbox);
		free(service);
		return rc;
	}
	grpc_server_init(&service->server, loop, &service->grpc);
	*out = service;
	return 0;
}

struct mailbox *service_mailbox(struct service *service)
{
	return &service->mailbox;
}

static void encode_update(void *ctx, uint64_t seq, const struct execution_row *header,
			  const struct node_row *nodes, size_t nodes_count,
			  const struct act_row *acts, const char *const *act_nodes,
			  size_t acts_count, bool last, struct buf *out)
{
	const struct convert_update update = {.seq = seq, .last = last};

	(void)ctx;
	convert_update_header(out, &update, header);
	for (size_t i = 0; i < nodes_count; i++)
		convert_update_node(out, &nodes[i]);
	for (size_t i = 0; i < acts_count; i++)
		convert_update_act(out, &acts[i], act_nodes[i]);
}

static void encode_plan(void *ctx, const struct execution *execution, const struct plan *plan,
			struct buf *out)
{
	(void)ctx;
	convert_rollback_reply(out, plan, execution, false, 0);
}

struct runtime_encoder service_encoder(void)
{
	return (struct runtime_encoder){.update = encode_update, .plan = encode_plan};
}

int service_open(struct service *service, int listen_fd, struct runtime *runtime, struct err *err)
{
	int rc;

	service->runtime = runtime;
	service->listener =
		(struct loop_watch){.fd = listen_fd, .ready = on_connect, .ctx = service};
	rc = loop_add(service->loop, &service->listener, LOOP_READ, err);
	service->accepting = rc >= 0;
	return rc;
}

void service_stop(struct service *service)
{
	if (service->accepting)
		loop_remove(service->loop, &service->listener);
	service->accepting = false;
	grpc_server_stop(&service->server);
}

bool service_is_idle(const struct service *service)
{
	return grpc_server_is_idle(&service->server);
}

void service_free(struct service *service)
{
	if (!service)
		return;
	if (service->accepting)
		loop_remove(service->loop, &service->listener);
	service->runtime = NULL; /* it is gone */
	grpc_server_release(&service->server);
	on_mail(&service->mail, 0); /* what came back meanwhile; frees their askings */
	loop_remove(service->loop, &service->mail);
	mailbox_release(&service->mailbox);
	free(service);
}
