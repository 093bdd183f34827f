/* SPDX-License-Identifier: MIT
 *
 * One call under way: a request of a client, the steps it takes through the runtime, and its
 * answer. A verb is a first step and what follows each answer; the steps here send it on its way
 * and take care of clients that go away meanwhile. Clients thread only, except `read` of a verb.
 */
#ifndef HLP_SERVICE_ASKING_H
#define HLP_SERVICE_ASKING_H

#include "base/loop.h"
#include "base/map.h"
#include "runtime/runtime.h"
#include "wire/grpc_server.h"
#include "wire/hlp.pb-c.h"

struct asking;

/* What a service holds; here, because verbs reach it through their asking. */
struct service {
	struct loop *loop;
	const struct home *home;
	struct runtime *runtime;
	struct mailbox mailbox; /* answers and updates come here */
	struct loop_watch mail, listener;
	struct grpc_service grpc;
	struct grpc_server server;
	struct asking *watchers; /* list: calls that are told of updates */
	struct asking *present;	 /* list: who looks at what */
	size_t asking_count;
	bool accepting;
	int64_t started_us;
};

/* A reading step, on the catalog thread: touches only its asking, fills asking->out with the packed
 * reply, or err. */
typedef int asking_read(struct asking *asking, struct catalog *catalog, struct content *content,
			struct err *err);

struct asking {
	struct service *service;
	struct grpc_call *call;	   /* NULL when the client is gone */
	ProtobufCMessage *message; /* the request; owned */
	struct catalog_job job;	   /* under way while `reading` */
	asking_read *read;
	/* What follows the step under way; NULL: reply with `out`. */
	void (*next)(struct asking *asking);
	struct request *request; /* the last runtime request; owned */
	struct arena arena;
	const char *typed; /* the execution as a person typed it */
	enum catalog_use use;
	char execution[ULID_TEXT];    /* resolved */
	struct plan_history *history; /* of a rollback: how long it took before; owned */
	struct buf out;
	uint64_t seq; /* told up to here */
	bool busy;    /* a step is under way */
	/* watching */
	bool watching, watch_all, registered, resync, ends_with_execution, events;
	bool last;	 /* what was read last is all there will be */
	bool more;	 /* what was read last may not be all there is now */
	uint32_t missed; /* updates that were not told: a resync is due */
	struct asking_update {
		struct shared_bytes *bytes;
		uint64_t seq;
		bool last;
	} * kept; /* updates that came while the snapshot was read, to follow it */
	size_t kept_count, kept_capacity;
	struct asking *previous_watcher, *next_watcher;
	struct asking *next_present;
	void (*leaving)(struct asking *asking); /* called before it is freed; NULL: nothing */
};

struct asking *asking_new(struct service *service, struct grpc_call *call,
			  ProtobufCMessage *message);
/* The client took the call back; freed as soon as no step is under way. */
void asking_cancel(struct asking *asking);

/* Steps. Each ends with a call of `next` on the clients thread, or with an error to the client. */
void asking_resolve(struct asking *asking, const char *typed, enum catalog_use use,
		    void (*next)(struct asking *asking));
void asking_read_then(struct asking *asking, asking_read *read,
		      void (*next)(struct asking *asking));
void asking_request(struct asking *asking, struct request *request,
		    void (*next)(struct asking *asking));

/* Who asks, as they are called; only while there is a call. */
const char *asking_actor(const struct asking *asking);
/* A fresh runtime request about this call: actor, note and id filled in. */
struct request *asking_new_request(struct asking *asking, enum request_kind kind,
				   const char *request_id, const char *note);

/* Ends. */
void asking_reply(struct asking *asking); /* out is the packed reply */
void asking_reply_message(struct asking *asking, const ProtobufCMessage *message);
void asking_fail(struct asking *asking, const struct err *err); /* also: ends a stream */
void asking_end(struct asking *asking);				/* ends a stream well */
/* One message of a stream: what is in `out`, which is empty afterwards. */
void asking_send(struct asking *asking);

/* Answers of the runtime, taken from the mailbox. */
void asking_take_job(struct catalog_job *job);
void asking_take_request(struct request *request);

#endif
