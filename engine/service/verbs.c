/* SPDX-License-Identifier: MIT
 *
 * What each rpc does first and next. Reading verbs resolve the name and read; acting verbs resolve
 * it for acting, ask the coordinator, and answer when it is durable.
 */
#include "service/verbs.h"

#include <string.h>
#include <unistd.h>

#include "base/instance.h"
#include "service/acting.h"
#include "service/presence.h"
#include "service/reads.h"
#include "service/reads_checkpoints.h"
#include "service/reads_moment.h"
#include "service/reads_pins.h"
#include "service/reads_shell.h"
#include "service/watch.h"

/* ---- reading ----------------------------------------------------------------------------- */

static void then_status(struct asking *asking)
{
	asking_read_then(asking, reads_status, NULL);
}

static void get_execution_status(struct asking *asking)
{
	const Hlp__V1__StatusRequest *asked = (const Hlp__V1__StatusRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_status);
}

static void list_executions(struct asking *asking)
{
	asking_read_then(asking, reads_list, NULL);
}

static void then_graph(struct asking *asking)
{
	asking_read_then(asking, reads_graph, NULL);
}

static void get_graph(struct asking *asking)
{
	const Hlp__V1__GraphRequest *asked = (const Hlp__V1__GraphRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_graph);
}

static void then_moment(struct asking *asking)
{
	asking_read_then(asking, reads_moment, NULL);
}

static void get_moment(struct asking *asking)
{
	const Hlp__V1__MomentRequest *asked = (const Hlp__V1__MomentRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_moment);
}

static void then_attempts(struct asking *asking)
{
	asking_read_then(asking, reads_attempts, NULL);
}

static void list_attempts(struct asking *asking)
{
	const Hlp__V1__AttemptsRequest *asked = (const Hlp__V1__AttemptsRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_attempts);
}

static void then_output(struct asking *asking)
{
	asking_read_then(asking, reads_output, NULL);
}

static void read_output(struct asking *asking)
{
	const Hlp__V1__OutputRequest *asked = (const Hlp__V1__OutputRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_output);
}

static void then_find(struct asking *asking)
{
	asking_read_then(asking, reads_find, NULL);
}

static void find_output(struct asking *asking)
{
	const Hlp__V1__FindRequest *asked = (const Hlp__V1__FindRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_find);
}

static void then_artifacts(struct asking *asking)
{
	asking_read_then(asking, reads_artifacts, NULL);
}

static void list_artifacts(struct asking *asking)
{
	const Hlp__V1__ArtifactsRequest *asked = (const Hlp__V1__ArtifactsRequest *)asking->message;

	if (*asked->execution || !*asked->path)
		asking_resolve(asking, asked->execution, CATALOG_LOOK, then_artifacts);
	else
		asking_read_then(asking, reads_file_history, NULL);
}

static void then_shell(struct asking *asking)
{
	asking_read_then(asking, reads_shell, NULL);
}

static void get_shell(struct asking *asking)
{
	const Hlp__V1__ShellRequest *asked = (const Hlp__V1__ShellRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_shell);
}

static void then_pins(struct asking *asking)
{
	asking_read_then(asking, reads_pins, NULL);
}

static void list_pins(struct asking *asking)
{
	const Hlp__V1__PinsRequest *asked = (const Hlp__V1__PinsRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_pins);
}

static void then_checkpoints(struct asking *asking)
{
	asking_read_then(asking, reads_checkpoints, NULL);
}

static void list_checkpoints(struct asking *asking)
{
	const Hlp__V1__CheckpointsRequest *asked =
		(const Hlp__V1__CheckpointsRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_checkpoints);
}

static void then_verify(struct asking *asking)
{
	asking_read_then(asking, reads_verify, NULL);
}

static void verify_execution(struct asking *asking)
{
	const Hlp__V1__VerifyRequest *asked = (const Hlp__V1__VerifyRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_verify);
}

static void then_diff(struct asking *asking)
{
	asking_read_then(asking, reads_diff, NULL);
}

static void diff_artifact(struct asking *asking)
{
	const Hlp__V1__DiffRequest *asked = (const Hlp__V1__DiffRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_diff);
}

