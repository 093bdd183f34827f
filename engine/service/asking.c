/* SPDX-License-Identifier: MIT
 *
 * The steps of a call. An asking lives until its call has ended and no step is under way.
 */
#include "service/asking.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "wire/message.h"

#define ORIGIN_MAX 300
#define OUT_MAX	   ((size_t)512 * 1024 * 1024)

struct asking *asking_new(struct service *service, struct grpc_call *call,
			  ProtobufCMessage *message)
{
	struct asking *asking = mem_zalloc(sizeof(*asking));

	asking->service = service;
	asking->call = call;
	asking->message = message;
	buf_init(&asking->out, OUT_MAX);
	grpc_call_set_mark(call, asking);
	service->asking_count++;
	return asking;
}

static void unlink_watcher(struct asking *asking)
{
	if (!asking->watching)
		return;
	if (asking->previous_watcher)
		asking->previous_watcher->next_watcher = asking->next_watcher;
	else
		asking->service->watchers = asking->next_watcher;
	if (asking->next_watcher)
		asking->next_watcher->previous_watcher = asking->previous_watcher;
	asking->watching = false;
}

/* The coordinator counts watchers: one that was counted is taken off again. */
static void unregister(struct asking *asking)
{
	struct request *request;

	if (!asking->registered || !asking->service->runtime)
		return;
	asking->registered = false;
	request = request_new(REQUEST_UNWATCH, &asking->service->mailbox, NULL);
	if (!asking->watch_all)
		memcpy(request->execution, asking->execution, sizeof(request->execution));
	if (runtime_ask(asking->service->runtime, request) < 0)
		request_free(request); /* overloaded: the count errs on the side of telling */
}

static void free_if_done(struct asking *asking)
{
	if (asking->call || asking->busy)
		return;
	if (asking->leaving)
		asking->leaving(asking);
	unlink_watcher(asking);
	unregister(asking);
	protobuf_c_message_free_unpacked(asking->message, NULL);
	request_free(asking->request);
	for (size_t i = 0; i < asking->kept_count; i++)
		shared_bytes_unref(asking->kept[i].bytes);
	free(asking->kept);
	plan_history_free(asking->history);
	buf_release(&asking->out);
	arena_release(&asking->arena);
	asking->service->asking_count--;
	free(asking);
}

void asking_cancel(struct asking *asking)
{
	asking->call = NULL;
	free_if_done(asking);
}

/* ---- ends -------------------------------------------------------------------------------- */

static void ended(struct asking *asking)
{
	asking->call = NULL;
	free_if_done(asking);
}

void asking_reply(struct asking *asking)
{
	struct shared_bytes *bytes;

	if (asking->call) {
		bytes = shared_bytes_take(&asking->out);
		grpc_call_reply(asking->call, bytes);
		shared_bytes_unref(bytes);
	}
	ended(asking);
}

void asking_reply_message(struct asking *asking, const ProtobufCMessage *message)
{
	buf_clear(&asking->out);
	message_pack(message, &asking->out);
	asking_reply(asking);
}

void asking_fail(struct asking *asking, const struct err *err)
{
	if (asking->call)
		grpc_call_end(asking->call, err);
	ended(asking);
}

void asking_end(struct asking *asking)
{
	asking_fail(asking, NULL);
}

void asking_send(struct asking *asking)
{
	struct shared_bytes *bytes = shared_bytes_take(&asking->out);

	/* A client that does not read is dealt with by its watch, which resyncs. */
	if (asking->call)
		(void)grpc_call_send(asking->call, bytes, NULL);
	shared_bytes_unref(bytes);
}

/* ---- steps ------------------------------------------------------------------------------- */

static void fail_overloaded(struct asking *asking)
{
	struct err err;

	asking->busy = false;
	(void)err_set(&err, ERR_LIMIT, "the engine is overloaded; try again");
	asking_fail(asking, &err);
}

static void run_read(struct catalog_job *job, struct catalog *catalog, struct content *content)
{
	struct asking *asking = job->ctx;

	job->result = asking->read(asking, catalog, content, &job->err);
}

