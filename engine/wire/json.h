/* SPDX-License-Identifier: MIT
 *
 * Messages as JSON for `-o json` and HTTP. Times are RFC 3339 in UTC with six decimals, absent
 * values are null, bytes that are no UTF-8 become U+FFFD. Every function appends one document
 * without a newline at its end; json_event's is a single line. The buffer's bound is the caller's.
 */
#ifndef HLP_WIRE_JSON_H
#define HLP_WIRE_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "wire/hlp.pb-c.h"

/* {"id","name","workflow","revision","dirty","state","reason","created_at","started_at","ended_at",
 * "nodes":[{"id","phase","state","reason","attempt","exit_code","started_at","ended_at","risk",
 * "question","ask","shown":{…},"asked_at","held","held_by","held_note","held_until"}]},
 * nodes in file order, one a line. Written node by node: no tree of a large status is built. */
void json_status(struct buf *out, const Hlp__V1__Status *status);
/* [{…}], the header fields of json_status with "number", "actor", "note", "folder" and
 * "nodes": {"total", "pending", "running", …}. */
void json_list(struct buf *out, const Hlp__V1__ExecutionList *list);
/* {"seq","time","kind","node","attempt","state","reason","actor","verb","text","fields":{…}} */
void json_event(struct buf *out, const Hlp__V1__EventRecord *event);
/* [{"id","node","path","moment","attempt","time","absent","blob","size","mode","current",
 * "failed"}]; in a history also "execution" and "folder". */
void json_artifacts(struct buf *out, const Hlp__V1__ArtifactList *list);
/* [{"node","kind","number","exit","code","started_at","ended_at","pid","cpu_us",…}] */
void json_attempts(struct buf *out, const Hlp__V1__AttemptList *list);
/* {"plan","version","node","refused","rows":[…],"nodes":[…]} */
void json_plan(struct buf *out, const Hlp__V1__Plan *plan);
/* Such a document back; the caller frees *out with hlp__v1__plan__free_unpacked. ERR_INVALID. */
int json_plan_read(const char *data, size_t length, Hlp__V1__Plan **out, struct err *err);
void json_engine(struct buf *out, const Hlp__V1__EngineStatus *status);
/* {"workflow","description","phases","max_parallel","params":{…},"nodes":[…]}, needs by id. */
void json_graph(struct buf *out, const Hlp__V1__Graph *graph);

/* Any message by its descriptor: field names as in hlp.proto; a field that ends in _us and is a
 * point in time is "…_at" in RFC 3339, other numbers and texts as they are, unset texts null. */
void json_message(struct buf *out, const ProtobufCMessage *message);

#endif