/* ---- streams ----------------------------------------------------------------------------- */

static void then_watch(struct asking *asking)
{
	watch_begin(asking);
}

static void watch(struct asking *asking)
{
	const Hlp__V1__WatchRequest *asked = (const Hlp__V1__WatchRequest *)asking->message;

	if (*asked->execution) {
		asking_resolve(asking, asked->execution, CATALOG_LOOK, then_watch);
		return;
	}
	asking->watch_all = true;
	watch_begin(asking);
}

static void be_present(struct asking *asking)
{
	const Hlp__V1__PresenceRequest *asked = (const Hlp__V1__PresenceRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, presence_begin);
}

static void then_events(struct asking *asking)
{
	const Hlp__V1__EventsRequest *asked = (const Hlp__V1__EventsRequest *)asking->message;

	asking->seq = asked->after_seq;
	watch_events(asking, asked->follow);
}

static void list_events(struct asking *asking)
{
	const Hlp__V1__EventsRequest *asked = (const Hlp__V1__EventsRequest *)asking->message;

	asking_resolve(asking, asked->execution, CATALOG_LOOK, then_events);
}

/* ---- the engine itself ------------------------------------------------------------------- */

static void then_engine(struct asking *asking)
{
	const struct request *request = asking->request;
	const struct service *service = asking->service;
	struct instance_status instance = {0};
	char *warning = (char *)request->warning;
	Hlp__V1__EngineStatus status = HLP__V1__ENGINE_STATUS__INIT;

	(void)instance_status(service->home, &instance, NULL);
	status.version = HLP_VERSION;
	status.term = request->term;
	status.pid = getpid();
	status.launcher_pid = instance.launcher_pid;
	status.home = service->home->path;
	status.started_us = service->started_us;
	status.executions_live = request->executions_live;
	status.attempts_live = request->attempts_live;
	status.seq = request->seq;
	status.state = service->accepting ? "ready" : "stopping";
	status.launcher_reachable = request->launcher_reachable;
	status.warnings = &warning;
	status.n_warnings = warning != NULL;
	asking_reply_message(asking, &status.base);
}

static void get_engine(struct asking *asking)
{
	asking_request(asking, asking_new_request(asking, REQUEST_STATUS, NULL, NULL), then_engine);
}

static void then_stopping(struct asking *asking)
{
	Hlp__V1__StopReply reply = HLP__V1__STOP_REPLY__INIT;

	reply.stopping = true;
	reply.message = "the engine stops";
	asking_reply_message(asking, &reply.base);
}

static void stop_engine(struct asking *asking)
{
	const Hlp__V1__StopRequest *asked = (const Hlp__V1__StopRequest *)asking->message;
	struct request *request = asking_new_request(asking, REQUEST_STOP, asked->request, NULL);

	request->flag = asked->all;
	asking_request(asking, request, then_stopping);
}

/* ---- the table --------------------------------------------------------------------------- */

static const struct verb_entry {
	const char *method;
	void (*begin)(struct asking *asking);
} table[] = {
	{"ExecuteDAG", acting_execute},
	{"GetExecutionStatus", get_execution_status},
	{"TriggerRollback", acting_rollback},
	{"ListExecutions", list_executions},
	{"GetGraph", get_graph},
	{"Watch", watch},
	{"Act", acting_act},
	{"BePresent", be_present},
	{"ListEvents", list_events},
	{"ListAttempts", list_attempts},
	{"GetMoment", get_moment},
	{"ReadOutput", read_output},
	{"FindOutput", find_output},
	{"ListArtifacts", list_artifacts},
	{"ListCheckpoints", list_checkpoints},
	{"VerifyExecution", verify_execution},
	{"DiffArtifact", diff_artifact},
	{"ListPins", list_pins},
	{"GetShell", get_shell},
	{"GetEngine", get_engine},
	{"StopEngine", stop_engine},
};

void verbs_begin(struct asking *asking, const char *method)
{
	struct err err;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(table[i].method, method)) {
			table[i].begin(asking);
			return;
		}
	(void)err_set(&err, ERR_UNSUPPORTED, "'%s' is not built yet", method);
	asking_fail(asking, &err);
}