void asking_read_then(struct asking *asking, asking_read *read, void (*next)(struct asking *asking))
{
	asking->read = read;
	asking->next = next;
	asking->busy = true;
	asking->job = (struct catalog_job){
		.run = run_read, .reply_to = &asking->service->mailbox, .ctx = asking};
	if (runtime_read(asking->service->runtime, &asking->job) < 0)
		fail_overloaded(asking);
}

static int read_resolve(struct asking *asking, struct catalog *catalog, struct content *content,
			struct err *err)
{
	uint64_t seq;
	int rc = catalog_begin(catalog, &seq, err);

	(void)content;
	if (rc < 0)
		return rc;
	rc = catalog_resolve(catalog, asking->typed, asking->use, asking->execution, err);
	catalog_end(catalog);
	return rc;
}

void asking_resolve(struct asking *asking, const char *typed, enum catalog_use use,
		    void (*next)(struct asking *asking))
{
	asking->typed = typed;
	asking->use = use;
	asking_read_then(asking, read_resolve, next);
}

const char *asking_actor(const struct asking *asking)
{
	const char *actor = grpc_call_header(asking->call, "hlp-actor");

	return actor && *actor ? actor : grpc_call_peer(asking->call)->login;
}

/* "/dev/pts/3 from 10.0.0.7": the terminal as the client names it, and the first word of what sshd
 * told its session. Like the actor's name it is the client's word, for people. */
static const char *origin_of(struct asking *asking, struct arena *arena)
{
	const char *terminal = grpc_call_header(asking->call, "hlp-terminal");
	const char *ssh = grpc_call_header(asking->call, "hlp-ssh");
	struct buf text;
	const char *origin = NULL;

	buf_init(&text, ORIGIN_MAX);
	if (terminal)
		buf_add_text(&text, terminal);
	if (ssh)
		buf_printf(&text, "%sfrom %.*s", terminal ? " " : "", (int)strcspn(ssh, " "), ssh);
	if (text.length)
		origin = arena_strdup(arena, buf_text(&text));
	buf_release(&text);
	return origin;
}

/* Of another user it would be of no use. */
static const char *agent_of(struct asking *asking, struct arena *arena)
{
	const char *agent = grpc_call_header(asking->call, "hlp-agent");

	return agent && grpc_call_peer(asking->call)->uid == geteuid() ? arena_strdup(arena, agent)
								       : NULL;
}

struct request *asking_new_request(struct asking *asking, enum request_kind kind,
				   const char *request_id, const char *note)
{
	struct request *request = request_new(kind, &asking->service->mailbox, asking);

	memcpy(request->execution, asking->execution, sizeof(request->execution));
	request->actor = arena_strdup(&request->arena, asking_actor(asking));
	request->origin = origin_of(asking, &request->arena);
	request->agent = agent_of(asking, &request->arena);
	request->request =
		request_id && *request_id ? arena_strdup(&request->arena, request_id) : NULL;
	request->note = note && *note ? arena_strdup(&request->arena, note) : NULL;
	return request;
}

void asking_request(struct asking *asking, struct request *request,
		    void (*next)(struct asking *asking))
{
	request_free(asking->request);
	asking->request = NULL;
	asking->next = next;
	asking->busy = true;
	if (runtime_ask(asking->service->runtime, request) < 0) {
		request_free(request);
		fail_overloaded(asking);
	}
}

static void go_on(struct asking *asking, int result, const struct err *err)
{
	asking->busy = false;
	if (!asking->call)
		free_if_done(asking);
	else if (result < 0)
		asking_fail(asking, err);
	else if (asking->next)
		asking->next(asking);
	else
		asking_reply(asking);
}

void asking_take_job(struct catalog_job *job)
{
	struct asking *asking = job->ctx;
	struct err err = job->err;

	go_on(asking, job->result, &err);
}

void asking_take_request(struct request *request)
{
	struct asking *asking = request->ctx;

	if (!asking) { /* an unwatch: nobody waits for it */
		request_free(request);
		return;
	}
	asking->request = request;
	if (request->kind == REQUEST_WATCH && request->result >= 0)
		asking->registered = true;
	go_on(asking, request->result, &request->err);
}
